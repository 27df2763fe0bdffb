"""IdentifyStudent: who is found, how good the match is, why, and who must stay unseen."""

import datetime
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import RecordRead, ServiceResponse
from pasi.services import Caller
from students.models import DisclosureRestriction, Student
from students.services.identify_student import IdentifyStudent
from tests.province_builder import (
    caller_info,
    make_enrolment,
    make_name,
    make_school,
    make_student,
    set_up,
)
from tests.students import bodies
from tests.students.calls import School

BORN = datetime.date(2012, 5, 7)
SEARCH, ASSOCIATIONS = 12, 3  # queries with the call's own; of those who have to be judged


def identify(school: School, first="John", last="Doe", born: str | None = "2012-05-07", **changes):
    """The answer to a search; `born`: the birth date."""
    body = bodies.identify_minimal(FirstName=first, LastName=last, BirthDate=born, **changes)
    info = caller_info()
    info["User"]["OrganizationCode"] = school.code
    body = json.dumps({**body, "CallerInfo": info}).encode()
    answer = IdentifyStudent().execute(body, Caller("http", client=school.client))
    assert answer.http_status == 200, answer.body
    assert list(answer.body) == ["Status", "Students"]
    assert (answer.body["Status"] == "Found") == bool(answer.body["Students"])
    return answer.body


def found(school: School, *args, **changes) -> list[tuple[str, str, list[str]]]:
    """Number, quality and reasons of everyone found, in order."""
    students = identify(school, *args, **changes)["Students"]
    return [(each["StateProvinceId"], each["Quality"], each["Reasons"]) for each in students]


def asns(school: School, *args, **changes) -> list[str]:
    return [asn for asn, _quality, _reasons in found(school, *args, **changes)]


def student(asn="100000017", first="John", last="Doe", *, middle="", born=BORN, **values):
    with set_up():
        return make_student(
            asn,
            first_name=first,
            middle_name=middle,
            last_name=last,
            birth_date=born,
            **values,
        )


def several(count: int, first="John", last="Doe", **values) -> list[str]:
    numbers = [f"1000001{number:02d}" for number in range(count)]
    for number in numbers:
        student(number, first, last, **values)
    return numbers


def restrict(one: Student, **values) -> None:
    with set_up():
        DisclosureRestriction.objects.create(
            student=one,
            **{
                "code": "Caution",
                "effective_on": datetime.date(2020, 1, 1),
                "is_active": True,
                **values,
            },
        )


def enrol(one: Student, code="S.0001", authority="A.0001") -> None:
    with set_up():
        make_enrolment(one, make_school(code, authority), 2027)


# --- Quality and reasons --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "asked", "quality", "reasons"),
    [
        # stored: first, last; asked: first, last, birth date
        (("John", "Doe"), ("John", "Doe"), "High", "SameBirthDate"),
        (("Zoë", "O'Neil"), ("ZOE", "oneil"), "High", "SameBirthDate"),
        (("Anne-Marie", "Roy"), ("Annemarie", "Roy"), "High", "SameBirthDate"),
        (("John", "Doe"), ("J", "Doe"), "Medium", "SameBirthDate Initial"),
        (("J", "Doe"), ("John", "Doe"), "Medium", "SameBirthDate Initial"),
        (("William", "Doe"), ("Bill", "Doe"), "Medium", "SameBirthDate Nickname"),
        (("Bill", "Doe"), ("William", "Doe"), "Medium", "SameBirthDate Nickname"),
        (("Oleksandr", "Koval"), ("Alexander", "Koval"), "Medium", "SameBirthDate Phonetic"),
        (("Ivan", "Koval"), ("John", "Koval"), "Medium", "SameBirthDate Nickname"),
        (("John", "Smith-Jones"), ("John", "Jones"), "Medium", "SameBirthDate"),
        (("John", "Smith-Jones"), ("John", "Smith"), "Medium", "SameBirthDate"),
        (("John", "De La Cruz"), ("John", "Cruz"), "Medium", "SameBirthDate"),
        (("Mary Ann", "Doe"), ("Mary", "Doe"), "Medium", "SameBirthDate"),
        (("Mark", "Smyth"), ("Mark", "Smith"), "Medium", "SameBirthDate Phonetic"),
        (("Muhammad", "Ali"), ("Mohammed", "Ali"), "Medium", "SameBirthDate Phonetic"),
        (("Doe", "John"), ("John", "Doe"), "Medium", "SameBirthDate FirstLastSwapped"),
        (("Joseph", "Nowak"), ("Jospeh", "Nowak"), "Low", "SameBirthDate Typing"),
        (("Joseph", "Nowak"), ("Joseph", "Noqak"), "Low", "SameBirthDate Typing"),
        (("John", "Doe"), ("John", "Doe", "2012-07-05"), "Low", "DayMonthSwapped"),
        (("John", "Doe"), ("John", "Doe", "2012-05-17"), "Low", "Typing"),
        (("John", "Doe"), ("John", "Doe", "2012-05-08"), "Low", "Typing"),
        (("John", "Doe"), ("John", "Doe", "2021-05-07"), "Low", "Typing"),
        (("John", "Doe"), ("John", "Doe", "2012-01-01"), "Low", "Typing"),
        (("John", "Doe"), ("Xiomara", "Doe"), "Low", "SameBirthDate"),
    ],
)
def test_quality_and_reasons(school1, stored, asked, quality, reasons):
    one = student("100000017", *stored)
    student("100000025", "Priya", "Sandhu")
    assert found(school1, *asked) == [(one.asn, quality, reasons.split())]


