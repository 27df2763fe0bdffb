"""The requirements of credentials, by credential; importing this package declares them all."""

from credentials.eligibility.requirements import (  # noqa: F401
    completion,
    credit_totals,
    diploma,
    equivalency,
    knowledge,
    prior,
    tests_of_equivalency,
)
from credentials.eligibility.requirements.registry import Requirement, declared

__all__ = ["Requirement", "declared"]
