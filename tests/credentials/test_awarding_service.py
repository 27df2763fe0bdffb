"""SubmitCredentialAwardingMultiple: what it answers, writes, triggers and records."""

import datetime

import pytest

from audit.models import ServiceCall, ServiceResponse
from credentials.credential_numbers import number_of
from credentials.models import AwardedCredential, AwardingOutcome, AwardingRun
from enrolments import models as enrolments
from enrolments.processors import PROCESSORS
from students.models import Name, Student
from tests.credentials.calls import award, call, outcome, outcomes
from tests.credentials.conftest import TODAY
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import (
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)

date = datetime.date


def graduate(**values) -> Student:
    """A student who has earned the diploma in 2026, mature by age on 2027-09-01."""
    return make_student(
        **{
            "achieved": ["AHSD-2018"],
            "marks": [("ELA3105", 2026, 5)],
            "maturity_date": date(2027, 9, 1),
            "maturity_reason": "AGE",
            **values,
        }
    )


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    assert_database_is_sound()
    assert_every_call_is_answered()


# --- The award ----------------------------------------------------------------------------------


def test_an_award_as_answered_and_as_written():
    with set_up():
        student = graduate(first_name="Ada", middle_name="Joy", last_name="Byron", suffix="III")
    [response] = award(student.asn)
    written = AwardedCredential.objects.get(student=student)
    assert response == {
        "StateProvinceId": student.asn,
        "CredentialNumber": written.number_id,
        "CredentialType": "AHSD",
        "PASICoreVersion": written.version,
        "Rejections": [],
    }
    assert (written.credential_type, written.school_year) == ("AHSD", 2026)
    assert (written.first_name, written.middle_name) == ("Ada", "Joy")
    assert (written.last_name, written.suffix) == ("Byron", "III")
    assert written.awarded_on == TODAY
    assert (written.legacy_number, written.is_deleted, written.delete_reason) == ("", False, "")
    assert written.number_id == number_of(written.number_id // 10)
    assert written.version > student.version


def test_the_legal_name_is_copied_not_the_preferred_one():
    with set_up():
        student = graduate(first_name="Ada", last_name="Byron")
        student.preferred_name = Name.objects.create(
            student=student, first_name="Countess", last_name="Lovelace"
        )
        student.save()
    award(student.asn)
    written = AwardedCredential.objects.get(student=student)
    assert (written.first_name, written.last_name) == ("Ada", "Byron")


def test_the_award_is_dated_by_the_business_date(settings):
    settings.PASI_TODAY = date(2025, 1, 31)
    with set_up():
        student = graduate()
    award(student.asn)
    assert AwardedCredential.objects.get().awarded_on == date(2025, 1, 31)


def test_every_credential_with_the_school_year_of_its_rule():
    with set_up():
        school = make_school()
        everything = {
            "marks": [("ELA3105", 2024, 5)],
            "ged_marks": [("GED9981", 2019, "A")],
            "enrolments": [(school, 2026, None)],
        }
        sets = {
            "AHSD-2018": ("AHSD", 2024),
            "ADEX": ("ADEX", 2024),
            "ADVD": ("ADVD", 2024),
            "GHSD": ("GHSD", 2024),
            "HSED-ALT1": ("HSED", 2024),
            "HSED-ALT2": ("HSED", 2019),
            "CHSA": ("CHSA", 2024),
            "IOPC": ("IOPC", 2024),
            "COSC": ("COSC", 2026),
        }
        students = {code: make_student(achieved=[code], **everything) for code in sets}
    responses = award(*(student.asn for student in students.values()))
    written = {a.student_id: a for a in AwardedCredential.objects.all()}
    for (code, expected), response in zip(sets.items(), responses, strict=True):
        found = written[students[code].pk]
        assert (found.credential_type, found.school_year) == expected, code
        assert response["CredentialType"] == expected[0]


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (["HSED-ALT1"], "44008"),
        (["HSED-ALT2"], "HSED"),
        (["HSED-ALT1", "HSED-ALT2"], "HSED"),
    ],
)
def test_equivalency_by_ged_needs_no_credits(sets, expected):
    with set_up():
        student = make_student(achieved=sets, ged_marks=[("GED9984", 2020, "C")])
    assert outcomes(student.asn) == [expected]


def test_equivalency_by_both_ways_takes_its_year_from_ged_only():
    with set_up():
        student = make_student(
            achieved=["HSED-ALT1", "HSED-ALT2"],
            marks=[("ELA3105", 2026, 5)],
            ged_marks=[("GED9984", 2020, "D")],
        )
    assert outcomes(student.asn) == ["44008"]


