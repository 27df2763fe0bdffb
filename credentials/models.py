"""Requirement sets, manual requirements and exemptions, awarded credentials with every number ever
issued, orders of their documents, awarding runs.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit.history import tracked
from audit.models import ServiceCall, append_only
from credentials.definition_models import InSchoolYears
from pasi.models import CODE_LENGTH, Organization, Versioned
from pasi.text_search import Folded
from students.models import NameParts, Student


class RequirementSet(InSchoolYears):
    """A way to earn a credential: all its requirements met = credential achieved. One without any
    requirement is not judged.
    """

    class Category(models.TextChoices):
        CURRENT = "Current"
        PRIOR = "Prior"
        MANUAL = "Manual"

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=100)
    credential_type = models.CharField(max_length=4, db_index=True)
    category = models.CharField(max_length=7, choices=Category.choices)
    sequence = models.PositiveSmallIntegerField(
        default=100, help_text="In which order the sets are judged"
    )
    is_calculated = models.BooleanField(
        default=True, help_text="Otherwise the calculator leaves all its rows alone"
    )
    history = tracked(no_index=("credential_type",))

    def __str__(self) -> str:
        return self.code


class RequirementSetStatus(Versioned):
    """Where a student stands in a requirement set.

    `is_calculated` false: imported or set by hand; the calculator leaves the row alone. The
    percentage is that of the requirements that are met; nobody knows it of such a row.
    """

    class Status(models.TextChoices):
        ACHIEVED = "Achieved"
        NOT_ACHIEVED = "NotAchieved"
        NOT_ASSESSING = "NotAssessing"
        TO_BE_ASSESSED = "ToBeAssessed"

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="requirement_set_statuses", db_index=False
    )
    requirement_set = models.ForeignKey(RequirementSet, on_delete=models.PROTECT, db_index=False)
    status = models.CharField(max_length=12, choices=Status.choices)
    percentage_complete = models.PositiveSmallIntegerField(null=True, blank=True)
    is_calculated = models.BooleanField(default=False)
    history = tracked(no_index=("student", "requirement_set"))

    class Meta:
        verbose_name_plural = "requirement set statuses"
        constraints = [
            models.UniqueConstraint(
                fields=["student", "requirement_set"], name="requirement_set_once_per_student"
            ),
            models.CheckConstraint(
                name="requirement_set_percentage_0_to_100",
                condition=Q(percentage_complete__isnull=True) | Q(percentage_complete__lte=100),
            ),
        ]
        indexes = [
            models.Index(
                fields=["student", "requirement_set"],
                condition=Q(status="Achieved"),
                name="requirement_set_achieved",
            ),
            # What waits for a person: few of millions.
            models.Index(
                fields=["student", "requirement_set"],
                condition=Q(status="ToBeAssessed"),
                name="requirement_set_to_assess",
            ),
            # What staff look for, the newest first. Nearly all rows are calculated, and achieved or
            # not, so these indexes cost the calculator next to nothing.
            models.Index(
                fields=["status", "id"],
                condition=Q(status__in=("NotAssessing", "ToBeAssessed")),
                name="requirement_set_undecided",
            ),
            models.Index(
                fields=["id"], condition=Q(is_calculated=False), name="requirement_set_by_hand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_set_id} {self.status}"


class RequirementAchievement(Versioned):
    """What somebody has said of a student's manual requirement: a nomination, a request, a review.

    `updated_at` is when it was said last, `organization` for whom.
    """

    class Achievement(models.TextChoices):
        ACHIEVED = "Achieved"
        NOT_ACHIEVED = "NotAchieved"
        NOT_ASSESSED = "NotAssessed"

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="requirement_achievements", db_index=False
    )
    requirement = models.CharField(max_length=CODE_LENGTH)
    achievement = models.CharField(max_length=11, choices=Achievement.choices)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    history = tracked(no_index=("student", "organization"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "requirement"], name="requirement_once_per_student"
            ),
        ]
        indexes = [models.Index(fields=["achievement", "id"], name="requirement_by_achievement")]

    def __str__(self) -> str:
        return f"{self.requirement} {self.achievement}"


class RequirementExemption(Versioned):
    """A requirement is lifted for a student, for a reason; or that was asked for, or refused.

    The reason never changes: another one is another exemption. `organization` is the last that had
    a say; an import may not know it.
    """

    class Status(models.TextChoices):
        REQUESTED = "Requested"
        PENDING = "Pending"
        APPROVED = "Approved"
        DENIED = "Denied"

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="requirement_exemptions", db_index=False
    )
    requirement = models.CharField(max_length=CODE_LENGTH)
    reason = models.CharField(max_length=CODE_LENGTH)
    status = models.CharField(max_length=9, choices=Status.choices)
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_deleted = models.BooleanField(default=False)
    history = tracked(no_index=("student", "organization"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "requirement", "reason"], name="exemption_once_per_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="exemption_by_status"),
            models.Index(fields=["id"], condition=Q(is_deleted=True), name="exemption_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.reason} {self.status}"


class IssuedCredentialNumber(models.Model):
    """Every credential number ever issued: the guarantee that none is issued twice."""

    number = models.IntegerField(primary_key=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="credential_number_positive", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.number)


class AwardDetails(NameParts):
    """What is printed on a credential, and what became of it."""

    credential_type = models.CharField(max_length=4)
    number = models.OneToOneField(
        IssuedCredentialNumber,
        on_delete=models.PROTECT,
        db_column="credential_number",
        related_name="%(class)s",
    )
    school_year = models.PositiveSmallIntegerField()
    awarded_on = models.DateField()
    legacy_number = models.CharField(max_length=14, blank=True)
    is_deleted = models.BooleanField(default=False)
    delete_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        abstract = True


class AwardedCredential(AwardDetails, Versioned):
    """A student's credential of one type under its current number.

    One row per student and type: re-issuing, and awarding again after a deletion, put the former
    number into the archive and write the new one here. So at most one number is active.
    """

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="awarded_credentials", db_index=False
    )
    history = tracked(no_index=("student", "number"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "credential_type"], name="one_award_per_student_and_type"
            ),
        ]
        indexes = [
            models.Index(
                Folded("legacy_number"),
                condition=~Q(legacy_number=""),
                name="award_by_legacy_number",
            ),
            models.Index(fields=["version"], name="award_by_version"),
            # The latest awards, to be ordered.
            models.Index(
                fields=["awarded_on", "id"],
                condition=Q(is_deleted=False),
                name="award_by_day",
            ),
            # What staff look for, the newest first.
            models.Index(fields=["credential_type", "id"], name="award_by_type"),
            models.Index(fields=["school_year", "id"], name="award_by_year"),
            models.Index(fields=["id"], condition=Q(is_deleted=True), name="award_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_type} {self.number_id}"


class ArchivedCredential(AwardDetails):
    """A number that a newer one has replaced, with all that was printed under it."""

    award = models.ForeignKey(
        AwardedCredential, on_delete=models.PROTECT, related_name="archived_numbers"
    )
    version = models.BigIntegerField("PASI core version when it was replaced")
    archived_at = models.DateTimeField(db_default=Now())
    call = models.ForeignKey(ServiceCall, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        indexes = [
            models.Index(
                Folded("legacy_number"),
                condition=~Q(legacy_number=""),
                name="archive_by_legacy_number",
            ),
            models.Index(fields=["credential_type", "id"], name="archive_by_type"),
            models.Index(fields=["school_year", "id"], name="archive_by_year"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_type} {self.number_id}"


class DocumentOrderItem(Versioned):
    """An order to print the document of an award and to send it to the student.

    It is for the number that the award has when it is ordered: a re-issue brings a new document.
    Source of statuses and delivery methods: PASI knowledge base; their code texts: inferred.
    """

    class Status(models.TextChoices):
        ORDERED = "Ordered"
        READY_FOR_DELIVERY = "ReadyForDelivery", "Ready for delivery"
        USER_HOLD = "UserHold", "User hold"
        SYSTEM_HOLD = "SystemHold", "System hold"
        SENT_FOR_DELIVERY = "SentForDelivery", "Sent for delivery"
        DELIVERED = "Delivered"
        FAILED_DELIVERY = "FailedDelivery", "Failed delivery"
        CANCELLED = "Cancelled"

    class DeliveryMethod(models.TextChoices):
        AUTOMATED_PLUS_CARDBOARD = "AutomatedPlusCardboard", "Automated mail with cardboard"
        MANUAL_MAIL = "ManualMail", "Manual mail"
        CERTIFICATION = "Certification"
        COURIER = "Courier"
        CERTIFICATION_AND_COURIER = "CertificationAndCourier", "Certification and courier"

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        FRENCH = "fr", "French"

    # While an award has an open item it is neither re-issued nor deleted (44015).
    OPEN = (
        Status.ORDERED,
        Status.READY_FOR_DELIVERY,
        Status.USER_HOLD,
        Status.SYSTEM_HOLD,
    )

    award = models.ForeignKey(
        AwardedCredential, on_delete=models.PROTECT, related_name="document_order_items"
    )
    number = models.ForeignKey(
        IssuedCredentialNumber,
        on_delete=models.PROTECT,
        db_column="credential_number",
        related_name="+",
        db_index=False,
    )
    status = models.CharField(max_length=16, choices=Status.choices)
    delivery_method = models.CharField(max_length=23, choices=DeliveryMethod.choices)
    language = models.CharField(max_length=2, choices=Language.choices)
    copies = models.PositiveSmallIntegerField()
    history = tracked(no_index=("award", "number"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(status="Cancelled"),
                name="document_ordered_once_per_number",
            ),
            models.CheckConstraint(
                name="document_copies_1_to_10", condition=Q(copies__gte=1, copies__lte=10)
            ),
        ]
        indexes = [
            # What is to be printed or held, is under way or went wrong. Most items are delivered.
            models.Index(
                fields=["status", "id"],
                condition=~Q(status="Delivered"),
                name="document_order_not_delivered",
            ),
            models.Index(fields=["delivery_method", "id"], name="document_order_by_method"),
            # Few are in French.
            models.Index(
                fields=["id"], condition=Q(language="fr"), name="document_order_in_french"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} {self.status}"


class AwardingRun(models.Model):
    """One request to award many students, whichever door it came through."""

    class Origin(models.TextChoices):
        HTTP = "http", "HTTP service"
        COMMAND = "command", "Command line"
        BACK_OFFICE = "back_office", "Back office"

    origin = models.CharField(max_length=12, choices=Origin.choices)
    started_by = models.CharField(max_length=100)
    is_dry_run = models.BooleanField(default=False)
    credential_types = ArrayField(
        models.CharField(max_length=4), default=list, help_text="Award only these; empty = any"
    )
    criteria = models.JSONField(default=dict, help_text="How the students were chosen")
    requested = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    call = models.OneToOneField(
        ServiceCall,
        null=True,
        on_delete=models.PROTECT,
        related_name="awarding_run",
        help_text="The one call of a run over HTTP; a command's batches are calls of their own.",
    )
    # Of runs that the back office started:
    staff = models.ForeignKey(
        "auth.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="In whose name its calls are made: who started, confirmed or last continued it",
    )
    staff_address = models.CharField(max_length=45, blank=True)
    form_id = models.UUIDField(
        null=True, unique=True, help_text="Of the form that started it: pressed twice is one run"
    )
    preview = models.OneToOneField(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="award",
        help_text="The dry run that was confirmed: its students are awarded, once",
    )
    staff_calls = models.ManyToManyField(
        ServiceCall,
        related_name="+",
        help_text="With which staff started, confirmed and continued it",
    )
    is_listed = models.BooleanField(default=True, help_text="All its students are in its batches")
    stopped_because = models.CharField(
        max_length=300, blank=True, help_text="Why it stopped; it waits to be continued"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(finished_at__isnull=True), name="awarding_run_open"
            ),
        ]

    def __str__(self) -> str:
        return f"Awarding run {self.pk}"


class AwardingBatch(models.Model):
    """A stretch of a run's list that is awarded in one transaction; done when it has a call."""

    run = models.ForeignKey(AwardingRun, on_delete=models.CASCADE, related_name="batches")
    first_position = models.PositiveIntegerField()
    asns = ArrayField(models.CharField(max_length=9))
    call = models.OneToOneField(ServiceCall, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "awarding batches"
        constraints = [
            models.UniqueConstraint(fields=["run", "first_position"], name="batch_once_per_run"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} from {self.first_position}"


class AwardingOutcome(models.Model):
    """What became of one requested ASN. Positions count from 0 in request order."""

    run = models.ForeignKey(
        AwardingRun, on_delete=models.PROTECT, related_name="outcomes", db_index=False
    )
    position = models.PositiveIntegerField()
    asn = models.CharField("ASN", max_length=9, db_index=True)
    credential_type = models.CharField(max_length=4, blank=True)
    credential_number = models.IntegerField(default=0)
    version = models.BigIntegerField("PASI core version", default=0)
    school_year = models.PositiveSmallIntegerField(null=True)
    rejection_code = models.CharField(max_length=5, blank=True)
    rejection_description = models.CharField(max_length=300, blank=True)
    is_recalculating = models.BooleanField(
        default=False, help_text="Rejected because its eligibility is being recalculated"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="outcome_once_per_position"),
        ]
        indexes = [
            # What became of a run, by type or reason. Every outcome is in one of the two.
            models.Index(
                fields=["run", "credential_type", "position"],
                condition=~Q(credential_type=""),
                name="outcome_by_type",
            ),
            models.Index(
                fields=["run", "rejection_code", "position"],
                condition=~Q(rejection_code=""),
                name="outcome_by_rejection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.position} {self.asn}"


class ReviewCandidate(models.Model):
    """A credential to review as it was last counted: `record` is the key of an award or of a
    requirement set's status, as its kind says (credentials/reviews.py). Derived, so it has no
    history and no page.
    """

    kind = models.CharField(max_length=30)
    record = models.BigIntegerField()
    rank = models.BigIntegerField(help_text="The greatest stands first in the list.")
    credential_type = models.CharField(max_length=CODE_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record"], name="review_candidate_once")
        ]
        indexes = [
            models.Index(fields=["kind", "rank", "record"], name="review_by_rank"),
            models.Index(
                fields=["kind", "credential_type", "rank", "record"], name="review_by_type"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"
