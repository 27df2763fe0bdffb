"""Dates of the school system."""

import datetime
import zoneinfo

import pytest

from pasi import calendar
from tests.properties import given, st

date = datetime.date


@pytest.mark.parametrize(
    ("day", "school_year"),
    [
        (date(2001, 9, 1), 2002),
        (date(2001, 8, 31), 2001),
        (date(2001, 12, 31), 2002),
        (date(2002, 1, 1), 2002),
        (date(2002, 8, 31), 2002),
        (date(2004, 2, 29), 2004),
    ],
)
def test_a_school_year_starts_on_the_first_of_september(day, school_year):
    assert calendar.school_year_of(day) == school_year


@given(st.dates(min_value=date(1000, 9, 1), max_value=date(9998, 8, 31)))
def test_every_day_lies_in_its_school_year(day):
    year = calendar.school_year_of(day)
    assert calendar.first_day(year) <= day < calendar.first_day(year + 1)


def test_how_a_school_year_is_written():
    assert calendar.school_year_text(2019) == "2018/2019"
    assert calendar.school_year_text(2000) == "1999/2000"
    assert calendar.first_day(2019) == date(2018, 9, 1)


def test_the_business_date_can_be_fixed(settings):
    settings.PASI_TODAY = date(2026, 7, 31)
    assert calendar.business_today() == date(2026, 7, 31)
    assert calendar.current_school_year() == 2026
    settings.PASI_TODAY = date(2026, 9, 1)
    assert calendar.current_school_year() == 2027


def test_the_business_date_is_albertas(settings):
    settings.PASI_TODAY = None
    edmonton = zoneinfo.ZoneInfo("America/Edmonton")
    before = datetime.datetime.now(edmonton).date()
    today = calendar.business_today()
    assert before <= today <= datetime.datetime.now(edmonton).date()


def test_the_current_school_year_is_the_earliest_that_is_set(settings):
    settings.PASI_TODAY = date(2026, 7, 31)
    settings.PASI_CURRENT_SCHOOL_YEARS = [2028, 2027]
    assert calendar.current_school_year() == 2027


def test_a_fixed_date_is_read_from_the_environment(monkeypatch):
    monkeypatch.delenv("PASI_TODAY", raising=False)
    assert calendar.fixed_today_from_environment(allowed=False) is None
    monkeypatch.setenv("PASI_TODAY", "2026-07-31")
    assert calendar.fixed_today_from_environment(allowed=True) == date(2026, 7, 31)


def test_a_fixed_date_is_refused_in_production(monkeypatch):
    monkeypatch.setenv("PASI_TODAY", "2026-07-31")
    with pytest.raises(SystemExit, match="rehearsals only"):
        calendar.fixed_today_from_environment(allowed=False)


def test_a_wrong_fixed_date_is_one_clear_line(monkeypatch):
    monkeypatch.setenv("PASI_TODAY", "31 July")
    with pytest.raises(SystemExit, match="must be a date like 2026-07-31, not '31 July'"):
        calendar.fixed_today_from_environment(allowed=True)
