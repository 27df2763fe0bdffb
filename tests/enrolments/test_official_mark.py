"""SubmitOfficialMark over HTTP."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceResponse
from enrolments.models import OfficialMark, TranscriptTrigger
from enrolments.services import SubmitOfficialMark
from pasi.checks import CODES_OF_SERVICES
from students.models import Student
from tests import invariants
from tests.http.conftest import errors, fault
from tests.province_builder import caller_info, make_mark, make_school, make_student, set_up
from tests.students.calls import School, applied, make_caller

SERVICE = "SubmitOfficialMark"
QUERIES = 21


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def ministry(db) -> School:
    with set_up():
        return make_caller("O.1", roles=["PASI System User"])


@pytest.fixture
def student(db) -> Student:
    with set_up():
        return make_student()


def sent(student, **changes) -> dict:
    """A new mark, or what differs of one. A change to ... leaves the property out."""
    body = {
        "CallerInfo": caller_info(),
        "StateProvinceId": student.asn,
        "CourseCode": "ELA3105",
        "PASICoreVersion": 0,
        "AchievementSchoolYear": 2026,
        "AchievementDate": "2026-06-28",
        "MarkValue": "75",
        "CreditsAwarded": 5,
        "IsAvailable": True,
        "IsDeleted": False,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


def submit(ministry, student, **changes) -> int:
    """Submit a mark; its version."""
    answer = applied(ministry.post(SERVICE, sent(student, **changes)))
    mark = OfficialMark.objects.get(student=student, course_code=answer["Id"])
    assert mark.version == answer["PASICoreVersion"]
    return mark.version


def history(student) -> list[tuple]:
    rows = OfficialMark.history.filter(student=student).order_by("history_id")
    return list(rows.values_list("history_type", "mark_value", "is_deleted"))


def trigger(student) -> TranscriptTrigger | None:
    return TranscriptTrigger.objects.filter(pk=student.pk).first()


# --- What is applied ----------------------------------------------------------------------------


def test_the_codes_of_the_service():
    assert {rule.code for rule in SubmitOfficialMark.rules()} == CODES_OF_SERVICES[SERVICE]


def test_a_new_mark(ministry, student):
    response = ministry.post(SERVICE, sent(student, EvaluationMethod="CHA"))
    mark = OfficialMark.objects.get()
    assert response.json() == {"Id": "ELA3105", "PASICoreVersion": mark.version, "Rejections": []}
    assert (mark.student_id, mark.course_code) == (student.pk, "ELA3105")
    assert (mark.achievement_school_year, mark.credits_awarded) == (2026, 5)
    assert mark.achievement_date == datetime.date(2026, 6, 28)
    assert (mark.mark_value, mark.evaluation_method) == ("75", "CHA")
    assert (mark.is_available, mark.is_deleted) == (True, False)
    message_id = response.headers["PASI-Message-Id"]
    [kept] = OfficialMark.history.all()
    assert (kept.history_type, str(kept.call_id)) == ("+", message_id)
    answer = ServiceResponse.objects.get(call=message_id)
    assert (answer.outcome, answer.state_province_ids) == ("Applied", [student.asn])
    raised = trigger(student)
    assert raised.last_updated_object_name == "OfficialMark"
    assert raised.version > mark.version
    assert Student.objects.get(pk=student.pk).version == student.version


def test_a_mark_is_changed_deleted_and_brought_back(ministry, student):
    first = submit(ministry, student, EvaluationMethod="CHA")
    second = submit(ministry, student, PASICoreVersion=first, MarkValue="80")
    mark = OfficialMark.objects.get()
    assert (mark.mark_value, mark.evaluation_method) == ("80", "")  # absent is cleared
    third = submit(ministry, student, PASICoreVersion=second, MarkValue="80", IsDeleted=True)
    fourth = submit(ministry, student, PASICoreVersion=third, MarkValue="81", IsAvailable=False)
    assert first < second < third < fourth
    assert history(student) == [
        ("+", "75", False),
        ("~", "80", False),
        ("~", "80", True),
        ("~", "81", False),
    ]
    assert OfficialMark.objects.get().updated_at > mark.created_at


def test_every_change_has_the_transcript_looked_at_again(ministry, student):
    version, before = 0, 0
    for changes in ({}, {"CreditsAwarded": 3}, {"IsAvailable": False}, {"IsDeleted": True}):
        version = submit(ministry, student, PASICoreVersion=version, **changes)
        assert trigger(student).version > before
        before = trigger(student).version


def test_a_course_that_the_list_does_not_have(ministry, student):
    submit(ministry, student, CourseCode="ZZZ99")
    submit(ministry, student, CourseCode="LDC3108X")
    assert OfficialMark.objects.count() == 2


def test_a_mark_under_a_secondary_number(ministry, student):
    """The ministry may mend it; the person's transcript is looked at again."""
    with set_up():
        second = make_student(primary=student)
    submit(ministry, second)
    assert trigger(second) is None
    assert trigger(student) is not None


