"""What the services that acknowledge alerts are asked, property by property.

Names, order and types are those of the seed document of the enrolments' service, to the letter;
the students' has the student's number in place of the reference id.
"""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension

from pasi.caller_info import RequestSerializer
from pasi.fields import INT32, AsnField, CodeField, GuidField, IntegerField, ObjectListField
from students.requests import KeyValuePairSerializer


class ArgumentsField(ObjectListField):
    """An alert's arguments: a list of pairs. Absent, null and empty are alike."""

    def __init__(self, **options):
        options.setdefault("help_text", "As the alert has them, in any order.")
        super().__init__(KeyValuePairSerializer(), required=False, **options)

    def to_internal_value(self, data):
        return [] if data == [] else super().to_internal_value(data)


class ArgumentsFieldSchema(OpenApiSerializerFieldExtension):
    target_class = ArgumentsField

    def map_serializer_field(self, auto_schema, direction):
        element = auto_schema.resolve_serializer(self.target.child, direction)
        return {"type": "array", "items": element.ref}


class _AcknowledgementRequest(RequestSerializer):
    """What both have in common."""

    AlertCode = IntegerField(lowest=INT32[0], highest=INT32[1])
    Arguments = ArgumentsField()
    Status = CodeField("AcknowledgementStatus")

    def get_fields(self):
        """In the order of the document, which goes by the alphabet."""
        return dict(sorted(super().get_fields().items()))


class SubmitStatusAcknowledgementRequest(_AcknowledgementRequest):
    """What is said of an alert on an enrolment. Source: seed document
    SubmitStudentSchoolEnrolmentStatusAcknowledgement."""

    ReferenceId = GuidField(help_text="Of the enrolment.")


class SubmitStudentStatusAcknowledgementRequest(_AcknowledgementRequest):
    """What is said of an alert on a student."""

    StateProvinceId = AsnField()
