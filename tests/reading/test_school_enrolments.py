"""GET /api/school-enrolments/: what is answered, found and seen."""

import datetime
import uuid

import pytest

from enrolments.models import SchoolEnrolment
from enrolments.serializers import REGISTRATION_STATUSES
from tests.province_builder import make_enrolment, make_school, make_student, set_up
from tests.reading.conftest import make_caller
from tests.reading.schema import check
from tests.reading.test_paging import flat, walk

LIST = "/api/school-enrolments/"
TODAY = datetime.date(2026, 11, 22)
YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def fixed_today(settings):
    settings.PASI_TODAY = TODAY


def reference(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def found(caller, **parameters) -> list[int]:
    """The enrolments answered, by the number their reference id was made of."""
    return [uuid.UUID(each["RefId"]).int for each in caller.results(LIST, parameters)]


# --- What is answered ---------------------------------------------------------------------------


def test_every_property(ministry):
    with set_up():
        enrolment = make_enrolment(
            make_student("100000001"),
            make_school(),
            2027,
            grade="06",
            exit_date=datetime.date(2027, 6, 28),
            enrolment_type_codes="413;600",
            grants_program_codes="301",
            resident_board="0001",
            fnmi_declaration="331",
            french_hours_of_instruction=950,
            school_authority_provided_program_percentage=50,
            local_student_id="L-7",
        )
    response = ministry.get(LIST)
    check(LIST, response)
    [row] = response.json()["results"]
    assert row.pop("LastUpdateUtcTime").endswith("Z")
    assert row == {
        "StateProvinceId": "100000001",
        "RefId": str(enrolment.reference_id),
        "PASICoreVersion": enrolment.version,
        "SchoolCode": "S.0001",
        "SchoolYear": 2027,
        "Grade": "06",
        "ProgrammingType": "Regular",
        "ProgrammingTimeframe": "Day",
        "RegistrationStartDate": "2026-09-01",
        "RegistrationExitDate": "2027-06-28",
        "ExitDateType": "CompletionDate",
        "IsDeleted": False,
        "EnrolmentTypeCodes": ["413", "600"],
        "GrantsProgramCodes": ["301"],
        "ExceptionCodes": [],
        "ResidentBoard": "0001",
        "FNMIDeclaration": "331",
        "FrenchHoursOfInstruction": 950,
        "SchoolAuthorityProvidedProgramPercentage": 50,
        "LocalStudentId": "L-7",
        "RegistrationStatus": "Active",
    }


def test_what_is_absent_is_null(ministry):
    with set_up():
        make_enrolment(make_student(), make_school(), 2027)
    response = ministry.get(LIST)
    check(LIST, response)
    [row] = response.json()["results"]
    assert {name for name, value in row.items() if value is None} == {
        *("ResidentBoard", "FNMIDeclaration", "FrenchHoursOfInstruction", "LocalStudentId"),
        "SchoolAuthorityProvidedProgramPercentage",
    }


@pytest.fixture
def every_status(db):
    """One enrolment for each combination of dates, exit date type and deletion."""
    with set_up():
        student, school = make_student(), make_school()
        for start in (YESTERDAY, TODAY, TOMORROW):
            for exit_date in (YESTERDAY, TODAY, TOMORROW):
                for exit_date_type in SchoolEnrolment.ExitDateType.values:
                    for is_deleted in (False, True):
                        if start <= exit_date:
                            make_enrolment(
                                student,
                                school,
                                2027,
                                start,
                                exit_date=exit_date,
                                exit_date_type=exit_date_type,
                                is_deleted=is_deleted,
                            )


@pytest.mark.parametrize("status", REGISTRATION_STATUSES)
def test_the_filter_finds_the_status_that_is_shown(ministry, every_status, status):
    rows = ministry.results(LIST)
    shown = [row["RefId"] for row in rows if row["RegistrationStatus"] == status]
    assert shown
    asked = ministry.results(LIST, {"RegistrationStatus": status})
    assert [row["RefId"] for row in asked] == shown


def test_several_statuses(ministry, every_status):
    rows = ministry.results(LIST, {"RegistrationStatus": "Registered,Withdrawn"})
    assert {row["RegistrationStatus"] for row in rows} == {"Registered", "Withdrawn"}


# --- What is found ------------------------------------------------------------------------------


@pytest.fixture
def enrolments(db):
    with set_up():
        ada, grace = make_student("100000001"), make_student("100000002")
        first, second = make_school("S.0001"), make_school("S.0002", "A.0002")
        values = [
            (ada, first, 2026, {"grade": "05"}),
            (ada, second, 2027, {"grade": "06"}),
            (grace, first, 2027, {"grade": "EC", "is_deleted": True}),
        ]
        for number, (student, school, year, more) in enumerate(values, 1):
            make_enrolment(student, school, year, reference_id=reference(number), **more)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"StateProvinceId": "100000001"}, [1, 2]),
        ({"StateProvinceId": "100000001,100000002", "SchoolYear": "2027"}, [2, 3]),
        ({"RefId": str(reference(2)).upper()}, [2]),
        ({"RefId": f"{reference(1)},{reference(3)},{reference(9)}"}, [1, 3]),
        ({"SchoolCode": "s.0001"}, [1, 3]),
        ({"SchoolCode": "S.0001", "SchoolYear": "2026"}, [1]),
        ({"SchoolCode": "A.0001"}, []),
        ({"SchoolCode": "S.9999"}, []),
        ({"AuthorityCode": "A.0002"}, [2]),
        ({"AuthorityCode": "A.0001,A.0002"}, [1, 2, 3]),
        ({"SchoolYear": "2025"}, []),
        ({"Grade": "05,EC"}, [1, 3]),
        ({"IsDeleted": "true"}, [3]),
        ({"IsDeleted": "false"}, [1, 2]),
        ({"RegistrationStatus": "CreatedInError"}, [3]),
    ],
)
def test_filters(ministry, enrolments, parameters, expected):
    response = ministry.get(LIST, parameters)
    check(LIST, response)
    assert found(ministry, **parameters) == expected


