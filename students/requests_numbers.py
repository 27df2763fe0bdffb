"""The requests by which the ministry merges and closes numbers. Names and shapes are ours."""

from django.utils.translation import gettext_lazy as _

from pasi.caller_info import RequestSerializer
from pasi.fields import AsnField, BooleanField, DayField, IntegerField


class SubmitStudentLinkRequest(RequestSerializer):
    """Which number is to lead to which; or that a number is to stand alone again."""

    PrimaryStateProvinceId = AsnField(
        required=False, help_text="Absent: the link of the secondary number is undone."
    )
    SecondaryStateProvinceId = AsnField()
    PASICoreVersion = IntegerField(help_text="Of the secondary number.")


class SubmitStudentDeactivationRequest(RequestSerializer):
    """A number that was created in error, or that is to be used again."""

    StateProvinceId = AsnField()
    PASICoreVersion = IntegerField(help_text="Of the student.")
    IsDeactivated = BooleanField()


class SubmitStudentDeathRequest(RequestSerializer):
    """That a student has died, and when; or that this was a mistake."""

    StateProvinceId = AsnField()
    PASICoreVersion = IntegerField(help_text="Of the student.")
    IsDeceased = BooleanField()
    DateOfDeath = DayField(required=False)

    def contradictions(self, present):
        if "DateOfDeath" in present and present.get("IsDeceased") is False:
            return {("DateOfDeath",): _("must be absent unless IsDeceased is true")}
        return {}
