"""The requests that change one part of a student's record.

Properties of a part are those that CreateStudent has for it, to the letter.
"""

from pasi.caller_info import RequestSerializer
from pasi.fields import INT32, AsnField, CodeField, DayField, IntegerField
from students.requests import StudentDisclosureRestrictionInfoSerializer


class SubmitStudentCitizenshipStatusRequest(RequestSerializer):
    """The citizenship status that a student has from today on."""

    StateProvinceId = AsnField()
    PASICoreVersion = IntegerField(help_text="Of the student.")
    CitizenshipStatus = CodeField("CitizenshipStatus")
    DocumentExpiryDate = DayField(required=False)


class SubmittedDisclosureRestrictionSerializer(StudentDisclosureRestrictionInfoSerializer):
    """A disclosure restriction to add, or to be as sent."""

    RefId = IntegerField(lowest=INT32[0], highest=INT32[1], help_text="0: a new restriction.")


class SubmitStudentDisclosureRestrictionRequest(RequestSerializer):
    """A disclosure restriction to add or to change."""

    StateProvinceId = AsnField()
    PASICoreVersion = IntegerField(help_text="Of the student.")
    DisclosureRestrictionInfo = SubmittedDisclosureRestrictionSerializer()
