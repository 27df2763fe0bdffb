"""Cases of the rules of submitted school enrolments."""

import datetime
from uuid import UUID

from enrolments.facts import EnrolmentFacts, OrganizationFacts
from enrolments.rules import submitted
from enrolments.submit_facts import SubmittedEnrolment
from students.facts import StudentAccess
from students.rules import access
from tests.rules.cases import breaking, passing

ASN = "100000009"
REFERENCE = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
YEAR = 2027
START, EXIT = datetime.date(2026, 9, 1), datetime.date(2027, 6, 28)
DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)

AUTHORITY = OrganizationFacts(1, "A.0001", "Authority")
SCHOOL = OrganizationFacts(2, "S.0001", "School", authority=AUTHORITY)
OTHER_AUTHORITY = OrganizationFacts(3, "A.0002", "Authority")
OTHER_SCHOOL = OrganizationFacts(4, "S.0002", "School", authority=OTHER_AUTHORITY)
SISTER_SCHOOL = OrganizationFacts(5, "S.0003", "School", authority=AUTHORITY)
MINISTRY = OrganizationFacts(6, "O.1", "Ministry")
OTHER_MINISTRY = OrganizationFacts(7, "O.2", "Ministry")


def enrolment(**changes) -> EnrolmentFacts:
    return EnrolmentFacts(
        **{
            "key": 0,
            "reference_id": REFERENCE,
            "student": 1,
            "school": SCHOOL,
            "school_year": YEAR,
            "grade": "05",
            "programming_type": "Regular",
            "programming_timeframe": "Day",
            "start_date": START,
            "exit_date": EXIT,
            "exit_date_type": "CompletionDate",
            **changes,
        }
    )


# Of SubmittedEnrolment itself; everything else changes the submitted enrolment.
_OF_THE_CALL = frozenset(SubmittedEnrolment.__dataclass_fields__)


def new(**changes) -> SubmittedEnrolment:
    """A new enrolment, all well unless told otherwise."""
    of_call = {name: changes.pop(name) for name in _OF_THE_CALL.intersection(changes)}
    made = of_call.pop("submitted", enrolment(**changes))
    return SubmittedEnrolment(
        **{
            "access": StudentAccess(ASN),
            "caller": SCHOOL,
            "reference_id": REFERENCE,
            "school_code": made.school.code if made else "S.9999",
            "current_school_year": YEAR,
            "school": made.school if made else None,
            "submitted": made,
            **of_call,
        }
    )


def changed(stored: dict | None = None, **changes) -> SubmittedEnrolment:
    """A stored enrolment, changed."""
    return new(stored=enrolment(**{"key": 1, "version": 7, **(stored or {})}), **changes)


REF_AND = {"RefId": REFERENCE}


def grants(*codes, **changes):
    return new(grants_program_codes=codes, **changes)


def percentage(value, **changes):
    return new(school_authority_provided_program_percentage=value, **changes)


LANGUAGE_CODES = (
    *("413", "414", "416", "417", "418", "419", "420", "422", "424", "426", "427", "429", "430"),
    *("432", "434", "436", "438", "440", "442", "443", "445", "447", "449", "451", "452", "454"),
    *("456", "457", "459", "460"),
)

