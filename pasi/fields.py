"""Serializer fields that keep the contract to the letter.

REST framework's own fields repair what must be refused: they trim texts, take numbers for texts
and strings for numbers. Every pattern is matched against the whole value and in ASCII digits.
How the fields appear in the published schema: pasi/fields_schema.py.
"""

import datetime
import re
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from pasi import codes
from pasi.calendar import current_school_year, school_year_text
from pasi.faults import MOST_PROBLEMS

# A match is a violation. The documents print [\x00-\x19], a misprint for \x1F: the one deliberate
# deviation, for both patterns. Source: seed documents.
SINGLE_LINE_VIOLATION = re.compile(r"^\s|\s{2,}|\s\Z|[\x00-\x1F]|[\x7F-\x9F]|[^\x00-\xFF]")
MULTI_LINE_VIOLATION = re.compile(
    r"[\x00-\x08]|[\x0E-\x1F]|[\x7F-\x9F]|[^\x00-\xFF]"
    r"|(^|\n)\s*\r|\n\s*(\r|\Z)|[^\r]\n|\r[^\n]"
)
NAME = re.compile(r"[A-Za-z\-'. ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ]+")
ASN = re.compile(r"(?!000000000)[0-9]{9}")
DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
# Printable ASCII but for the characters that need quoting or have a meaning of their own.
EMAIL_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]+@[A-Za-z0-9.-]+")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

INT16 = (-(2**15), 2**15 - 1)
INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)


class StrictSerializer(serializers.Serializer):
    """A JSON object of the contract: unknown properties are refused, null means absent.

    It keeps nothing of what it validates, so one instance may serve many threads.
    """

    default_error_messages = {
        "required": _("is required"),
        "invalid": _("must be an object"),
        "null": _("must be an object"),  # as an element of a list
        "unknown": _("is not a property of the contract"),
    }

    def get_fields(self):
        """Optional properties may be null, and the published schema says so."""
        found = super().get_fields()
        for field in found.values():
            field.allow_null = field.allow_null or not field.required
        return found

    def to_internal_value(self, data):
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(self.error_messages["invalid"], code="invalid")
        problems = {}
        unknown = [name for name in data if name not in self.fields]
        present = {name: value for name, value in data.items() if value is not None}
        try:
            value = super().to_internal_value(present)
        except serializers.ValidationError as error:
            problems = dict(error.detail)
        for path, problem in self.contradictions(present).items():
            self._add(problems, path, problem)
        problems.update(
            {name: [self.error_messages["unknown"]] for name in unknown[:MOST_PROBLEMS]}
        )
        if problems:
            raise serializers.ValidationError(problems)
        return value

    def contradictions(self, present: Mapping) -> dict[tuple[str, ...], str]:
        """What is wrong between properties: the path of the one to name -> the problem.

        `present`: the object as sent, unchecked, without nulls. Asked whatever else is wrong, so
        that all problems are reported together.
        """
        return {}

    def _add(self, problems: dict, path: tuple[str, ...], problem: str) -> None:
        """Add a problem in the contract's order, unless its property has one already."""
        name, *deeper = path
        if not deeper:
            problems.setdefault(name, [problem])
        elif isinstance(inner := problems.setdefault(name, {}), dict):
            self.fields[name]._add(inner, tuple(deeper), problem)
        in_order = {each: problems[each] for each in self.fields if each in problems}
        rest = {each: found for each, found in problems.items() if each not in in_order}
        problems.clear()
        problems.update(in_order | rest)


class TextField(serializers.Field):
    """A JSON string, untouched. Empty is absent for an optional one (unless its form forbids it),
    refused for a required one.

    `violation`: a pattern that must not occur; `pattern`: one that the whole text must match.
    """

    default_error_messages = {
        "required": _("is required"),
        "type": _("must be a text"),
        "blank": _("is required and must not be empty"),
        "max_length": _("must have at most {max_length} characters"),
        "length": _("must have exactly {length} characters"),
        "unstorable": _("has a character that cannot be stored (U+0000 or half a surrogate pair)"),
        "format": _("{what}"),
    }
    violation: re.Pattern | None = None
    pattern: re.Pattern | None = None
    what = ""
    empty_is_absent = True

    def __init__(self, *, max_length: int | None = None, length: int | None = None, **options):
        self.max_length, self.length = max_length, length
        options.setdefault("allow_null", False)
        super().__init__(**options)

    def run_validation(self, data=empty):
        if data == "" and self.empty_is_absent and not self.required:
            return ""
        return super().run_validation(data)

    def to_internal_value(self, data):
        if type(data) is not str:
            self.fail("type")
        if data == "":
            self.fail("blank")
        if UNSTORABLE.search(data):
            self.fail("unstorable")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        if self.length is not None and len(data) != self.length:
            self.fail("length", length=self.length)
        if (self.violation and self.violation.search(data)) or (
            self.pattern and not self.pattern.fullmatch(data)
        ):
            self.fail("format", what=self.what)
        return data

    def to_representation(self, value):
        return value


