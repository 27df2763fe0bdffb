"""A person known to the Core: one number, names, and the parts of the personal record."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from audit.history import tracked
from pasi.models import CODE_LENGTH, Organization, Versioned
from pasi.text_search import Folded

NAME_PARTS = ("first_name", "middle_name", "last_name", "suffix")


class NameParts(models.Model):
    """The four parts of a name, exactly as submitted; an absent part is empty."""

    first_name = models.CharField(max_length=50)
    middle_name = models.CharField(max_length=50, blank=True)
    last_name = models.CharField(max_length=50)
    suffix = models.CharField(max_length=15, blank=True)

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        parts = (self.first_name, self.middle_name, self.last_name, self.suffix)
        return " ".join(part for part in parts if part)


class Student(Versioned):
    """One Alberta Student Number and what is known of its holder.

    A person who got several numbers has one primary; the others are secondary and point to it. A
    number created in error is deactivated.
    """

    class Status(models.TextChoices):
        ACTIVE = "Active"
        DEACTIVATED = "Deactivated"
        SECONDARY = "Secondary"

    class MaturityReason(models.TextChoices):
        AGE = "AGE", "the student is 19"
        CREDENTIAL = "CREDENTIAL", "the student has a diploma"

    asn = models.CharField("ASN", max_length=9, unique=True)
    is_deactivated = models.BooleanField("deactivated", default=False)
    primary = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="secondaries"
    )

    legal_name = models.ForeignKey(
        "Name", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    preferred_name = models.ForeignKey(
        "Name", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    original_name = models.ForeignKey(
        "Name", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    birth_date = models.DateField()
    gender = models.CharField(max_length=CODE_LENGTH)
    document_type = models.CharField(
        "source document", max_length=CODE_LENGTH, default="CurrentSystemValue"
    )
    document_number = models.CharField("end of its number", max_length=4, blank=True)
    document_issue_date = models.DateField("issued on", null=True, blank=True)
    is_name_exact = models.BooleanField("name exactly as on the document", default=True)
    section23_eligibility = models.CharField(max_length=CODE_LENGTH, blank=True)

    is_deceased = models.BooleanField("deceased", default=False)
    date_of_death = models.DateField(null=True, blank=True)
    maturity_date = models.DateField(null=True, blank=True)
    maturity_reason = models.CharField(
        "mature because", max_length=10, blank=True, choices=MaturityReason.choices
    )

    created_on = models.DateTimeField("number created on", db_default=Now())
    created_by_organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    history = tracked(
        no_index=(
            "asn",
            "primary",
            "legal_name",
            "preferred_name",
            "original_name",
            "created_by_organization",
        )
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="student_asn_nine_digits",
                condition=Q(asn__regex=r"^[0-9]{9}$") & ~Q(asn="000000000"),
            ),
            models.CheckConstraint(
                name="student_not_its_own_primary",
                condition=Q(primary__isnull=True) | ~Q(primary=F("id")),
            ),
            models.CheckConstraint(
                name="student_deactivated_is_not_linked",
                condition=Q(is_deactivated=False) | Q(primary__isnull=True),
            ),
            models.CheckConstraint(
                name="student_death_date_of_deceased",
                condition=Q(date_of_death__isnull=True) | Q(is_deceased=True),
            ),
        ]
        indexes = [
            models.Index(fields=["birth_date"], name="student_by_birth_date"),
            models.Index(fields=["version"], name="student_by_version"),
            models.Index(
                fields=["asn"], condition=Q(is_deactivated=True), name="student_deactivated"
            ),
            models.Index(
                fields=["asn"], condition=Q(primary__isnull=False), name="student_secondary"
            ),
            # What few students are, the newest first.
            models.Index(
                fields=["id"], condition=Q(is_deactivated=True), name="student_newest_deactivated"
            ),
            models.Index(
                fields=["id"], condition=Q(primary__isnull=False), name="student_newest_secondary"
            ),
            models.Index(
                fields=["id"], condition=Q(is_deceased=True), name="student_newest_deceased"
            ),
            # Who may see a student because their organization created it.
            models.Index(
                fields=["created_by_organization", "created_on"], name="student_by_creator"
            ),
        ]

    def __str__(self) -> str:
        return self.asn

    @property
    def status(self) -> str:
        if self.is_deactivated:
            return self.Status.DEACTIVATED
        return self.Status.SECONDARY if self.primary_id else self.Status.ACTIVE


class Name(NameParts):
    """One name record. Its key is the RefId of the contract: Int32, never reused.

    Which name is legal, preferred and original is said by the student's references.
    """

    id = models.AutoField(primary_key=True)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="names")
    was_legal = models.BooleanField(
        "legal, now or once",
        db_default=False,
        help_text="It is the legal name or was it before a change.",
    )
    is_deleted = models.BooleanField("deleted", default=False)
    effective_on = models.DateTimeField("from", db_default=Now())
    updated_at = models.DateTimeField("last changed", db_default=Now())
    created_by_organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    updated_by_organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    history = tracked(no_index=("student", "created_by_organization", "updated_by_organization"))

    class Meta:
        constraints = [
            # A deleted name may come back under another record: its own stays deleted.
            models.UniqueConstraint(
                fields=["student", "last_name", "first_name", "middle_name", "suffix"],
                condition=Q(is_deleted=False),
                name="name_once_per_student",
            ),
        ]
        indexes = [
            models.Index(
                Folded("last_name").asc(), Folded("first_name").asc(), name="name_by_last_first"
            ),
            models.Index(Folded("first_name").asc(), name="name_by_first"),
        ]

    def __str__(self) -> str:
        return self.full_name


class NameKey(models.Model):
    """What a search for a student compares: one row for each name that is not deleted.

    Derived from the name and the student's birth date by students.name_keys; a search reads
    nothing else to find candidates. It has no history: it can be made anew at any time.
    """

    name = models.OneToOneField(Name, primary_key=True, on_delete=models.CASCADE)
    student = models.ForeignKey(
        Student, on_delete=models.CASCADE, related_name="name_keys", db_index=False
    )
    birth_date = models.DateField()
    was_legal = models.BooleanField()
    first_key = models.CharField(max_length=50)
    middle_key = models.CharField(max_length=50, blank=True)
    last_key = models.CharField(max_length=50)
    first_sound = models.CharField(max_length=50, blank=True)
    last_sound = models.CharField(max_length=50, blank=True)

    class Meta:
        indexes = [
            # Duplicates, and everybody born on a day: hundreds of rows, so the index holds all that
            # is asked of them.
            models.Index(
                fields=["birth_date", "last_key", "first_key"],
                include=["middle_key", "student", "name", "was_legal"],
                name="name_key_by_birth_date",
            ),
            # Where the birth date may be mistyped: one half of the name on some dates.
            models.Index(fields=["last_sound", "birth_date"], name="name_key_by_last_sound"),
            models.Index(fields=["first_sound", "birth_date"], name="name_key_by_first_sound"),
            # Where only the age is known: both halves.
            models.Index(
                fields=["last_sound", "first_sound", "birth_date"], name="name_key_by_sounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_key}, {self.first_key}"


class MailingAddress(models.Model):
    """A mailing address; `expires_on` is the contract's Expiry Date Override."""

    id = models.AutoField(primary_key=True)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="mailing_addresses")
    address_type = models.CharField("type", max_length=CODE_LENGTH)
    street = models.CharField(max_length=140)
    city = models.CharField(max_length=60, blank=True)
    state_province = models.CharField("province or state", max_length=20, blank=True)
    postal_code = models.CharField(max_length=15, blank=True)
    country = models.CharField(max_length=60)
    effective_on = models.DateField("from")
    expires_on = models.DateField("until", null=True, blank=True)
    is_deleted = models.BooleanField("deleted", default=False)
    updated_at = models.DateTimeField("last changed", db_default=Now())
    history = tracked(no_index=("student",))

    class Meta:
        verbose_name_plural = "mailing addresses"

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class PhoneNumber(models.Model):
    """A telephone number; `expires_on` is the last day to use it."""

    class Listable(models.TextChoices):
        YES = "Y", "Yes"
        NO = "N", "No"
        UNKNOWN = "U", "Unknown"

    id = models.AutoField(primary_key=True)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="phone_numbers")
    phone_type = models.CharField("type", max_length=CODE_LENGTH)
    number = models.CharField(max_length=16)
    extension = models.CharField(max_length=7, blank=True)
    is_listable = models.CharField(
        "may be published", max_length=1, choices=Listable.choices, default=Listable.UNKNOWN
    )
    effective_on = models.DateField("from")
    expires_on = models.DateField("until", null=True, blank=True)
    is_deleted = models.BooleanField("deleted", default=False)
    updated_at = models.DateTimeField("last changed", db_default=Now())
    history = tracked(no_index=("student",))

    def __str__(self) -> str:
        """(403) 555-1234 ext. 12. Source: PASI knowledge base."""
        number = self.number
        if len(number) == 10 and number.isdigit():
            number = f"({number[:3]}) {number[3:6]}-{number[6:]}"
        return f"{number} ext. {self.extension}" if self.extension else number


