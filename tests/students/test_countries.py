"""The preferred spelling of countries, and the address format that follows."""

import pytest

from students.countries import address_format, preferred_country


@pytest.mark.parametrize(
    ("written", "preferred", "format_code"),
    [
        *(
            (written, "Canada", "Mail-CA")
            for written in ("Canada", "CANADA", "canada", " Canada ", "CA", "ca", "Can", "\tCAN")
        ),
        *(
            (written, "United States", "Mail-US")
            for written in (
                *("United States", "UNITED STATES", "us", "US", "usa", " USA"),
                "United States of America",
            )
        ),
        *(
            (written, written, "Mail-International")
            for written in (
                *("France", " France ", "", "Kanada", "U.S.A.", "United  States", "C A", "CAD"),
                "Côte d'Ivoire",
            )
        ),
    ],
)
def test_spelling_and_format(written, preferred, format_code):
    assert preferred_country(written) == preferred
    assert preferred_country(preferred) == preferred
    assert address_format(written) == address_format(preferred) == format_code