def test_no_more_than_one_credential_in_one_request():
    with set_up():
        student = graduate(
            achieved=["COSC", "CHSA", "AHSD-2018"], enrolments=[(make_school(), 2026, None)]
        )
    assert outcomes(student.asn) == ["AHSD"]
    assert AwardedCredential.objects.filter(student=student).count() == 1


# --- One answer each, in order ------------------------------------------------------------------


def test_each_number_is_answered_in_its_place_and_none_stops_the_others():
    with set_up():
        good, other = graduate(), graduate()
        made = {
            "44013": graduate(is_deactivated=True),
            "44014": graduate(primary=good),
            "44000": make_student(not_achieved=["AHSD-2018"]),
            "44010": graduate(awards=[("AHSD", 77, 2025, False)]),
            "44011": graduate(achieved=["AHSD-2018", "HHSD"]),
            "44012": graduate(awards=[("GHSD", 78, 2025, False)]),
            "44008": graduate(marks=[]),
            "44004": graduate(birth_date=date(2025, 10, 1)),
        }
    asns = [
        *("999999999", good.asn),
        *(student.asn for student in made.values()),
        other.asn,
    ]
    responses = award(*asns)
    assert [response["StateProvinceId"] for response in responses] == asns
    assert [outcome(r) for r in responses] == ["9002", "AHSD", *made, "AHSD"]
    assert AwardedCredential.objects.filter(number__gt=78).count() == 2


def test_a_repeated_number_is_awarded_once_and_told_so():
    with set_up():
        student, nothing = graduate(), make_student()
    responses = award(student.asn, nothing.asn, student.asn, nothing.asn, student.asn)
    assert [outcome(r) for r in responses] == ["AHSD", "44000", "44010", "44000", "44010"]
    assert responses[2]["Rejections"][0]["Description"] == (
        f"No credential was awarded: student {student.asn} already holds credential AHSD."
    )
    assert responses[1] == responses[3]
    assert AwardedCredential.objects.count() == 1


def test_right_after_an_award_a_repeat_is_told_so():
    with set_up():
        student = graduate(achieved=["AHSD-2018", "CHSA"])
    assert outcomes(student.asn) == ["AHSD"]
    assert outcomes(student.asn) == ["44010"]


def test_a_further_credential_follows_once_the_recalculation_is_done():
    from pasi import bulk

    with set_up():
        student = graduate(achieved=["COSC"], enrolments=[(make_school(), 2026, None)])
    assert outcomes(student.asn) == ["COSC"]
    with set_up():
        status = student.requirement_set_statuses.model.objects.create(
            student=student, requirement_set_id="CHSA", status="Achieved", version=1
        )
    assert status.pk
    assert outcomes(student.asn) == ["44010"]
    with set_up():
        bulk.mark_processed(enrolments.TranscriptTrigger, enrolments.TranscriptRecord, limit=10)
    assert outcomes(student.asn) == ["CHSA"]


def test_whoever_holds_nothing_is_told_that_a_recalculation_is_outstanding():
    from pasi import bulk

    with set_up():
        student = graduate()
        bulk.raise_triggers(
            enrolments.TranscriptTrigger, enrolments.TranscriptRecord, [student.pk], "Test"
        )
    [response] = award(student.asn)
    assert outcome(response) == "44000"
    assert response["Rejections"][0]["Description"].endswith(
        "its eligibility is being recalculated; try again."
    )
    assert AwardingOutcome.objects.get().is_recalculating


def test_awards_under_a_secondary_number_count_as_the_students():
    with set_up():
        same, higher = graduate(), graduate(achieved=["COSC"])
        make_student(primary=same, awards=[("AHSD", 81, 2024, False)])
        make_student(primary=higher, awards=[("AHSD", 82, 2024, False)])
    assert outcomes(same.asn, higher.asn) == ["44010", "44012"]


# --- Triggers and the maturity date -------------------------------------------------------------


def triggers() -> dict[str, list[tuple[int, str]]]:
    """Processor -> (record, what caused it), for processors with triggers."""
    found = {
        each.name: sorted(each.trigger.objects.values_list("pk", "last_updated_object_name"))
        for each in PROCESSORS
    }
    return {name: rows for name, rows in found.items() if rows}


