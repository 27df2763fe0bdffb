"""Cases of the alert rules of students."""

from enrolments.alert_rules.students import name_not_in_mixed_case as rule
from tests.rules.cases import breaking, passing
from tests.rules.enrolment_facts import recorded_name, student


def named(**changes):
    return student(recorded_name(**changes))


def values(**changes):
    return {
        "NameDescriptor": "Legal",
        "FirstName": "Fred",
        "MiddleName": "",
        "LastName": "Flintstone",
        "Suffix": "",
        "RefId": 7,
        **changes,
    }


def breaking_name(name, **changes):
    parts = {"first_name": "FirstName", "middle_name": "MiddleName", "last_name": "LastName"}
    expected = values(**{parts[part]: text for part, text in changes.items()})
    return breaking(rule, name, named(**changes), expected)


STUDENT_ALERT_CASES = [
    breaking_name("upper case", last_name="FLINTSTONE"),
    breaking_name("lower case", first_name="fred"),
    breaking_name("middle name", middle_name="ANN"),
    breaking_name("three letters", first_name="JIM"),
    breaking_name("with other characters", last_name="O'BRIEN-SMITH"),
    breaking_name("accents", last_name="BÉLANGER"),
    breaking_name("lower particle", last_name="de la cruz"),
    breaking_name("all parts, once", first_name="FRED", middle_name="a", last_name="FLINTSTONE"),
    breaking_name("lnu", last_name="lnu"),
    passing(rule, "mixed case", named(last_name="McDONALD")),
    passing(rule, "two letters", named(first_name="JO", last_name="NG")),
    passing(rule, "initials: only letters count", named(first_name="J.P.")),
    passing(rule, "last name unknown", named(last_name="LNU")),
    passing(rule, "no first name", named(first_name="")),
    passing(rule, "suffix", named(suffix="III")),
    passing(rule, "letters without case", named(first_name="ᐊᓂᐅᒃ", last_name="王小明")),
    passing(rule, "no names", student()),
    breaking(
        rule,
        "one alert per name",
        student(
            recorded_name(ref_id=3, descriptor="Original", first_name="FRED", suffix="JR."),
            recorded_name(ref_id=4, descriptor="Alias"),
            recorded_name(ref_id=5, descriptor="Alias", last_name="slate"),
        ),
        values(NameDescriptor="Original", FirstName="FRED", Suffix="JR.", RefId=3),
        values(NameDescriptor="Alias", LastName="slate", RefId=5),
    ),
]
