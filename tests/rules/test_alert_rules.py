"""Alert rules together: years, order, messages, and when a record must be looked at again."""

import datetime
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolments.alert_rules import registry
from enrolments.alert_rules.registry import (
    COURSE_ENROLMENT_RULES,
    CURRENT_YEAR_RULES,
    SCHOOL_ENROLMENT_RULES,
    STUDENT_RULES,
    course_enrolment_rules,
    evaluate_course_enrolment,
    evaluate_school_enrolment,
    evaluate_student,
    school_enrolment_rules,
)
from enrolments.alert_rules.scanning import next_scan_date
from pasi import rules
from pasi.calendar import first_day, school_year_of
from pasi.catalogue import entries
from pasi.operations import ALERT_RULES, SERVICES
from pasi.rules import ADVICE, WARNING
from tests.rules.enrolment_cases import ENROLMENT_CASES, SCHOOL_ENROLMENT_CASES
from tests.rules.enrolment_course_cases import COURSE_ENROLMENT_CASES
from tests.rules.enrolment_facts import (
    DAY,
    DISTANCE_LEARNING,
    EXIT,
    OTHER_SCHOOL,
    SCHOOL,
    SISTER_SCHOOL,
    START,
    TODAY,
    YEAR,
    citizenship,
    course_enrolment,
    granted,
    judged,
    other,
    recorded_name,
    restriction,
    student,
    typed,
)

ALL_RULES = [*STUDENT_RULES, *SCHOOL_ENROLMENT_RULES, *COURSE_ENROLMENT_RULES]
ALERTS_NOT_IMPLEMENTED = [
    rule for rule in rules.catalogue() if rule.judge is None and rule.kind != rules.REJECTION
]


def codes(alerts) -> list[int]:
    return [alert.code for alert in alerts]


# --- The rules ----------------------------------------------------------------------------------


def test_which_rules_are_judged():
    assert [rule.code for rule in SCHOOL_ENROLMENT_RULES] == [
        *("10005", "10006", "10008", "10011", "10017", "10018", "10019", "10029", "10033", "10039"),
        *("10051", "10052", "10053", "10063", "10065", "10068", "10069", "10070", "10074", "10085"),
        *("10086", "10093", "10094", "10095", "10105", "10110", "10111", "10112", "10114", "10120"),
        *("10124", "10136", "10154"),
    ]
    assert [rule.code for rule in COURSE_ENROLMENT_RULES] == ["40214"]
    assert [rule.code for rule in STUDENT_RULES] == ["11205"]


def test_advices_and_warnings():
    advices = {rule.code for rule in ALL_RULES if rule.kind == ADVICE}
    assert advices == {
        *("10011", "10017", "10018", "10019", "10052", "10053", "10065", "10070", "10085"),
        *("10105", "10111", "10112", "11205"),
    }
    assert {rule.kind for rule in ALL_RULES} == {ADVICE, WARNING}


@pytest.mark.parametrize("rule", [*ALL_RULES, *ALERTS_NOT_IMPLEMENTED], ids=lambda r: r.code)
def test_the_first_sentence_of_a_message_is_a_short_issue(rule):
    issue, description = re.fullmatch(r"([^.{}]+\.) (.+\.)", str(rule.message)).groups()
    assert len(issue) <= 40
    assert description[0].isupper() or description[0] == "{"


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda r: r.code)
def test_who_infers_says_so(rule):
    if rule.certainty == "inferred":
        assert "inferred" in rule.source
        assert "nferred" in rule.judge.__doc__


YEARS = {
    "10011": (2021, None),
    "10029": (2017, None),
    "10033": (None, 2024),
    "10051": (2025, None),
    "10094": (2019, None),
    "10095": (2019, 2019),
    "10105": (2011, None),
    "10110": (2013, None),
    "10112": (2013, None),
    "10114": (2014, None),
    "10120": (2012, None),
    "40214": (1990, None),
}


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda r: r.code)
def test_the_years_of_a_rule(rule):
    first, last = YEARS.get(rule.code, (None, None))
    assert (rule.from_school_year, rule.to_school_year) == (first, last)
    if first is not None:
        assert [rule.is_in_force(first - 1), rule.is_in_force(first)] == [False, True]
    if last is not None:
        assert [rule.is_in_force(last), rule.is_in_force(last + 1)] == [True, False]
    if rule.code not in YEARS:
        assert rule.is_in_force(1980) and rule.is_in_force(2100)


def test_rules_of_a_school_year():
    assert school_enrolment_rules(2010) == ()
    always = [rule for rule in SCHOOL_ENROLMENT_RULES if rule.code not in YEARS]
    of_2011 = {rule.code for rule in always} | {"10033", "10105"}
    assert {rule.code for rule in school_enrolment_rules(2011)} == of_2011
    of_2026 = {rule.code for rule in SCHOOL_ENROLMENT_RULES} - {"10033", "10095"}
    assert {rule.code for rule in school_enrolment_rules(2026)} == of_2026
    assert course_enrolment_rules(1989) == ()
    assert course_enrolment_rules(1990) == COURSE_ENROLMENT_RULES


