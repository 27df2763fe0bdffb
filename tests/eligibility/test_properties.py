"""What holds of every student."""

import datetime
import random

from credentials.eligibility import messages
from credentials.eligibility.classify import Calculator
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from credentials.eligibility.facts import (
    Award,
    CourseEnrolment,
    ExamMark,
    Exemption,
    Mark,
    StoredStatus,
    StudentFacts,
)
from credentials.models import RequirementSetStatus
from tests.eligibility.students import (
    CALCULATOR,
    DEFINITIONS,
    REQUESTED,
    SCHOOL,
    B,
    H,
    K,
    L,
    earned,
    enrolment,
    nominated,
    said,
)
from tests.properties import given, st

CODES = sorted(
    {mark.course for mark in [*B, *H, *K, *L]}
    | {row.value for row in tables().course_mappings if row.by == "code"}
    | {"XYZ3000", "RAP3900", "PED2445", "COM3010"}
)
COURSES = st.sampled_from(CODES)
YEARS = st.integers(2008, 2026)
DAYS = st.dates(datetime.date(2009, 1, 1), datetime.date(2026, 12, 31))
MANUAL = [code for code, row in DEFINITIONS.requirements.items() if row.is_manual]
SETS = [each.code for each in DEFINITIONS.sets]
CREDENTIALS = list(DEFINITIONS.credentials)

credited = st.builds(
    Mark,
    COURSES,
    st.integers(1, 15),
    YEARS,
    value=st.sampled_from(["70", "A", "C"]),
    evaluation_method=st.sampled_from(["", "", "", "OOP", "CHA", "SPE"]),
)
uncredited = st.builds(
    Mark, COURSES, st.just(0), YEARS, st.sampled_from(["F", "B", "40"]), st.booleans()
)
# Whole transcripts, so that sets are Achieved often enough; less some courses, with others.
bases = st.sampled_from(
    [
        *([], B, L, K, H),
        [*K, *earned("OTH1998 10 OTH3998 10")],
        [*H, *earned("AEC9994 15 AEC9995 15 AEC9996 5")],
        earned("GED9981 0 GED9982 0 GED9983 0 GED9984 0 GED9985 0", value="B"),
    ]
)


@st.composite
def transcripts(draw) -> list[Mark]:
    base = draw(bases)
    years = draw(st.sampled_from([None, 2010, 2015, 2019]))
    dropped = draw(st.sets(COURSES, max_size=3))
    marks = [mark if years is None else mark._replace(school_year=years) for mark in base]
    marks += draw(st.lists(credited, max_size=8)) + draw(st.lists(uncredited, max_size=3))
    held: dict[str, Mark] = {}
    for mark in marks:
        if mark.course not in dropped:
            held.setdefault(mark.course, mark)
    return list(held.values())


achievements = st.builds(
    said,
    st.sampled_from(MANUAL),
    st.sampled_from(["Achieved", "Achieved", "NotAchieved", "NotAssessed"]),
    st.sampled_from([SCHOOL, "S.7002", "O.1"]),
    st.datetimes(
        datetime.datetime(2010, 1, 1),
        datetime.datetime(2026, 12, 31),
        timezones=st.just(datetime.UTC),
    ),
    st.text(max_size=150),
)
enrolments = st.builds(
    enrolment,
    YEARS,
    st.sampled_from([SCHOOL, "S.7002"]),
    DAYS,
    st.sampled_from([[], ["43"], ["41", "52"]]),
    st.sampled_from([[], ["710"]]),
)

facts_of_anybody = st.builds(
    StudentFacts,
    birth_date=st.dates(datetime.date(1985, 1, 1), datetime.date(2009, 12, 31)),
    marks=transcripts(),
    school_enrolments=st.just([enrolment()]) | st.lists(enrolments, max_size=4),
    course_enrolments=st.lists(
        st.builds(
            CourseEnrolment,
            COURSES,
            YEARS,
            st.sampled_from(["Active", "Incomplete"]),
            st.booleans(),
        ),
        max_size=3,
    ),
    exam_marks=st.lists(
        st.builds(ExamMark, COURSES, YEARS, st.sampled_from(["RegularExamMark", "Absent"])),
        max_size=2,
    ),
    achievements=st.just([*nominated(), said(REQUESTED)]) | st.lists(achievements, max_size=4),
    exemptions=st.lists(
        st.builds(
            Exemption,
            st.sampled_from(sorted(DEFINITIONS.requirements)),
            st.sampled_from(["Approved", "Pending"]),
        ),
        max_size=3,
    ),
    awards=st.lists(st.builds(Award, st.sampled_from(CREDENTIALS), DAYS), max_size=2),
    stored=st.dictionaries(
        st.sampled_from(SETS),
        st.builds(
            StoredStatus,
            st.sampled_from(RequirementSetStatus.Status.values),
            st.sampled_from([True, True, False]),
        ),
        max_size=4,
    ),
)


