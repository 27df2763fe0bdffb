"""Which groups a course belongs to, with and without a record in the course master."""

import pytest

from credentials.eligibility.courses import (
    CourseGroups,
    CourseMapping,
    MasterCourse,
    level_by_code,
)
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from tests.eligibility.students import DEFINITIONS, YEAR


def groups(code, year=YEAR, *courses):
    definitions = define(tables(), courses) if courses else DEFINITIONS
    return definitions.courses.course(code, year).groups


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("ELA1105", 10),
        ("COM2105", 20),
        ("MAT3791", 30),
        ("PED0770", 20),
        ("ELA0333", 30),
        ("AEC9994", None),
        ("GED9981", None),
        ("GEDSY", None),
        ("UCR9991", 10),
        ("UCR9993", 30),
        ("UCR9998", None),
        ("XYZ", None),
    ],
)
def test_level_by_code(code, level):
    assert level_by_code(code) == level
    assert DEFINITIONS.courses.course(code, YEAR).level == level


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ELA3105", {"ELA30", "ELA30X", "LANGUAGE_HSED"}),
        ("SST3771", {"SS30", "SS30X"}),
        ("SST3999", {"SS30X"}),
        ("MAT2791", {"MATH20", "MATH_ANY"}),
        ("MAT1791", {"MATH_ANY"}),
        ("SCN1288", {"SCI14", "SCI_ANY", "SCIENCE_KE"}),
        ("COM1005", {"CTS", "COMBO"}),
        ("COM3005", {"CTS", "COMBO", "OCCUPATIONAL30"}),
        ("FNA1400", {"FINEART", "COMBO"}),
        ("FSL1095", {"SECONDLANG", "COMBO"}),
        ("KAE3780", {"KE", "KE_ACADEMIC", "ENGLISH_KE", "ELA30X", "COMBO"}),
        ("RAP3900", {"RAP", "RAP30", "COMBO"}),
        ("RAP1900", {"RAP", "COMBO"}),
        ("OTH1998", {"WORKEXP"}),
        ("OTH3998", {"WORKEXP", "WORKPLACE30"}),
        ("OTH3999", {"SPECIALPROJECT", "WORKPLACE30"}),
        ("AEC9995", {"MATURE", "ADULT_AGE", "NO_ACTIVITY", "NO_SCHOOL_MARK"}),
        ("UCR9998", {"MATURE", "NO_ACTIVITY", "NO_SCHOOL_MARK"}),
        ("UCR9993", set()),
        ("GED9983", {"GED_SCIENCE", "GED", "NO_ACTIVITY"}),
        ("GEDSY", {"GED_YEAR", "NO_ACTIVITY"}),
        ("IOP3119", {"IOP", "ELA30X"}),
        ("LDC2500", set()),
        ("XYZ9000", set()),
    ],
)
def test_groups_of_courses_that_are_not_in_the_master(code, expected):
    assert groups(code) == expected


def test_the_master_adds_what_it_knows():
    green = MasterCourse("AGR3321", 30, "", ("GREEN", "EXTERNAL"))
    assert groups("AGR3321", YEAR, green) == {
        *("GREEN", "EXTERNAL", "WORKPLACE30", "CTS", "COMBO", "OCCUPATIONAL30"),
    }


def test_the_subject_of_the_master_replaces_that_of_the_letters():
    other = MasterCourse("COM3005", 30, "Other Language Arts")
    assert groups("COM3005", YEAR, other) == {"SECONDLANG", "COMBO"}


def test_the_level_of_the_master_replaces_that_of_the_code():
    lower = MasterCourse("COM3005", 20, "", ("CTS",))
    assert groups("COM3005", YEAR, lower) == {"CTS", "COMBO"}


@pytest.mark.parametrize(("year", "expected"), [(2009, {"SS30", "SS30X"}), (2010, {"SS30X"})])
def test_a_mapping_may_end(year, expected):
    assert groups("SST3150", year) == expected


def test_a_mapping_may_begin():
    mappings = [CourseMapping("NEW", "code", "NEW1000", None, 2020)]
    courses = CourseGroups(mappings, {})
    assert courses.course("NEW1000", 2019).groups == set()
    assert courses.course("NEW1000", 2020).groups == {"NEW"}


def test_groups_of_groups():
    chain = [
        CourseMapping("C", "group", "B", 30),
        CourseMapping("B", "group", "A"),
        CourseMapping("A", "code", "AAA1000"),
        CourseMapping("A", "code", "AAA3000"),
        CourseMapping("A", "group", "C"),  # round in a circle does no harm
    ]
    courses = CourseGroups(chain, {})
    assert courses.course("AAA1000", YEAR).groups == {"A", "B"}
    assert courses.course("AAA3000", YEAR).groups == {"A", "B", "C"}
