"""Citizenship as the 2017 contract submits it, and as it is stored.

Source: PASI knowledge base.
"""

# Submitted status -> stored status of the student and of the guardian.
STORED_CITIZENSHIP = {
    "1": ("1", ""),
    "2": ("2", ""),
    "5": ("5", ""),
    "6": ("5", "1"),
    "7": ("5", "9"),
    "9": ("9", ""),
}


def stored_citizenship(submitted: str) -> tuple[str, str]:
    """Status of the student and of the guardian; a code that staff have added stays as it is."""
    return STORED_CITIZENSHIP.get(submitted, (submitted, ""))
