"""How the contract's fields appear in the published OpenAPI document."""

import re

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from pasi.fields import (
    AcknowledgedAsnsField,
    AsnListField,
    BooleanField,
    CodeField,
    DayField,
    GuidField,
    InstantField,
    IntegerField,
    ObjectListField,
    OneOfField,
    TextField,
)


def _text_schema(field: TextField) -> dict:
    schema = {"type": "string"}
    if field.required:
        schema["minLength"] = field.length or 1
    elif field.length:
        schema["minLength"] = 0
    if field.length or field.max_length:
        schema["maxLength"] = field.length or field.max_length
    if field.pattern is not None:
        whole = f"^(?:{_portable(field.pattern)})$"
        schema["pattern"] = whole if field.required else f"^$|{whole}"
    if field.violation is not None:
        # Without the type it would also forbid null: a pattern holds for whatever is no text.
        schema["not"] = {"type": "string", "pattern": _portable(field.violation)}
    return schema


def _portable(pattern: re.Pattern) -> str:
    """A pattern as JSON Schema (ECMA 262) writes it."""
    return pattern.pattern.replace(r"\Z", "$")


class TextFieldSchema(OpenApiSerializerFieldExtension):
    target_class = TextField
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        if isinstance(self.target, GuidField):
            return {"type": "string", "format": "uuid"}
        if isinstance(self.target, OneOfField):
            absent = [] if self.target.required else ["", None]
            return {"type": "string", "enum": [*self.target.values, *absent]}
        schema = _text_schema(self.target)
        if isinstance(self.target, CodeField):
            # Not an enum: staff change code values, the contract stays.
            schema["description"] = f"A value of code list {self.target.code_type} (/api/codes/)."
        return schema


class IntegerFieldSchema(OpenApiSerializerFieldExtension):
    target_class = IntegerField

    def map_serializer_field(self, auto_schema, direction):
        return {
            "type": "integer",
            "minimum": self.target.lowest,
            "maximum": self.target.highest,
        }


class BooleanFieldSchema(OpenApiSerializerFieldExtension):
    target_class = BooleanField

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "boolean"}


class DayFieldSchema(OpenApiSerializerFieldExtension):
    target_class = DayField

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "format": "date"}


class InstantFieldSchema(OpenApiSerializerFieldExtension):
    target_class = InstantField

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "format": "date-time"}


class AsnListFieldSchema(OpenApiSerializerFieldExtension):
    target_class = AsnListField

    def map_serializer_field(self, auto_schema, direction):
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": self.target.most,
            "items": {"type": "string", "pattern": r"^(?!000000000)[0-9]{9}$"},
        }


class AcknowledgedAsnsFieldSchema(OpenApiSerializerFieldExtension):
    target_class = AcknowledgedAsnsField

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "array", "maxItems": self.target.MOST, "items": {"type": "string"}}


class ObjectListFieldSchema(OpenApiSerializerFieldExtension):
    target_class = ObjectListField

    def map_serializer_field(self, auto_schema, direction):
        element = auto_schema.resolve_serializer(self.target.child, direction)
        return {"type": "array", "minItems": 1, "items": element.ref}
