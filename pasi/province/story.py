"""Who a student is and what becomes of them: drawn, or given by the fixed cast."""

from dataclasses import dataclass
from random import Random

from pasi.province import outcomes
from pasi.province.reference import Reference, Weighted
from pasi.province.terms import OLDEST_LEAVING_YEAR, Terms

ACTIVE = "Active"
DEACTIVATED = "Deactivated"
SECONDARY = "Secondary"

# Stages. A registry keeps everybody who ever went to school here, so half of it is not at school.
AT_SCHOOL = "at school"  # ECS to grade 12, on the way
FINISHED = "finished"  # was in grade 12 in the last finished school year
RETURNED = "returned"  # the same, and back in grade 12 to upgrade
LEFT = "left"  # left in an earlier year
ADULT = "adult"  # an adult learner

STAGES = Weighted({AT_SCHOOL: 53.3, FINISHED: 23.2, LEFT: 20.5, ADULT: 3.0})

# A quarter of grade 12 are returning students. Source: computed from the ministry's enrolment
# counts, in which grade 12 exceeds the grade 11 of the year before by 28 to 30 percent.
RETURNING_SHARE = 0.25

SHARES = {
    FINISHED: Weighted(outcomes.FINISHED_LAST_YEAR),
    RETURNED: Weighted(outcomes.RETURNED_THIS_YEAR),
    LEFT: Weighted(outcomes.LEFT_EARLIER),
    ADULT: Weighted(outcomes.ADULTS),
}

# Numbers that are not a person's own: of the ASNs at odd places.
SECONDARY_SHARE = 0.028
DEACTIVATED_SHARE = 0.014

# Further traits, each with the share of people who have it. Assumptions.
TRAITS = {
    "alias": 0.05,
    "preferred alias": 0.012,
    "former name": 0.02,
    "deleted name": 0.004,
    "restricted": 0.005,
    "overlapping enrolment": 0.02,
    "pre-registered": 0.06,
    "moved during the year": 0.03,
    "deleted enrolment": 0.006,
    "summer school": 0.02,
    "second address": 0.03,
    "deceased": 0.001,
}
# Secondary ASNs: what is still kept under them.
HOLDS_MARKS_SHARE = 0.6
ACHIEVED_AT_SECONDARY_SHARE = 0.25
AWARDED_AT_SECONDARY_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Story:
    """One person, or one number that is not a person's own.

    `grade` is set while at school; `last_year` is the last school year of high school. `lacks` says
    which requirement an outcome is short of, where that is not left to chance: how its code begins.
    """

    status: str = ACTIVE
    stage: str = AT_SCHOOL
    outcome: str = ""
    grade: int | None = None
    last_year: int = 0
    traits: frozenset[str] = frozenset()
    first_name: str = ""
    last_name: str = ""
    lacks: str = ""


def draw_story(rng: Random, reference: Reference, terms: Terms) -> Story:
    """A person with a number of their own."""
    traits = frozenset([trait for trait, share in TRAITS.items() if rng.random() < share])
    stage = STAGES.draw(rng)
    if stage == AT_SCHOOL:
        grade = reference.grades.draw(rng)
        if grade < 12:
            return Story(grade=grade, traits=traits, outcome="under way" if grade >= 10 else "")
        if rng.random() < RETURNING_SHARE:
            stage = RETURNED
        elif terms.finished < terms.current:
            return Story(grade=12, traits=traits, outcome="under way")
        else:
            stage = FINISHED
    outcome = SHARES[stage].draw(rng)
    return Story(
        stage=stage,
        outcome=outcome,
        last_year=last_year_for(rng, stage, outcome, terms),
        traits=traits,
    )


def last_year_for(rng: Random, stage: str, outcome: str, terms: Terms) -> int:
    """The last school year at high school; recent years are likelier than old ones."""
    if stage != LEFT:
        return terms.finished
    if outcomes.OUTCOMES[outcome].is_prior:
        return OLDEST_LEAVING_YEAR + int(rng.random() * 4)
    span = terms.finished - OLDEST_LEAVING_YEAR
    return terms.finished - 1 - int(span * rng.random() * rng.random())
