"""The fixed cast: the first places of every province, so that even a small one shows every case.

Places are taken in pairs. The second of a pair may be a number that is not a person's own: a
secondary ASN of the first, or a deactivated one.
"""

from dataclasses import replace
from datetime import date

from pasi.province.identifiers import student_number, unused_student_number
from pasi.province.short_plans import (
    LACKS_100_CREDITS,
    SHORT_OF_CERTIFICATE,
    SHORT_OF_DIPLOMA,
    SHORT_OF_EQUIVALENCY,
)
from pasi.province.story import (
    ADULT,
    AT_SCHOOL,
    DEACTIVATED,
    FINISHED,
    LEFT,
    RETURNED,
    SECONDARY,
    Story,
)
from pasi.province.terms import Terms
from pasi.province.transcripts import TEST_REQUIREMENTS

# Where the last school year is not a year: that many years before the last finished one.
RECENTLY = -3
LAST_PRIOR_YEAR = 2009
YEAR_OF_2010_2018 = 2016


def finished(outcome: str, *traits: str, **names: str) -> Story:
    return Story(stage=FINISHED, outcome=outcome, traits=frozenset(traits), **names)


def returned(outcome: str) -> Story:
    return Story(stage=RETURNED, outcome=outcome)


def left(outcome: str, year: int = RECENTLY, *traits: str, **names: str) -> Story:
    return Story(stage=LEFT, outcome=outcome, last_year=year, traits=frozenset(traits), **names)


def pupil(grade: int, *traits: str, **names: str) -> Story:
    outcome = "under way" if grade >= 10 else ""
    return Story(stage=AT_SCHOOL, grade=grade, outcome=outcome, traits=frozenset(traits), **names)


def adult(outcome: str, *traits: str, lacks: str = "") -> Story:
    return Story(stage=ADULT, outcome=outcome, traits=frozenset(traits), lacks=lacks)


def second_number(*traits: str) -> Story:
    return Story(status=SECONDARY, traits=frozenset(traits))


def number_in_error(*traits: str) -> Story:
    return Story(status=DEACTIVATED, traits=frozenset(traits))