# --- Evaluating ---------------------------------------------------------------------------------


def troubled(**changes):
    return typed(
        "418",
        "121",
        **{
            "grants_program_codes": ("620", "610", "623"),
            "exception_codes": ("41", "53"),
            "citizenships": (),
            "others": [other(), other(school=OTHER_SCHOOL), other(school=SISTER_SCHOOL)],
            **changes,
        },
    )


def test_alerts_are_in_order_of_codes():
    alerts = evaluate_school_enrolment(troubled())
    assert codes(alerts) == [
        *(10039, 10051, 10065, 10069, 10070, 10085, 10093, 10094, 10110, 10112, 10114, 10136),
    ]
    again = evaluate_school_enrolment(troubled(others=[*reversed(troubled().others)]))
    assert again == alerts


def test_only_rules_in_force_are_judged():
    of_2013 = evaluate_school_enrolment(troubled(school_year=2013, others=()))
    assert codes(of_2013) == [10033, 10039, 10063, 10093, 10110, 10112, 10136]
    of_2012 = evaluate_school_enrolment(troubled(school_year=2012, others=()))
    assert codes(of_2012) == [10033, 10039, 10063, 10093, 10136]


@pytest.mark.parametrize("case", SCHOOL_ENROLMENT_CASES, ids=str)
def test_rules_that_are_left_out_would_have_found_nothing(case):
    assert evaluate_school_enrolment(case.facts) == by_every_rule(case.facts)


@given(
    school_year=st.sampled_from([2013, 2019, YEAR, YEAR + 1]),
    grade=st.sampled_from(["EC", "06", "12"]),
    types=st.lists(st.sampled_from(["121", "413", "414", "415", "418", "600"]), max_size=3),
    grants=st.lists(st.sampled_from(["211", "302", "610", "620", "623"]), max_size=3),
    exceptions=st.lists(st.sampled_from(["10", "70", "20"]), max_size=2),
    board=st.sampled_from(["", "9999"]),
    hours=st.sampled_from([None, 20]),
    others=st.lists(
        st.builds(
            other,
            school=st.sampled_from([SCHOOL, OTHER_SCHOOL]),
            school_year=st.sampled_from([YEAR - 1, YEAR]),
            grade=st.sampled_from(["03", "12"]),
            start_date=st.sampled_from([START - 300 * DAY, START]),
            grants_program_codes=st.sampled_from([(), ("302",), ("211",)]),
        ),
        max_size=2,
    ),
    is_restricted=st.booleans(),
)
def test_rules_that_are_left_out_would_have_found_nothing_whatever_the_enrolment(
    school_year, grade, types, grants, exceptions, board, hours, others, is_restricted
):
    facts = judged(
        school_year=school_year,
        grade=grade,
        enrolment_type_codes=tuple(types),
        grants_program_codes=tuple(grants),
        exception_codes=tuple(exceptions),
        resident_board=board,
        french_hours_of_instruction=hours,
        others=others,
        restrictions=[restriction()] if is_restricted else [],
    )
    assert evaluate_school_enrolment(facts) == by_every_rule(facts)


def by_every_rule(facts) -> list:
    enrolment = facts.enrolment
    rules = registry.school_enrolment_rules(enrolment.school_year)
    return [] if enrolment.is_deleted else [a for rule in rules for a in rule.alerts(facts)]


@pytest.mark.parametrize("changes", [{"is_deleted": True}, {"school_year": 2010}])
def test_deleted_and_early_enrolments_have_no_alerts(changes):
    facts = troubled(**changes)
    assert evaluate_school_enrolment(facts) == []
    assert next_scan_date(facts._replace(today=START - 999 * DAY), []) is None


def test_an_enrolment_in_order_has_none():
    assert evaluate_school_enrolment(judged()) == []


def test_the_parts_of_an_alert():
    [alert] = evaluate_school_enrolment(judged(others=[other(school=OTHER_SCHOOL)]))
    assert (alert.code, alert.kind) == (10085, "Advice")
    assert alert.arguments == {"StateProvinceID": "100000009", "ListOfSchoolCodes": "S.2001"}
    assert alert.description == (
        "Overlap with others. Student 100000009 is also enrolled at S.2001."
    )


