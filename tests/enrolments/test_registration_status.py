"""The registration status, calculated: the order of its steps and their boundaries."""

import datetime

import pytest

from enrolments.registration_status import registration_status

START = datetime.date(2026, 9, 1)
EXIT = datetime.date(2027, 6, 28)
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "exit_date_type", "expected"),
    [
        (START - DAY, "CompletionDate", "Registered"),
        (START - DAY, "WithdrawalDate", "Registered"),
        (START, "CompletionDate", "Active"),
        (EXIT, "CompletionDate", "Active"),
        (EXIT, "WithdrawalDate", "Active"),
        (EXIT + DAY, "CompletionDate", "Completed"),
        (EXIT + DAY, "WithdrawalDate", "Withdrawn"),
    ],
)
def test_by_day(today, exit_date_type, expected):
    assert registration_status(False, START, EXIT, exit_date_type, today) == expected


@pytest.mark.parametrize("today", [START - DAY, START, EXIT, EXIT + DAY])
def test_deleted_comes_first(today):
    assert registration_status(True, START, EXIT, "CompletionDate", today) == "CreatedInError"


def test_an_enrolment_of_one_day():
    for today, expected in ((START - DAY, "Registered"), (START, "Active"), (EXIT, "Withdrawn")):
        assert registration_status(False, START, START, "WithdrawalDate", today) == expected
