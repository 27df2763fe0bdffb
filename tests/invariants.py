"""What must hold of the whole database after any test that writes."""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef

from audit.models import ServiceCall, ServiceResponse
from credentials.models import ArchivedCredential, AwardedCredential, AwardingOutcome, AwardingRun
from enrolments.arguments import arguments_key
from enrolments.models import Acknowledgement, CoreAlert
from enrolments.processors import PROCESSORS
from students.models import NameKey
from students.name_keys import Keys, keys_of

# What the history leaves out on purpose: model -> columns.
LEFT_OUT = {"pasi.PasiClient": {"client_secret"}}

# An outcome that says "awarded" and was not a dry run; the call that brought it: its batch's, or
# for a run over HTTP the run's own.
_AWARDED = """
    SELECT o.run_id, o.position, o.asn, o.credential_type, o.credential_number, o.version,
        o.school_year, coalesce(b.call_id, r.call_id) AS call_id
    FROM credentials_awardingoutcome o
    JOIN credentials_awardingrun r ON r.id = o.run_id
    LEFT JOIN credentials_awardingbatch b ON b.run_id = o.run_id
        AND o.position >= b.first_position
        AND o.position < b.first_position + cardinality(b.asns)
    WHERE o.rejection_code = '' AND NOT r.is_dry_run
"""

