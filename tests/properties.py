"""Hypothesis as this suite uses it. Not in conftest.py: its import costs half a second."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

__all__ = ["example", "given", "st"]

# The same examples in every run, and no limit on the time of one: machines are busy at times.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")