def with_marks(facts: StudentFacts, marks) -> StudentFacts:
    return StudentFacts(
        facts.birth_date,
        marks,
        facts.school_enrolments,
        facts.course_enrolments,
        facts.exam_marks,
        facts.achievements,
        facts.exemptions,
        facts.awards,
        facts.stored,
    )


# A passing mark takes nothing away, but for two requirements of the Certificate of School
# Completion, which ask for little: at most 34 credits, and no other credential. No cap is among the
# exceptions, since a cap takes off the excess only; nor is a window of school years, since one year
# inside it is enough. A second mark in a course that is already held, under another number, is
# another matter: it replaces the first if it has more credits.
LOST_BY_CREDITS = {"AchievedLessThan35Credits-81320", "CannotAchieveHSCred-81310"}
LOST_BY_THEM = {"COSC"}
TOTALS = ("100Credits", "80Credits", "60HighSchoolCredits")


@given(facts_of_anybody, credited, DAYS)
def test_a_passing_mark_takes_nothing_away(facts, mark, as_of):
    marks = [held for held in facts.marks if held.course != mark.course]
    before = CALCULATOR.explain(with_marks(facts, marks), as_of)
    after = CALCULATOR.explain(with_marks(facts, [*marks, mark]), as_of)
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old.results, new.results, strict=True):
            if was.requirement in LOST_BY_CREDITS:
                continue
            if was.outcome.is_achieved:
                assert now.outcome.is_achieved, was.requirement
            if was.requirement.startswith(TOTALS):
                assert now.outcome.credits >= was.outcome.credits
        if old.requirement_set.code not in LOST_BY_THEM:
            assert new.status == "Achieved" or old.status != "Achieved"
            assert new.percentage >= old.percentage
        assert old.status is None or new.status is not None


@given(facts_of_anybody, DAYS, st.integers())
def test_the_order_of_facts_never_matters(facts, as_of, seed):
    shuffle = random.Random(seed)

    def mixed(records):
        return shuffle.sample(list(records), len(records))

    other = StudentFacts(
        facts.birth_date,
        mixed(facts.marks),
        mixed(facts.school_enrolments),
        mixed(facts.course_enrolments),
        mixed(facts.exam_marks),
        mixed(facts.achievements),
        mixed(facts.exemptions),
        mixed(facts.awards),
        facts.stored,
    )
    assert CALCULATOR.explain(other, as_of) == CALCULATOR.explain(facts, as_of)


@given(facts_of_anybody, DAYS)
def test_judging_again_says_the_same(facts, as_of):
    found = CALCULATOR.assess(facts, as_of)
    assert CALCULATOR.assess(facts, as_of) == found
    anew = Calculator(define(tables())).assess(facts, as_of)  # nothing remembered
    assert anew == found


@given(facts_of_anybody, DAYS)
def test_storing_what_was_found_and_judging_again_changes_nothing(facts, as_of):
    found = CALCULATOR.assess(facts, as_of)
    stored = {**facts.stored}
    stored |= {each.requirement_set.code: StoredStatus(each.status) for each in found}
    again = StudentFacts(**{**_fields(facts), "stored": stored})
    assert CALCULATOR.assess(again, as_of) == found


def _fields(facts: StudentFacts) -> dict:
    return {name: getattr(facts, name) for name in StudentFacts.__slots__}


@given(facts_of_anybody, DAYS)
def test_all_is_whole(facts, as_of):
    """Percentages, messages, marks: of every set and requirement."""
    explained = CALCULATOR.explain(facts, as_of)
    for each in explained:
        assert 0 <= each.percentage <= 100
        for result in each.results:
            outcome = result.outcome
            assert len(outcome.message.parameters) <= 250
            assert len(messages.text(outcome.message)) <= 500
            assert set(outcome.marks) <= set(facts.marks)
    rows = CALCULATOR.assess(facts, as_of)
    for row in rows:
        assert row.status is not None
        assert (row.percentage == 100) is (row.status == "Achieved")
    by_set = {each.requirement_set.code: each for each in explained}
    assert [by_set[row.requirement_set.code] for row in rows] == rows