# What must hold of awarding at any moment between transactions; each query finds what breaks it.
# docs/concurrency.md names the lock or constraint behind each.
WHOLE = {
    "a student holds a credential type at most once": """
        SELECT student_id, credential_type, count(*) FROM credentials_awardedcredential
        GROUP BY 1, 2 HAVING count(*) > 1
    """,
    "no number is printed on two credentials": """
        SELECT credential_number, count(*) FROM (
            SELECT credential_number FROM credentials_awardedcredential
            UNION ALL SELECT credential_number FROM credentials_archivedcredential
        ) AS printed
        GROUP BY 1 HAVING count(*) > 1
    """,
    "no number is announced to two students": """
        SELECT credential_number, count(DISTINCT asn) FROM credentials_awardingoutcome
        WHERE credential_number > 0 GROUP BY 1 HAVING count(*) > 1
    """,
    "every number in use is recorded as issued": """
        SELECT credential_number FROM credentials_awardedcredential
        UNION SELECT credential_number FROM credentials_archivedcredential
        EXCEPT SELECT number FROM credentials_issuedcredentialnumber
    """,
    "every outcome that says awarded has its award, made by the same call": f"""
        SELECT o.* FROM ({_AWARDED}) AS o
        WHERE NOT EXISTS (
            SELECT FROM credentials_historicalawardedcredential h
            JOIN students_student s ON s.id = h.student_id
            WHERE (h.credential_number, h.credential_type, h.school_year, h.version, h.call_id,
                s.asn) = (o.credential_number, o.credential_type, o.school_year, o.version,
                o.call_id, o.asn))
    """,
    "every award made by a bulk call has its outcome": """
        SELECT h.credential_number FROM credentials_historicalawardedcredential h
        JOIN audit_servicecall c ON c.message_id = h.call_id
            AND c.operation = 'SubmitCredentialAwardingMultiple'
        EXCEPT SELECT credential_number FROM credentials_awardingoutcome
    """,
    "every award has one creation in its history": """
        SELECT a.id, count(h.history_id) FROM credentials_awardedcredential a
        LEFT JOIN credentials_historicalawardedcredential h
            ON h.id = a.id AND h.history_type = '+'
        GROUP BY 1 HAVING count(h.history_id) <> 1
    """,
    "a batch is done whole or not at all": """
        SELECT b.run_id, b.first_position, cardinality(b.asns), count(o.position), b.call_id
        FROM credentials_awardingbatch b
        LEFT JOIN credentials_awardingoutcome o ON o.run_id = b.run_id
            AND o.position >= b.first_position
            AND o.position < b.first_position + cardinality(b.asns)
        GROUP BY b.id
        HAVING count(o.position)
            <> CASE WHEN b.call_id IS NULL THEN 0 ELSE cardinality(b.asns) END
    """,
    "a run's batches are its whole list": """
        SELECT r.id, r.requested, sum(cardinality(b.asns)) FROM credentials_awardingrun r
        JOIN credentials_awardingbatch b ON b.run_id = r.id
        GROUP BY r.id HAVING r.requested <> sum(cardinality(b.asns))
    """,
    "an outcome answers the number asked for at its position": """
        SELECT o.run_id, o.position, o.asn FROM credentials_awardingoutcome o
        JOIN credentials_awardingbatch b ON b.run_id = o.run_id
            AND o.position >= b.first_position
            AND o.position < b.first_position + cardinality(b.asns)
        WHERE o.asn <> b.asns[o.position - b.first_position + 1]
    """,
    "a run that is finished has an outcome for every requested number": """
        SELECT r.id, r.requested, count(o.position) FROM credentials_awardingrun r
        LEFT JOIN credentials_awardingoutcome o ON o.run_id = r.id
        WHERE r.finished_at IS NOT NULL OR r.call_id IS NOT NULL
        GROUP BY r.id HAVING count(o.position) <> r.requested
    """,
    "a batch or run that is done was answered by its call": """
        SELECT done.call_id, a.outcome FROM (
            SELECT call_id FROM credentials_awardingbatch
            UNION ALL SELECT call_id FROM credentials_awardingrun
        ) AS done
        LEFT JOIN audit_serviceresponse a ON a.call_id = done.call_id
        WHERE done.call_id IS NOT NULL
            AND (a.outcome IS NULL OR a.outcome NOT IN ('Applied', 'Rejected'))
    """,
    "exactly the applied requests of clients that change something can be replayed": """
        (SELECT c.message_id FROM audit_servicecall c
            JOIN audit_serviceresponse a ON a.call_id = c.message_id
            WHERE a.outcome = 'Applied' AND c.door = 'http' AND c.operation <> 'IdentifyStudent'
        EXCEPT SELECT call_id FROM audit_appliedcall)
        UNION ALL
        (SELECT call_id FROM audit_appliedcall
        EXCEPT SELECT call_id FROM audit_serviceresponse WHERE outcome = 'Applied')
    """,
    "a replay names a call that was applied": """
        SELECT a.call_id FROM audit_serviceresponse a
        LEFT JOIN audit_serviceresponse first
            ON first.call_id = a.replay_of_id AND first.outcome = 'Applied'
        WHERE (a.outcome = 'Replayed') <> (first.call_id IS NOT NULL)
    """,
    "every student awarded in bulk has both triggers, raised after the award": f"""
        SELECT s.id FROM ({_AWARDED}) AS o
        JOIN students_student s ON s.asn = o.asn
        LEFT JOIN enrolments_transcripttrigger t ON t.student_id = s.id
        LEFT JOIN enrolments_transcriptrecord ts ON ts.student_id = s.id
        LEFT JOIN enrolments_responsibleschooltrigger r ON r.student_id = s.id
        LEFT JOIN enrolments_responsibleschoolstatus rs ON rs.student_id = s.id
        WHERE (t.version > o.version AND r.version > o.version
            AND ts.student_id IS NOT NULL AND rs.student_id IS NOT NULL) IS NOT TRUE
    """,
    "a stored version has been issued, and only once": """
        SELECT version, count(*) FROM (
            SELECT version FROM credentials_awardedcredential
            UNION ALL SELECT version FROM credentials_documentorderitem
            UNION ALL SELECT version FROM students_student
            UNION ALL SELECT version FROM enrolments_transcripttrigger
            UNION ALL SELECT version FROM enrolments_responsibleschooltrigger
            UNION ALL SELECT version FROM enrolments_studenttrigger
        ) AS used
        GROUP BY 1
        HAVING count(*) > 1 OR version > (SELECT last_value FROM pasi_core_version)
    """,
}

