"""Lists: as many queries for fifty rows as for five, and what can be found by typing."""

import datetime
import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import RecordRead, ServiceCall
from credentials.models import (
    ArchivedCredential,
    AwardedCredential,
    AwardingOutcome,
    RequirementSetStatus,
)
from enrolments.models import (
    CourseEnrolment,
    OfficialMark,
    SchoolEnrolment,
    TranscriptTrigger,
)
from pasi import bulk, codes
from pasi.back_office import lists
from pasi.back_office.formats import asn_text, school_years_text
from pasi.models import Organization
from students import finding
from students.models import DisclosureRestriction, Student
from tests.admin.conftest import address
from tests.admin.population import make_call, populate
from tests.province_builder import (
    make_award,
    make_enrolment,
    make_mark,
    make_name,
    make_school,
    make_student,
    set_up,
)


def shown(response) -> list:
    """The records of a list page."""
    return list(response.context["cl"].result_list)


def found(boss, model, text: str, **query) -> list:
    return shown(boss.get(address(model, "changelist"), {"q": text, **query}))


def test_the_number_of_queries_does_not_grow_with_the_rows(boss):
    def queries(model) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            response = boss.get(address(model, "changelist"))
        return len(shown(response)), len(captured)

    populate(5)
    for model in admin.site._registry:  # whatever is cached for ever is cached now
        queries(model)
    few = {model: queries(model) for model in admin.site._registry}
    populate(45)
    codes.snapshot()  # code values came with it: they are read anew, once
    many = {model: queries(model) for model in admin.site._registry}
    for model in admin.site._registry:
        assert many[model][0] == 50, model
        assert many[model][1] == few[model][1], (model, few[model], many[model])
        assert many[model][1] < 15, model


def test_the_history_of_a_record_costs_the_same_for_two_versions_and_twenty(boss):
    with set_up():
        school = make_school()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            response = boss.get(address(Organization, "history", school.pk))
        assert response.status_code == 200
        return len(captured)

    def change(times: int) -> None:
        for number in range(times):
            with set_up():
                school.name = f"Name {school.history.count()} {number}"
                school.save()

    change(1)
    queries()
    few = queries()
    change(18)
    assert school.history.count() == 20
    assert queries() == few


