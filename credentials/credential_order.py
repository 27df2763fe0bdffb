"""The Credential Order of bulk awarding: what may still be awarded to whom.

Kept as a table, since it is no rank: IOPC allows ADEX, but CHSA and COSC do not.
Source: PASI knowledge base; the row for a student without credentials: inferred (the table's own
order, which is also "highest first" on the bulk screen).
"""

from collections.abc import Iterable

ORDER = ("AHSD", "ADEX", "ADVD", "GHSD", "HSED", "CHSA", "IOPC", "COSC")

# already awarded -> may still be awarded
ALLOWED_AFTER = {
    "AHSD": frozenset(),
    "ADEX": frozenset(),
    "ADVD": frozenset(),
    "GHSD": frozenset(),
    "HSED": frozenset({"AHSD", "ADEX", "ADVD", "GHSD"}),
    "CHSA": frozenset({"AHSD", "HSED"}),
    "IOPC": frozenset({"AHSD", "ADEX", "ADVD", "HSED", "GHSD"}),
    "COSC": frozenset({"AHSD", "HSED", "CHSA"}),
}


def allowed(achieved: Iterable[str], awarded: Iterable[str]) -> list[str]:
    """Credential types that may be awarded next, highest first.

    A type must be allowed by every credential already awarded; an awarded type outside the order
    (the Honorary diploma) forbids nothing.
    """
    achieved, awarded = set(achieved), set(awarded)
    return [
        credential_type
        for credential_type in ORDER
        if credential_type in achieved
        and credential_type not in awarded
        and all(credential_type in ALLOWED_AFTER.get(held, ORDER) for held in awarded)
    ]


def highest(credential_types: Iterable[str]) -> str:
    """The first of `credential_types` in the order; one outside the order comes last."""
    return min(
        credential_types,
        key=lambda kind: (ORDER.index(kind) if kind in ORDER else len(ORDER), kind),
    )
