"""Rules of awarding. Facts: credentials.awarding.Candidate, one requested student."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from credentials.awarding import Candidate, SingleCandidate
from pasi.calendar import school_year_of, school_year_text
from pasi.rules import rejection
from students.rules.access import invalid_asn

KNOWLEDGE_BASE = "PASI knowledge base"

NOTHING_ACHIEVED_OUTSTANDING = _(
    "No credential was awarded: the student has not achieved a credential that can be awarded; "
    "its eligibility is being recalculated; try again."
)
YEAR_IN_THE_FUTURE = _(
    "Credential {Credential} cannot be awarded for school year {SchoolYear}: it lies ahead."
)
NOT_OF_THIS_RUN = _(
    "No credential was awarded: this run is limited to other credential types than {Credential}."
)


class OfNumber(Protocol):
    """The facts of a request that manages the credentials of a number."""

    @property
    def asn(self) -> str: ...

    @property
    def is_deactivated(self) -> bool: ...

    @property
    def primary_asn(self) -> str: ...


class MayBeHeld(Protocol):
    """The facts of a request after which a number would hold a credential."""

    @property
    def asn(self) -> str: ...

    @property
    def held(self) -> str | None: ...


@rejection(
    "44013",
    _("Credential Management on Deactivated ASN"),
    _(
        "Alberta Student Number {StateProvinceId} is deactivated, so its credentials cannot be "
        "managed."
    ),
    source=KNOWLEDGE_BASE,
)
def deactivated_asn(candidate: OfNumber):
    """The ministry is not exempt."""
    if candidate.is_deactivated:
        yield {"StateProvinceId": candidate.asn}


@rejection(
    "44014",
    _("Credential Management on Secondary ASN"),
    _(
        "Alberta Student Number {SecondaryASN} is a secondary number. Work with the primary "
        "number {PrimaryASN}."
    ),
    source=KNOWLEDGE_BASE + "; its title inferred from 44013",
)
def secondary_asn(candidate: OfNumber):
    """The ministry is not exempt."""
    if candidate.primary_asn:
        yield {"SecondaryASN": candidate.asn, "PrimaryASN": candidate.primary_asn}


@rejection(
    "44000",
    _("No Credential Achieved"),
    _("No credential was awarded: the student has not achieved a credential that can be awarded."),
    source="number: technical documentation; title and meaning inferred by elimination",
    certainty="inferred",
    is_essential=True,  # whoever passes it has a credential to be awarded
)
def nothing_achieved(candidate: Candidate):
    """No requirement set reads Achieved; of a credential that is asked for alone, none of its own.
    While a transcript trigger is outstanding, a stored Achieved counts only for credentials that
    are already awarded. A run limited to some credential types awards no other.
    """
    if not candidate.achieved:
        if candidate.is_recalculating:
            yield {"message": NOTHING_ACHIEVED_OUTSTANDING}
        else:
            yield {}
    elif candidate.is_outside_run:
        yield {"message": NOT_OF_THIS_RUN, "Credential": candidate.credential}


@rejection(
    "44010",
    _("Credential Already Awarded"),
    _(
        "No credential was awarded: student {StateProvinceID} already holds credential "
        "{Credential}."
    ),
    source=KNOWLEDGE_BASE,
)
def already_awarded(candidate: MayBeHeld):
    """Everything achieved is awarded, or the one credential asked for is, also under a linked
    number. Deleted awards do not count. Inferred: nor does a deleted award come back while a linked
    number holds its credential.
    """
    if candidate.held:
        yield {"StateProvinceID": candidate.asn, "Credential": candidate.held}


@rejection(
    "44011",
    _("Credential To Award Could Not Be Determined"),
    _(
        "No credential was awarded: this student has achieved a credential that bulk awarding "
        "does not handle. Award it individually."
    ),
    source=KNOWLEDGE_BASE,
)
def outside_the_order(candidate: Candidate):
    """An achieved, not awarded credential outside the Credential Order (the Honorary diploma)
    blocks everything for this student.
    """
    if candidate.has_open_outside_order:
        yield {}


@rejection(
    "44012",
    _("Higher Order Credential Already Awarded"),
    _("No credential was awarded: the student already holds a higher or equivalent credential."),
    source=KNOWLEDGE_BASE,
)
def higher_already_awarded(candidate: Candidate):
    """The Credential Order allows none of what is achieved and not awarded."""
    if candidate.open and not candidate.credential:
        yield {}


@rejection(
    "44008",
    _("Awarded School Year Undetermined"),
    _(
        "No credential was awarded: no mark or enrolment gives its school year. Award it to this "
        "student individually."
    ),
    source=KNOWLEDGE_BASE + "; title paraphrased",
)
def school_year_undetermined(candidate: Candidate):
    """No qualifying official mark; for COSC no school enrolment; for the equivalency diploma by
    Alternative 2 no GED mark of value A, B or C.
    """
    if candidate.credential and candidate.school_year is None:
        yield {}


@rejection(
    "44004",
    _("Unreasonable Awarded Credential School Year"),
    _(
        "School year {AwardedSchoolYear} is not reasonable: it must be later than the school year "
        "in which the student was born."
    ),
    source=KNOWLEDGE_BASE + "; equal years refused: inferred from its message",
)
def unreasonable_school_year(candidate: Candidate):
    """The award's school year is not later than the one that contains the birth date."""
    year = candidate.school_year
    if year is not None and year <= school_year_of(candidate.birth_date):
        yield {"AwardedSchoolYear": school_year_text(year)}


@rejection(
    "44009",
    _("Credential Not Awarded in School Year"),
    _(
        "Credential {Credential} cannot be awarded for school year {SchoolYear}: it is not, or not "
        "any longer, awarded then."
    ),
    source="number: technical documentation; title and meaning inferred",
    certainty="inferred",
)
def not_awarded_in_school_year(candidate: SingleCandidate):
    """Inferred (low). The code of the credential is not in effect in the school year or may not be
    submitted; or the school year comes after the current one.
    """
    values = {
        "Credential": candidate.requested,
        "SchoolYear": school_year_text(candidate.requested_year),
    }
    if not candidate.is_awardable:
        yield values
    if candidate.requested_year > candidate.current_year:
        yield {"message": YEAR_IN_THE_FUTURE, **values}


# The order in which one requested student is judged; the first failure ends it. Source: inferred.
AWARDING_STAGES = tuple(
    (rule,)
    for rule in (
        invalid_asn,
        deactivated_asn,
        secondary_asn,
        nothing_achieved,
        already_awarded,
        outside_the_order,
        higher_already_awarded,
        school_year_undetermined,
        unreasonable_school_year,
    )
)

# What is held already is not asked further; the rest is told together. Source: inferred.
AWARDING_SINGLE_STAGES = (
    (invalid_asn,),
    (deactivated_asn,),
    (secondary_asn,),
    (already_awarded,),
    (nothing_achieved, unreasonable_school_year, not_awarded_in_school_year),
)