def test_arguments_are_texts():
    [alert] = evaluate_school_enrolment(judged(died_on=EXIT - DAY))
    assert alert.arguments == {"DateOfDeath": "2026-06-25"}
    [alert] = evaluate_student(student(recorded_name(first_name="FRED")))
    assert alert.arguments == {
        "NameDescriptor": "Legal",
        "FirstName": "FRED",
        "MiddleName": "",
        "LastName": "Flintstone",
        "Suffix": "",
        "RefId": "7",
    }
    assert alert.description == (
        "Unusual case in a name. Check the Legal name FRED Flintstone: capitals and small letters "
        "are expected unless the student wants otherwise (name 7)."
    )


@pytest.mark.parametrize("case", [c for c in ENROLMENT_CASES if c.violations], ids=str)
def test_an_alert_is_found_once(case):
    """The record, the code and the arguments tell alerts apart."""
    found = [tuple(sorted(alert.arguments.items())) for alert in case.rule.alerts(case.facts)]
    assert len(found) == len(set(found))


def test_course_enrolments():
    assert codes(evaluate_course_enrolment(course_enrolment())) == [40214]
    assert evaluate_course_enrolment(course_enrolment(is_deleted=True)) == []
    assert evaluate_course_enrolment(course_enrolment(school_year=1989)) == []


def test_students():
    shouting = recorded_name(first_name="FRED")
    assert codes(evaluate_student(student(shouting, recorded_name(ref_id=8)))) == [11205]
    assert evaluate_student(student(shouting, is_deactivated=True)) == []


def test_a_rule_that_is_switched_off_finds_nothing(settings):
    assert codes(evaluate_school_enrolment(judged(citizenships=()))) == [10065]
    settings.PASI_RULES_OFF = ["10065"]
    assert evaluate_school_enrolment(judged(citizenships=())) == []


# --- Next Scan Date -----------------------------------------------------------------------------

FIRST_OF_SEPTEMBER = first_day(YEAR)
NEXT_SEPTEMBER = first_day(YEAR + 1)
PERMIT = citizenship("5", expires_on=TODAY + 5 * DAY)
UNUSUAL = {"grade": "12"}  # 10017 in the current year
# A pre-registration for the next year.
NEXT_YEAR = {
    "school_year": YEAR + 1,
    "start_date": NEXT_SEPTEMBER + DAY,
    "exit_date": NEXT_SEPTEMBER + 300 * DAY,
}


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("in order", judged(), None),
        ("starts tomorrow", judged(start_date=TODAY + DAY), TODAY + DAY),
        ("starts today", judged(start_date=TODAY), None),
        ("next year: becomes the current one first", judged(**NEXT_YEAR), NEXT_SEPTEMBER),
        (
            "next year, starts before",
            judged(**{**NEXT_YEAR, "start_date": NEXT_SEPTEMBER - DAY}),
            NEXT_SEPTEMBER - DAY,
        ),
        ("an alert of the current year goes with it", judged(**UNUSUAL), NEXT_SEPTEMBER),
        ("one of any year stays", granted("620"), None),
        (
            "a past one",
            judged(**UNUSUAL, school_year=YEAR - 1, citizenships=()),
            None,
        ),
        (
            "overlap of a future year that is under way",
            judged(
                others=[other(school=OTHER_SCHOOL)],
                current_school_year=YEAR - 1,
                today=FIRST_OF_SEPTEMBER - DAY,
            ),
            FIRST_OF_SEPTEMBER,
        ),
        ("missing citizenship: to the exit", judged(citizenships=()), EXIT + DAY),
        (
            "the last day",
            judged(citizenships=(), exit_date=TODAY),
            TODAY + DAY,
        ),
        (
            "exit after the year: the year ends first",
            judged(citizenships=(), exit_date=NEXT_SEPTEMBER + 30 * DAY),
            NEXT_SEPTEMBER,
        ),
        ("missing, at S.0099", judged(citizenships=(), school=DISTANCE_LEARNING), None),
        ("expires", judged(citizenships=(PERMIT,)), TODAY + 6 * DAY),
        ("expires, with 414", typed("414", citizenships=(PERMIT,)), None),
        ("expires, status 2", judged(citizenships=(citizenship("2", expires_on=TODAY),)), None),
        ("expires on the exit", judged(citizenships=(citizenship("5", expires_on=EXIT),)), None),
        ("expires today", judged(citizenships=(citizenship("5", expires_on=TODAY),)), TODAY + DAY),
        (
            "another citizenship from tomorrow",
            judged(citizenships=(citizenship(), citizenship("9", effective_on=TODAY + DAY))),
            TODAY + DAY,
        ),
        (
            "another citizenship after the exit",
            judged(citizenships=(citizenship(), citizenship("9", effective_on=EXIT + DAY))),
            None,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_next_scan_date_of_a_school_enrolment(name, facts, expected):
    assert next_scan_date(facts, evaluate_school_enrolment(facts)) == expected


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("registered, to come", {}, TODAY + DAY),
        ("starts today", {"start_date": TODAY}, None),
        ("no start date", {"start_date": None}, None),
        ("active", {"status": "Active"}, None),
        ("deleted", {"is_deleted": True}, None),
        ("enrolled", {"has_school_enrolment": True}, None),
        ("before the rule", {"school_year": 1989}, None),
    ],
)
def test_next_scan_date_of_a_course_enrolment(name, changes, expected):
    facts = course_enrolment(**{"status": "Registered", "start_date": TODAY + DAY, **changes})
    assert next_scan_date(facts, evaluate_course_enrolment(facts)) == expected


