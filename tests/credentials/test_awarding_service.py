"""SubmitCredentialAwardingMultiple: what is awarded, and what is answered."""

import datetime

import pytest

from credentials.credential_numbers import number_of
from credentials.models import AwardedCredential, AwardingOutcome
from enrolments import models as enrolments
from tests.credentials.calls import award, graduate, outcome, outcomes
from tests.credentials.conftest import TODAY
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import make_name, make_school, make_student, process, set_up

date = datetime.date


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
        student.preferred_name = make_name(student, "Countess", last_name="Lovelace")
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
        process(limit=10)
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
