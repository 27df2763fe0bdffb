"""How long the server takes for the first page of every list of the back office, and for what is
looked for in them, in a large province.

The rows are plain and written by the database itself: names of a few hundred, one status and one
enrolment a student, two marks and two course enrolments, awards for half of them, documents for
most awards, a work item for one in ten. What is rare stands among the oldest rows, and school years
one after the other: a list, newest first, that had no index for them would be read to its end.
"""

import itertools
import statistics
import time
from functools import partial

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from pasi.calendar import current_school_year
from students.name_keys import keys_of
from tests.benchmarks.timings import timed

# Milliseconds. A preview of up to 50,000 documents is no list: it may take a while.
GOAL, HOME_GOAL, PREVIEW_GOAL = 300, 150, 5_000
TIMES = 5
SYLLABLES = ("Ba", "Ce", "Do", "Fi", "Gu", "Ha", "Jo", "Ka", "Le", "Mi", "Na", "Or", "Pe", "Ru")
FIRST = [a + b.lower() + "n" for a, b in itertools.product(SYLLABLES, SYLLABLES)]
LAST = [a + b.lower() + "ser" for a, b in itertools.product(SYLLABLES, SYLLABLES)]
_NAMES = """
    CREATE TEMPORARY TABLE parts
        (p int, first text, last text, fk text, lk text, fs text, ls text)
"""
_ROWS = (
    """
    INSERT INTO pasi_organization (code, name, kind, authority_id, classification, city, access)
    SELECT 'A.' || lpad(n::text, 4, '0'), 'Authority ' || n, 'Authority', NULL, 'Public',
        '', 'Normal'
    FROM generate_series(1, 60) n
    """,
    """
    INSERT INTO pasi_organization (code, name, kind, authority_id, classification, city, access)
    SELECT 'S.' || lpad(n::text, 4, '0'), 'School ' || n, 'School', (SELECT id FROM
        pasi_organization WHERE code = 'A.' || lpad((n %% 60 + 1)::text, 4, '0')), '', '', 'Normal'
    FROM generate_series(1, 2500) n
    """,
    """
    INSERT INTO students_student (id, asn, birth_date, gender, version, maturity_reason,
        is_deactivated, document_type, document_number, is_name_exact, section23_eligibility,
        is_deceased, legal_name_id, preferred_name_id, original_name_id, primary_id)
    SELECT n, lpad(n::text, 9, '0'), date '1985-01-01' + (n %% 14000)::int, 'F',
        nextval('pasi_core_version'), '', n %% 500 = 0, 'CurrentSystemValue', '', true, '',
        n <= 1000, n, n, n, CASE WHEN n %% 700 = 1 AND n < %(students)s THEN n + 1 END
    FROM generate_series(1, %(students)s) n
    """,
    """
    INSERT INTO students_name (id, student_id, first_name, middle_name, last_name, suffix,
        was_legal, is_deleted)
    SELECT n, n, f.first, '', l.last, '', true, false
    FROM generate_series(1, %(students)s) n
    JOIN parts f ON f.p = n %% 196 JOIN parts l ON l.p = n / 196 %% 196
    """,
    """
    INSERT INTO students_namekey (name_id, student_id, birth_date, was_legal, first_key,
        middle_key, last_key, first_sound, last_sound)
    SELECT s.id, s.id, s.birth_date, true, f.fk, '', l.lk, f.fs, l.ls FROM students_student s
    JOIN parts f ON f.p = s.id %% 196 JOIN parts l ON l.p = s.id / 196 %% 196
    """,
    """
    INSERT INTO enrolments_transcripttrigger (student_id, version, last_updated_object_name)
    SELECT n, n, 'Bench' FROM generate_series(1, %(students)s) n
    """,
    """
    INSERT INTO enrolments_transcriptrecord (student_id, version, max_source_version,
        set_aside_error)
    SELECT n, 0, n, '' FROM generate_series(1, %(students)s) n
    """,
    """
    INSERT INTO credentials_requirementsetstatus (student_id, requirement_set_id, status,
        is_calculated, version)
    SELECT n, 'AHSD-2018', CASE WHEN n %% 2 = 0 AND n %% 300 > 0 THEN 'Achieved'
        WHEN n %% 50 = 1 THEN 'ToBeAssessed' WHEN n < 500 THEN 'NotAssessing'
        ELSE 'NotAchieved' END, n > 1000, nextval('pasi_core_version')
    FROM generate_series(1, %(students)s) n
    """,
    """
    INSERT INTO credentials_issuedcredentialnumber (number)
    SELECT n FROM generate_series(2, %(students)s, 2) n WHERE n %% 40 > 0
    """,
    """
    INSERT INTO credentials_awardedcredential (student_id, credential_type, credential_number,
        school_year, first_name, middle_name, last_name, suffix, awarded_on, legacy_number,
        is_deleted, delete_reason, version)
    SELECT n, CASE WHEN n > 1000 THEN 'AHSD' ELSE 'IOPC' END, n,
        %(year)s - 26 + n * 27 / (%(students)s + 1), 'Ban', '', 'Baser', '',
        date '2000-07-31' + (n %% 9600)::int, CASE WHEN n %% 10 = 0 THEN 'L-' || n ELSE '' END,
        n <= 500, '', nextval('pasi_core_version')
    FROM generate_series(2, %(students)s, 2) n WHERE n %% 40 > 0
    """,
    """
    INSERT INTO credentials_documentorderitem (award_id, credential_number, status, delivery_method,
        language, copies, version)
    SELECT id, credential_number, CASE WHEN id < 200 THEN 'FailedDelivery' ELSE 'Delivered' END,
        CASE WHEN id < 200 THEN 'ManualMail' ELSE 'Courier' END,
        CASE WHEN id < 200 THEN 'fr' ELSE 'en' END, 1, nextval('pasi_core_version')
    FROM credentials_awardedcredential WHERE id %% 5 > 0
    """,
    """
    INSERT INTO credentials_awardingrun (id, origin, started_by, is_dry_run, credential_types,
        criteria, requested, finished_at, staff_address, is_listed, stopped_because)
    SELECT n, 'command', 'bench', false, '{}', '{}', %(students)s / 3, now(), '', true, ''
    FROM generate_series(1, 2) n
    """,
    """
    INSERT INTO credentials_awardingoutcome (run_id, position, asn, credential_type,
        credential_number, version, rejection_code, rejection_description, is_recalculating)
    SELECT 1 + n %% 2, n / 2, lpad(n::text, 9, '0'), CASE WHEN n %% 3 = 0 THEN 'AHSD' ELSE '' END,
        0, 0, CASE WHEN n %% 3 = 0 THEN '' WHEN n < 100 THEN '44010' ELSE '44012' END, '', false
    FROM generate_series(1, %(students)s * 2 / 3) n
    """,
    """
    INSERT INTO enrolments_officialmark (student_id, course_code, achievement_school_year,
        achievement_date, mark_value, credits_awarded, is_available, evaluation_method, is_deleted,
        version)
    SELECT n, course, %(year)s - 13 + n * 14 / (%(students)s + 1), make_date(%(year)s, 6, 28),
        '75', 5, n > 1000, '', n <= 500, nextval('pasi_core_version')
    FROM generate_series(1, %(students)s) n, unnest(ARRAY['ELA3105', 'MAT3791']) course
    """,
    """
    INSERT INTO enrolments_exammark (student_id, course_code, school_year, status, version)
    SELECT n, 'ELA3105', %(year)s - 13 + n * 14 / (%(students)s + 1), 'Written',
        nextval('pasi_core_version')
    FROM generate_series(1, %(students)s, 3) n
    """,
    """
    INSERT INTO enrolments_courseenrolment (reference_id, student_id, school_id, school_year,
        course_code, status, is_deleted, version)
    SELECT gen_random_uuid(), n, (SELECT min(id) FROM pasi_organization WHERE kind = 'School')
        + n %% 2500, %(year)s - 13 + n * 14 / (%(students)s + 1), course, 'Completed', n <= 500,
        nextval('pasi_core_version')
    FROM generate_series(1, %(students)s) n, unnest(ARRAY['ELA3105', 'MAT3791']) course
    """,
    """
    INSERT INTO enrolments_schoolenrolment (reference_id, student_id, school_id, school_year, grade,
        programming_type, programming_timeframe, start_date, exit_date, exit_date_type,
        enrolment_type_codes, grants_program_codes, exception_codes, resident_board,
        fnmi_declaration, local_student_id, is_deleted, version)
    SELECT gen_random_uuid(), n, (SELECT min(id) FROM pasi_organization WHERE kind = 'School')
        + n %% 2500, %(year)s - 4 + n * 5 / (%(students)s + 1), '10', 'Regular', 'Day',
        make_date(%(year)s - 1, 9, 1), make_date(%(year)s, 6, 28), 'CompletionDate', '', '', '',
        '', '', '', n <= 500, nextval('pasi_core_version')
    FROM generate_series(1, %(students)s) n
    """,
    """
    INSERT INTO enrolments_corealert (record_type, record, alert_code, arguments, arguments_key,
        alert_type, description, acknowledgement_status, reference_id, student_id, school_id,
        school_year, version)
    SELECT 'StudentSchoolEnrolment', id, CASE WHEN id %% 3 = 0 THEN 10017 ELSE 10065 END, '{}',
        md5(id::text), CASE WHEN id %% 30 = 0 THEN 'Warning' ELSE 'Advice' END,
        'Citizenship missing. A student without.', CASE WHEN id %% 4 = 0 THEN 'Acknowledged'
        ELSE 'Unacknowledged' END, reference_id, student_id, school_id, school_year,
        nextval('pasi_core_version')
    FROM enrolments_schoolenrolment WHERE id %% 10 = 0
    """,
    """
    INSERT INTO enrolments_acknowledgement (record_type, record, alert_code, arguments,
        arguments_key, status, organization_id, user_name)
    SELECT record_type, record, alert_code, arguments, arguments_key,
        CASE WHEN id < 1000 THEN 'Overridden' ELSE acknowledgement_status END, school_id, 'Rita'
    FROM enrolments_corealert WHERE acknowledgement_status = 'Acknowledged'
    """,
    """
    INSERT INTO audit_servicecall (message_id, operation, door, address, body, client_message_id,
        software_manufacturer, software_product, software_version, software_build_number, user_name,
        user_local_id, user_ip_address, organization_code, received_at)
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - n * 2000), 12, '0')
        || '7000800000000000' || lpad(to_hex(n %% 65536), 4, '0'))::uuid, CASE WHEN n %% 3 = 0 THEN
        'SubmitName' ELSE 'IdentifyStudent' END, CASE WHEN n > %(students)s / 3 - 40 THEN 'command'
        ELSE 'http' END, '10.1.2.3', '{}', 'c' || n, '', '', '', '',
        'User ' || n %% 900, '', '', 'S.' || lpad((n %% 2500 + 1)::text, 4, '0'),
        now() - n * interval '2 seconds'
    FROM generate_series(1, %(students)s / 3) n
    """,
    """
    INSERT INTO audit_serviceresponse (call_id, duration_milliseconds, outcome, http_status, codes,
        state_province_ids, answered_at)
    SELECT message_id, 12, CASE WHEN row_number %% 50 = 0 THEN 'Rejected' ELSE 'Applied' END, 200,
        '{}', ARRAY[lpad((row_number %% 1000000 + 1)::text, 9, '0')], received_at
    FROM (SELECT message_id, received_at, row_number() OVER () FROM audit_servicecall
        WHERE door = 'http') calls
    WHERE row_number %% 100000 > 0
    """,
    """
    INSERT INTO audit_signin (message_id, name, outcome, address, software, happened_at)
    SELECT message_id, CASE WHEN n < 50 THEN 'mallory' ELSE 'rita' END,
        CASE WHEN n < 50 THEN 'LockedOut' ELSE 'SignedIn' END,
        CASE WHEN n < 50 THEN '192.0.2.7' ELSE '10.1.2.3' END, '', received_at
    FROM (SELECT message_id, received_at, row_number() OVER (ORDER BY message_id) n
        FROM audit_servicecall) calls
    """,
)
_MARK = """
    INSERT INTO enrolments_processorprogress (name, processed_up_to)
    VALUES ('Transcript', %(students)s)
"""


