"""How enrolments, core alerts and processors are shown."""

import datetime
from typing import Any

from rest_framework import serializers

from enrolments import registration_status as status
from enrolments.models import AcknowledgementStatus, CoreAlert, RecordType
from enrolments.processors import PROCESSORS
from pasi.fields import (
    INT16,
    INT32,
    AsnField,
    BooleanField,
    DayField,
    GuidField,
    InstantField,
    IntegerField,
    TextField,
    instant_text,
)

REGISTRATION_STATUSES = (
    status.CREATED_IN_ERROR,
    status.REGISTERED,
    status.ACTIVE,
    status.COMPLETED,
    status.WITHDRAWN,
)


# --- School enrolments --------------------------------------------------------------------------


class SchoolEnrolmentSerializer(serializers.Serializer):
    """A school enrolment as it was submitted last. What is absent is null."""

    StateProvinceId = AsnField(help_text="The number it was submitted under.")
    RefId = GuidField(help_text="Names the enrolment for ever; ReferenceId of its core alerts.")
    PASICoreVersion = IntegerField(lowest=0)
    SchoolCode = TextField(help_text="S.nnnn")
    SchoolYear = IntegerField(
        lowest=0, highest=INT16[1], help_text="The calendar year in which the school year ends."
    )
    Grade = TextField(help_text="Code of type Grade.")
    ProgrammingType = TextField(help_text="Code of type ProgrammingType.")
    ProgrammingTimeframe = TextField(help_text="Code of type ProgrammingTimeframe.")
    RegistrationStartDate = DayField()
    RegistrationExitDate = DayField(help_text="The expected last day while it lies ahead.")
    ExitDateType = TextField(help_text="Code of type ExitDateType.")
    IsDeleted = BooleanField()
    EnrolmentTypeCodes = serializers.ListField(child=TextField())
    GrantsProgramCodes = serializers.ListField(child=TextField())
    ExceptionCodes = serializers.ListField(child=TextField())
    ResidentBoard = TextField(
        allow_null=True, help_text="The four digits of a school authority's code."
    )
    FNMIDeclaration = TextField(
        allow_null=True,
        help_text="null for all but the school, its authority and the ministry.",
    )
    FrenchHoursOfInstruction = IntegerField(lowest=0, highest=INT16[1], allow_null=True)
    SchoolAuthorityProvidedProgramPercentage = IntegerField(lowest=0, highest=100, allow_null=True)
    LocalStudentId = TextField(allow_null=True)
    RegistrationStatus = serializers.ChoiceField(
        REGISTRATION_STATUSES, help_text="Calculated, as of today."
    )
    LastUpdateUtcTime = InstantField()


SCHOOL_ENROLMENT_COLUMNS = (
    "pk",
    "student__asn",
    "reference_id",
    "version",
    "school_id",
    "school__code",
    "school_year",
    "grade",
    "programming_type",
    "programming_timeframe",
    "start_date",
    "exit_date",
    "exit_date_type",
    "is_deleted",
    "enrolment_type_codes",
    "grants_program_codes",
    "exception_codes",
    "resident_board",
    "fnmi_declaration",
    "french_hours_of_instruction",
    "school_authority_provided_program_percentage",
    "local_student_id",
    "updated_at",
)