class SingleLineField(TextField):
    """Text without control characters, without leading, trailing or doubled white space."""

    violation = SINGLE_LINE_VIOLATION
    what = _(
        "must not have control characters, leading, trailing or doubled spaces, "
        "or characters beyond U+00FF"
    )


class MultiLineField(TextField):
    """Lines separated by CR LF, none of them blank."""

    violation = MULTI_LINE_VIOLATION
    what = _(
        "must not have control characters, empty lines or characters beyond U+00FF; "
        "lines are separated by carriage return and line feed"
    )


class NameField(TextField):
    """Letters, accented letters, hyphen, apostrophe, period and space."""

    pattern = NAME
    what = _("may only have letters, accented letters, hyphens, apostrophes, periods and spaces")


class AsnField(TextField):
    """An Alberta Student Number: nine digits, 000000001 to 999999999, as text."""

    pattern = ASN
    what = _("must be nine digits, 000000001 to 999999999")


class EmailField(TextField):
    """An e-mail address: at most 254 characters of ASCII, of a simple form."""

    pattern = EMAIL_ADDRESS
    what = _("must be an e-mail address in plain ASCII characters")

    def __init__(self, **options):
        super().__init__(max_length=254, **options)


class OneOfField(TextField):
    """One of a few texts that the contract itself names, to the letter."""

    default_error_messages = {"choice": _("must be one of {values}")}

    def __init__(self, *values: str, **options):
        self.values = values
        super().__init__(**options)

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if text not in self.values:
            self.fail("choice", values=", ".join(self.values))
        return text


class CodeField(TextField):
    """A value of a closed code list, to the letter, in effect in the current school year.

    Values that may not be submitted are taken: business rules refuse them. So do those that have
    a rule for expired ones (`accepts_expired`). Several fields share one look at the code values
    within codes.read_once().
    """

    default_error_messages = {
        "unknown": _("is not a value of code list {code_type}"),
        "not_in_effect": _("is a value of code list {code_type} not in effect in {school_year}"),
    }

    def __init__(self, code_type: str, *, accepts_expired: bool = False, **options):
        self.code_type, self.accepts_expired = code_type, accepts_expired
        super().__init__(**options)

    def to_internal_value(self, data):
        code = super().to_internal_value(data)
        value = codes.code_list(self.code_type).get(code)
        if value is None:
            self.fail("unknown", code_type=self.code_type)
        year = current_school_year()
        if not (value.has_taken_effect if self.accepts_expired else value.is_in_effect)(year):
            self.fail("not_in_effect", code_type=self.code_type, school_year=school_year_text(year))
        return code


class IntegerField(serializers.Field):
    """A JSON integer in its range; a number in quotes, a fraction or a Boolean is refused."""

    default_error_messages = {
        "required": _("is required"),
        "type": _("must be an integer"),
        "range": _("must be between {lowest} and {highest}"),
    }

    def __init__(self, *, lowest: int = INT64[0], highest: int = INT64[1], **options):
        self.lowest, self.highest = lowest, highest
        super().__init__(**options)

    def to_internal_value(self, data):
        if type(data) is not int:
            self.fail("type")
        if not self.lowest <= data <= self.highest:
            self.fail("range", lowest=self.lowest, highest=self.highest)
        return data

    def to_representation(self, value):
        return value


class BooleanField(serializers.Field):
    """true or false, nothing else."""

    default_error_messages = {"required": _("is required"), "type": _("must be true or false")}

    def to_internal_value(self, data):
        if type(data) is not bool:
            self.fail("type")
        return data

    def to_representation(self, value):
        return value


class GuidField(TextField):
    """A Guid as its canonical 36 characters, in either case; kept as a UUID."""

    pattern = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
    what = _("must be a Guid of 36 characters")
    empty_is_absent = False

    def to_internal_value(self, data):
        return uuid.UUID(super().to_internal_value(data))

    def to_representation(self, value):
        return str(value)


class DayField(serializers.Field):
    """A plain date; a time or offset that follows it is ignored and never shifts the date."""

    default_error_messages = {
        "required": _("is required"),
        "type": _("must be a date as YYYY-MM-DD, alone or followed by a time"),
    }

    def to_internal_value(self, data):
        match = type(data) is str and DAY.fullmatch(data)
        if not match:
            self.fail("type")
        try:
            instant_of(match)
            return datetime.date.fromisoformat(match[1])
        except ValueError:
            self.fail("type")

    def to_representation(self, value):
        return value.isoformat()


