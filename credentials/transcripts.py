"""What the Transcript processor does with the students whose triggers it has claimed.

This is where the eligibility calculator goes: another function of the same form, named in
enrolments.processors.PROCESSORS in the place of keep_statuses(). It works on the numbers it is
given and writes rows of RequirementSetStatus that are calculated; those that were imported or set
by hand it leaves alone. Before it writes it locks the students, in one statement by key, as
SubmitCredentialRequirementAchievement does, which may add a row of the same set. While a student's
trigger is outstanding a stored Achieved does not count, so nobody acts on what is about to change.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID


def keep_statuses(students: Sequence[int], call: UUID) -> Mapping[int, Exception]:
    """The first calculator: every stored status is right as it is."""
    return {}
