"""The definitions of credential eligibility as they stand, and the calculator made of them, kept by
each process.
"""

from credentials.eligibility.classify import Calculator
from credentials.eligibility.courses import MasterCourse
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import define
from enrolments.models import Course


def current_calculator() -> Calculator:
    """By the present definitions and courses."""
    return Calculator(define(tables(), _courses()))


def _courses() -> list[MasterCourse]:
    return [
        MasterCourse(code, level, subject, tuple(flags.split(";")) if flags else ())
        for code, level, subject, flags in Course.objects.values_list(
            "code", "level", "subject", "flags"
        )
    ]
