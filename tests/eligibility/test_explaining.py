"""Which marks count, which do not, and why: what a page of explanation shows."""

import pytest

from credentials.eligibility import messages
from credentials.eligibility.courses import MasterCourse
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from credentials.eligibility.outcomes import MOST_PARAMETERS, message_of_texts
from credentials.eligibility.requirements import completion, credit_totals, diploma, equivalency
from tests.eligibility.students import (
    REQUESTED,
    B,
    assessed,
    earned,
    enrolment,
    nominated,
    said,
)


def explained(requirement, marks, **values):
    """Courses that count; course -> credits that do not, and why."""
    found = requirement.judge(assessed(marks, **values))
    left_out = {
        each.mark.course: (each.credits, messages.text(each.reason)) for each in found.left_out
    }
    return [mark.course for mark in found.marks], left_out


def test_all_marks_count_without_limits():
    counted, left_out = explained(credit_totals.hundred_credits_2018, B[::-1])
    assert sorted(counted) == sorted(mark.course for mark in B)
    assert left_out == {}


def test_the_oldest_credits_of_a_group_count_first():
    marks = [
        *earned("OTH3998 10", 2024),
        *earned("OTH1998 10", 2022),
        *earned("OTH2998 10", 2023),
        *earned("ELA1105 5", 2022),
    ]
    counted, left_out = explained(credit_totals.hundred_credits_2018, marks)
    assert counted == ["ELA1105", "OTH1998", "OTH2998"]
    assert left_out == {
        "OTH2998": (5, "Over the limit of 15 credits: Work Experience."),
        "OTH3998": (10, "Over the limit of 15 credits: Work Experience."),
    }


def test_adult_education_counts_for_the_equivalency_diploma_only():
    marks = earned("ELA1105 5 AEC9994 20")
    counted, left_out = explained(credit_totals.hundred_credits_2018, marks)
    assert counted == ["ELA1105"]
    assert left_out == {"AEC9994": (20, "Does not count here: Adult education.")}
    counted, left_out = explained(credit_totals.hundred_credits_equivalency, marks)
    assert counted == ["AEC9994", "ELA1105"]
    assert left_out == {
        "AEC9994": (5, "Over the limit of 15 credits: Mature student credits: adult education.")
    }


def test_courses_that_are_never_additional():
    marks = earned("MAT3791 5 ELA3104 5 SST3771 5")
    counted, left_out = explained(diploma.ten_additional_credits_30_level, marks)
    assert counted == ["MAT3791"]
    assert left_out == {
        "ELA3104": (5, "Is not an additional course: 30-level language arts of any sequence."),
        "SST3771": (5, "Is not an additional course: 30-level social studies."),
    }


def test_marks_from_elsewhere():
    marks = [*earned("MAT3791 5", evaluation_method="OOP"), *earned("PED3445 5 FNA3400 5")]
    counted, left_out = explained(diploma.has_alberta_school_mark, marks)
    assert counted == ["FNA3400"]
    assert left_out == {
        "MAT3791": (5, "Not earned at a school in Alberta (OOP)."),
        "PED3445": (5, "Does not show schooling in Alberta."),
    }


def test_science_14_alone():
    counted, left_out = explained(diploma.science_20, earned("SCN1288 5 SCN1270 3"))
    assert counted == []
    assert left_out == {"SCN1288": (5, "Counts only together with another course: Science 10.")}
    counted, left_out = explained(diploma.science_20, earned("SCN1288 5 SCN1270 5"))
    assert (sorted(counted), left_out) == (["SCN1270", "SCN1288"], {})


def test_marks_without_credit_are_not_missed():
    marks = [*earned("ELA3105 0"), *earned("ELA3104 5", is_available=False), *earned("SST3771 0")]
    counted, left_out = explained(diploma.english_30, marks)
    assert counted == []
    assert left_out == {
        "ELA3104": (0, "Is not available."),
        "ELA3105": (0, "Carries no credit."),
    }


def test_a_capped_group_is_named_once_for_a_course_in_two():
    both = define(tables(), [MasterCourse("EXT3000", 30, "", ("EXTERNAL", "WORKEXP"))])
    counted, left_out = explained(
        credit_totals.hundred_credits_2018, earned("EXT3000 20"), definitions=both
    )
    assert counted == ["EXT3000"]
    assert left_out == {"EXT3000": (5, "Over the limit of 15 credits: Work Experience.")}


# --- Texts --------------------------------------------------------------------------------------


def said_of(requirement, marks=(), **values):
    return messages.text(requirement.judge(assessed(marks, **values)).message)


def test_texts():
    assert said_of(credit_totals.hundred_credits_2018, earned("ELA1105 5")) == "5 credits earned."
    assert said_of(credit_totals.hundred_credits_2018, earned("COM1005 1")) == "1 credit earned."
    assert said_of(
        credit_totals.hundred_credits_2010_2018,
        earned("FSL1095 26 OTH1998 20 AEC9994 10"),
    ) == (
        "40 of 56 credits count: 1 second-language credit is over the limit; 5 work-experience "
        "credits are over the limit; 10 adult-education credits serve only the High School "
        "Equivalency Diploma, Alternative 1."
    )
    assert said_of(diploma.english_30, earned("ELA3105 5")) == "5 credits from relevant courses."
    assert said_of(equivalency.student_requested, achievements=[said(REQUESTED)]) == (
        "Assessment requested by River School (S.7001)."
    )


def test_long_texts_are_cut_so_that_the_parameters_fit():
    long_name = "Ecole " * 60
    message = completion.enrolled_at_nominating_school.judge(
        assessed(achievements=nominated(name=long_name), school_enrolments=[enrolment()])
    ).message
    assert len(message.parameters) <= MOST_PARAMETERS
    assert message.values["OrganizationName"].endswith("…")
    assert message.values["OrgCode"] == "S.7001"
    assert message.values["LastEnrolmentYear"] == "2023/2024"


@pytest.mark.parametrize("length", [238, 239, 240, 500])
def test_parameters_at_the_limit(length):
    message = message_of_texts("X", ShortKey="x" * length)
    assert len(message.parameters) <= MOST_PARAMETERS
    assert (message.values["ShortKey"] == "x" * length) is (length < 241)


def test_parameters():
    found = credit_totals.hundred_credits_2018.judge(assessed(earned("OTH1998 20")))
    assert found.message.parameters == "accepted=15;total=20;we_x=5"
