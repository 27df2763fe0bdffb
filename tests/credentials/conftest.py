import datetime

import pytest

TODAY = datetime.date(2026, 7, 31)


@pytest.fixture(autouse=True)
def today(settings):
    """The business date of every test here."""
    settings.PASI_TODAY = TODAY
    return TODAY