@pytest.mark.parametrize(
    "query",
    ["Grade=6", "Grade=", "RefId=1", "SchoolYear=x", "RegistrationStatus=active", "IsDeleted=1"],
)
def test_bad_values_are_refused(ministry, query):
    response = ministry.get(f"{LIST}?{query}")
    check(LIST, response)
    assert [each["field"] for each in response.json()["errors"]] == [query.partition("=")[0]]


def test_pages(ministry, enrolments):
    pages, last = walk(ministry, f"{LIST}?PageSize=2")
    assert [uuid.UUID(row["RefId"]).int for row in flat(pages)] == [1, 2, 3]
    back, _first = walk(ministry, last, "previous")
    assert back[::-1] == pages


# --- What is seen -------------------------------------------------------------------------------

LAST_EXIT = datetime.date(2026, 6, 28)  # less than six months ago
RECENT_EXIT = datetime.date(2026, 5, 21)  # more
SECRET = {"fnmi_declaration": "331", "french_hours_of_instruction": 950}


@pytest.fixture
def readers(db):
    with set_up():
        make_school("S.0001"), make_school("S.0002", "A.0002"), make_school("S.0003", "A.0001")
        return {
            code: make_caller(f"Reader {code}", organizations=[code])
            for code in ("O.1", "S.0001", "S.0002", "S.0003", "A.0001", "A.0002")
        }


def enrol(student, code, number, exit_date=None, **values):
    """An enrolment of the year before; its exit makes it current, the last, or a recent one."""
    return make_enrolment(
        student,
        make_school(code),
        2026,
        reference_id=reference(number),
        exit_date=exit_date or LAST_EXIT,
        **{**SECRET, **values},
    )


def seen(readers, number) -> dict[str, str | None]:
    """Who sees an enrolment: organization -> its FNMI declaration there."""
    shown = {}
    for code, reader in readers.items():
        rows = reader.results(LIST, {"RefId": str(reference(number))})
        assert [row["RefId"] for row in reader.results(LIST)].count(str(reference(number))) == len(
            rows
        )
        for row in rows:
            shown[code] = row["FNMIDeclaration"]
            assert row["FrenchHoursOfInstruction"] == 950
    return shown


def test_the_school_its_authority_and_the_ministry(readers):
    with set_up():
        enrol(make_student(), "S.0001", 1, exit_date=datetime.date(2026, 1, 5))
    assert seen(readers, 1) == {"O.1": "331", "S.0001": "331", "A.0001": "331"}