def test_an_award_that_leaves_the_maturity_date_raises_two_triggers():
    with set_up():
        school = make_school()
        student = make_student(
            achieved=["CHSA"],
            marks=[("ELA3105", 2026, 5)],
            maturity_date=date(2027, 9, 1),
            maturity_reason="AGE",
            courses=[(school, 2027, date(2027, 1, 15))],
        )
    award(student.asn)
    assert triggers() == {
        "Transcript": [(student.pk, "AwardedStudentCredential")],
        "ResponsibleSchool": [(student.pk, "AwardedStudentCredential")],
    }
    found = Student.objects.get(pk=student.pk)
    assert found.version == student.version
    assert found.maturity_date == date(2027, 9, 1)
    assert student.history.count() == 1


def test_a_diploma_moves_the_maturity_date_and_raises_what_depends_on_it():
    with set_up():
        school = make_school()
        starts = [date(2026, 8, 31), date(2026, 9, 1), date(2027, 9, 1), date(2027, 9, 2)]
        student = graduate(courses=[(school, 2027, start) for start in starts])
    award(student.asn)
    concerned = student.course_enrolments.filter(start_date__in=starts[1:3])
    assert triggers() == {
        "Transcript": [(student.pk, "AwardedStudentCredential")],
        "ResponsibleSchool": [(student.pk, "AwardedStudentCredential")],
        "Student": [(student.pk, "StudentMaturityDate")],
        "CourseEnrolment": sorted(
            (key, "StudentMaturityDate") for key in concerned.values_list("pk", flat=True)
        ),
    }
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.maturity_reason) == (date(2026, 9, 1), "CREDENTIAL")
    assert found.version > student.version
    assert found.updated_at > student.updated_at
    latest = student.history.latest()
    assert (latest.history_type, latest.maturity_date) == ("~", date(2026, 9, 1))


def test_a_missing_maturity_date_is_far_in_the_future():
    with set_up():
        school = make_school()
        starts = [date(2026, 8, 31), date(2026, 9, 1), date(2150, 1, 1)]
        student = graduate(
            maturity_date=None,
            maturity_reason="",
            courses=[(school, 2027, start) for start in starts],
        )
    award(student.asn)
    concerned = student.course_enrolments.filter(start_date__gte=date(2026, 9, 1))
    keys = enrolments.CourseEnrolmentTrigger.objects.values_list("pk", flat=True)
    assert sorted(keys) == sorted(concerned.values_list("pk", flat=True))


def test_an_award_of_the_year_in_which_age_makes_mature_moves_nothing():
    with set_up():
        student = graduate(marks=[("ELA3105", 2027, 5)])
    assert outcomes(student.asn) == ["AHSD"]
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.maturity_reason) == (date(2027, 9, 1), "AGE")
    assert set(triggers()) == {"Transcript", "ResponsibleSchool"}


def test_a_stored_maturity_date_that_was_wrong_is_put_right():
    with set_up():
        student = make_student(
            achieved=["HSED-ALT1"],
            marks=[("ELA3105", 2026, 5)],
            maturity_date=date(2025, 9, 1),
            maturity_reason="CREDENTIAL",
        )
    assert outcomes(student.asn) == ["HSED"]
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.maturity_reason) == (date(2027, 9, 1), "AGE")
    assert found.version > student.version


@pytest.mark.parametrize("holder", ["own number", "linked number"])
def test_what_the_student_holds_already_counts_for_the_maturity_date(settings, holder):
    settings.PASI_MATURITY_CREDENTIALS = ["HSED", "AHSD"]
    held = [("HSED", 61, 2024, False)]
    with set_up():
        student = graduate(
            maturity_date=date(2024, 9, 1),
            maturity_reason="CREDENTIAL",
            awards=held if holder == "own number" else (),
        )
        if holder == "linked number":
            make_student(primary=student, awards=held)
    assert outcomes(student.asn) == ["AHSD"]
    found = Student.objects.get(pk=student.pk)
    assert (found.maturity_date, found.version) == (date(2024, 9, 1), student.version)
    assert set(triggers()) == {"Transcript", "ResponsibleSchool"}


def test_a_deleted_award_does_not_count_for_the_maturity_date():
    with set_up():
        student = graduate(awards=[("GHSD", 62, 2020, True)])
    assert outcomes(student.asn) == ["AHSD"]
    assert Student.objects.get(pk=student.pk).maturity_date == date(2026, 9, 1)


