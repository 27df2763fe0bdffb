"""What people say of a student before a set can be achieved: the nomination by a school, the
request, the review by the ministry. All in May.
"""

from random import Random

from credentials.manual_requirements import MANUAL_REQUIREMENTS
from pasi.province.outcomes import (
    ACHIEVED,
    ELSEWHERE,
    EQUIVALENCY_SHORT,
    NEXT_SCHOOL,
    Outcome,
    sets_of,
)
from pasi.province.reference import Reference, School
from pasi.province.rows import Rows
from pasi.province.terms import Terms

MINISTRY = "O.1"


def write_what_was_said(
    rng: Random,
    reference: Reference,
    terms: Terms,
    rows: Rows,
    asn: str,
    outcome: Outcome,
    schools: dict[int, School],
    activity: list[int],
) -> None:
    """The manual requirements of an outcome. `schools`: where the student went in which year."""
    said = answers(outcome, activity)
    for code in MANUAL_REQUIREMENTS:
        if code not in said:
            continue
        year, by = terms.finished, MINISTRY
        if code == "COSC":
            year, by = nomination(rng, reference, terms, outcome, schools)
        [requirement] = MANUAL_REQUIREMENTS[code]
        rows.requirement_achievements.append(
            f"{asn},{requirement},{said[code]},{by},{year}-05-15T18:00:00Z\n"
        )


def answers(outcome: Outcome, activity: list[int]) -> dict[str, str]:
    """The answer to the manual requirement of each set of which something was said: of those
    achieved; where only credits or courses are wanting; of COSC, which has no row without.
    """
    found = {}
    for code, status in outcome.statuses:
        if status == ACHIEVED or code == "COSC" or outcome.transcript == EQUIVALENCY_SHORT:
            found |= dict.fromkeys(sets_of(code, activity), ACHIEVED)
    return found | dict(outcome.said)


def nomination(
    rng: Random,
    reference: Reference,
    terms: Terms,
    outcome: Outcome,
    schools: dict[int, School],
) -> tuple[int, str]:
    """The school year and the school: as a rule the last one that the student went to."""
    year = max(year for year in schools if year <= terms.finished)
    if outcome.nominated_by == ELSEWHERE:
        visited = {school.code for school in schools.values()}
        return year, reference.unvisited_school(rng, 12, visited).code
    if outcome.nominated_by == NEXT_SCHOOL:
        return year, schools[year + 1].code
    return year, schools[year].code