# What must hold of students and their names.
STUDENTS = {
    "exactly the names that are not deleted have a key, which agrees with name and student": """
        SELECT n.id, n.is_deleted, k.* FROM students_name n
        JOIN students_student s ON s.id = n.student_id
        FULL JOIN students_namekey k ON k.name_id = n.id
        WHERE n.is_deleted IS NOT DISTINCT FROM (k.name_id IS NOT NULL)
            OR k.name_id IS NOT NULL AND (k.student_id, k.birth_date, k.was_legal)
                IS DISTINCT FROM (n.student_id, s.birth_date, n.was_legal)
    """,
    "legal, preferred and original name are the student's own and not deleted": """
        SELECT s.id, used.kind, used.id FROM students_student s
        CROSS JOIN LATERAL (VALUES
            ('legal', s.legal_name_id),
            ('preferred', s.preferred_name_id),
            ('original', s.original_name_id)
        ) AS used (kind, id)
        LEFT JOIN students_name n ON n.id = used.id
        WHERE (n.student_id = s.id AND NOT n.is_deleted) IS NOT TRUE
    """,
    "legal and original names are marked as legal, now or once": """
        SELECT s.id, n.id FROM students_student s
        JOIN students_name n ON n.id IN (s.legal_name_id, s.original_name_id)
        WHERE NOT n.was_legal
    """,
    "a primary number is neither secondary nor deactivated": """
        SELECT s.id, p.id, p.primary_id, p.is_deactivated FROM students_student s
        JOIN students_student p ON p.id = s.primary_id
        WHERE p.primary_id IS NOT NULL OR p.is_deactivated
    """,
}

_SAME_ALERT = """(a.record_type, a.record, a.alert_code, a.arguments_key)
    = (k.record_type, k.record, k.alert_code, k.arguments_key)"""

# Records of all types that have a processor with rules, as far as it has looked at them.
_JUDGED = """
    SELECT r.*, s.version FROM (
        SELECT 'Student' AS record_type, id AS record, id AS student_id, NULL::bigint AS school_id,
            NULL::smallint AS school_year, NULL::uuid AS reference_id, is_deactivated AS is_gone
        FROM students_student
        UNION ALL
        SELECT 'StudentSchoolEnrolment', id, student_id, school_id, school_year, reference_id,
            is_deleted FROM enrolments_schoolenrolment
        UNION ALL
        SELECT 'CourseEnrolment', id, student_id, school_id, school_year, reference_id, is_deleted
        FROM enrolments_courseenrolment
    ) AS r
    JOIN (
        SELECT 'Student' AS record_type, s.student_id AS record, s.version, s.max_source_version,
            s.set_aside_at, t.version AS raised FROM enrolments_studentvalidationstatus s
        LEFT JOIN enrolments_studenttrigger t USING (student_id)
        UNION ALL
        SELECT 'StudentSchoolEnrolment', s.school_enrolment_id, s.version, s.max_source_version,
            s.set_aside_at, t.version FROM enrolments_schoolenrolmentvalidationstatus s
        LEFT JOIN enrolments_schoolenrolmenttrigger t USING (school_enrolment_id)
        UNION ALL
        SELECT 'CourseEnrolment', s.course_enrolment_id, s.version, s.max_source_version,
            s.set_aside_at, t.version FROM enrolments_courseenrolmentvalidationstatus s
        LEFT JOIN enrolments_courseenrolmenttrigger t USING (course_enrolment_id)
    ) AS s USING (record_type, record)
    WHERE s.set_aside_at IS NULL AND (s.raised > s.max_source_version) IS NOT TRUE
"""

