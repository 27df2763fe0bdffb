"""Facts of the alert rules, made without a database: all well unless told otherwise."""

import datetime
from uuid import UUID

from enrolments.facts import (
    CitizenshipFacts,
    CourseEnrolmentFacts,
    EnrolmentFacts,
    OrganizationFacts,
    PersonFacts,
    RecordedName,
    RestrictionFacts,
    SchoolEnrolmentFacts,
    StudentFacts,
)

ASN = "100000009"
DAY = datetime.timedelta(days=1)
YEAR = 2026  # 2025/2026
FIRST_OF_SEPTEMBER = datetime.date(2025, 9, 1)
TODAY = datetime.date(2025, 11, 26)
BORN = datetime.date(2016, 5, 17)  # nine on 1 September, usual in grade 4
START = datetime.date(2025, 9, 2)
EXIT = datetime.date(2026, 6, 26)


def authority(code="A.0001", classification="Public", **changes) -> OrganizationFacts:
    return OrganizationFacts(int(code[2:]), code, "Authority", classification, **changes)


def school(code="S.1001", of=None, classification="Public", **changes) -> OrganizationFacts:
    of = of or authority()
    key = int(code[2:]) + 10_000
    return OrganizationFacts(key, code, "School", classification, authority=of, **changes)


SCHOOL = school()
SISTER_SCHOOL = school("S.1002")  # of the same authority
OTHER_SCHOOL = school("S.2001", authority("A.0002"))
THIRD_SCHOOL = school("S.0300", authority("A.0003"))
DISTANCE_LEARNING = school("S.0099", authority("A.0004"))
OTHER_DISTANCE_LEARNING = school("S.1363", authority("A.0005"))


def enrolment(**changes) -> EnrolmentFacts:
    return EnrolmentFacts(
        **{
            "key": 1,
            "reference_id": UUID(int=1),
            "student": 1,
            "school": SCHOOL,
            "school_year": YEAR,
            "grade": "04",
            "programming_type": "Regular",
            "programming_timeframe": "Day",
            "start_date": START,
            "exit_date": EXIT,
            "exit_date_type": "CompletionDate",
            **changes,
        }
    )


def other(**changes) -> EnrolmentFacts:
    """Another enrolment of the same student: same school and year unless told otherwise."""
    return enrolment(**{"key": 2, "reference_id": UUID(int=2), **changes})


def last_year(**changes) -> EnrolmentFacts:
    before = {
        "school_year": YEAR - 1,
        "grade": "03",
        "start_date": datetime.date(2024, 9, 3),
        "exit_date": datetime.date(2025, 6, 27),
    }
    return other(**{**before, **changes})


def citizenship(status="1", *, expires_on=None, effective_on=BORN) -> CitizenshipFacts:
    return CitizenshipFacts(status, expires_on, effective_on)


CITIZEN = (citizenship(),)


def restriction(**changes) -> RestrictionFacts:
    """Independent under 18, from before the enrolment on."""
    return RestrictionFacts(
        **{
            "code": "IndependentUnder18",
            "effective_on": START - DAY,
            "expires_on": None,
            "is_active": True,
            **changes,
        }
    )


def judged(
    *,
    others=(),
    today=TODAY,
    current_school_year=YEAR,
    born=BORN,
    citizenships=CITIZEN,
    restrictions=(),
    died_on=None,
    resident_boards=None,
    expired_grants=(),
    **changes,
) -> SchoolEnrolmentFacts:
    """An enrolment, changed as told, with what surrounds it."""
    person = PersonFacts(
        asn=ASN,
        birth_date=born,
        is_deceased=died_on is not None,
        date_of_death=died_on,
        citizenships=tuple(citizenships),
        restrictions=tuple(restrictions),
    )
    return SchoolEnrolmentFacts(
        enrolment=enrolment(**changes),
        person=person,
        today=today,
        current_school_year=current_school_year,
        others=tuple(others),
        resident_boards=resident_boards or {},
        expired_grants=frozenset(expired_grants),
    )


def typed(*codes: str, **changes) -> SchoolEnrolmentFacts:
    """With these enrolment type codes."""
    return judged(enrolment_type_codes=codes, **changes)


def granted(*codes: str, **changes) -> SchoolEnrolmentFacts:
    """With these grants program codes."""
    return judged(grants_program_codes=codes, **changes)


def course_enrolment(**changes) -> CourseEnrolmentFacts:
    """Active, without a school enrolment."""
    return CourseEnrolmentFacts(
        **{
            "school_year": YEAR,
            "status": "Active",
            "start_date": START,
            "is_deleted": False,
            "has_school_enrolment": False,
            "today": TODAY,
            "current_school_year": YEAR,
            **changes,
        }
    )


def recorded_name(**changes) -> RecordedName:
    return RecordedName(
        **{
            "ref_id": 7,
            "descriptor": "Legal",
            "first_name": "Fred",
            "middle_name": "",
            "last_name": "Flintstone",
            "suffix": "",
            **changes,
        }
    )


def student(*names: RecordedName, is_deactivated=False) -> StudentFacts:
    return StudentFacts(ASN, is_deactivated, names)