def test_rejected_students_are_left_alone():
    with set_up():
        student = graduate(marks=[])
    assert outcomes(student.asn) == ["44008"]
    assert triggers() == {}
    assert Student.objects.get(pk=student.pk).version == student.version
    assert student.history.count() == 1
    assert not AwardedCredential.objects.exists()


def test_a_further_award_raises_the_version_of_the_triggers():
    with set_up():
        student = graduate()
        enrolments.TranscriptRecord.objects.create(student=student)
        enrolments.TranscriptTrigger.objects.create(
            student=student, version=0, last_updated_object_name="OfficialMark"
        )
    award(student.asn)
    trigger = enrolments.TranscriptTrigger.objects.get(student=student)
    written = AwardedCredential.objects.get(student=student)
    assert trigger.version > written.version
    assert trigger.last_updated_object_name == "AwardedStudentCredential"


# --- The record of the call ---------------------------------------------------------------------


def test_the_call_and_its_response_are_recorded():
    with set_up():
        student, nothing = graduate(), make_student()
    answer = call(student.asn, nothing.asn, "999999999")
    recorded = ServiceCall.objects.get(pk=answer.message_id)
    assert recorded.operation == "SubmitCredentialAwardingMultiple"
    assert (recorded.door, recorded.client, recorded.staff) == ("command", None, None)
    assert (recorded.user_name, recorded.organization_code) == ("Rita Clerk", "O.1")
    assert f'"{student.asn}"' in recorded.body
    response = ServiceResponse.objects.get(call=recorded)
    run = AwardingRun.objects.get(call=recorded)
    assert (response.outcome, response.http_status) == ("Applied", 200)
    assert response.codes == ["44000", "9002"]
    assert response.state_province_ids == [student.asn, nothing.asn, "999999999"]
    assert response.body == {
        "Run": run.pk,
        "FirstPosition": 0,
        "Requested": 3,
        "Awarded": {"AHSD": 1},
        "Rejected": {"44000": 1, "9002": 1},
    }
    for change in (AwardedCredential.history, Student.history):
        changes = change.filter(call=recorded)
        assert changes.count() == 1


def test_a_call_that_awards_nobody_is_rejected():
    with set_up():
        student = make_student()
    answer = call(student.asn)
    response = ServiceResponse.objects.get(call_id=answer.message_id)
    assert (response.outcome, response.http_status, response.codes) == ("Rejected", 200, ["44000"])


def test_a_call_is_a_run_with_one_outcome_per_position():
    with set_up():
        student = graduate()
    answer = call(student.asn, "999999999", student.asn)
    run = AwardingRun.objects.get()
    assert (run.origin, run.started_by, run.requested) == ("http", "Rita Clerk", 3)
    assert run.finished_at is not None
    assert (run.is_dry_run, run.credential_types, run.call_id) == (False, [], answer.message_id)
    rows = AwardingOutcome.objects.filter(run=run).order_by("position")
    written = AwardedCredential.objects.get()
    assert list(
        rows.values_list(
            *("position", "asn", "credential_type", "credential_number", "version"),
            *("school_year", "rejection_code", "is_recalculating"),
        )
    ) == [
        (0, student.asn, "AHSD", written.number_id, written.version, 2026, "", False),
        (1, "999999999", "", 0, 0, None, "9002", False),
        (2, student.asn, "", 0, 0, None, "44010", False),
    ]


def test_the_answer_can_be_rebuilt_from_the_outcomes():
    from credentials.services import SubmitCredentialAwardingMultiple

    with set_up():
        student = graduate()
    answer = call("999999999", student.asn, student.asn)
    response = ServiceResponse.objects.get(call_id=answer.message_id)
    assert SubmitCredentialAwardingMultiple().recorded_body(response) == answer.body


def test_of_a_long_list_the_response_names_the_first_hundred():
    asns = [f"{900_000_000 + number}" for number in range(101)]
    response = ServiceResponse.objects.get(call_id=call(*asns).message_id)
    assert response.state_province_ids == asns[:100]


def test_nobody_else_is_touched():
    with set_up():
        school = make_school()
        asked, other = graduate(), graduate(courses=[(school, 2027, date(2027, 1, 1))])
        make_mark(other, "SSN3156", 2026, 5, "80")
        make_enrolment(other, school, 2026)
    before = list(Student.history.filter(id=other.pk).values())
    award(asked.asn)
    assert list(Student.history.filter(id=other.pk).values()) == before
    assert not AwardedCredential.objects.filter(student=other).exists()
    assert not enrolments.TranscriptTrigger.objects.filter(student=other).exists()
