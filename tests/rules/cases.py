"""The truth tables of the rules: facts, and what a rule makes of them.

A part that adds rules writes a module of cases like awarding_cases.py and names it in ALL_CASES.
"""

from dataclasses import dataclass
from typing import Any

from pasi.rules import Rule


@dataclass(frozen=True)
class Case:
    """`violations`: the dictionaries that the rule yields on `facts`; none = the facts pass."""

    rule: Rule
    name: str
    facts: Any
    violations: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"{self.rule.code} {self.name}"


def passing(rule: Rule, name: str, facts: Any) -> Case:
    return Case(rule, name, facts)


def breaking(rule: Rule, name: str, facts: Any, *violations: dict[str, Any]) -> Case:
    return Case(rule, name, facts, violations or ({},))