def measure(students: int) -> None:
    started = time.perf_counter()
    _populate(students)
    print(f"Back office: {students:,} students written in {time.perf_counter() - started:.0f} s")
    for name in ("first count", "count again"):
        milliseconds, _done = timed(lambda: call_command("refresh_figures", verbosity=0))
        print(f"Figures of the start page, {name}: {milliseconds / 1000:.1f} s")
    boss = User.objects.create(username="boss", is_staff=True, is_superuser=True)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(boss)
    slow = 0
    for label, address, goal in pages(students):
        browser.get(address)
        # A whole number leads on to the record: both requests count.
        times = [timed(partial(browser.get, address, follow=True)) for _again in range(TIMES)]
        assert {response.status_code for _each, response in times} == {200}, address
        middle = statistics.median(each for each, _response in times)
        worst = max(each for each, _response in times)
        slow += middle > goal
        mark = "  SLOW" if middle > goal else ""
        print(f"  {middle:7.0f} ms, worst {worst:7.0f}  {label}{mark}")
    print(f"{slow} pages above their goal of {GOAL} ms (the start page {HOME_GOAL})")


def _populate(students: int) -> None:
    values = {"students": students, "year": current_school_year()}
    with connection.cursor() as cursor:
        # Checks of references and triggers would take most of the time.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(_NAMES)
        for number, (first, last) in enumerate(zip(FIRST, LAST, strict=True)):
            keys = keys_of(first, "", last)
            row = (keys.first_key, keys.last_key, keys.first_sound, keys.last_sound)
            cursor.execute(
                "INSERT INTO parts VALUES (%s, %s, %s, %s, %s, %s, %s)", [number, first, last, *row]
            )
        for rows in (*_ROWS, _MARK):
            cursor.execute(rows, values)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def pages(students: int):
    """(label, address, goal in milliseconds)."""
    yield "start page", "/admin/", HOME_GOAL
    asn = f"{students // 2:09d}"
    student = "/admin/students/student/"
    for label, query in (
        ("students", ""),
        ("by number", f"?q={asn}"),
        ("by last name", f"?q={LAST[7]}"),
        ("by first and last name", f"?q={FIRST[5]}+{LAST[9]}"),
        ("by last name and birth date", f"?q={LAST[9]}+2001-03-01"),
        ("by birth date", "?q=2001-03-01"),
        ("that are deactivated", "?status=Deactivated"),
        ("that are secondary", "?status=Secondary"),
        ("that are deceased", "?is_deceased__exact=1"),
        ("by last name, deactivated", f"?q={LAST[7]}&status=Deactivated"),
        ("by one letter, deceased", "?q=b&is_deceased__exact=1"),
    ):
        yield f"students {label}".replace("students students", "students"), student + query, GOAL
    key = students // 2
    yield "a student", f"{student}{key}/change/", GOAL
    for part in ("enrolments", "credentials", "work-items", "time-line"):
        yield f"a student, {part}", f"{student}{key}/part/{part}/", GOAL
    items = "/admin/enrolments/corealert/"
    for label, query in (
        ("work items", ""),
        ("work items of an authority", "?authority=A.0007"),
        ("work items of a school", "?school=S.0100"),
        ("work items by code", "?code=10065"),
        ("work items of a school year", f"?school_year={current_school_year()}"),
        ("work items acknowledged", "?status=Acknowledged"),
        ("work items of a student", f"?q={asn}"),
    ):
        yield label, items + query, GOAL
    for label, address in (
        ("school enrolments", "enrolments/schoolenrolment/"),
        ("school enrolments of a student", f"enrolments/schoolenrolment/?q={asn}"),
        ("school enrolments of a school", "enrolments/schoolenrolment/?q=S.0100"),
        *_of_years("school enrolments", "enrolments/schoolenrolment/", 4),
        ("school enrolments deleted", f"enrolments/schoolenrolment/{_DELETED}"),
        ("course enrolments", "enrolments/courseenrolment/"),
        ("course enrolments of a student", f"enrolments/courseenrolment/?q={asn}"),
        ("course enrolments of a school", "enrolments/courseenrolment/?q=S.0100"),
        *_of_years("course enrolments", "enrolments/courseenrolment/", 13),
        ("course enrolments deleted", f"enrolments/courseenrolment/{_DELETED}"),
        ("official marks", "enrolments/officialmark/"),
        ("official marks by name", f"enrolments/officialmark/?q={LAST[7]}"),
        *_of_years("official marks", "enrolments/officialmark/", 13),
        ("official marks not counted", "enrolments/officialmark/?is_available__exact=0"),
        ("official marks deleted", f"enrolments/officialmark/{_DELETED}"),
        ("exam marks", "enrolments/exammark/"),
        *_of_years("exam marks", "enrolments/exammark/", 13),
        ("acknowledgements", "enrolments/acknowledgement/"),
        ("acknowledgements by code", "enrolments/acknowledgement/?q=10017"),
        ("acknowledgements overridden", "enrolments/acknowledgement/?status=Overridden"),
        ("acknowledgements of students", "enrolments/acknowledgement/?record_type__exact=Student"),
        ("requirement set statuses", "credentials/requirementsetstatus/"),
        *(
            (f"requirement set statuses {status}", f"{_STATUSES}?status__exact={status}")
            for status in ("Achieved", "NotAchieved", "NotAssessing", "ToBeAssessed")
        ),
        ("requirement set statuses by hand", f"{_STATUSES}?is_calculated__exact=0"),
        ("awarded credentials", "credentials/awardedcredential/"),
        ("awarded credentials by number", "credentials/awardedcredential/?q=0000001002"),
        ("awarded credentials by name", f"credentials/awardedcredential/?q={LAST[7]}"),
        *_of_years("awarded credentials", "credentials/awardedcredential/", 13),
        ("awarded credentials of a type", "credentials/awardedcredential/?credential_type=IOPC"),
        ("awarded credentials deleted", f"credentials/awardedcredential/{_DELETED}"),
        ("awarding outcomes", _OUTCOMES),
        ("awarding outcomes of a run", f"{_OUTCOMES}?run__id__exact=1"),
        ("awarding outcomes by code", f"{_OUTCOMES}?run__id__exact=1&rejection_code=44010"),
        ("awarding outcomes by type", f"{_OUTCOMES}?run__id__exact=1&credential_type=AHSD"),
        ("awarding outcomes of a student", f"{_OUTCOMES}?q={asn}"),
        ("document order items", "credentials/documentorderitem/"),
        ("document order items delivered", f"{_ORDERS}?status__exact=Delivered"),
        ("document order items failed", f"{_ORDERS}?status__exact=FailedDelivery"),
        ("document order items on hold", f"{_ORDERS}?status__exact=UserHold"),
        ("document order items by method", f"{_ORDERS}?delivery_method__exact=ManualMail"),
        ("document order items in French", f"{_ORDERS}?language__exact=fr"),
        ("service calls", "audit/servicecall/"),
        ("service calls of an operation", "audit/servicecall/?operation=SubmitName"),
        ("service calls rejected", "audit/servicecall/?outcome=Rejected"),
        ("service calls unanswered", "audit/servicecall/?outcome=unanswered"),
        ("service calls of the command line", "audit/servicecall/?door__exact=command"),
        ("service calls of the back office", "audit/servicecall/?door__exact=back_office"),
        ("service calls of a student", "audit/servicecall/?asn=000000101"),
        ("service calls of an organization", "audit/servicecall/?organization=S.0100"),
        ("sign-ins", "audit/signin/"),
        ("sign-ins locked out", "audit/signin/?outcome__exact=LockedOut"),
        ("sign-ins of a name", "audit/signin/?q=mallory"),
        ("sign-ins from an address", "audit/signin/?q=192.0.2.7"),
        ("to review: achieved, not awarded", f"{_REVIEW}achieved-not-awarded"),
        ("to review: awarded, not ordered", f"{_REVIEW}awarded-not-ordered"),
        ("to review: no longer achieved", f"{_REVIEW}awarded-no-longer-achieved"),
        ("to review: needs review", f"{_REVIEW}not-awarded-needs-review"),
        ("background work", "enrolments/studenttrigger/processors/"),
    ):
        yield label, f"/admin/{address}", GOAL
    order = reverse("admin:order_documents_in_bulk")
    for label, query in (
        ("of a type and year", f"?credential_type=AHSD&school_year={current_school_year()}"),
        ("of a school", "?organization=S.0100"),
        ("of everybody", "?awarded_from=2000-01-01"),
    ):
        yield f"before ordering in bulk: {label}", order + query, PREVIEW_GOAL


def _of_years(label: str, address: str, first: int):
    """The latest school year and the first, which is that of the oldest rows."""
    for year in (current_school_year(), current_school_year() - first):
        yield f"{label} of {year}", f"{address}?school_year={year}"


_DELETED = "?is_deleted__exact=1"
_STATUSES = "credentials/requirementsetstatus/"
_OUTCOMES = "credentials/awardingoutcome/"
_ORDERS = "credentials/documentorderitem/"
_REVIEW = "credentials/awardedcredential/to-review/?kind="
