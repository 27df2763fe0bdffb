"""Numbered rules: how they are declared, found and published.

A rule is a generator function on facts loaded beforehand: it yields one dictionary of placeholder
values per violation and nothing when all is well. The same function serves one call and a batch.
"""

import inspect
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

REJECTION, ADVICE, WARNING = "Rejection", "Advice", "Warning"


def placeholders_of(message: str | Promise) -> list[str]:
    """The names in braces in a message, in order."""
    return [name for _text, name, _spec, _conv in string.Formatter().parse(str(message)) if name]


@dataclass(frozen=True, slots=True)
class Rejection:
    """One entry of a response's Rejections."""

    code: str
    description: str

    def as_json(self) -> dict[str, str]:
        return {"Code": self.code, "Description": self.description}


class Alert(NamedTuple):
    """One violation of an alert rule: a core alert to be. `arguments`: what the rule looked at."""

    code: int
    kind: str
    arguments: dict[str, str]
    description: str


@dataclass(frozen=True)
class Rule:
    """What the catalogue says of a rule, and the function that judges it.

    `source` is where its meaning was read; `certainty` is "confirmed" or "inferred". An inferred
    rule can be switched off, unless the service cannot do without it (`is_essential`).
    """

    code: str
    title: str | Promise
    message: str | Promise
    kind: str
    source: str
    certainty: str
    judge: Callable[[Any], Iterator[dict]] | None = None
    from_school_year: int | None = None
    to_school_year: int | None = None
    not_raised_because: str | Promise = ""
    is_essential: bool = False
    services: set[str] = field(default_factory=set, compare=False)

    @cached_property
    def may_be_off(self) -> bool:
        is_judged = self.judge is not None
        return is_judged and self.certainty == "inferred" and not self.is_essential

    @property
    def is_raised(self) -> bool:
        if self.may_be_off and self.code in settings.PASI_RULES_OFF:
            return False
        return self.judge is not None

    @property
    def placeholders(self) -> list[str]:
        """The names in braces in the message: they are the contract, the wording may improve."""
        return placeholders_of(self.message)

    def rejections(self, facts: Any) -> list[Rejection]:
        """Every violation of this rule by `facts`.

        A yielded dictionary may carry `message` to replace the rule's usual text.
        """
        if not self.is_raised:
            return []
        return [self._rejection(values) for values in self.judge(facts)]

    def _rejection(self, values: dict) -> Rejection:
        return Rejection(self.code, self._text(str(values.get("message", self.message)), values))

    def _text(self, message: str, values: dict) -> str:
        """An empty value leaves no gap: the space before it goes with it."""
        for name, value in values.items():
            if value == "":
                message = message.replace(f" {{{name}}}", "")
        return message.format(**values)

    def is_in_force(self, school_year: int) -> bool:
        return (self.from_school_year is None or self.from_school_year <= school_year) and (
            self.to_school_year is None or school_year <= self.to_school_year
        )

    def alerts(self, facts: Any) -> list[Alert]:
        """Every violation of this alert rule by `facts`."""
        return [self.alert(values) for values in self.judge(facts)] if self.is_raised else []

    def alert(self, values: dict) -> Alert:
        """One violation. The yielded values, as text, are the alert's arguments: dates YYYY-MM-DD,
        codes as they are.
        """
        return Alert(
            self.alert_code,
            self.kind,
            {name: str(value) for name, value in values.items()},
            self._text(self._stored_message, values),
        )

    @cached_property
    def alert_code(self) -> int:
        """The code as core alerts have it."""
        return int(self.code)

    @cached_property
    def _stored_message(self) -> str:
        """The message of alerts, which are stored, so in the language of the system; looked up
        once, not for each alert.
        """
        with translation.override(settings.LANGUAGE_CODE):
            return str(self.message)


_registry: dict[str, Rule] = {}


class DuplicateRule(Exception):
    """Two rules were declared under one code."""


def _register(rule: Rule) -> Rule:
    if rule.code in _registry:
        raise DuplicateRule(f"Rule {rule.code} is declared twice.")
    _registry[rule.code] = rule
    return rule


def _declared(kind: str, code: str, title, message, **options):
    def register(judge: Callable[[Any], Iterator[dict]]) -> Rule:
        if not inspect.isgeneratorfunction(judge):
            raise TypeError(f"Rule {code} must be a generator function.")
        return _register(Rule(code, title, message, kind, judge=judge, **options))

    return register


def rejection(
    code: str,
    title,
    message,
    *,
    source: str,
    certainty: str = "confirmed",
    is_essential: bool = False,
    **years,
):
    """Declare a rule whose violation refuses the call.

    A rule for some school years asks its own is_in_force(): the facts know which year it is about.
    """
    return _declared(
        REJECTION,
        code,
        title,
        message,
        source=source,
        certainty=certainty,
        is_essential=is_essential,
        **years,
    )


def advice(code: str, title, message, *, source: str, certainty: str = "confirmed", **years):
    """Declare a rule that raises an Advice; the yielded values become the alert's arguments."""
    return _declared(ADVICE, code, title, message, source=source, certainty=certainty, **years)


def warning(code: str, title, message, *, source: str, certainty: str = "confirmed", **years):
    """Declare a rule that raises a Warning; the yielded values become the alert's arguments."""
    return _declared(WARNING, code, title, message, source=source, certainty=certainty, **years)


def not_raised(
    code: str,
    title,
    message,
    *,
    because: str | Promise,
    source: str,
    kind: str = REJECTION,
    certainty: str = "inferred",
    **years,
) -> Rule:
    """Put a code into the catalogue that this system never returns, and say why."""
    return _register(
        Rule(code, title, message, kind, source, certainty, not_raised_because=because, **years)
    )


def catalogue() -> list[Rule]:
    """Every declared rule, by code."""
    return sorted(_registry.values(), key=lambda rule: (len(rule.code), rule.code))


def rule(code: str) -> Rule:
    return _registry[code]


def first_failing_stage(stages: Iterable[Iterable[Rule]], facts: Any) -> list[Rejection]:
    """Judge the stages in order; all violations of the first stage that has any."""
    for stage in stages:
        found = [rejection for rule in stage for rejection in rule.rejections(facts)]
        if found:
            return found
    return []


@dataclass(frozen=True, slots=True)
class SubmittedVersion:
    """The version a request refers to, and the latest that the Core has issued."""

    submitted: int
    latest: int


@rejection(
    "9014",
    _("PASI Core Out of Date"),
    _("The data this request refers to is not available yet; send it again."),
    source="PASI knowledge base",
)
def core_out_of_date(version: SubmittedVersion):
    """The version was never issued, also not while the call waited for it. Judged before all other
    rules, by every service that takes a version.
    """
    if version.submitted > version.latest:
        yield {}
