"""What the student services are asked: the requests, property by property.

Names, order, types, lengths and patterns are those of the seed documents CreateStudent and
SubmitName, to the letter. Only structure is judged here; the rules judge what is said.

In what is validated an absent optional property is left out, an empty optional text may be "".
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from pasi.caller_info import RequestSerializer
from pasi.fields import (
    INT16,
    INT32,
    AcknowledgedAsnsField,
    AsnField,
    BooleanField,
    CodeField,
    DayField,
    EmailField,
    InstantField,
    IntegerField,
    MultiLineField,
    NameField,
    ObjectListField,
    OneOfField,
    SingleLineField,
    StrictSerializer,
    TextField,
)


def _ref_id(help_text: str = "Any: the Core gives the record its RefId.") -> IntegerField:
    return IntegerField(lowest=INT32[0], highest=INT32[1], help_text=help_text)


def _last_update() -> InstantField:
    return InstantField(required=False, help_text="Ignored.")


# --- Parts --------------------------------------------------------------------------------------


class StudentIdentityInfoSerializer(StrictSerializer):
    """The legal name and birth date as on a document, and which document."""

    BirthDate = DayField()
    DocumentIssueDate = DayField(required=False)
    DocumentNumber = SingleLineField(
        length=4, required=False, help_text="The last four characters of the document's number."
    )
    DocumentType = CodeField("SourceDocumentType")
    FirstName = NameField(max_length=50)
    IsNameExact = BooleanField(help_text="false: the document has characters refused here.")
    LastName = NameField(max_length=50)
    MiddleName = NameField(max_length=50, required=False)
    Suffix = NameField(max_length=15, required=False)


class SubmittedNameSerializer(StrictSerializer):
    """A name in four parts: a new one, or one to correct or delete."""

    FirstName = NameField(max_length=50)
    LastName = NameField(max_length=50)
    LastUpdateUtcTime = _last_update()
    MiddleName = NameField(max_length=50, required=False)
    RefId = _ref_id("0: a new name. Of a new student: any number.")
    Suffix = NameField(max_length=15, required=False)


class NewAddressSerializer(StrictSerializer):
    """A mailing address."""

    AddressType = CodeField("AddressType")
    City = SingleLineField(max_length=60, required=False)
    Country = SingleLineField(max_length=60)
    EffectiveDate = DayField()
    ExpiryDate = DayField(required=False)
    LastUpdateUtcTime = _last_update()
    PostalCode = SingleLineField(max_length=15, required=False)
    RefId = _ref_id()
    StateProvince = SingleLineField(max_length=20, required=False)
    Street = MultiLineField(max_length=140)


class NewPhoneNumberSerializer(StrictSerializer):
    """A telephone number."""

    EffectiveDate = DayField()
    ExpiryDate = DayField(required=False)
    Extension = TextField(max_length=7, required=False)
    IsListable = OneOfField("Y", "N", "U", help_text="May it be published: yes, no, unknown.")
    LastUpdateUtcTime = _last_update()
    Number = TextField(max_length=16)
    RefId = _ref_id()
    Type = CodeField("PhoneType")


class KeyValuePairSerializer(StrictSerializer):
    """A value under its key. The document marks Value "IsNotRequired"."""

    Key = TextField()
    Value = TextField(required=False)


class ExtendedInfoSerializer(StrictSerializer):
    """Values under a name."""

    Name = SingleLineField()
    Values = ObjectListField(KeyValuePairSerializer())


class ExtendedInfoListSerializer(StrictSerializer):
    """Reserved: checked, but neither used nor stored."""

    List = ObjectListField(ExtendedInfoSerializer())


class BasicPersonalInfoSerializer(StrictSerializer):
    """What is known of a new student besides the identity."""

    Alias = SubmittedNameSerializer(required=False)
    AlternateMailingAddress = NewAddressSerializer(required=False)
    CitizenshipStatus = CodeField("CitizenshipStatus", required=False)
    DocumentExpiryDate = DayField(required=False)
    ExtendedPersonalInfo = ExtendedInfoListSerializer(required=False)
    Gender = CodeField("Gender")
    PreferredMailingAddress = NewAddressSerializer(required=False)
    PreferredPhoneNumber = NewPhoneNumberSerializer(required=False)
    # Expired values are a matter of rule 11301.
    Section23Eligibility = CodeField("Section23Eligibility", accepts_expired=True, required=False)


class StudentDisclosureRestrictionInfoSerializer(StrictSerializer):
    """A restriction on telling others about the student."""

    DisclosureRestrictionCode = CodeField("DisclosureRestriction")
    DisclosureRestrictionDetails = MultiLineField(max_length=250, required=False)
    EffectiveDate = DayField()
    ExpiryDate = DayField(required=False)
    IsActive = BooleanField()
    LastUpdateUtcTime = _last_update()
    RefId = _ref_id()


# --- Requests -----------------------------------------------------------------------------------


class CreateStudentRequest(RequestSerializer):
    """A new student. Source: seed document CreateStudent; top-level ExtendedInfo: its text."""

    AcknowledgeSimilarStateProvinceIdList = AcknowledgedAsnsField()
    DisclosureRestrictionInfo = StudentDisclosureRestrictionInfoSerializer(required=False)
    EmailAddress = EmailField(required=False)
    ExtendedInfo = ExtendedInfoListSerializer(required=False)
    IdentificationRecord = StudentIdentityInfoSerializer()
    PersonalInfo = BasicPersonalInfoSerializer()

    def get_fields(self):
        """In the order of the document: one property comes before the inherited CallerInfo."""
        found = super().get_fields()
        first = "AcknowledgeSimilarStateProvinceIdList"
        return {first: found.pop(first), **found}


class SubmitNameRequest(RequestSerializer):
    """A name to add, correct or delete. Source: seed document SubmitName."""

    DeleteName = BooleanField()
    IsPreferred = BooleanField(required=False)
    Name = SubmittedNameSerializer()
    PASICoreVersion = IntegerField(help_text="Of the student.")
    SourceChangeCode = IntegerField(
        lowest=INT16[0], highest=INT16[1], required=False, help_text="Kept in the audit only."
    )
    StateProvinceId = AsnField()

    def contradictions(self, present):
        name = present.get("Name")
        if (
            present.get("DeleteName") is True
            and isinstance(name, Mapping)
            and name.get("RefId") == 0
        ):
            return {("Name", "RefId"): _("must name the record to delete; 0 is a new name")}
        return {}


class SubmitIdentificationInformationRequest(RequestSerializer):
    """A student's identity as it shall be: legal name, birth date, document, gender."""

    StateProvinceId = AsnField()
    PASICoreVersion = IntegerField(help_text="Of the student.")
    IdentificationRecord = StudentIdentityInfoSerializer()
    Gender = CodeField("Gender", required=False)
    AcknowledgeSimilarStateProvinceIdList = AcknowledgedAsnsField()


class IdentifyStudentRequest(RequestSerializer):
    """Whom to look for. Needs a BirthDate or an ApproximateAge."""

    FirstName = NameField(max_length=50)
    LastName = NameField(max_length=50)
    MiddleName = NameField(max_length=50, required=False)
    BirthDate = DayField(required=False)
    ApproximateAge = IntegerField(lowest=0, highest=99, required=False, help_text="In years.")
    StateProvinceId = AsnField(required=False)
    IncludeAllQualities = BooleanField(
        default=False, help_text="Also lesser matches where there are High ones."
    )
    IncludeDisclosureRestricted = BooleanField(
        default=False, help_text="Obeyed for students associated with the caller's organization."
    )

    def contradictions(self, present):
        if "BirthDate" in present or "ApproximateAge" in present:
            return {}
        return {("BirthDate",): _("is required unless there is an ApproximateAge")}