@pytest.mark.parametrize(
    ("first", "last", "was_legal", "quality"),
    [
        ("John", "Wilson", True, "High"),  # a former legal name
        ("John", "Wilson", False, "Medium"),
        ("Bert", "Doe", False, "Medium"),
    ],
)
def test_other_names(school1, first, last, was_legal, quality):
    one = student()
    with set_up():
        make_name(one, first, "", last, was_legal=was_legal)
    assert found(school1, first, last) == [(one.asn, quality, ["SameBirthDate", "OtherName"])]
    assert found(school1) == [(one.asn, "High", ["SameBirthDate"])]


def test_a_deleted_name_is_not_found(school1):
    one = student()
    with set_up():
        make_name(one, "Ekaterina", "", "Wilson", is_deleted=True)
    assert identify(school1, "Ekaterina", "Wilson")["Status"] == "NotFound"


def test_the_middle_name_as_first_name(school1):
    one = student(middle="Francis")
    assert found(school1, "Francis") == [(one.asn, "Medium", ["SameBirthDate", "OtherName"])]


def test_the_middle_name_ranks(school1):
    student("100000017", middle="Bert")
    student("100000025", middle="Adam")
    student("100000033")
    numbers = asns(school1, MiddleName="Adam")
    assert numbers == ["100000025", "100000033", "100000017"]


def test_strangers_are_not_found(school1):
    student()
    student("100000025", "Priya", "Sandhu")
    assert identify(school1, "Wei", "Zhang") == {"Status": "NotFound", "Students": []}
    assert identify(school1, "John", "Doe", "1999-11-30")["Status"] == "NotFound"


def test_a_student_counts_once_by_the_best_name(school1):
    one = student()
    with set_up():
        make_name(one, "Jon", "", "Doe")
        make_name(one, "Johnny", "", "Doe")
    assert found(school1, IncludeAllQualities=True) == [(one.asn, "High", ["SameBirthDate"])]


# --- Approximate age ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "age", "is_found"),
    [
        # today is 2026-11-26
        ("2012-05-07", 12, True),
        ("2012-05-07", 14, True),
        ("2012-05-07", 16, True),
        ("2012-05-07", 11, False),
        ("2012-05-07", 17, False),
        ("2012-11-26", 16, True),
        ("2012-11-27", 16, False),  # 13 until tomorrow
        ("2011-11-27", 12, True),
        ("2011-11-26", 12, False),
        ("2020-11-27", 0, True),  # up to 5: born in the last six years
        ("2020-11-27", 5, True),
        ("2020-11-26", 5, False),
        ("2026-11-26", 3, True),
    ],
)
def test_approximate_age(school1, born, age, is_found):
    one = student(born=datetime.date.fromisoformat(born))
    answer = found(school1, born=None, ApproximateAge=age)
    assert answer == ([(one.asn, "Medium", [])] if is_found else [])


@pytest.mark.parametrize(
    ("first", "last", "reasons"),
    [
        ("Johnny", "Doe", "Nickname"),
        ("Doe", "John", "FirstLastSwapped"),
        ("Jhon", "Doe", "Phonetic"),
    ],
)
def test_other_names_by_approximate_age(school1, first, last, reasons):
    one = student()
    assert found(school1, first, last, None, ApproximateAge=14) == [
        (one.asn, "Medium", reasons.split())
    ]


