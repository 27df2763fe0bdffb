"""Rules of what is set by hand. Facts: credentials.requirement_achievements.RequirementChange."""

from django.utils.translation import gettext_lazy as _

from credentials.manual_requirements import REQUESTED
from credentials.models import RequirementAchievement
from credentials.requirement_achievements import EQUIVALENCY_AGE, RequirementChange
from credentials.rules.awarding import deactivated_asn, secondary_asn
from pasi.rules import Rule, not_raised, rejection
from students.rules.access import invalid_asn
from students.rules.names import empty_update
from students.rules.sources import KNOWLEDGE_BASE

ACHIEVED = RequirementAchievement.Achievement.ACHIEVED


@rejection(
    "43017",
    _("Organization Not Associated to Student"),
    _("Your organization is not associated with student {StateProvinceId}."),
    source=KNOWLEDGE_BASE + "; title from rule 9010; how closely associated: inferred",
)
def not_associated(change: RequirementChange):
    """The organization is associated neither By Last School Enrolment nor better. Anybody may bring
    the request for the equivalency diploma.
    """
    if not change.is_associated and not change.is_only_requested:
        yield {"StateProvinceId": change.asn}


@rejection(
    "43018",
    _("Student Too Young for the Equivalency Diploma"),
    _(
        "{Requirement} cannot be achieved: on {Date}, when the school year began, the student was "
        "not yet {Age}."
    ),
    source=KNOWLEDGE_BASE + "; title paraphrased",
)
def too_young(change: RequirementChange):
    """The request is set Achieved, and the student is under 19 on 1 September of the current school
    year. A birthday on that day counts.
    """
    for each in change.achievements:
        is_request = (each.requirement, each.achievement) == (REQUESTED, ACHIEVED)
        if is_request and not change.is_of_age:
            yield {"Requirement": REQUESTED, "Date": change.september, "Age": EQUIVALENCY_AGE}


@rejection(
    "99005",
    _("Requirement Set Is Calculated"),
    _("The status of {RequirementSet} is calculated for this student and is not set by hand."),
    source="number and title ours; condition: spec decision on requirement achievements",
    certainty="inferred",
    is_essential=True,  # what is set by hand stays; the calculator would never mend it
)
def calculated_set(change: RequirementChange):
    """Inferred (medium). The stored status of the set is the calculator's."""
    for each in change.achievements:
        if each.is_calculated:
            yield {"RequirementSet": each.requirement_set}


def _not_public(code: str) -> Rule:
    return not_raised(
        code,
        _("Requirement Achievement Refused"),
        _("The requirement achievement is refused."),
        because=_("Its condition is not public."),
        source="number: technical documentation of Submit Credential Requirement Achievement; "
        "title paraphrased",
    )


NEVER_RAISED = tuple(map(_not_public, ("9062", "43004", "43015", "43016")))

# Everything in one request is applied or nothing; the order of the stages is inferred.
REQUIREMENT_STAGES = (
    (invalid_asn,),
    (deactivated_asn,),
    (secondary_asn,),
    (not_associated,),
    (too_young, calculated_set),
    (empty_update,),
)
