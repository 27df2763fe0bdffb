"""What a reader would believe: ages, marks, names, shares, and every case at least once."""

import datetime
import re
from collections import Counter, defaultdict

import pytest

from credentials.maturity import by_age
from pasi.province import examples, write_province
from pasi.province.cast import CAST
from tests.province.calculating import CalculatedProvince
from tests.province.conftest import SEED, TODAY
from tests.province.reading import Province

NAME = re.compile(r"[A-Za-zÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ'. -]{1,50}")
# Usual ages on 1 September by grade: outside them a school should look again.
AGES = {"EC": (2, 5), "10": (13, 17), "11": (14, 18), "12": (15, 99)}
AGES |= {f"{grade:02d}": (grade + 4, grade + 6) for grade in range(1, 10)}
COMPLETION_CODES = {"41", "43", "44", "52"}
TYPES = {"AHSD", "ADEX", "ADVD", "GHSD", "HSED", "CHSA", "IOPC", "COSC"}
IN_RUN = {"44004", "44008", "44011", "44012", "44013", "44014"}


def age_on(birth_date: str, day: datetime.date) -> int:
    born = datetime.date.fromisoformat(birth_date)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- every case, however small the province ---


def test_every_credential_type_and_rejection_occurs_in_a_run(small):
    judged = Counter(small.judge(asn) for asn in small.in_run())
    assert set(judged) == TYPES | IN_RUN


def test_every_requirement_set_and_status_occurs(small):
    found = {(code, s) for sets in small.statuses.values() for code, s in sets.items()}
    assert {code for code, status in found if status == "Achieved"} == {
        "AHSD-2010-2018", "AHSD-2018", "AHSD-PRE2010", "ADVD", "ADEX", "GHSD", "HSED-ALT1",
        "HSED-ALT2", "CHSA", "COSC", "IOPC", "HHSD",
    }  # fmt: skip
    assert {status for _, status in found} == {
        "Achieved", "NotAchieved", "NotAssessing", "ToBeAssessed",
    }  # fmt: skip


def test_the_example_of_each_code_brings_it(small):
    named = examples(200, SEED, TODAY)
    assert set(named) == IN_RUN | {"9002", "44000", "44010"}
    assert {code: small.judge(asn) for code, asn in named.items()} == {code: code for code in named}
    in_run = set(small.in_run())
    assert {code for code, asn in named.items() if asn in in_run} == IN_RUN


def test_examples_reach_only_as_far_as_the_province():
    assert set(examples(1, SEED, TODAY)) == {"9002"}


def test_both_ways_to_the_equivalency_diploma_and_each_missing_year(small):
    awarded = [asn for asn in small.in_run() if small.judge(asn) == "HSED"]
    ways = {
        tuple(sorted(s for s, v in small.statuses[asn].items() if v == "Achieved"))
        for asn in awarded
    }
    assert {("HSED-ALT1",), ("HSED-ALT2",), ("HSED-ALT1", "HSED-ALT2")} <= ways
    without_year = [asn for asn in small.in_run() if small.judge(asn) == "44008"]
    assert {c for asn in without_year for c in small.achieved(asn)} >= {"AHSD", "COSC", "HSED"}


def test_secondary_and_deactivated_numbers_stand_only_at_the_second_of_a_pair():
    assert len(CAST) % 2 == 0
    assert all(story.status == "Active" for story in CAST[::2])


def test_further_cases_occur(small):
    names = small.rows("student_names")
    awards = small.rows("awarded_credentials")
    enrolments = small.rows("school_enrolments")
    assert any(row["is_preferred"] == "true" for row in names)
    assert any(row["is_deleted"] == "true" for row in names)
    assert any(row["is_deleted"] == "true" for row in awards)
    assert any(row["legacy_number"] for row in awards)
    assert any(small.students[row["asn"]]["last_name"] != row["last_name"] for row in awards)
    assert any(small.students[row["asn"]]["status"] == "Secondary" for row in awards)
    assert any(
        small.students[row["asn"]]["status"] == "Secondary" for row in small.rows("official_marks")
    )
    assert any(row["exit_date_type"] == "WithdrawalDate" for row in enrolments)
    assert any(row["is_deleted"] == "true" for row in enrolments)
    assert any(int(row["school_year"]) > 2027 for row in enrolments)
    assert any(row["programming_type"] == "SummerSchool" for row in enrolments)
    assert any(row["programming_type"] == "ContinuingEducation" for row in enrolments)
    assert small.rows("disclosure_restrictions")
    assert any(student["deceased_on"] for student in small.students.values())
    all_names = "".join(s["first_name"] + s["last_name"] for s in small.students.values())
    assert set("é'- ") <= set(all_names)