def test_the_birth_date_wins_over_the_age(school1):
    one = student()
    assert asns(school1, ApproximateAge=60) == [one.asn]


# --- The number -----------------------------------------------------------------------------------


def test_the_number_must_match_for_high(school1):
    one, other = student("100000017"), student("100000025")
    assert found(school1, StateProvinceId="100000017") == [
        (one.asn, "High", ["SameBirthDate", "SameStateProvinceId"])
    ]
    assert found(school1, StateProvinceId="100000017", IncludeAllQualities=True) == [
        (one.asn, "High", ["SameBirthDate", "SameStateProvinceId"]),
        (other.asn, "Low", ["SameBirthDate"]),
    ]
    assert {quality for _asn, quality, _ in found(school1, StateProvinceId="999999999")} == {"Low"}


def test_the_number_finds_who_agrees_in_little_else(school1):
    one = student("100000017", "John", "Doe", born=datetime.date(1999, 11, 30))
    student("100000025", "Priya", "Sandhu", born=datetime.date(1999, 11, 30))
    answer = found(school1, StateProvinceId="100000017")
    assert answer == [(one.asn, "Low", ["SameStateProvinceId"])]
    assert not found(school1, StateProvinceId="100000025")  # nothing else agrees


# --- How many -------------------------------------------------------------------------------------


def test_high_matches_keep_the_others_out_unless_all_are_asked_for(school1):
    student("100000017")
    student("100000025", "Johnny")
    student("100000033", born=datetime.date(2012, 7, 5))
    assert asns(school1) == ["100000017"]
    assert found(school1, IncludeAllQualities=True) == [
        ("100000017", "High", ["SameBirthDate"]),
        ("100000025", "Medium", ["SameBirthDate", "Nickname"]),
        ("100000033", "Low", ["DayMonthSwapped"]),
    ]


def test_twenty_are_shown_and_more_are_ambiguous(school1):
    numbers = several(20)
    assert asns(school1) == numbers
    student("100000999")
    assert identify(school1) == {"Status": "Ambiguous", "Students": []}


def test_more_than_twenty_of_the_same_age_are_ambiguous(school1):
    several(21)
    answer = identify(school1, born=None, ApproximateAge=15)
    assert answer == {"Status": "Ambiguous", "Students": []}


def test_weaker_matches_do_not_make_it_ambiguous(school1):
    several(25, "Jonathan")
    student("100000900")
    numbers = asns(school1, IncludeAllQualities=True)
    assert numbers[0] == "100000900"
    assert len(numbers) <= 20


# --- Linked and deactivated numbers ---------------------------------------------------------------


def test_a_secondary_brings_its_primary_beside_it(school1):
    primary = student("100000025", "Katarzyna", "Wojciechowska", born=datetime.date(1999, 1, 30))
    student("100000017", primary=primary)
    student("100000020")
    assert found(school1) == [
        ("100000020", "High", ["SameBirthDate"]),
        ("100000025", "High", ["SameBirthDate"]),
        ("100000017", "High", ["SameBirthDate"]),
    ]


def test_both_linked_numbers_count_once_each(school1):
    primary = student("100000025", "Johnny")
    student("100000017", primary=primary)
    assert found(school1, IncludeAllQualities=True) == [
        ("100000025", "High", ["SameBirthDate"]),
        ("100000017", "High", ["SameBirthDate"]),
    ]


def test_the_number_of_the_primary_fits_the_secondary(school1):
    primary = student("100000025", "Johnny")
    student("100000017", primary=primary)
    answer = found(school1, StateProvinceId="100000025")
    assert [quality for _asn, quality, _reasons in answer] == ["High", "High"]


def test_deactivated_numbers_are_never_found(school1, ministry):
    student(is_deactivated=True)
    for caller in (school1, ministry):
        assert identify(caller, StateProvinceId="100000017")["Status"] == "NotFound"


# --- Who must stay unseen -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "is_restricted"),
    [
        ({}, True),
        ({"expires_on": datetime.date(2026, 11, 26)}, True),
        ({"expires_on": datetime.date(2026, 11, 25)}, False),
        ({"is_active": False}, False),
        ({"is_deleted": True}, False),
    ],
)
def test_restricted_students_are_left_out(school1, ministry, changes, is_restricted):
    one = student()
    restrict(one, **changes)
    for caller in (school1, ministry):
        assert asns(caller) == ([] if is_restricted else [one.asn])


