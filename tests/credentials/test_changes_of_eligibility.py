"""From a mark or an exemption, submitted over HTTP, to what a student has earned and is awarded."""

import datetime

import pytest

from enrolments.models import OfficialMark
from enrolments.processors import drain, processor
from tests.credentials import test_requirement_exemption as exemptions
from tests.credentials.calls import outcomes
from tests.credentials.test_explaining import CALM, calculated, make_graduate
from tests.enrolments import test_official_mark as marks
from tests.invariants import assert_database_is_sound
from tests.province_builder import COMMAND, make_mark, set_up
from tests.students.calls import School, applied, make_caller

TODAY = datetime.date(2024, 8, 1)


@pytest.fixture(autouse=True)
def today(settings, db):
    settings.PASI_TODAY = TODAY
    yield
    assert_database_is_sound()


@pytest.fixture
def ministry(db) -> School:
    with set_up():
        return make_caller("O.1", roles=["PASI System User", "Submit Transcript User"])


@pytest.fixture
def student(db):
    """A diploma but for Career and Life Management."""
    with set_up():
        made = make_graduate(leave_out=("PED0770",))
        make_mark(made, "LDC2502", 2024, 3, "60")
    calculated(made)
    return made


def progress(ministry, student) -> tuple:
    """The progress to the diploma, and whether the course is met."""
    body = ministry.get(f"/api/students/{student.asn}/credentials/")
    diploma = body["Credentials"][0]
    requirements = diploma["RequirementSets"][0]["Requirements"]
    [calm] = [each for each in requirements if each["Code"] == CALM]
    return diploma["Progress"], calm["IsMet"]


def work() -> None:
    """What a worker does when it is woken."""
    drain(processor("Transcript"), COMMAND)


def calm_mark(student, **changes) -> dict:
    date = {"AchievementSchoolYear": 2024, "AchievementDate": "2024-06-28"}
    values = {"CourseCode": "PED0770", "CreditsAwarded": 3, **date, **changes}
    return marks.sent(student, **values)


def test_a_mark_that_comes_and_goes(ministry, student):
    assert progress(ministry, student) == ("NotAchieved", False)
    answer = applied(ministry.post(marks.SERVICE, calm_mark(student)))
    assert progress(ministry, student) == ("NotAchieved", True)
    work()
    assert progress(ministry, student) == ("Achieved", True)
    gone = calm_mark(student, PASICoreVersion=answer["PASICoreVersion"], IsDeleted=True)
    applied(ministry.post(marks.SERVICE, gone))
    # Not worked out yet: what was achieved does not count, and is not awarded.
    assert progress(ministry, student) == ("CalculationOutstanding", False)
    assert outcomes(student.asn) == ["44000"]
    work()
    assert progress(ministry, student) == ("NotAchieved", False)
    back = OfficialMark.objects.get(course_code="PED0770").version
    applied(ministry.post(marks.SERVICE, calm_mark(student, PASICoreVersion=back)))
    work()
    assert progress(ministry, student) == ("Achieved", True)
    assert outcomes(student.asn) == ["AHSD"]


def test_an_exemption_that_is_asked_for_and_granted(ministry, student):
    for status, expected in (("Requested", False), ("Approved", True), ("Denied", False)):
        applied(ministry.post(exemptions.SERVICE, exemptions.sent(student, status)))
        work()
        earned = "Achieved" if expected else "NotAchieved"
        assert progress(ministry, student) == (earned, expected), status
    applied(ministry.post(exemptions.SERVICE, exemptions.sent(student, "Approved")))
    work()
    deleted = exemptions.sent(student, "Approved", IsDeleted=True)
    applied(ministry.post(exemptions.SERVICE, deleted))
    work()
    assert progress(ministry, student) == ("NotAchieved", False)