def test_a_repeated_request_is_answered_from_the_record(ministry, student):
    body = sent(student)
    first = applied(ministry.post(SERVICE, body))
    again = ministry.post(SERVICE, body)
    assert applied(again) == first
    assert "PASI-Replayed" in again.headers
    assert len(history(student)) == 1


# --- Rejections and faults ----------------------------------------------------------------------


def test_versions(ministry, student):
    first = submit(ministry, student)
    assert fault(ministry.post(SERVICE, sent(student))) == (409, "3004")
    submit(ministry, student, PASICoreVersion=first, MarkValue="80")
    stale = sent(student, PASICoreVersion=first, MarkValue="81")
    assert fault(ministry.post(SERVICE, stale)) == (409, "3004")
    assert fault(
        ministry.post(SERVICE, sent(student, CourseCode="ELA3104", PASICoreVersion=1))
    ) == (
        409,
        "3004",
    )
    assert ministry.refused(SERVICE, sent(student, PASICoreVersion=9**15)) == ["9014"]


def test_rejections(ministry, student):
    assert ministry.refused(SERVICE, sent(student, IsDeleted=True)) == ["99050"]
    tomorrow = sent(student, AchievementDate="2026-11-27")
    assert ministry.refused(SERVICE, tomorrow) == ["99051", "99052"]
    year = sent(student, AchievementSchoolYear=2025)
    assert ministry.refused(SERVICE, year) == ["99051"]
    ahead = sent(student, AchievementDate="2026-11-27", AchievementSchoolYear=2027)
    assert ministry.refused(SERVICE, ahead) == ["99052"]
    assert not OfficialMark.objects.exists() and trigger(student) is None
    version = submit(ministry, student)
    before = trigger(student).version
    assert ministry.refused(SERVICE, sent(student, PASICoreVersion=version)) == ["9023"]
    assert trigger(student).version == before
    with set_up():
        gone = make_student(is_deactivated=True)
    assert ministry.refused(SERVICE, sent(gone)) == ["9009"]
    unknown = sent(student, StateProvinceId="999999999")
    assert ministry.refused(SERVICE, unknown) == ["9002"]


def test_who_may(student):
    with set_up():
        make_school("S.0001", "A.0001")
        school = make_caller("S.0001", roles=["PASI System User"])
        other = make_caller("O.1", roles=["Submit Transcript User", "Submit Enrolment User"])
    for caller in (school, other):
        assert fault(caller.post(SERVICE, sent(student))) == (403, "1007")


REQUIRED, COURSE = "is required", "must be a course code"


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"StateProvinceId": "12345678"}, "StateProvinceId", "must be"),
        ({"CourseCode": "ela3105"}, "CourseCode", COURSE),
        ({"CourseCode": "ELA3"}, "CourseCode", COURSE),
        ({"CourseCode": "ELA310555"}, "CourseCode", COURSE),
        ({"CourseCode": ""}, "CourseCode", REQUIRED),
        ({"PASICoreVersion": ...}, "PASICoreVersion", REQUIRED),
        ({"AchievementSchoolYear": 1904}, "AchievementSchoolYear", "must be between 1905 and 2999"),
        ({"AchievementSchoolYear": "2026"}, "AchievementSchoolYear", "must be an integer"),
        ({"AchievementDate": "2026-02-30"}, "AchievementDate", "must be a date"),
        ({"AchievementDate": None}, "AchievementDate", REQUIRED),
        ({"MarkValue": "12345678901"}, "MarkValue", "must have at most 10 characters"),
        ({"MarkValue": 75}, "MarkValue", "must be a text"),
        ({"CreditsAwarded": 31}, "CreditsAwarded", "must be between 0 and 30"),
        ({"CreditsAwarded": -1}, "CreditsAwarded", "must be between 0 and 30"),
        ({"CreditsAwarded": 2.5}, "CreditsAwarded", "must be an integer"),
        ({"IsAvailable": "true"}, "IsAvailable", "must be true or false"),
        ({"IsAvailable": ...}, "IsAvailable", REQUIRED),
        ({"EvaluationMethod": "X" * 31}, "EvaluationMethod", "must have at most 30 characters"),
        ({"IsDeleted": ...}, "IsDeleted", REQUIRED),
        ({"Credits": 5}, "Credits", "is not a property of the contract"),
    ],
)
def test_the_contract(ministry, student, changes, field, problem):
    [(named, said)] = errors(ministry.post(SERVICE, sent(student, **changes))).items()
    assert named == field
    assert said.startswith(problem)


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 30])
def test_queries(ministry, student, before):
    """However many marks there are, new or changed."""
    with set_up():
        for number in range(before):
            make_mark(student, f"COM{number:04d}", 2025, 1, "75")
    submit(ministry, student, CourseCode="FNA1425")
    version = 0
    for changes in ({}, {"MarkValue": "80"}, {"IsDeleted": True}):
        body = sent(student, PASICoreVersion=version, **changes)
        with CaptureQueriesContext(connection) as captured:
            answer = applied(ministry.post(SERVICE, body))
        version = answer["PASICoreVersion"]
        assert len(captured) == QUERIES, "\n".join(q["sql"][:120] for q in captured)