def school_enrolment_json(
    row: dict[str, Any], today: datetime.date, *, is_own: bool
) -> dict[str, Any]:
    """The answer for one row of SCHOOL_ENROLMENT_COLUMNS.

    `is_own`: the reader is its school, the authority of that or the ministry, and sees the FNMI
    declaration. The hours of French need an association by last enrolment or better, as does every
    enrolment elsewhere. Source: PASI knowledge base.
    """
    return {
        "StateProvinceId": row["student__asn"],
        "RefId": str(row["reference_id"]),
        "PASICoreVersion": row["version"],
        "SchoolCode": row["school__code"],
        "SchoolYear": row["school_year"],
        "Grade": row["grade"],
        "ProgrammingType": row["programming_type"],
        "ProgrammingTimeframe": row["programming_timeframe"],
        "RegistrationStartDate": row["start_date"].isoformat(),
        "RegistrationExitDate": row["exit_date"].isoformat(),
        "ExitDateType": row["exit_date_type"],
        "IsDeleted": row["is_deleted"],
        "EnrolmentTypeCodes": _codes(row["enrolment_type_codes"]),
        "GrantsProgramCodes": _codes(row["grants_program_codes"]),
        "ExceptionCodes": _codes(row["exception_codes"]),
        "ResidentBoard": row["resident_board"] or None,
        "FNMIDeclaration": (row["fnmi_declaration"] or None) if is_own else None,
        "FrenchHoursOfInstruction": row["french_hours_of_instruction"],
        "SchoolAuthorityProvidedProgramPercentage": row[
            "school_authority_provided_program_percentage"
        ],
        "LocalStudentId": row["local_student_id"] or None,
        "RegistrationStatus": status.registration_status(
            row["is_deleted"], row["start_date"], row["exit_date"], row["exit_date_type"], today
        ),
        "LastUpdateUtcTime": instant_text(row["updated_at"]),
    }


def _codes(joined: str) -> list[str]:
    return joined.split(";") if joined else []


# --- Core alerts --------------------------------------------------------------------------------


class AlertArgumentSerializer(serializers.Serializer):
    """One of the data that the rule looked at."""

    Key = TextField(help_text="A placeholder of the rule's message.")
    Value = TextField(help_text="May be empty.")


class CoreAlertSerializer(serializers.Serializer):
    """A Warning or Advice about a stored record, as its processor found it last."""

    RecordType = serializers.ChoiceField(RecordType.values)
    ReferenceId = GuidField(allow_null=True, help_text="Of the enrolment; null for a student.")
    StateProvinceId = AsnField()
    SchoolCode = TextField(allow_null=True, help_text="S.nnnn; null for a student.")
    SchoolYear = IntegerField(
        lowest=0, highest=INT16[1], allow_null=True, help_text="null for a student."
    )
    AlertCode = IntegerField(lowest=1, highest=INT32[1], help_text="Number of the rule.")
    AlertType = serializers.ChoiceField(CoreAlert.AlertType.values)
    Description = TextField(help_text="The first sentence is the issue.")
    Arguments = AlertArgumentSerializer(many=True, help_text="By key; an acknowledgement has them.")
    AcknowledgementStatus = serializers.ChoiceField(AcknowledgementStatus.values)
    PASICoreVersion = IntegerField(lowest=0, help_text="Rises with the status as well.")


CORE_ALERT_COLUMNS = (
    "pk",
    "record_type",
    "reference_id",
    "student__asn",
    "school__code",
    "school_year",
    "alert_code",
    "alert_type",
    "description",
    "arguments",
    "acknowledgement_status",
    "version",
)


def core_alert_json(row: dict[str, Any]) -> dict[str, Any]:
    """The answer for one row of CORE_ALERT_COLUMNS."""
    return {
        "RecordType": row["record_type"],
        "ReferenceId": str(row["reference_id"]) if row["reference_id"] else None,
        "StateProvinceId": row["student__asn"],
        "SchoolCode": row["school__code"],
        "SchoolYear": row["school_year"],
        "AlertCode": row["alert_code"],
        "AlertType": row["alert_type"],
        "Description": row["description"],
        "Arguments": [
            {"Key": key, "Value": value} for key, value in sorted(row["arguments"].items())
        ],
        "AcknowledgementStatus": row["acknowledgement_status"],
        "PASICoreVersion": row["version"],
    }


# --- Processors ---------------------------------------------------------------------------------


class ProcessorSerializer(serializers.Serializer):
    """How far a background processor is behind. Numbers above 20,000 are those that a worker has
    counted last, which it does every five minutes.
    """

    Name = serializers.ChoiceField([each.name for each in PROCESSORS])
    OutstandingTriggers = IntegerField(
        lowest=0,
        help_text="Records still to be looked at again; 20,000 = so many at least.",
    )
    SetAside = IntegerField(lowest=0, help_text="Records whose processing failed.")
    OldestUtc = InstantField(
        allow_null=True, help_text="When the oldest outstanding trigger was raised."
    )