def on(facts, day: datetime.date):
    return facts._replace(today=day, current_school_year=school_year_of(day))


@pytest.mark.parametrize("case", SCHOOL_ENROLMENT_CASES, ids=str)
def test_nothing_changes_before_the_next_scan_date(case):
    """Whatever the day, until the date set on it the alerts stay as they are."""
    days = {START - 400 * DAY + n * 29 * DAY for n in range(45)}
    days |= {START, EXIT, EXIT + DAY, TODAY, TODAY + DAY, FIRST_OF_SEPTEMBER, NEXT_SEPTEMBER}
    alerts, due = None, None
    for day in sorted(days):
        facts = on(case.facts, day)
        found = evaluate_school_enrolment(facts)
        if alerts is not None and (due is None or day < due):
            assert found == alerts, day
        alerts, due = found, next_scan_date(facts, found)


@pytest.mark.parametrize("case", COURSE_ENROLMENT_CASES, ids=str)
def test_nothing_changes_before_the_next_scan_date_of_a_course_enrolment(case):
    alerts, due = None, None
    for day in (TODAY + n * DAY for n in range(-3, 4)):
        facts = replace(case.facts, today=day)
        found = evaluate_course_enrolment(facts)
        if alerts is not None and (due is None or day < due):
            assert found == alerts, day
        alerts, due = found, next_scan_date(facts, found)


@pytest.mark.parametrize("case", [c for c in SCHOOL_ENROLMENT_CASES if c.violations], ids=str)
def test_which_rules_hold_in_the_current_year_only(case):
    next_year = case.facts.enrolment.school_year + 1
    later = case.facts._replace(current_school_year=next_year)
    has_gone = case.rule.alerts(later) == []
    assert has_gone is (case.rule in CURRENT_YEAR_RULES)


def behind_another_person(facts):
    """The enrolment of somebody else: birth date, parts, death, other enrolments."""
    person, just_born = facts.person, facts.enrolment.start_date - DAY
    for values in (
        {"others": ()},
        {"person": person._replace(birth_date=datetime.date(1990, 5, 17))},
        {"person": person._replace(birth_date=just_born)},
        {"person": person._replace(citizenships=())},
        {"person": person._replace(restrictions=())},
        {"person": person._replace(is_deceased=False, date_of_death=None)},
    ):
        yield facts._replace(**values)


def test_which_rules_hang_on_the_person():
    hanging = {
        case.rule.code
        for case in SCHOOL_ENROLMENT_CASES
        for other in behind_another_person(case.facts)
        if case.rule.alerts(other) != case.rule.alerts(case.facts)
    }
    assert hanging == {rule.code for rule in registry.RULES_OF_PERSON}


# --- The catalogue ------------------------------------------------------------------------------


def test_the_catalogue_says_which_submits_raise_an_alert():
    services = {entry.code: entry.services for entry in entries()}
    assert services["10005"] == ("SubmitStudentSchoolEnrolment",)
    assert services["11205"] == (
        *("CreateStudent", "SubmitName", "SubmitIdentificationInformation"),
        "SubmitStudentDeactivation",
    )
    assert services["40214"] == ("SubmitStudentSchoolEnrolment", "SubmitStudentLink")
    assert services["10070"] == ("SubmitStudentSchoolEnrolment", "SubmitStudentLink")
    assert services["10086"] == (
        *("SubmitStudentSchoolEnrolment", "SubmitStudentDeath", "SubmitStudentLink"),
    )
    assert services["10003"] == ()
    operations = {service.operation for service in SERVICES}
    assert all(operations.issuperset(names) for _rules, names in ALERT_RULES)
    by_code = {entry.code: entry for entry in entries()}
    assert (by_code["10003"].kind, by_code["10003"].is_raised) == ("Warning", False)
    assert "calendars" in by_code["10003"].remark


def test_every_rule_with_a_judge_is_in_one_of_the_tuples():
    judged_rules = {
        rule.code
        for rule in rules.catalogue()
        if rule.judge is not None and rule.kind != rules.REJECTION
    }
    assert judged_rules == {rule.code for rule in ALL_RULES}
    assert len(ALL_RULES) == len(judged_rules)
    assert registry.FIRST_SCHOOL_YEAR == 2011