ENROLMENT_SUBMIT_CASES = [
    breaking(
        access.invalid_asn,
        "enrolment of nobody",
        new(submitted=None, access=StudentAccess(ASN, is_accessible=False)),
        {"StateProvinceId": ASN},
    ),
    passing(access.invalid_asn, "enrolment of somebody", new()),
    breaking(
        access.secondary_asn,
        "enrolment under a secondary number",
        new(access=StudentAccess(ASN, primary_asn="200000001")),
        {"SecondaryASN": ASN, "PrimaryASN": "200000001"},
    ),
    passing(
        access.secondary_asn,
        "enrolment by the ministry",
        new(access=StudentAccess(ASN, primary_asn="200000001", is_ministry=True)),
    ),
    # ---
    breaking(
        submitted.deactivated_asn,
        "deactivated",
        new(access=StudentAccess(ASN, is_deactivated=True)),
        {"StateProvinceId": ASN},
    ),
    breaking(
        submitted.deactivated_asn,
        "no exception for the ministry",
        new(access=StudentAccess(ASN, is_deactivated=True, is_ministry=True), caller=MINISTRY),
        {"StateProvinceId": ASN},
    ),
    passing(submitted.deactivated_asn, "active", new()),
    # ---
    breaking(submitted.unknown_school, "unknown", new(submitted=None), {"SchoolCode": "S.9999"}),
    passing(submitted.unknown_school, "known", new()),
    # ---
    breaking(
        submitted.unauthorized_school,
        "another school of the authority",
        new(caller=SISTER_SCHOOL),
        {**REF_AND, "SchoolCode": "S.0001"},
    ),
    breaking(
        submitted.unauthorized_school,
        "another authority",
        new(caller=OTHER_AUTHORITY),
        {**REF_AND, "SchoolCode": "S.0001"},
    ),
    breaking(
        submitted.unauthorized_school,
        "once for the same school",
        changed(caller=OTHER_SCHOOL),
        {**REF_AND, "SchoolCode": "S.0001"},
    ),
    breaking(
        submitted.unauthorized_school,
        "stored at another school",
        changed({"school": OTHER_SCHOOL}),
        {**REF_AND, "SchoolCode": "S.0002"},
    ),
    breaking(
        submitted.unauthorized_school,
        "submitted for another school",
        changed(school=OTHER_SCHOOL),
        {**REF_AND, "SchoolCode": "S.0002"},
    ),
    breaking(
        submitted.unauthorized_school,
        "neither",
        changed({"school": OTHER_SCHOOL}, caller=SISTER_SCHOOL),
        {**REF_AND, "SchoolCode": "S.0002"},
        {**REF_AND, "SchoolCode": "S.0001"},
    ),
    passing(submitted.unauthorized_school, "the school", changed()),
    passing(submitted.unauthorized_school, "its authority", changed(caller=AUTHORITY)),
    passing(
        submitted.unauthorized_school,
        "its authority, between its schools",
        changed({"school": SISTER_SCHOOL}, caller=AUTHORITY),
    ),
    *(
        passing(submitted.unauthorized_school, caller.code, changed(caller=caller))
        for caller in (MINISTRY, OTHER_MINISTRY)
    ),
    # ---
    breaking(submitted.school_changes, "another", changed({"school": SISTER_SCHOOL})),
    passing(submitted.school_changes, "the same", changed()),
    passing(submitted.school_changes, "new", new()),
    # ---
    breaking(submitted.new_and_deleted, "deleted", new(is_deleted=True)),
    passing(submitted.new_and_deleted, "not deleted", new()),
    passing(submitted.new_and_deleted, "a stored one", changed(is_deleted=True)),
    # ---
    breaking(
        submitted.school_year_too_old,
        "four years ago",
        new(school_year=YEAR - 4),
        {"SchoolYear": "2022/2023"},
    ),
    breaking(
        submitted.school_year_too_old,
        "the earliest",
        new(school_year=1905),
        {"SchoolYear": "1904/1905"},
    ),
    breaking(
        submitted.school_year_too_old,
        "stored four years ago",
        changed({"school_year": YEAR - 4}),
        {"SchoolYear": "2022/2023"},
    ),
    breaking(
        submitted.school_year_too_old,
        "both",
        changed({"school_year": YEAR - 4}, school_year=YEAR - 5),
        {"SchoolYear": "2021/2022"},
        {"SchoolYear": "2022/2023"},
    ),
    passing(submitted.school_year_too_old, "three years ago", new(school_year=YEAR - 3)),
    passing(
        submitted.school_year_too_old,
        "role PASI System User",
        changed({"school_year": 1950}, school_year=1960, may_submit_old_years=True),
    ),
    passing(submitted.school_year_too_old, "no school year at all", new(school_year=1904)),
    # ---
    *(
        breaking(
            submitted.school_year_not_accepted,
            str(year),
            new(school_year=year, may_submit_old_years=True),
            {"SchoolYear": text},
        )
        for year, text in (
            (YEAR + 2, "2028/2029"),
            (1904, "1903/1904"),
            (0, "-1/0"),
            (32_767, "32766/32767"),
        )
    ),
    *(
        passing(submitted.school_year_not_accepted, str(year), new(school_year=year))
        for year in (1905, YEAR, YEAR + 1)
    ),
    # ---
    breaking(
        submitted.exit_before_start,
        "the day before",
        new(exit_date=START - DAY),
        {"RegistrationExitDate": START - DAY, "RegistrationStartDate": START},
    ),
    passing(submitted.exit_before_start, "the same day", new(exit_date=START)),
    passing(submitted.exit_before_start, "later", new()),
    # ---
    *(
        case
        for rule, name in (
            (submitted.start_outside_school_year, "start_date"),
            (submitted.exit_outside_school_year, "exit_date"),
        )
        for case in (
            *(
                breaking(
                    rule,
                    str(day),
                    new(**{name: day}),
                    {"MinDate": FIRST, "MaxDate": LAST, "SchoolYear": "2026/2027"},
                )
                for day in (FIRST - DAY, LAST + DAY, datetime.date.min, datetime.date.max)
            ),
            *(passing(rule, str(day), new(**{name: day})) for day in (FIRST, START, LAST)),
        )
    ),
    # ---
    *(
        breaking(
            submitted.unexpected_percentage,
            f"{value} from {year}",
            percentage(value, school_year=year, grants_program_codes=("600", "611")),
            {"SchoolAuthorityProvidedProgramPercentage": value},
        )
        for value in (0, 100)
        for year in (2019, YEAR)
    ),
    *(
        passing(
            submitted.unexpected_percentage,
            f"with code {code}",
            percentage(50, grants_program_codes=("303", code)),
        )
        for code in ("610", "612")
    ),
    passing(submitted.unexpected_percentage, "before 2019", percentage(50, school_year=2018)),
    passing(submitted.unexpected_percentage, "none", new()),
    # ---
    *(
        breaking(submitted.student_is_deceased, str(year), new(school_year=year, is_deceased=True))
        for year in (YEAR, YEAR + 1)
    ),
    passing(
        submitted.student_is_deceased, "last year", new(school_year=YEAR - 1, is_deceased=True)
    ),
    passing(submitted.student_is_deceased, "a stored one", changed(is_deceased=True)),
    passing(submitted.student_is_deceased, "alive", new()),
    # ---
    breaking(
        submitted.has_course_enrolments,
        "deletion",
        changed(is_deleted=True, has_course_enrolments=True),
    ),
    passing(submitted.has_course_enrolments, "no courses", changed(is_deleted=True)),
    passing(submitted.has_course_enrolments, "no deletion", changed(has_course_enrolments=True)),
    passing(
        submitted.has_course_enrolments,
        "deleted already",
        changed({"is_deleted": True}, is_deleted=True, has_course_enrolments=True),
    ),
    # ---
    *(
        breaking(
            submitted.language_codes_in_senior_high,
            f"{code} in grade 10",
            grants(code, grade="10"),
            {"GrantsProgramCodes": code},
        )
        for code in LANGUAGE_CODES
    ),
    *(
        breaking(
            submitted.language_codes_in_senior_high,
            f"in grade {grade}",
            grants("460", "303", "413", grade=grade),
            {"GrantsProgramCodes": "413, 460"},
        )
        for grade in ("11", "12")
    ),
    passing(submitted.language_codes_in_senior_high, "grade 9", grants("413", grade="09")),
    passing(submitted.language_codes_in_senior_high, "grade EC", grants("413", grade="EC")),
    passing(
        submitted.language_codes_in_senior_high, "other codes", grants("409", "415", grade="12")
    ),
    # ---
    breaking(
        submitted.same_language_twice,
        "Spanish",
        grants("452", "303", "409"),
        {"GrantsProgramCodes": "409, 452"},
    ),
    passing(submitted.same_language_twice, "bilingual alone", grants("409", "303")),
    passing(submitted.same_language_twice, "course alone", grants("452")),
    passing(submitted.same_language_twice, "other languages", grants("401", "413")),
]