class InstantField(serializers.Field):
    """An instant; without an offset it is UTC. Nine fraction digits are read, six kept."""

    default_error_messages = {
        "required": _("is required"),
        "type": _("must be a time as YYYY-MM-DDThh:mm:ss.ffffffZ"),
    }

    def to_internal_value(self, data):
        match = type(data) is str and DAY.fullmatch(data)
        if not match:
            self.fail("type")
        try:
            return instant_of(match)
        except (ValueError, OverflowError):
            self.fail("type")

    def to_representation(self, value):
        return instant_text(value)


def instant_of(match: re.Match) -> datetime.datetime:
    """The instant that DAY matched. ValueError where it does not exist."""
    day, hour, minute, second, fraction, offset = match.groups()
    microsecond = (fraction or "0").ljust(6, "0")[:6]
    text = f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}.{microsecond}"
    written = datetime.datetime.fromisoformat(text + (offset or "Z"))
    try:
        return written.astimezone(datetime.UTC)
    except OverflowError:
        return written.replace(tzinfo=datetime.UTC)


def instant_text(value: datetime.datetime | None) -> str | None:
    """An instant as the contract writes it: UTC, six fraction digits, Z."""
    if value is None:
        return None
    written = value.astimezone(datetime.UTC).replace(tzinfo=None)
    return written.isoformat(timespec="microseconds") + "Z"


class AsnListField(serializers.Field):
    """A list of 1 to `most` ASNs; every malformed element is named, at most 100 of them.

    One compiled pattern over the list: 50,000 elements cost milliseconds, not seconds.
    """

    default_error_messages = {
        "required": _("is required"),
        "type": _("must be a list of ASNs"),
        "empty": _("must have at least one ASN"),
        "most": _("may have at most {most} ASNs"),
    }
    MOST_NAMED = 100

    def __init__(self, *, most: int, **options):
        self.most = most
        super().__init__(**options)

    def to_internal_value(self, data):
        if type(data) is not list:
            self.fail("type")
        if not data:
            self.fail("empty")
        if len(data) > self.most:
            self.fail("most", most=self.most)
        match = ASN.fullmatch
        wrong = {
            index: [
                AsnField.what if type(value) is str else TextField.default_error_messages["type"]
            ]
            for index, value in enumerate(data)
            if type(value) is not str or not match(value)
        }
        if wrong:
            raise serializers.ValidationError(dict(list(wrong.items())[: self.MOST_NAMED]))
        return data

    def to_representation(self, value):
        return value


class AcknowledgedAsnsField(serializers.Field):
    """ASNs that the caller has looked at: an optional list of texts, kept as a frozenset of ASNs.

    Hyphens are dropped, malformed ASNs ignored, absent, null and empty are alike: no ASNs. Only
    what is not a list of texts is refused.
    """

    default_error_messages = {
        "type": _("must be a list of ASNs"),
        "most": _("may have at most {most} ASNs"),
    }
    MOST = 1_000  # far more than anybody can have looked at

    def __init__(self, **options):
        super().__init__(required=False, default=frozenset, **options)

    def to_internal_value(self, data):
        if type(data) is not list:
            self.fail("type")
        if len(data) > self.MOST:
            self.fail("most", most=self.MOST)
        wrong = {
            index: [
                TextField.default_error_messages["type" if type(text) is not str else "unstorable"]
            ]
            for index, text in enumerate(data)
            if type(text) is not str or UNSTORABLE.search(text)
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        plain = (text.replace("-", "") for text in data)
        return frozenset(asn for asn in plain if ASN.fullmatch(asn))

    def to_representation(self, value):
        return sorted(value)


class ObjectListField(serializers.Field):
    """A required list of one or more objects, each as `child` reads it.

    REST framework's ListSerializer clones its child for each element and keeps what it validates.
    """

    default_error_messages = {
        "required": _("is required"),
        "type": _("must be a list of objects"),
        "empty": _("must have at least one element"),
    }

    def __init__(self, child: StrictSerializer, **options):
        self.child = child
        super().__init__(**options)

    def to_internal_value(self, data):
        if type(data) is not list:
            self.fail("type")
        if not data:
            self.fail("empty")
        values, wrong = [], {}
        for index, element in enumerate(data):
            try:
                values.append(self.child.run_validation(element))
            except serializers.ValidationError as error:
                wrong[index] = error.detail
                if len(wrong) == MOST_PROBLEMS:
                    break
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def to_representation(self, value):
        return [self.child.to_representation(element) for element in value]