# What must hold of core alerts and of what is said of them, whoever is at work.
ALERTS = {
    "an alert shows what was said of it, or that nothing was": f"""
        SELECT a.id, a.acknowledgement_status, k.status FROM enrolments_corealert a
        LEFT JOIN enrolments_acknowledgement k ON {_SAME_ALERT}
        WHERE a.acknowledgement_status <> coalesce(k.status, 'Unacknowledged')
    """,
    "nobody is at work on an alert that is gone": f"""
        SELECT k.id FROM enrolments_acknowledgement k WHERE k.status = 'InProgress'
            AND NOT EXISTS (SELECT FROM enrolments_corealert a WHERE {_SAME_ALERT})
    """,
    "an Advice is not overridden, a Warning not acknowledged": """
        SELECT id, alert_type, acknowledgement_status FROM enrolments_corealert
        WHERE (alert_type, acknowledgement_status)
            IN (('Advice', 'Overridden'), ('Warning', 'Acknowledged'))
    """,
    "only the ministry overrides": """
        SELECT k.id, o.code FROM enrolments_acknowledgement k
        JOIN pasi_organization o ON o.id = k.organization_id
        WHERE k.status = 'Overridden' AND o.code <> 'O.1'
    """,
    "what is deleted or deactivated has no alerts once that was looked at": f"""
        SELECT a.id, r.record_type, r.record FROM ({_JUDGED}) AS r
        JOIN enrolments_corealert a USING (record_type, record) WHERE r.is_gone
    """,
    "an alert shows whose it is, once that was looked at": f"""
        SELECT a.id, r.* FROM ({_JUDGED}) AS r
        JOIN enrolments_corealert a USING (record_type, record)
        WHERE (a.student_id, a.school_id, a.school_year, a.reference_id)
            IS DISTINCT FROM (r.student_id, r.school_id, r.school_year, r.reference_id)
    """,
    "no alert has a version above its validation status's": f"""
        SELECT a.id, a.version, r.version FROM ({_JUDGED}) AS r
        JOIN enrolments_corealert a USING (record_type, record) WHERE a.version > r.version
    """,
    "a validation status has a version that was issued": f"""
        SELECT * FROM ({_JUDGED}) AS r
        WHERE r.version > (SELECT last_value FROM pasi_core_version)
    """,
}


# What must hold of document orders.
ORDERS = {
    "an open order is for the number that its award has, which is not deleted": """
        SELECT i.id, i.status, i.credential_number, a.credential_number, a.is_deleted
        FROM credentials_documentorderitem i JOIN credentials_awardedcredential a
            ON a.id = i.award_id
        WHERE i.status IN ('Ordered', 'ReadyForDelivery', 'UserHold', 'SystemHold')
            AND (a.is_deleted OR a.credential_number <> i.credential_number)
    """,
    "an order is for a number that its award has or had": """
        SELECT i.id, i.award_id, i.credential_number FROM credentials_documentorderitem i
        WHERE NOT EXISTS (SELECT FROM credentials_awardedcredential a
                WHERE (a.id, a.credential_number) = (i.award_id, i.credential_number))
            AND NOT EXISTS (SELECT FROM credentials_archivedcredential a
                WHERE (a.award_id, a.credential_number) = (i.award_id, i.credential_number))
    """,
    "a document is ordered once for each number, but for orders that were cancelled": """
        SELECT credential_number, count(*) FROM credentials_documentorderitem
        WHERE status <> 'Cancelled' GROUP BY 1 HAVING count(*) > 1
    """,
}


STATUSES = {
    "a calculated status is Achieved when all requirements are met, and only then": """
        SELECT id FROM credentials_requirementsetstatus
        WHERE is_calculated AND (status = 'Achieved') <> (percentage_complete = 100)
    """,
    "nobody knows the percentage of what was imported or set by hand": """
        SELECT id FROM credentials_requirementsetstatus
        WHERE NOT is_calculated AND percentage_complete IS NOT NULL
    """,
}


def assert_database_is_sound() -> None:
    assert_history_is_complete()
    assert_name_keys_are_right()
    assert_history_belongs_to_applied_calls()
    assert_numbers_are_used_once()
    assert_outcomes_are_contiguous()
    assert_triggers_have_a_status()
    assert_nothing_found(STUDENTS)
    assert_nothing_found(ORDERS)
    assert_nothing_found(STATUSES)
    assert_alerts_are_sound()
    assert_awarding_is_whole()


def tracked_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    ]


