"""Alert rules about enrolment type codes and exception codes that do not go together."""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import SchoolEnrolmentFacts
from pasi.rules import warning
from students.rules.sources import KNOWLEDGE_BASE


@warning(
    "10006",
    _("Conflicting Enrolment Type Codes"),
    _(
        "Conflicting enrolment types. Student {StateProvinceId} has 417 or 418 together with 415 "
        "or 416."
    ),
    source=KNOWLEDGE_BASE + "; title ours",
)
def conflicting_types(facts: SchoolEnrolmentFacts):
    """One of 417 and 418, and also one of 415 and 416."""
    enrolment = facts.enrolment
    if enrolment.has_type("417", "418") and enrolment.has_type("415", "416"):
        yield {"StateProvinceId": facts.person.asn}


@warning(
    "10110",
    _("Invalid School Enrolment Type Codes"),
    _("Conflicting enrolment types. Code 121 cannot go with 418."),
    source=KNOWLEDGE_BASE,
    from_school_year=2013,
)
def independent_and_step_child(facts: SchoolEnrolmentFacts):
    """Both 121 and 418."""
    if facts.enrolment.has_type("121") and facts.enrolment.has_type("418"):
        yield {}


@warning(
    "10074",
    _("Too Many ETCs with FNMI Self Declaration"),
    _("Too many enrolment types. With an FNMI declaration at most two are possible."),
    source=KNOWLEDGE_BASE,
)
def too_many_types_with_declaration(facts: SchoolEnrolmentFacts):
    """An FNMI declaration and three enrolment type codes; two pass."""
    if facts.enrolment.fnmi_declaration and len(facts.enrolment.enrolment_type_codes) > 2:
        yield {}


@warning(
    "10093",
    _("Too Many Exception Codes"),
    _("Too many exception codes. Only one may be given."),
    source=KNOWLEDGE_BASE,
)
def too_many_exceptions(facts: SchoolEnrolmentFacts):
    """More than one exception code, unless one of them is 70 or 80."""
    codes = facts.enrolment.exception_codes
    if len(codes) > 1 and not {"70", "80"}.intersection(codes):
        yield {}