class EmailAddress(models.Model):
    """An active e-mail address of the student."""

    id = models.AutoField(primary_key=True)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="email_addresses")
    email_address = models.CharField("address", max_length=254)
    is_deleted = models.BooleanField("deleted", default=False)
    updated_at = models.DateTimeField("last changed", db_default=Now())
    history = tracked(no_index=("student",))

    class Meta:
        verbose_name = "e-mail address"
        verbose_name_plural = "e-mail addresses"

    def __str__(self) -> str:
        return self.email_address


class StudentActivity(models.Model):
    """The student was active in a school year; CreateStudent notes the current one."""

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="activities", db_index=False
    )
    school_year = models.PositiveSmallIntegerField()
    history = tracked(no_index=("student",))

    class Meta:
        verbose_name_plural = "student activities"
        constraints = [
            models.UniqueConstraint(
                fields=["student", "school_year"], name="student_activity_once_per_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.school_year}"


class CitizenshipStatus(models.Model):
    """A student's citizenship as stored: status, guardian's status, document expiry."""

    id = models.AutoField(primary_key=True)
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="citizenship_statuses"
    )
    citizenship_status = models.CharField("status", max_length=CODE_LENGTH)
    guardian_citizenship_status = models.CharField(
        "status of the guardian", max_length=CODE_LENGTH, blank=True
    )
    document_expiry_date = models.DateField("document valid until", null=True, blank=True)
    effective_on = models.DateField("from")
    is_deleted = models.BooleanField("deleted", default=False)
    updated_at = models.DateTimeField("last changed", db_default=Now())
    history = tracked(no_index=("student",))

    class Meta:
        verbose_name_plural = "citizenship statuses"

    def __str__(self) -> str:
        return self.citizenship_status


class DisclosureRestriction(models.Model):
    """Marks a student's information as sensitive while active and not expired."""

    id = models.AutoField(primary_key=True)
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="disclosure_restrictions"
    )
    code = models.CharField("kind", max_length=CODE_LENGTH)
    details = models.CharField(max_length=250, blank=True)
    effective_on = models.DateField("from")
    expires_on = models.DateField("until", null=True, blank=True)
    is_active = models.BooleanField("active")
    is_deleted = models.BooleanField("deleted", default=False)
    updated_at = models.DateTimeField("last changed", db_default=Now())
    history = tracked(no_index=("student",))

    def __str__(self) -> str:
        return self.code
