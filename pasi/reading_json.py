"""Request bodies: strict JSON, checked against a serializer, all problems reported together."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.settings import api_settings

from pasi import codes
from pasi.faults import MOST_PROBLEMS, Fault, Problem, contract_fault
from pasi.fields import UNSTORABLE, StrictSerializer

DEEPEST = 32


@dataclass(frozen=True)
class Document:
    """A body as received: its text for the record, and its value or why there is none."""

    text: str
    value: Any = None
    unreadable: str = ""


class _Unreadable(ValueError):
    pass


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Unreadable(_("a property name is repeated."))
    return value


def _no_constant(name: str) -> None:
    raise _Unreadable(_("{name} is not a JSON number.").format(name=name))


def _integer(digits: str) -> int:
    """Python refuses integers of thousands of digits; they are JSON all the same, and out of every
    range of the contract.
    """
    return int(digits[:1000])


def read(body: bytes) -> Document:
    """Parse a body strictly: UTF-8, one object, no repeated names, no NaN, not nested deeper
    than 32. Never raises: the call is recorded whatever was sent.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Document(
            body.decode("utf-8", errors="backslashreplace").replace("\x00", "\\x00"),
            unreadable=_("it is not UTF-8."),
        )
    kept = text.replace("\x00", "\\x00")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_no_doubles,
            parse_constant=_no_constant,
            parse_int=_integer,
        )
        if not isinstance(value, dict):
            raise _Unreadable(_("it must be a JSON object."))
        if _depth(value) > DEEPEST:
            raise _Unreadable(_("it is nested too deep."))
    except RecursionError:
        return Document(kept, unreadable=_("it is nested too deep."))
    except _Unreadable as error:
        return Document(kept, unreadable=str(error))
    except ValueError:
        return Document(kept, unreadable=_("it is not JSON."))
    return Document(kept, value)


def _depth(value: Any) -> int:
    """Levels of nesting, counted without recursion."""
    level, depth = [value], 0
    while level:
        containers = [item for item in level if isinstance(item, dict | list)]
        depth += bool(containers)
        level = [
            child
            for item in containers
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
    return depth


def validated(serializer_class: type[StrictSerializer], document: Document) -> dict[str, Any]:
    """The request as the serializer reads it; 3002 or 3001 otherwise."""
    if document.unreadable:
        raise Fault("3002", {"Why": document.unreadable})
    try:
        with codes.read_once():
            return _serializer(serializer_class).run_validation(document.value)
    except serializers.ValidationError as error:
        problems = list(flattened(error.detail))
    raise contract_fault(*problems[:MOST_PROBLEMS])


@cache
def _serializer(serializer_class: type[StrictSerializer]) -> StrictSerializer:
    """One instance for all requests and threads: making the fields of a large request takes three
    times as long as asking them, and they keep nothing of what they validate.
    """
    return serializer_class()


def flattened(errors: Any, path: str = "") -> Iterator[Problem]:
    """REST framework's nested errors as full property names: `StateProvinceIds[3]`."""
    if isinstance(errors, dict):
        for key, inner in errors.items():
            if key == api_settings.NON_FIELD_ERRORS_KEY:
                yield from flattened(inner, path)
            elif isinstance(key, int):
                yield from flattened(inner, f"{path}[{key}]")
            else:
                name = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", str(key))[:100]
                yield from flattened(inner, f"{path}.{name}" if path else name)
    elif isinstance(errors, list):
        for index, inner in enumerate(errors):
            if isinstance(inner, dict | list):
                yield from flattened(inner, f"{path}[{index}]")
            else:
                yield Problem(path, str(inner))
    else:
        yield Problem(path, str(errors))
