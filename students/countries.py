"""Countries of addresses: the preferred spelling, and the address format that follows from it.

The two preferred spellings: PASI knowledge base; other spellings and the formats: inferred.
"""

CANADA = "Canada"
UNITED_STATES = "United States"

_PREFERRED = {
    **dict.fromkeys(("canada", "ca", "can"), CANADA),
    **dict.fromkeys(
        ("united states", "us", "usa", "united states of america"),
        UNITED_STATES,
    ),
}
_FORMATS = {CANADA: "Mail-CA", UNITED_STATES: "Mail-US"}


def preferred_country(text: str) -> str:
    """The preferred spelling: " usa" -> "United States". Other countries stay to the letter."""
    return _PREFERRED.get(text.strip().lower(), text)


def address_format(country: str) -> str:
    """The AddressFormat code of a mailing address in `country`."""
    return _FORMATS.get(preferred_country(country), "Mail-International")