@pytest.mark.parametrize(
    ("exit_date", "is_seen"),
    [(TOMORROW, True), (TODAY, True), (LAST_EXIT, True), (RECENT_EXIT, False)],
    ids=["current", "ends today", "last", "recent"],
)
def test_enrolments_elsewhere_of_students_associated_at_levels_1_to_4(readers, exit_date, is_seen):
    with set_up():
        student = make_student()
        enrol(student, "S.0001", 1, exit_date=datetime.date(2026, 1, 5))
        enrol(student, "S.0002", 2, exit_date=exit_date)
    others = {"S.0002": None, "A.0002": None} if is_seen else {}
    assert seen(readers, 1) == {"O.1": "331", "S.0001": "331", "A.0001": "331", **others}


def test_the_last_school_no_longer_sees_where_the_student_went_once_somewhere_else_ends_later(
    readers,
):
    with set_up():
        student = make_student()
        enrol(student, "S.0001", 1, exit_date=LAST_EXIT)
        enrol(student, "S.0002", 2, exit_date=TOMORROW)
    assert set(seen(readers, 2)) == {"O.1", "S.0002", "A.0002"}
    assert set(seen(readers, 1)) == {"O.1", "S.0001", "A.0001", "S.0002", "A.0002"}


def test_a_school_of_the_same_authority_is_elsewhere(readers):
    with set_up():
        student = make_student()
        enrol(student, "S.0001", 1, exit_date=datetime.date(2026, 1, 5))
        enrol(student, "S.0003", 2, exit_date=TOMORROW)
    assert seen(readers, 1) == {"O.1": "331", "S.0001": "331", "A.0001": "331", "S.0003": None}


def test_a_deleted_enrolment_is_seen_but_associates_nobody(readers):
    with set_up():
        student = make_student()
        enrol(student, "S.0001", 1, exit_date=TOMORROW, is_deleted=True)
        enrol(student, "S.0002", 2, exit_date=TOMORROW)
    assert set(seen(readers, 1)) == {"O.1", "S.0001", "A.0001", "S.0002", "A.0002"}
    assert set(seen(readers, 2)) == {"O.1", "S.0002", "A.0002"}


def test_enrolments_under_linked_numbers_associate(readers):
    with set_up():
        primary = make_student()
        secondary = make_student(primary=primary)
        enrol(primary, "S.0001", 1, exit_date=datetime.date(2026, 1, 5))
        enrol(secondary, "S.0002", 2, exit_date=TOMORROW)
    assert set(seen(readers, 1)) == {"O.1", "S.0001", "A.0001", "S.0002", "A.0002"}


def test_a_deactivated_number_is_for_the_ministry(readers):
    with set_up():
        student = make_student(is_deactivated=True)
        enrol(student, "S.0001", 1, exit_date=TOMORROW)
    assert seen(readers, 1) == {"O.1": "331"}


def test_filters_find_nothing_that_is_not_seen(readers):
    with set_up():
        enrol(make_student("100000001"), "S.0001", 1)
    for parameters in ({"SchoolCode": "S.0001"}, {"StateProvinceId": "100000001"}):
        assert found(readers["S.0002"], **parameters) == []
        assert found(readers["S.0001"], **parameters) == [1]


def test_one_of_several_organizations(readers):
    with set_up():
        enrol(make_student(), "S.0001", 1)
        enrol(make_student(), "S.0002", 2)
        both = make_caller("Both", organizations=["S.0001", "S.0002"])
    assert found(both) == [1, 2]
    both.headers = {"PASI-Organization-Code": "S.0002"}
    assert found(both) == [2]


@pytest.mark.parametrize("many", [1, 1000])
def test_many_students(readers, monkeypatch, many):
    """Beyond a number of students they are gathered from the enrolments instead."""
    monkeypatch.setattr("students.associations.FEW", 1)
    monkeypatch.setattr("enrolments.visibility.MANY", many)
    with set_up():
        for number in range(3):
            student = make_student()
            enrol(student, "S.0001", 10 + number, exit_date=datetime.date(2026, 1, 5))
            enrol(student, "S.0002", 20 + number, exit_date=TOMORROW)
        enrol(make_student(), "S.0001", 30)
    assert found(readers["S.0002"]) == [10, 11, 12, 20, 21, 22]
    assert found(readers["S.0001"]) == [10, 11, 12, 30]