def test_restricted_students_are_shown_to_who_asks_and_is_associated(school1, school2, ministry):
    one = student()
    restrict(one)
    enrol(one)
    for caller, sees in ((school1, True), (school2, False), (ministry, True)):
        answer = asns(caller, IncludeDisclosureRestricted=True)
        assert answer == ([one.asn] if sees else []), caller.code


def test_a_recent_enrolment_is_not_enough_for_restricted_students(school1):
    one = student()
    restrict(one)
    with set_up():
        make_enrolment(
            one, make_school("S.0001", "A.0001"), 2026, exit_date=datetime.date(2026, 3, 1)
        )
    assert asns(school1, IncludeDisclosureRestricted=True) == []


def test_no_answer_tells_of_a_restricted_student(school1):
    hidden = student("100000017")
    restrict(hidden)
    nickname = student("100000025", "Johnny")
    assert asns(school1) == [nickname.asn]  # the High match has not kept it out
    numbers = several(20)
    assert asns(school1) == numbers  # nor has it made the answer ambiguous


def test_neither_linked_number_betrays_the_other(school1):
    primary = student("100000025")
    secondary = student("100000017", primary=primary)
    restrict(primary)
    assert asns(school1) == []
    DisclosureRestriction.objects.update(student=secondary)
    assert asns(school1) == []


def test_limited_access_finds_only_whom_it_may_see(limited):
    student("100000017")
    assert identify(limited)["Status"] == "NotFound"
    own = student("100000025", "Johnny")
    enrol(own, "S.0900", "A.0230")
    assert found(limited) == [(own.asn, "Medium", ["SameBirthDate", "Nickname"])]
    restrict(own)
    assert asns(limited) == []
    assert asns(limited, IncludeDisclosureRestricted=True) == [own.asn]


def test_limited_access_is_not_told_that_there_are_too_many(limited):
    several(25)
    own = student("100000900")
    enrol(own, "S.0900", "A.0230")
    assert asns(limited) == [own.asn]


# --- The answer and its record --------------------------------------------------------------------


def test_what_is_shown_of_a_student(school1):
    one = student(middle="Adam", gender="X")
    with set_up():
        other = make_name(one, "Johnny", "", "Doe")
    [shown] = identify(school1)["Students"]
    assert list(shown) == [
        *("StateProvinceId", "Quality", "Names", "BirthDate", "Gender", "Reasons")
    ]
    assert (shown["BirthDate"], shown["Gender"]) == ("2012-05-07", "X")
    assert {name["RefId"] for name in shown["Names"]} == {one.legal_name_id, other.pk}
    [legal] = [name for name in shown["Names"] if name["IsLegal"]]
    assert (legal["FirstName"], legal["MiddleName"], legal["LastName"]) == ("John", "Adam", "Doe")
    assert legal["IsPreferred"] and legal["IsOriginal"]


def test_the_search_is_recorded_as_a_call_and_as_a_read(school1):
    one = student()
    identify(school1, MiddleName="Adam", ApproximateAge=14)
    response = ServiceResponse.objects.get(call__operation="IdentifyStudent")
    assert (response.outcome, response.state_province_ids) == ("Applied", [one.asn])
    read = RecordRead.objects.get(message_id=response.call_id)
    assert (read.client, read.organization_code) == (school1.client, "S.0001")
    assert (read.path, read.count) == ("/api/services/IdentifyStudent", 1)
    assert read.state_province_ids == [one.asn]
    assert read.filters == {
        "FirstName": "John",
        "MiddleName": "Adam",
        "LastName": "Doe",
        "BirthDate": "2012-05-07",
        "ApproximateAge": 14,
        "IncludeAllQualities": False,
        "IncludeDisclosureRestricted": False,
    }


@pytest.mark.parametrize("matches", [1, 20])
@pytest.mark.parametrize("criteria", [{"born": "2012-05-07"}, {"born": None, "ApproximateAge": 14}])
def test_queries_do_not_depend_on_the_matches(school1, matches, criteria):
    several(matches)
    with CaptureQueriesContext(connection) as captured:
        assert len(asns(school1, **criteria)) == matches
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= SEARCH


def test_judging_associations_takes_no_query_per_student(limited):
    for number in several(20):
        enrol(Student.objects.get(asn=number), "S.0900", "A.0230")
    with CaptureQueriesContext(connection) as captured:
        assert len(asns(limited)) == 20
    assert sum("SAVEPOINT" not in query["sql"] for query in captured) <= SEARCH + ASSOCIATIONS
