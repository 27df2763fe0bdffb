"""Rules on the characters of names.

Together they accept exactly: words separated by one space or hyphen, each of letters and
apostrophes and perhaps a period at its end; no doubled apostrophes. Other characters do not pass
the check of the request's structure. Which code carries which condition is in part inferred.
"""

import re

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.facts import PART_LABELS, IdentityChange, NameChange, NewStudent
from students.rules.sources import KNOWLEDGE_BASE

CONDITION_INFERRED = "number: seed document SubmitName; title and meaning inferred"
CODE_INFERRED = "condition: PASI knowledge base; that this code carries it: inferred"

SubmitsNames = NewStudent | NameChange | IdentityChange


def _names_with(pattern: str, facts: SubmitsNames):
    """One violation per name, naming all its parts in which `pattern` is found."""
    for submitted in facts.submitted_names:
        parts = [
            f"{label} ({part})"
            for label, part in zip(PART_LABELS, submitted.name.parts, strict=True)
            if re.search(pattern, part)
        ]
        if parts:
            yield {
                "NameDescriptor": submitted.descriptor,
                "FieldListWithValues": ", ".join(parts),
            }


@rejection(
    "11203",
    _("Period in Name"),
    _(
        "{NameDescriptor} name not accepted: {FieldListWithValues} - put a space or a hyphen "
        "after a period inside the name."
    ),
    source=KNOWLEDGE_BASE,
)
def period_in_name(facts: SubmitsNames):
    """A period between two letters or apostrophes: St.John, J.P. The last one of J.P. is fine."""
    yield from _names_with(r"(?<=[^ .-])\.(?=[^ .-])", facts)


@rejection(
    "11204",
    _("Leading Space in Name"),
    _(
        "{NameDescriptor} name not accepted: {FieldListWithValues} - remove the space at the "
        "beginning."
    ),
    source=KNOWLEDGE_BASE,
)
def leading_space(facts: SubmitsNames):
    """A part starts with a space. Parts are never trimmed."""
    yield from _names_with(r"^ ", facts)


@rejection(
    "11206",
    _("Trailing Space"),
    _("{NameDescriptor} name not accepted: {FieldListWithValues} - remove the space at the end."),
    source=CONDITION_INFERRED,
    certainty="inferred",
)
def trailing_space(facts: SubmitsNames):
    """Inferred (medium; the pair of 11204). A part ends with a space."""
    yield from _names_with(r" $", facts)


@rejection(
    "11207",
    _("Repeated Spaces"),
    _("{NameDescriptor} name not accepted: {FieldListWithValues} - use single spaces only."),
    source=CONDITION_INFERRED,
    certainty="inferred",
)
def repeated_spaces(facts: SubmitsNames):
    """Inferred (low as to the code). Two or more spaces in a row, also at an end."""
    yield from _names_with(r"  ", facts)


@rejection(
    "11208",
    _("Space beside Hyphen"),
    _(
        "{NameDescriptor} name not accepted: {FieldListWithValues} - remove the space beside the "
        "hyphen."
    ),
    source=CONDITION_INFERRED,
    certainty="inferred",
)
def space_beside_hyphen(facts: SubmitsNames):
    """Inferred (low as to the code). A space directly before or after a hyphen."""
    yield from _names_with(r" -|- ", facts)


@rejection(
    "11219",
    _("Repeated Periods"),
    _("{NameDescriptor} name not accepted: {FieldListWithValues} - use single periods only."),
    source=CONDITION_INFERRED,
    certainty="inferred",
)
def repeated_periods(facts: SubmitsNames):
    """Inferred (low as to the code). Two or more periods in a row."""
    yield from _names_with(r"\.\.", facts)


@rejection(
    "11220",
    _("Repeated Hyphens"),
    _("{NameDescriptor} name not accepted: {FieldListWithValues} - use single hyphens only."),
    source=KNOWLEDGE_BASE,
)
def repeated_hyphens(facts: SubmitsNames):
    """Two or more hyphens in a row."""
    yield from _names_with(r"--", facts)


@rejection(
    "11221",
    _("Repeated Apostrophes"),
    _("{NameDescriptor} name not accepted: {FieldListWithValues} - use single apostrophes only."),
    source=CONDITION_INFERRED,
    certainty="inferred",
)
def repeated_apostrophes(facts: SubmitsNames):
    """Inferred (low as to the code). Two or more apostrophes in a row."""
    yield from _names_with(r"''", facts)


@rejection(
    "11222",
    _("Starts with a Hyphen"),
    _(
        "{NameDescriptor} name not accepted: {FieldListWithValues} - remove the hyphen at the "
        "beginning."
    ),
    source=CODE_INFERRED,
    certainty="inferred",
)
def starts_with_hyphen(facts: SubmitsNames):
    """Inferred (low as to the code). The first character of a part is a hyphen."""
    yield from _names_with(r"^-", facts)


@rejection(
    "11223",
    _("Ends with a Hyphen"),
    _("{NameDescriptor} name not accepted: {FieldListWithValues} - remove the hyphen at the end."),
    source=CODE_INFERRED,
    certainty="inferred",
)
def ends_with_hyphen(facts: SubmitsNames):
    """Inferred (low as to the code). The last character of a part is a hyphen."""
    yield from _names_with(r"-$", facts)


@rejection(
    "11224",
    _("Name starts with a Period"),
    _(
        "{NameDescriptor} name not accepted: {FieldListWithValues} - remove the period at the "
        "beginning of a word."
    ),
    source=KNOWLEDGE_BASE,
)
def word_starts_with_period(facts: SubmitsNames):
    """A period first of all, or directly after a space or hyphen."""
    yield from _names_with(r"(^|[ -])\.", facts)


CHARACTER_RULES = (
    period_in_name,
    leading_space,
    trailing_space,
    repeated_spaces,
    space_beside_hyphen,
    repeated_periods,
    repeated_hyphens,
    repeated_apostrophes,
    starts_with_hyphen,
    ends_with_hyphen,
    word_starts_with_period,
)