@pytest.fixture
def millions(db) -> None:
    """A table of which the planner believes that it has three million rows."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = 3e6 WHERE relname = 'students_student'")


def test_a_whole_big_table_is_estimated_and_a_part_of_it_counted(boss, millions):
    populate(5)
    with CaptureQueriesContext(connection) as captured:
        page = boss.get(address(Student, "changelist"))
    assert "about" in page.content.decode()
    assert page.context["cl"].result_count == bulk.estimated_rows(Student) == 3_000_000
    assert not [q for q in captured if "COUNT(" in q["sql"].upper() and "student" in q["sql"]]
    part = boss.get(address(Student, "changelist"), {"status": "Active"})
    assert part.context["cl"].result_count == Student.objects.count()
    assert not part.context["cl"].paginator.is_estimate


def test_counting_stops_at_a_bound(boss, monkeypatch):
    populate(5)
    monkeypatch.setattr(lists, "COUNTED_AT_MOST", 3)
    assert boss.get(address(Student, "changelist")).context["cl"].result_count == 3


# --- Searching ----------------------------------------------------------------------------------


@pytest.fixture
def people(db) -> dict[str, Student]:
    with set_up():
        return {
            "ada": make_student("100000007", first_name="Ada", last_name="Byron"),
            "zoe": make_student("100000015", first_name="Zoë", last_name="D'Aoust"),
            "ann": make_student("200000007", first_name="Mary Ann", last_name="van der Berg"),
            "bo": make_student("200000015", first_name="Bo", last_name="Byrnes"),
        }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1000", {"ada", "zoe"}),
        (" 1000-0000 ", {"ada"}),
        ("1000-0001", {"zoe"}),
        ("byr", {"ada", "bo"}),
        ("BYRON", {"ada"}),
        ("Byron, A", {"ada"}),
        ("byr, b", {"bo"}),
        ("Ada Byron", {"ada"}),
        ("ada byr", {"ada"}),
        ("d'aoust, zoe", {"zoe"}),
        ("ZOE D'AOUST", {"zoe"}),
        ("van der berg", {"ann"}),
        ("mary ann van der berg", {"ann"}),
        ("Berg van der, Mary", set()),
        ("yron", set()),
        ("999999999", set()),
        ("%", set()),
        ("_yron", set()),
        ("1000-0000-7-1", set()),
    ],
)
def test_students_are_found_by_number_and_by_the_beginning_of_a_name(boss, people, text, names):
    assert {student.asn for student in found(boss, Student, text)} == {
        people[name].asn for name in names
    }


def test_students_are_found_by_another_name_but_not_by_a_deleted_one(boss, people):
    with set_up():
        make_name(people["ada"], "Augusta", "", "Lovelace")
        make_name(people["bo"], "Bo", "", "Lovell", is_deleted=True)
    assert [student.asn for student in found(boss, Student, "love")] == ["100000007"]


def test_a_short_text_looks_at_a_bounded_number_of_students(boss, people, monkeypatch):
    monkeypatch.setattr(finding, "LOOKED_AT", 1)
    assert len(found(boss, Student, "byr")) == 1


def test_every_list_of_students_records_is_found_by_the_student(boss, people):
    ada = people["ada"]
    with set_up():
        school = make_school("S.0982")
        make_enrolment(ada, school, 2026)
        make_mark(ada, "ELA3105", 2026, 5, "75")
        RequirementSetStatus.objects.create(
            student=ada, requirement_set_id="AHSD-2018", status="Achieved", version=1
        )
        make_award(ada, "CHSA", 1_000_000_008, 2025)
    for model in (SchoolEnrolment, OfficialMark, RequirementSetStatus, AwardedCredential):
        for text in ("1000-0000-7", "100000007", "byron", "Byron, Ada"):
            assert [row.student_id for row in found(boss, model, text)] == [ada.pk], (model, text)
        assert found(boss, model, "Byrnes") == []
    assert len(found(boss, SchoolEnrolment, "S.0982")) == 1
    assert len(found(boss, SchoolEnrolment, "s.0982")) == 1
    assert found(boss, SchoolEnrolment, "S.0001") == []
    reference = SchoolEnrolment.objects.get().reference_id
    assert len(found(boss, SchoolEnrolment, str(reference))) == 1
    assert found(boss, CourseEnrolment, str(reference)) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1000000008", 1),
        ("10000-00008", 1),
        ("11000-00001", 1),  # a former number of it
        ("1100000001", 1),
        ("L-1", 1),
        ("l-1", 1),
        ("10000-00016", 0),
        ("9999999999", 0),
        ("99999-99999", 0),
    ],
)
def test_credentials_are_found_by_every_number_they_ever_had(boss, text, count):
    populate(1)
    with set_up():
        make_award(Student.objects.get(), "AHSD", 1_000_000_008, 2025)
        award = AwardedCredential.objects.get(credential_type="CHSA")
        former = ArchivedCredential.objects.get()
    # The former number and the legacy number are of the CHSA, the first number of the AHSD.
    rows = found(boss, AwardedCredential, text)
    assert len(rows) == count
    if text.startswith("11") or text.lower() == "l-1":
        assert rows == [award] == [former.award]
        assert found(boss, ArchivedCredential, text) == [former]


def test_calls_are_found_by_their_ids_and_by_whom_they_concern(boss):
    call = make_call(
        asns=["100000007"], client_message_id="abc-1", organization_code="S.0982", operation="Op"
    )
    other = make_call()
    for text in (str(call.pk), "abc-1", "1000-0000-7", "100000007", "s.0982", "Op"):
        assert found(boss, ServiceCall, text) == [call], text
    assert found(boss, ServiceCall, str(other.pk)) == [other]
    assert found(boss, ServiceCall, "abc") == []
    guid = "0b3b2a52-6b1e-4a7c-9a52-0a1b2c3d4e5f"
    named = make_call(client_message_id=guid)
    assert found(boss, ServiceCall, guid) == [named]


def test_calls_without_an_answer_can_be_filtered(boss):
    make_call()
    silent = make_call(answered=False)
    rows = shown(boss.get(address(ServiceCall, "changelist"), {"outcome": "none"}))
    assert rows == [silent]
    assert silent not in shown(boss.get(address(ServiceCall, "changelist"), {"outcome": "Applied"}))


def test_calls_of_the_last_day(boss):
    old = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    make_call(message_id=lists.first_message_id(old), operation="Old")
    make_call(operation="New")
    rows = shown(boss.get(address(ServiceCall, "changelist"), {"received": "1"}))
    assert {row.operation for row in rows} >= {"New"}
    assert "Old" not in {row.operation for row in rows}


def test_reads_are_found_by_student_and_by_reader(boss, people):
    boss.get(address(Student, "change", people["ada"].pk))
    [read] = found(boss, RecordRead, "1000-0000-7")
    assert read.path == address(Student, "change", people["ada"].pk)
    assert found(boss, RecordRead, "1000-0001-5") == []
    assert read in found(boss, RecordRead, "boss")


def test_outcomes_of_one_run_by_code(boss):
    populate(2)
    AwardingOutcome.objects.filter(pk=AwardingOutcome.objects.first().pk).update(
        rejection_code="44012", credential_type=""
    )
    rejected = AwardingOutcome.objects.get(rejection_code="44012")
    query = {"run__id__exact": rejected.run_id}
    url = address(AwardingOutcome, "changelist")
    assert shown(boss.get(url, query)) == [rejected]
    assert shown(boss.get(url, {**query, "rejection_code": "44012"})) == [rejected]
    assert shown(boss.get(url, {**query, "credential_type": "CHSA"})) == []
    assert found(boss, AwardingOutcome, f"#{rejected.run_id}") == [rejected]
    for filters, offered in (({}, 0), (query, 2), ({"q": f"#{rejected.run_id}"}, 2)):
        assert len(boss.get(url, filters).context["cl"].filter_specs) == offered


def test_triggers_show_what_waits_unless_asked_for_all(boss):
    populate(2)
    done = TranscriptTrigger.objects.order_by("pk").first()
    done.student.transcriptrecord.__class__.objects.filter(pk=done.pk).update(
        max_source_version=done.version
    )
    url = address(TranscriptTrigger, "changelist")
    assert done not in shown(boss.get(url))
    assert len(shown(boss.get(url))) == 1
    assert done in shown(boss.get(url, {"work": "all"}))
    assert shown(boss.get(url, {"work": "aside"})) == []


# --- What a row says ----------------------------------------------------------------------------


def test_a_row_says_restricted_secondary_and_deactivated_in_words(boss, people):
    with set_up():
        make_student("300000005", last_name="Secondary", primary=people["ada"])
        make_student("300000013", last_name="Deactivated", is_deactivated=True)
        make_student("300000021", last_name="Dead", is_deceased=True)
        DisclosureRestriction.objects.create(
            student=people["ada"],
            code="CourtOrdered",
            effective_on=datetime.date(2020, 1, 1),
            is_active=True,
        )
    page = boss.get(address(Student, "changelist"), {"q": "3000"}).content.decode()
    assert "Secondary of " in page
    assert ">1000-0000-7</a>" in page
    # As strong as the notices above the record, and with a sign: not by colour alone.
    marks = re.findall(
        r'<span class="warned"><span [^>]*aria-hidden="true">warning</span> (.*?)</span></?[st]',
        page,
    )
    # The restriction of the primary holds for its secondary number.
    for mark in ("Deactivated", "Deceased", "Restricted"):
        assert marks.count(mark) == 1, (mark, marks)
    assert len([mark for mark in marks if mark.startswith("Secondary of <a ")]) == 1
    assert len(marks) == 4
    for status, asn in (("Secondary", "300000005"), ("Deactivated", "300000013")):
        rows = shown(boss.get(address(Student, "changelist"), {"status": status}))
        assert [row.asn for row in rows] == [asn]


@pytest.mark.parametrize(
    "values",
    [
        {"is_active": False},
        {"is_deleted": True},
        {"expires_on": datetime.date(2021, 1, 1)},
    ],
)
def test_a_restriction_that_is_over_restricts_nothing(boss, people, values):
    with set_up():
        DisclosureRestriction.objects.create(
            **{
                "student": people["ada"],
                "code": "CourtOrdered",
                "effective_on": datetime.date(2020, 1, 1),
                "is_active": True,
                **values,
            }
        )
    page = boss.get(address(Student, "change", people["ada"].pk)).content.decode()
    assert "A disclosure restriction is in effect" not in page
    assert "Court Ordered" in page


def test_numbers_and_years_are_written_as_people_write_them(boss):
    populate(1)
    page = boss.get(address(AwardedCredential, "changelist")).content.decode()
    digits = f"{AwardedCredential.objects.get().number_id:010d}"
    assert f">{digits[:5]}-{digits[5:]}</a>" in page
    assert "2024/2025" in page
    enrolment = boss.get(address(SchoolEnrolment, "changelist")).content.decode()
    assert "2025/2026" in enrolment
    assert asn_text(Student.objects.get().asn) in enrolment


def test_school_years_in_words():
    assert school_years_text(None, None) == "always"
    assert school_years_text(2019, None) == "from 2018/2019"
    assert school_years_text(None, 2019) == "up to 2018/2019"
    assert school_years_text(2019, 2021) == "2018/2019 to 2020/2021"


TYPED_BY_HAND = (
    "q=%00",
    "status=%00",
    "status=Nonsense",
    "school_year=99999999999",
    "school_year=x",
    "credential_type=%00",
    "p=100000",
    "p=x",
    "o=1.2.3",
    "e=1",
    "student__legal_name__last_name=Byron",
    "_facets=True",
    "all=",
)


@pytest.mark.parametrize("model", [Student, AwardedCredential, SchoolEnrolment])
def test_an_address_typed_by_hand_is_never_an_error(boss, people, model):
    for query in TYPED_BY_HAND:
        answer = boss.get(f"{address(model, 'changelist')}?{query}")
        assert answer.status_code in (200, 302, 400, 404), query


def test_nobody_leafs_through_millions(boss, millions):
    paginator = boss.get(address(Student, "changelist")).context["cl"].paginator
    assert (paginator.count, paginator.num_pages) == (3_000_000, lists.COUNTED_AT_MOST // 50)