def test_enrolments_overlap_at_two_schools(small):
    overlapping = set()
    for asn, enrolments in small.enrolments.items():
        for one in enrolments:
            for other in enrolments:
                if (
                    one["school_code"] < other["school_code"]
                    and one["start_date"] <= other["exit_date"]
                    and other["start_date"] <= one["exit_date"]
                ):
                    overlapping.add(asn)
    assert overlapping


def test_an_award_moves_maturity_past_the_start_of_courses(small):
    """Those are the course enrolments that the award has looked at again."""
    raised = 0
    for asn in small.in_run():
        if small.judge(asn) not in {"AHSD", "ADEX", "ADVD", "GHSD"}:
            continue
        by_award = datetime.date(small.award_year(asn, small.judge(asn)), 9, 1)
        old = by_age(datetime.date.fromisoformat(small.students[asn]["birth_date"]))
        if by_award < old:
            raised += sum(
                by_award.isoformat() <= row["start_date"] <= old.isoformat()
                for row in small.course_enrolments[asn]
            )
    assert raised >= 2


def test_a_completed_student_who_pre_registered_is_awarded_for_the_year_that_began(small):
    completed = [
        asn
        for asn in small.in_run()
        if small.judge(asn) == "COSC"
        and any(row["start_date"] > TODAY.isoformat() for row in small.enrolments[asn])
    ]
    assert completed
    assert all(small.award_year(asn, "COSC") <= 2027 for asn in completed)


# --- people ---


def test_names_have_only_letters_of_the_name_pattern(larger):
    for name in ("students", "student_names", "awarded_credentials"):
        for row in larger.rows(name):
            for part in ("first_name", "middle_name", "last_name", "suffix"):
                if part in ("first_name", "last_name") or row[part]:
                    assert NAME.fullmatch(row[part]), row
                    assert row[part].strip() == row[part] and "  " not in row[part], row
            assert len(row["suffix"]) <= 15


def test_other_names_differ_from_the_legal_one_and_one_at_most_is_preferred(larger):
    parts = ("first_name", "middle_name", "last_name", "suffix")
    names = defaultdict(list)
    preferred = Counter()
    for row in larger.rows("student_names"):
        names[row["asn"]].append(tuple(row[part] for part in parts))
        preferred[row["asn"]] += row["is_preferred"] == "true"
        assert not (row["is_preferred"] == row["is_deleted"] == "true")
    for asn, others in names.items():
        legal = tuple(larger.students[asn][part] for part in parts)
        assert len({legal, *others}) == len(others) + 1, asn
    assert max(preferred.values()) == 1


def test_an_award_carries_the_legal_name_or_a_former_one(larger):
    former = {(row["asn"], row["last_name"]) for row in larger.rows("student_names")}
    for row in larger.rows("awarded_credentials"):
        person = larger.person(row["asn"])
        legal = larger.students[person]["last_name"]
        assert row["last_name"] == legal or (person, row["last_name"]) in former


def test_ages_fit_grades(larger):
    fits = Counter()
    for asn, enrolments in larger.enrolments.items():
        for row in enrolments:
            first_day = datetime.date(int(row["school_year"]) - 1, 9, 1)
            age = age_on(larger.students[asn]["birth_date"], first_day)
            youngest, oldest = AGES[row["grade"]]
            fits[youngest <= age <= oldest] += 1
    assert fits[True] / fits.total() > 0.985


def test_citizenship_has_about_the_shares_of_the_public_figures(larger):
    people = [s for s in larger.students.values() if s["status"] == "Active"]
    shares = Counter(student["citizenship_status"] for student in people)
    assert shares["1"] / len(people) == pytest.approx(0.88, abs=0.03)
    assert shares["2"] / len(people) == pytest.approx(0.08, abs=0.03)
    assert shares["5"] / len(people) == pytest.approx(0.03, abs=0.02)
    for student in people:
        assert bool(student["citizenship_expires_on"]) == (student["citizenship_status"] == "5")


# --- marks ---


def test_grade_12_students_have_25_to_40_marks(larger):
    """But for those who are nominated for the Certificate of School Completion."""
    numbers = []
    nominated = {
        row["asn"]
        for row in larger.rows("requirement_achievements")
        if row["requirement"].startswith("StudentIsNominated")
    }
    for asn in larger.students:
        enrolment = larger.most_current_enrolment(asn)
        if (
            enrolment
            and enrolment["grade"] == "12"
            and enrolment["start_date"] <= TODAY.isoformat()
            and enrolment["exception_codes"] not in COMPLETION_CODES
            and asn not in nominated
        ):
            numbers.append(len(larger.marks[asn]))
    assert len(numbers) > 500
    assert min(numbers) >= 25 and max(numbers) <= 40