def assert_history_is_complete(chosen: Iterable[type[models.Model]] | None = None) -> None:
    """The latest history row of every record says what the record says, and the reverse.

    `chosen`: the models to look at instead of all.
    """
    for model in chosen or tracked_models():
        recorded = model.history.model._meta
        shared = {f.column for f in model._meta.concrete_fields} - LEFT_OUT.get(
            model._meta.label, set()
        )
        missing = shared - {field.column for field in recorded.concrete_fields}
        assert not missing, f"{model._meta.label}: no history of {missing}"
        columns = ", ".join(f'"{name}"' for name in sorted(shared))
        key = f'"{model._meta.pk.column}"'
        current = f'SELECT {columns} FROM "{model._meta.db_table}"'
        latest = (
            f"SELECT {columns} FROM (SELECT DISTINCT ON ({key}) * "
            f'FROM "{recorded.db_table}" ORDER BY {key}, history_id DESC) AS latest '
            f"WHERE history_type <> '-'"
        )
        for left, right in ((current, latest), (latest, current)):
            with connection.cursor() as cursor:
                cursor.execute(f"({left}) EXCEPT ({right})")
                assert cursor.fetchall() == [], f"{model._meta.label}: {left} EXCEPT {right}"


def assert_history_belongs_to_applied_calls() -> None:
    """No change without a call that was applied (or is still being carried out)."""
    not_applied = ServiceResponse.objects.filter(call=OuterRef("call")).exclude(outcome="Applied")
    for model in tracked_models():
        history = model.history.model
        assert not history.objects.filter(Exists(not_applied)).exists(), model._meta.label


def assert_numbers_are_used_once() -> None:
    """A credential number stands on one award, current or archived."""
    current = set(AwardedCredential.objects.values_list("number", flat=True))
    archived = list(ArchivedCredential.objects.values_list("number", flat=True))
    assert len(archived) == len(set(archived))
    assert current.isdisjoint(archived)


def assert_outcomes_are_contiguous() -> None:
    """A finished run has one outcome per requested position, from 0."""
    for run in AwardingRun.objects.exclude(finished_at=None):
        positions = AwardingOutcome.objects.filter(run=run).order_by("position")
        assert list(positions.values_list("position", flat=True)) == list(range(run.requested))


def assert_triggers_have_a_status() -> None:
    """A trigger without a status row would never be outstanding."""
    for each in PROCESSORS:
        alone = each.trigger.objects.filter(
            ~Exists(each.status.objects.filter(pk=OuterRef("pk")))
        ).count()
        assert alone == 0, each.name


def assert_alerts_are_sound() -> None:
    """Alerts and acknowledgements agree, and each has the key of its arguments."""
    assert_nothing_found(ALERTS)
    for model in (CoreAlert, Acknowledgement):
        for arguments, key in model.objects.values_list("arguments", "arguments_key"):
            assert arguments_key(arguments) == key, model.__name__


def assert_name_keys_are_right() -> None:
    """The keys of every name are what its parts make."""
    rows = NameKey.objects.values_list(
        *(f"name__{part}" for part in ("first_name", "middle_name", "last_name")), *Keys._fields
    )
    for first, middle, last, *keys in rows.iterator():
        assert keys_of(first, middle, last) == tuple(keys), (first, middle, last)


def assert_every_call_is_answered() -> None:
    unanswered = ServiceCall.objects.filter(response=None).values_list("operation", flat=True)
    assert list(unanswered) == []


def assert_awarding_is_whole() -> None:
    """Nothing is done twice or by half."""
    assert_nothing_found({**WHOLE, "a call not applied left nothing": _left_behind()})


def assert_nothing_found(queries: dict[str, str]) -> None:
    """Every query looks for what breaks the sentence that is its key."""
    broken = {}
    with connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(f"SELECT * FROM ({query}) AS broken LIMIT 5")
            if rows := cursor.fetchall():
                broken[name] = rows
    assert broken == {}


def _left_behind() -> str:
    """Calls without a response, or with a fault, that something in the database refers to."""
    traces = [model.history.model._meta.db_table for model in tracked_models()] + [
        "credentials_awardingbatch",
        "credentials_awardingrun",
        "credentials_archivedcredential",
        "audit_appliedcall",
    ]
    union = " UNION ALL ".join(f"SELECT call_id FROM {table}" for table in traces)
    return f"""
        SELECT DISTINCT trace.call_id FROM ({union}) AS trace
        JOIN audit_servicecall c ON c.message_id = trace.call_id AND c.door <> 'migration'
        LEFT JOIN audit_serviceresponse a ON a.call_id = trace.call_id
        WHERE a.call_id IS NULL OR a.outcome IN ('Fault', 'Replayed')
    """