CAST: tuple[Story, ...] = (
    # To be awarded: every type, every requirement set.
    finished("diploma"),
    finished("diploma", "preferred alias", first_name="Zoë", last_name="L'Hirondelle-Côté"),
    left("diploma", 2016),
    left("diploma before 2010", LAST_PRIOR_YEAR),
    left("diploma with excellence", LAST_PRIOR_YEAR),
    left("advanced diploma", LAST_PRIOR_YEAR),
    left("general diploma", LAST_PRIOR_YEAR),
    left("industrial", LAST_PRIOR_YEAR),
    adult("equivalency by credits"),
    adult("equivalency by tests"),
    adult("equivalency both ways"),
    finished("achievement"),
    finished("completion"),
    finished("completion", "pre-registered"),
    finished("diploma after achievement"),
    finished("achievement after completion"),
    finished("diploma award deleted"),
    left("diploma award deleted", 2012),
    Story(stage=RETURNED, outcome="diploma"),
    Story(stage=RETURNED, outcome="diploma", traits=frozenset(["overlapping enrolment"])),
    adult("diploma of a mature student"),
    finished("diploma", "former name"),
    # Refused within a run of everyone achieved but not awarded.
    finished("birth date wrong"),  # 44004
    finished("marks withheld"),  # 44008
    finished("never enrolled"),  # 44008
    adult("tests without mark"),  # 44008
    finished("honorary"),  # 44011
    finished("achievement after diploma"),  # 44012
    left("equivalent already awarded", LAST_PRIOR_YEAR),  # 44012
    adult("completion after equivalency"),  # 44012
    pupil(9, first_name="Anne-Marie", last_name="O'Brien"),
    number_in_error("achieved"),  # 44013
    finished("nearly"),
    second_number("achieved", "holds marks"),  # 44014
    # Refused when named in a file.
    left("diploma awarded"),  # 44010
    pupil(5),  # 44000
    # Linked numbers.
    left("diploma awarded"),
    second_number("holds award", "holds marks"),
    finished("diploma"),
    second_number("holds marks"),
    pupil(7),
    second_number(),
    pupil(3),
    number_in_error(),
    # Names, restrictions, enrolments.
    left("diploma awarded", 2011, "former name"),
    pupil(12, "overlapping enrolment", "pre-registered"),
    pupil(12, "restricted", "alias"),
    pupil(11, "summer school", "deleted name", "alias"),
    pupil(10, "moved during the year", "second address"),
    pupil(0, "deleted enrolment", first_name="José", last_name="Dela Cruz"),
    pupil(8, "former name", "preferred alias"),
    pupil(1, last_name="Van Den Berg"),
    # Awarded, nearly, no longer.
    left("no longer achieved"),
    left("wrongly awarded"),
    adult("diploma after equivalency"),
    left("general diploma awarded", LAST_PRIOR_YEAR),
    adult("tests awarded"),
    left("awaiting review", LAST_PRIOR_YEAR),
    finished("nearly achievement"),
    finished("nearly", "deceased"),
    # Nearly, in further ways.
    finished("nearly from elsewhere"),
    finished("nearly completion"),
    finished("too many credits for completion"),
    adult("nearly equivalency"),
    adult("tests failed"),
    finished("left without"),
    # One requirement short, each in its turn: of the diploma of today and of 2010 to 2018,
    *[finished("nearly", lacks=each) for each in SHORT_OF_DIPLOMA],
    *[left("nearly", YEAR_OF_2010_2018, lacks=each) for each in SHORT_OF_DIPLOMA],
    left("nearly from elsewhere", YEAR_OF_2010_2018),
    # of the Certificate of High School Achievement,
    *[finished("nearly achievement", lacks=each) for each in SHORT_OF_CERTIFICATE],
    finished("diploma with a trade"),
    # of the equivalency diploma, by credits and by tests,
    *[adult("nearly equivalency", lacks=each) for each in SHORT_OF_EQUIVALENCY],
    adult("nearly equivalency", lacks=LACKS_100_CREDITS),
    adult("equivalency not requested"),
    left("equivalency requested with a diploma", YEAR_OF_2010_2018),
    *[adult("tests failed", lacks=each) for each in TEST_REQUIREMENTS],
    # of the Certificate of School Completion,
    finished("completion not nominated"),
    finished("completion nominated elsewhere"),
    returned("completion nominated by the next school"),
    returned("completion and back at school"),
    finished("completion at sixteen"),
    finished("completion with 35 credits"),
    left("completion before 2017", YEAR_OF_2010_2018),
    left("completion, then tests", 2021),
    # of the sets assessed by hand.
    left("review refused", LAST_PRIOR_YEAR),
    left("review confirmed beside the general diploma", LAST_PRIOR_YEAR),
    left("review confirmed beside the advanced diploma", LAST_PRIOR_YEAR),
    left("review confirmed with few credits", LAST_PRIOR_YEAR, lacks="100Credits"),
    left("review confirmed too late", 2013),
    left("industrial awaiting review", LAST_PRIOR_YEAR),
    left("industrial review refused", LAST_PRIOR_YEAR),
    left("industrial without its courses", LAST_PRIOR_YEAR),
    left("industrial beside a diploma", LAST_PRIOR_YEAR),
    # Far from a set.
    finished("far from the diploma"),
    left("far from the diploma", YEAR_OF_2010_2018),
    finished("far from achievement"),
    adult("all tests failed"),
    returned("far from completion"),
)


def story_of(place: int, terms: Terms) -> Story:
    """The cast member at `place`, with the last school year worked out for the day."""
    story = CAST[place]
    if story.last_year > 0:
        return replace(story, last_year=min(story.last_year, terms.finished - 1))
    return replace(story, last_year=terms.finished + story.last_year)


def place_of(story: Story) -> int:
    return CAST.index(story)


EXAMPLES = {
    "44000": place_of(pupil(5)),
    "44004": place_of(finished("birth date wrong")),
    "44008": place_of(finished("marks withheld")),
    "44010": place_of(left("diploma awarded")),
    "44011": place_of(finished("honorary")),
    "44012": place_of(finished("achievement after diploma")),
    "44013": place_of(number_in_error("achieved")),
    "44014": place_of(second_number("achieved", "holds marks")),
}


def examples(students: int, seed: int, today: date) -> dict[str, str]:
    """An ASN of the province for each rejection code of the bulk award, as far as it reaches.

    9002 is a number of the pool that no province contains. The cast stands at fixed places, so
    neither `seed` nor `today` changes the answer; both belong to what names a province.
    """
    found = {code: student_number(place) for code, place in EXAMPLES.items() if place < students}
    return {"9002": unused_student_number(), **found}
