"""What the enrolment services are asked: the requests, property by property.

Names are those of the documents and of the published data elements. Only structure is judged here;
the rules judge what is said. Lists of codes are open: of four digits at most, known or not.
"""

import re

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from enrolments.official_marks import MOST_CREDITS
from pasi.caller_info import RequestSerializer
from pasi.fields import (
    INT16,
    AsnField,
    BooleanField,
    CodeField,
    DayField,
    GuidField,
    IntegerField,
    SingleLineField,
    TextField,
)
from pasi.importing.columns import FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR


class OpenCodeField(TextField):
    """A code of one to four digits."""

    pattern = re.compile(r"[0-9]{1,4}")
    what = _("must be a code of one to four digits")


class SchoolCodeField(TextField):
    """The code of a school."""

    pattern = re.compile(r"S\.[0-9]{4}")
    what = _("must be a school code: S. and four digits")


class AuthorityNumberField(TextField):
    """A school authority by the digits of its code."""

    pattern = re.compile(r"[0-9]{4}")
    what = _("must be the four digits of an authority's code")


class OpenCodesField(serializers.Field):
    """An optional list of at most `most` codes of one to four digits, kept as a tuple in the order
    sent. Absent, null and empty are alike: no codes.
    """

    default_error_messages = {
        "type": _("must be a list of codes"),
        "most": _("may have at most {most} codes"),
    }

    def __init__(self, *, most: int, **options):
        self.most = most
        super().__init__(required=False, default=tuple, **options)

    def to_internal_value(self, data):
        if type(data) is not list:
            self.fail("type")
        if len(data) > self.most:
            self.fail("most", most=self.most)
        wrong = {
            index: [
                TextField.default_error_messages["type"]
                if type(code) is not str
                else OpenCodeField.what
            ]
            for index, code in enumerate(data)
            if type(code) is not str or not OpenCodeField.pattern.fullmatch(code)
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return tuple(data)

    def to_representation(self, value):
        return list(value)


class OpenCodesFieldSchema(OpenApiSerializerFieldExtension):
    target_class = OpenCodesField

    def map_serializer_field(self, auto_schema, direction):
        code = {"type": "string", "pattern": f"^{OpenCodeField.pattern.pattern}$"}
        return {"type": "array", "maxItems": self.target.most, "items": code}


class SubmitStudentSchoolEnrolmentRequest(RequestSerializer):
    """A school enrolment as it shall be. What is absent is cleared."""

    StateProvinceId = AsnField()
    RefId = GuidField(help_text="Chosen by the client; it names the enrolment for ever.")
    PASICoreVersion = IntegerField(help_text="Of the enrolment; 0 for a new one.")
    SchoolCode = SchoolCodeField()
    SchoolYear = IntegerField(
        lowest=INT16[0], highest=INT16[1], help_text="The calendar year in which it ends."
    )
    Grade = CodeField("Grade")
    ProgrammingType = CodeField("ProgrammingType")
    ProgrammingTimeframe = CodeField("ProgrammingTimeframe")
    RegistrationStartDate = DayField()
    RegistrationExitDate = DayField(help_text="The expected last day while it lies ahead.")
    ExitDateType = CodeField("ExitDateType")
    IsDeleted = BooleanField(help_text="true deletes the enrolment; it can be brought back.")
    EnrolmentTypeCodes = OpenCodesField(most=3)
    GrantsProgramCodes = OpenCodesField(most=3)
    ExceptionCodes = OpenCodesField(most=2)
    ResidentBoard = AuthorityNumberField(required=False)
    FNMIDeclaration = OpenCodeField(required=False)
    FrenchHoursOfInstruction = IntegerField(lowest=1, highest=9_999, required=False)
    SchoolAuthorityProvidedProgramPercentage = IntegerField(lowest=0, highest=100, required=False)
    LocalStudentId = SingleLineField(max_length=15, required=False)
    SourceChangeCode = IntegerField(
        lowest=INT16[0], highest=INT16[1], required=False, help_text="Kept in the audit only."
    )


class CourseCodeField(TextField):
    """The code of a course, whether the course list has it or not."""

    pattern = re.compile(r"[A-Z]{3}[A-Z0-9]{2,5}")
    what = _("must be a course code: three capital letters and two to five letters or digits")


class SubmitOfficialMarkRequest(RequestSerializer):
    """A student's mark in a course as it shall be. What is absent is cleared."""

    StateProvinceId = AsnField()
    CourseCode = CourseCodeField(help_text="With the student it names the mark.")
    PASICoreVersion = IntegerField(help_text="Of the mark; 0 for a new one.")
    AchievementSchoolYear = IntegerField(
        lowest=FIRST_SCHOOL_YEAR,
        highest=LAST_SCHOOL_YEAR,
        help_text="The calendar year in which it ends.",
    )
    AchievementDate = DayField()
    MarkValue = SingleLineField(max_length=10, required=False)
    CreditsAwarded = IntegerField(lowest=0, highest=MOST_CREDITS)
    IsAvailable = BooleanField(help_text="false: the mark counts for nothing.")
    EvaluationMethod = SingleLineField(
        max_length=30,
        required=False,
        help_text="Of an evaluated mark, such as CHA; absent: earned at a school in Alberta.",
    )
    IsDeleted = BooleanField(help_text="true deletes the mark; it can be brought back.")
