"""What a requirement answers, and the statuses of requirements, exemptions and sets."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from credentials.eligibility.facts import Mark

# Of a requirement; a set can be the first two as well.
ACHIEVED, NOT_ACHIEVED, NOT_ASSESSED = "Achieved", "NotAchieved", "NotAssessed"
# Of a set.
NOT_ASSESSING, TO_BE_ASSESSED = "NotAssessing", "ToBeAssessed"
CALCULATION_OUTSTANDING = "CalculationOutstanding"  # read, never stored
# Of an exemption, the strongest first.
APPROVED, PENDING, REQUESTED, DENIED, NONE = "Approved", "Pending", "Requested", "Denied", "None"
EXEMPTIONS = (APPROVED, PENDING, REQUESTED, DENIED, NONE)

# Source: PASI knowledge base; how parameters are written out: inferred.
MOST_PARAMETERS = 250
_SEPARATORS = len("=;")
_NO_VALUES: Mapping[str, Any] = MappingProxyType({})


class Message(NamedTuple):
    """A text of messages.py and the values of its placeholders."""

    key: str
    values: Mapping[str, Any] = _NO_VALUES

    @property
    def parameters(self) -> str:
        """The values as they are kept: "accepted=95;total=100"."""
        return ";".join(f"{name}={value}" for name, value in self.values.items())


def message_of_texts(key: str, **texts: Any) -> Message:
    """A message whose values may be long: if the parameters would not fit, each value keeps an
    equal share of the room.
    """
    values = {name: str(value) for name, value in texts.items()}
    room = MOST_PARAMETERS - sum(len(name) + _SEPARATORS for name in values)
    if sum(map(len, values.values())) > room:
        share = room // len(values)
        values = {
            name: value if len(value) <= share else value[: share - 1] + "…"
            for name, value in values.items()
        }
    return Message(key, values)


class LeftOut(NamedTuple):
    """Credits of a mark that do not count, all of them or some, and why."""

    mark: Mark
    credits: int
    reason: Message


class Outcome(NamedTuple):
    """What a requirement says of a student. `marks`: those that count, if only in part."""

    achievement: str
    message: Message
    credits: int = 0
    marks: Sequence[Mark] = ()
    left_out: Sequence[LeftOut] = ()

    @property
    def is_achieved(self) -> bool:
        return self.achievement == ACHIEVED


def outcome(is_achieved: bool, key: str, **values: Any) -> Outcome:
    """An outcome without credits."""
    return Outcome(ACHIEVED if is_achieved else NOT_ACHIEVED, Message(key, values))


def strongest(statuses: Iterable[str]) -> str:
    """The exemption that counts where there are several."""
    return min(statuses, key=EXEMPTIONS.index, default=NONE)