def test_one_mark_per_person_and_course_whatever_the_number(larger):
    for marks in larger.marks.values():
        codes = [mark["course_code"] for mark in marks]
        assert len(codes) == len(set(codes))


def test_marks_values_and_credits_agree(larger):
    courses = {row["code"]: row for row in larger.rows("courses")}
    kinds = Counter()
    for marks in larger.marks.values():
        for mark in marks:
            value, granted = mark["mark_value"], int(mark["credits_awarded"])
            course = courses[mark["course_code"]]
            if mark["course_code"].startswith("GED"):
                assert value in {"A", "B", "C", "F"} and granted == 0
            elif value == "P":
                kinds["passed without a figure"] += 1
                assert granted > 0 or mark["is_available"] == "false"
            else:
                assert 0 <= int(value) <= 100
                kinds["failed"] += int(value) < 50
                if int(value) < 50 or mark["is_available"] == "false":
                    assert granted == 0
                else:
                    assert granted > 0
            possible = course["credits"]
            if granted and possible and course["subject"] != "Adult Education":
                assert str(granted) in possible.split(";"), mark
            year = int(mark["school_year"])
            assert not course["available_from"] or int(course["available_from"]) <= year, mark
            assert not course["available_to"] or year <= int(course["available_to"]), mark
    assert kinds["failed"] > 50 and kinds["passed without a figure"] > 50


def test_marks_bear_out_the_diploma(larger):
    """What the province says is achieved is so by its records. What it says is not may be achieved
    through mature status, without Career and Life Management or physical education."""
    found = CalculatedProvince(larger)
    compared = Counter()
    for asn, sets in list(found.by_hand.items()):
        stored = sets.get("AHSD-2018")
        if stored is None or not stored.is_calculated:
            continue
        worked_out = found.assessed[asn].get("AHSD-2018")
        status = worked_out.status if worked_out else None
        if stored.status == "NotAchieved" and status == "Achieved":
            mature = {
                result.requirement
                for result in worked_out.results
                if result.outcome.message.key == "MatureStatus"
            }
            assert mature, asn
        else:
            assert status == stored.status, asn
        compared[status] += 1
    assert compared["Achieved"] > 500 and compared["NotAchieved"] > 500


# --- shares ---


def test_shares_of_those_to_be_awarded(larger):
    judged = Counter(larger.judge(asn) for asn in larger.in_run())
    awardable = sum(number for answer, number in judged.items() if answer in TYPES)
    assert awardable / len(larger.students) == pytest.approx(0.175, abs=0.02)
    assert judged["AHSD"] / awardable > 0.88


def test_pupils_fall_on_grades_as_counted(larger):
    grades = Counter(
        row["grade"]
        for enrolments in larger.enrolments.values()
        for row in enrolments
        if row["school_year"] == "2027"
    )
    assert set(grades) == set(AGES)
    first_nine = sum(grades[f"{grade:02d}"] for grade in range(1, 10)) + grades["EC"]
    assert first_nine / grades.total() == pytest.approx(0.75, abs=0.04)


# --- other days ---


@pytest.mark.parametrize(
    "today",
    [
        datetime.date(2027, 2, 10),
        datetime.date(2027, 7, 15),
        datetime.date(2026, 8, 31),
        datetime.date(2026, 9, 1),
        datetime.date(2020, 1, 1),
    ],
)
def test_on_any_day_of_the_year_every_case_occurs_and_nothing_lies_ahead(tmp_path, today):
    write_province(tmp_path, 300, SEED, today)
    province = Province(tmp_path, today)
    assert {province.judge(asn) for asn in province.in_run()} == TYPES | IN_RUN
    day = today.isoformat()
    for student in province.students.values():
        assert student["birth_date"] <= student["created_on"] <= day
        assert student["deceased_on"] < day
    assert max(mark["achievement_date"] for mark in province.rows("official_marks")) <= day
    assert max(row["awarded_on"] for row in province.rows("awarded_credentials")) <= day
    assert max(row["effective_on"] for row in province.rows("disclosure_restrictions")) <= day
    for asn in province.in_run():
        if province.judge(asn) in TYPES:
            year = province.award_year(asn, province.judge(asn))
            assert 2006 <= year <= today.year + (today.month >= 9)
