"""The arguments of alerts in canonical form: which two sets of arguments are the same.

Keys and values compare to the letter, except that a value which is a comma-delimited set of
integers compares without order. Missing arguments are none; null and empty are equal; a key given
twice matches nothing. Source: seed document SubmitStudentSchoolEnrolmentStatusAcknowledgement; the
exact form of a set of integers, null and doubled keys: inferred.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring_ascii as json_text

INTEGERS = re.compile(r"\s*[0-9]+(?:\s*,\s*[0-9]+)+\s*")


def canonical_value(value: str | None) -> str:
    """A set of integers sorted as text ("06" is not "6"), without blanks; other texts unchanged."""
    text = value or ""
    if INTEGERS.fullmatch(text):
        return ",".join(sorted(part.strip() for part in text.split(",")))
    return text


def arguments_key(arguments: Mapping[str, str | None]) -> str:
    """The same for the same arguments, whatever the order of keys: 64 hexadecimal digits."""
    pairs = sorted((key, canonical_value(value)) for key, value in arguments.items())
    written = ",".join([f"[{json_text(key)},{json_text(value)}]" for key, value in pairs])
    return hashlib.sha256(f"[{written}]".encode()).hexdigest()


def arguments_json(arguments: Mapping[str, str]) -> str:
    """The arguments as a JSON object: what json.dumps() writes, in a third of the time."""
    pairs = [f"{json_text(key)}: {json_text(value)}" for key, value in arguments.items()]
    return "{" + ", ".join(pairs) + "}"


def key_of_pairs(pairs: Iterable[tuple[str, str | None]]) -> str | None:
    """As arguments_key(), for pairs as a request has them; None where a key is given twice."""
    listed = list(pairs)
    found = dict(listed)
    return arguments_key(found) if len(found) == len(listed) else None
