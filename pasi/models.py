"""What every part shares: organizations, code values, clients, the PASI core version."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from oauth2_provider.models import AbstractApplication

from audit.history import tracked

MINISTRY_CODE = "O.1"
CODE_LENGTH = 60  # of a code value, and of every column that holds one


class Versioned(models.Model):
    """A record that carries a PASI core version and says when it was made and last changed.

    Versions come from one sequence for the whole Core, so the versions of one kind of record are
    ordered. Source: PASI knowledge base; one sequence: inferred.
    """

    version = models.BigIntegerField("PASI core version", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class Organization(models.Model):
    """The ministry, a school authority or a school. Codes: O.n, A.nnnn, S.nnnn."""

    class Kind(models.TextChoices):
        MINISTRY = "Ministry"
        AUTHORITY = "Authority"
        SCHOOL = "School"

    class Access(models.TextChoices):
        NORMAL = "Normal"
        LOW_RESTRICTION = "LowRestriction", "Low restriction"
        HIGH_RESTRICTION = "HighRestriction", "High restriction"

    code = models.CharField(
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^(?:[SA]\.[0-9]{4}|O\.[0-9]{1,4})\Z")],
    )
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    authority = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="schools"
    )
    classification = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=60, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    access = models.CharField(max_length=15, choices=Access.choices, default=Access.NORMAL)
    history = tracked(no_index=("code", "authority"))

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="organization_school_has_authority",
                condition=Q(kind="School", authority__isnull=False)
                | (~Q(kind="School") & Q(authority__isnull=True)),
            ),
            models.CheckConstraint(
                name="organization_closes_after_opening",
                condition=Q(opened_on__isnull=True)
                | Q(closed_on__isnull=True)
                | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Code(models.Model):
    """One value of a code list, with the school years in which it is in effect."""

    code_type = models.CharField(max_length=40)
    code = models.CharField(max_length=CODE_LENGTH)
    short_name = models.CharField(max_length=100)
    long_name = models.CharField(max_length=250, blank=True)
    effective_school_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="First school year, as its ending year; empty = always."
    )
    expiry_school_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Last school year, as its ending year; empty = no end."
    )
    may_be_submitted = models.BooleanField(
        db_default=True,
        default=True,
        help_text="No: the system or an older record has it, but no request may bring it.",
    )
    quality = models.PositiveSmallIntegerField(
        "source document quality",
        null=True,
        blank=True,
        help_text="Of source document types only: 100 unverified, 200 self declared, "
        "250 supported, 300 verified.",
    )
    history = tracked()

    class Meta:
        verbose_name = "code value"
        ordering = ["code_type", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code_type", "code"], name="code_once_per_type"),
            models.CheckConstraint(
                name="code_expires_after_it_takes_effect",
                condition=Q(effective_school_year__isnull=True)
                | Q(expiry_school_year__isnull=True)
                | Q(expiry_school_year__gte=F("effective_school_year")),
            ),
            models.CheckConstraint(
                name="code_quality_of_source_documents",
                condition=Q(code_type="SourceDocumentType", quality__in=[100, 200, 250, 300])
                | (~Q(code_type="SourceDocumentType") & Q(quality__isnull=True)),
                violation_error_message="A source document type has a quality: 100, 200, 250 or "
                "300. No other code has one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_type} {self.code}"


class Role(models.TextChoices):
    """What a client may do; each service and each reading names the roles it needs."""

    PASI_SYSTEM_USER = "PASI System User"
    SUBMIT_STUDENT_USER = "Submit Student User"
    SUBMIT_ENROLMENT_USER = "Submit Enrolment User"
    SUBMIT_TRANSCRIPT_USER = "Submit Transcript User"
    VIEW_ENROLMENT_USER = "View Enrolment User"
    VIEW_AUDIT_USER = "View Audit User"


class PasiClient(AbstractApplication):
    """A program that calls the services for one or more organizations. It is not a person.

    An authority stands for its schools. Roles are read at every call, so withdrawing one works at
    once. Source: PASI knowledge base.
    """

    organizations = models.ManyToManyField(Organization, related_name="clients")
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list)
    addresses = ArrayField(
        models.CharField(max_length=43),
        default=list,
        blank=True,
        help_text="Networks (CIDR) from which it may call; none = from anywhere.",
    )
    is_enabled = models.BooleanField("enabled", default=True)
    history = tracked(
        excluded_fields=["client_secret"],
        m2m_fields=[organizations],
        no_index=("client_id", "user"),
    )

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        verbose_name = "PASI client"
        # In which role a member of staff sends to the services; see pasi/staff_roles.py.
        permissions = [
            ("send_as_pasi_system_user", "Sends to the services as PASI System User"),
            ("send_as_submit_student_user", "Sends to the services as Submit Student User"),
            ("send_as_submit_enrolment_user", "Sends to the services as Submit Enrolment User"),
            ("send_as_submit_transcript_user", "Sends to the services as Submit Transcript User"),
        ]
        constraints = [models.UniqueConstraint(fields=["name"], name="client_name_once")]

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Only client credentials: no person ever signs in through a client."""
        return self.GRANT_CLIENT_CREDENTIALS in grant_types


class OneTimePassword(models.Model):
    """Says that a staff user's password was made for them: they must choose their own first."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"One-time password of user {self.user_id}"


# --- Figures ------------------------------------------------------------------------------------
# What the start page and the metrics show is counted now and then, never for a visitor.


class FigureSet(models.Model):
    """Figures that are counted together, and up to when. Its lock makes one count at a time.

    `mark`: where a set is counted anew only after a change, the version that it has seen.
    """

    name = models.CharField(primary_key=True, max_length=30)
    counted_at = models.DateTimeField(null=True)
    mark = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Figure(models.Model):
    """One number: how many, of what kind, when.

    `period` is a day (2026-11-22), a school year (2026) or empty: for what is so now, and for all
    days that are no longer kept one by one.
    """

    figure_set = models.ForeignKey(FigureSet, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=30)
    key = models.CharField(max_length=120, blank=True)
    period = models.CharField(max_length=10, blank=True)
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["figure_set", "name", "key", "period"], name="figure_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key} {self.period}: {self.value}"
