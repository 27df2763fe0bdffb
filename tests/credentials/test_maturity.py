"""The maturity date: by age, by diploma, and which of the two."""

import datetime

import pytest

from credentials.maturity import AGE, CREDENTIAL, by_age, maturity
from tests.properties import given, st

date = datetime.date
TYPES = ["AHSD", "ADEX", "ADVD", "GHSD", "HSED", "CHSA", "IOPC", "COSC", "HHSD"]
DIPLOMAS = {"AHSD", "ADEX", "ADVD", "GHSD"}


@pytest.mark.parametrize(
    ("born", "mature"),
    [
        (date(2008, 8, 31), date(2027, 9, 1)),
        (date(2008, 9, 1), date(2027, 9, 1)),  # 19 on that very day
        (date(2008, 9, 2), date(2028, 9, 1)),
        (date(2008, 2, 29), date(2027, 9, 1)),
        (date(2007, 12, 31), date(2027, 9, 1)),
        (date(2008, 1, 1), date(2027, 9, 1)),
    ],
)
def test_by_age(born, mature):
    assert by_age(born) == mature


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_it_is_the_first_1_september_at_19(born):
    mature = by_age(born)

    def age_on(day):
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    assert (mature.month, mature.day) == (9, 1)
    assert age_on(mature) >= 19
    assert age_on(date(mature.year - 1, 9, 1)) < 19


BORN = date(2008, 5, 17)  # 19 on 2027-09-01


@pytest.mark.parametrize("credential_type", TYPES)
def test_only_a_diploma_makes_mature_earlier(credential_type):
    found = maturity(BORN, [(credential_type, 2025)])
    if credential_type in DIPLOMAS:
        assert found == (date(2025, 9, 1), CREDENTIAL)
    else:
        assert found == (date(2027, 9, 1), AGE)


@pytest.mark.parametrize(
    ("awards", "mature", "reason"),
    [
        ([], date(2027, 9, 1), AGE),
        ([("AHSD", 2026)], date(2026, 9, 1), CREDENTIAL),
        ([("AHSD", 2027)], date(2027, 9, 1), AGE),  # age wins a tie
        ([("AHSD", 2028)], date(2027, 9, 1), AGE),
        ([("GHSD", 2026), ("AHSD", 2025)], date(2025, 9, 1), CREDENTIAL),
        ([("AHSD", 2025), ("GHSD", 2026)], date(2025, 9, 1), CREDENTIAL),
        ([("COSC", 2020), ("ADEX", 2026)], date(2026, 9, 1), CREDENTIAL),
        ([("COSC", 2020), ("AHSD", 2030)], date(2027, 9, 1), AGE),
    ],
)
def test_the_earlier_of_the_two(awards, mature, reason):
    assert maturity(BORN, awards) == (mature, reason)


def test_which_credentials_count_is_a_setting(settings):
    settings.PASI_MATURITY_CREDENTIALS = ["HSED"]
    assert maturity(BORN, [("HSED", 2025)]) == (date(2025, 9, 1), CREDENTIAL)
    assert maturity(BORN, [("AHSD", 2025)]) == (date(2027, 9, 1), AGE)
