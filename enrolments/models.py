"""Enrolments, official marks, and the triggers that make processors look at a record again."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from audit.history import tracked
from pasi.models import CODE_LENGTH, Organization, Versioned
from students.models import Student


class SchoolEnrolment(Versioned):
    """A student at a school in a school year. The reference id is chosen by the client."""

    class ExitDateType(models.TextChoices):
        COMPLETION = "CompletionDate"
        WITHDRAWAL = "WithdrawalDate"

    reference_id = models.UUIDField(unique=True)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="school_enrolments")
    school = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    school_year = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=CODE_LENGTH)
    programming_type = models.CharField(max_length=CODE_LENGTH)
    programming_timeframe = models.CharField(max_length=CODE_LENGTH)
    start_date = models.DateField()
    exit_date = models.DateField()
    exit_date_type = models.CharField(max_length=14, choices=ExitDateType.choices)
    enrolment_type_codes = models.CharField(max_length=20, blank=True, help_text="Joined by ;")
    grants_program_codes = models.CharField(max_length=20, blank=True, help_text="Joined by ;")
    exception_codes = models.CharField(max_length=20, blank=True, help_text="Joined by ;")
    resident_board = models.CharField(max_length=4, blank=True)
    fnmi_declaration = models.CharField(max_length=4, blank=True)
    french_hours_of_instruction = models.PositiveSmallIntegerField(null=True, blank=True)
    school_authority_provided_program_percentage = models.PositiveSmallIntegerField(
        null=True, blank=True
    )
    local_student_id = models.CharField(max_length=15, blank=True)
    is_deleted = models.BooleanField(default=False)
    history = tracked(no_index=("reference_id", "student", "school"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="school_enrolment_ends_after_start",
                condition=Q(exit_date__gte=F("start_date")),
            ),
        ]
        indexes = [
            # Whose students are at a school, or left it lately: what an organization may see.
            models.Index(
                fields=["school", "exit_date"],
                include=["student"],
                condition=Q(is_deleted=False),
                name="school_enrolment_by_exit",
            ),
            # Their list: those of a school, deleted ones too; of a year; changed since a version.
            models.Index(fields=["school", "school_year"], name="school_enrolment_by_school"),
            models.Index(fields=["school_year", "id"], name="school_enrolment_by_year"),
            models.Index(fields=["version"], name="school_enrolment_by_version"),
            models.Index(
                fields=["id"], condition=Q(is_deleted=True), name="school_enrolment_deleted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.reference_id)


class Course(models.Model):
    """A senior-high course of the provincial list; unknown codes are accepted elsewhere."""

    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField(null=True, blank=True, help_text="10, 20 or 30")
    credits = models.CharField(max_length=20, blank=True, help_text="One value, or several by ;")
    subject = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    flags = models.CharField(max_length=200, blank=True, help_text="Joined by ;")
    available_from = models.PositiveSmallIntegerField(null=True, blank=True)
    available_to = models.PositiveSmallIntegerField(null=True, blank=True)
    history = tracked()

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CourseEnrolment(Versioned):
    """A student in a course at a school; the part that awarding needs."""

    reference_id = models.UUIDField(unique=True)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="course_enrolments")
    school = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    school_year = models.PositiveSmallIntegerField()
    course_code = models.CharField(max_length=8)
    status = models.CharField(max_length=12)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    is_deleted = models.BooleanField(default=False)
    history = tracked(no_index=("reference_id", "student", "school"))

    class Meta:
        indexes = [
            # What staff look for, the newest first.
            models.Index(fields=["school", "id"], name="course_enrolment_by_school"),
            models.Index(fields=["school_year", "id"], name="course_enrolment_by_year"),
            models.Index(
                fields=["id"], condition=Q(is_deleted=True), name="course_enrolment_deleted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.reference_id)


class OfficialMark(Versioned):
    """A student's official mark in a course: one per student and course."""

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="official_marks", db_index=False
    )
    course_code = models.CharField(max_length=8)
    achievement_school_year = models.PositiveSmallIntegerField()
    achievement_date = models.DateField()
    mark_value = models.CharField(max_length=10, blank=True)
    credits_awarded = models.PositiveSmallIntegerField()
    is_available = models.BooleanField(default=True)
    evaluation_method = models.CharField(max_length=30, blank=True)
    is_deleted = models.BooleanField(default=False)
    history = tracked(no_index=("student",))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "course_code"], name="official_mark_once_per_course"
            ),
            models.CheckConstraint(
                name="official_mark_credits_0_to_30", condition=Q(credits_awarded__lte=30)
            ),
        ]
        indexes = [
            # What staff look for, the newest first. A year's marks come together, so their entries
            # are written at one place of the index; of the others there are few.
            models.Index(fields=["achievement_school_year", "id"], name="official_mark_by_year"),
            models.Index(
                fields=["id"], condition=Q(is_available=False), name="official_mark_not_counted"
            ),
            models.Index(fields=["id"], condition=Q(is_deleted=True), name="official_mark_deleted"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.course_code}"


class ExamMark(Versioned):
    """That a student wrote, or was exempted from, a diploma exam: what the calculator needs."""

    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="exam_marks", db_index=False
    )
    course_code = models.CharField(max_length=8)
    school_year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=30)
    history = tracked(no_index=("student",))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student", "course_code", "school_year", "status"], name="exam_mark_once"
            ),
        ]
        indexes = [models.Index(fields=["school_year", "id"], name="exam_mark_by_year")]

    def __str__(self) -> str:
        return f"{self.student_id} {self.course_code} {self.status}"


# --- Processors ---------------------------------------------------------------------------------
# A trigger says that a record must be looked at again; at most one row per record, whose version
# rises with every cause. The status row says up to which version that has happened. A trigger is
# outstanding while its version is greater. Two rows, so that whoever raises a trigger never waits
# for a worker, which locks the status only. Source: PASI knowledge base; two locks: ours.


class ProcessorTrigger(models.Model):
    version = models.BigIntegerField("PASI core version")
    last_updated_object_name = models.CharField(max_length=60)
    last_updated_on = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk} at {self.version}"


class ProcessorStatus(models.Model):
    version = models.BigIntegerField("PASI core version", default=0)
    max_source_version = models.BigIntegerField(default=0)
    next_scan_date = models.DateField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_error = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk} up to {self.max_source_version}"


def status_indexes(prefix: str) -> list[models.Index]:
    """The indexes of a table of statuses: which were set aside, which have a scan date. Their names
    have no room for that of the model, so each Meta names its own.
    """
    return [
        models.Index(
            fields=["set_aside_at"],
            condition=Q(set_aside_at__isnull=False),
            name=f"{prefix}_aside",
        ),
        models.Index(
            fields=["next_scan_date"],
            condition=Q(next_scan_date__isnull=False),
            name=f"{prefix}_scan",
        ),
    ]


class StudentTrigger(ProcessorTrigger):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        indexes = [models.Index(fields=["version"], name="student_trigger_version")]


class StudentValidationStatus(ProcessorStatus):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        indexes = status_indexes("student_status")


class SchoolEnrolmentTrigger(ProcessorTrigger):
    school_enrolment = models.OneToOneField(
        SchoolEnrolment, primary_key=True, on_delete=models.CASCADE
    )

    class Meta:
        indexes = [models.Index(fields=["version"], name="school_trigger_version")]


class SchoolEnrolmentValidationStatus(ProcessorStatus):
    school_enrolment = models.OneToOneField(
        SchoolEnrolment, primary_key=True, on_delete=models.CASCADE
    )

    class Meta:
        indexes = status_indexes("school_status")


class CourseEnrolmentTrigger(ProcessorTrigger):
    course_enrolment = models.OneToOneField(
        CourseEnrolment, primary_key=True, on_delete=models.CASCADE
    )

    class Meta:
        indexes = [models.Index(fields=["version"], name="course_trigger_version")]


class CourseEnrolmentValidationStatus(ProcessorStatus):
    course_enrolment = models.OneToOneField(
        CourseEnrolment, primary_key=True, on_delete=models.CASCADE
    )

    class Meta:
        indexes = status_indexes("course_status")


class ResponsibleSchoolTrigger(ProcessorTrigger):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        indexes = [models.Index(fields=["version"], name="responsible_trigger_version")]


class ResponsibleSchoolStatus(ProcessorStatus):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        indexes = status_indexes("responsible_status")


class TranscriptTrigger(ProcessorTrigger):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        indexes = [models.Index(fields=["version"], name="transcript_trigger_version")]


class TranscriptRecord(ProcessorStatus):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)

    class Meta:
        indexes = status_indexes("transcript_record")


class ProcessorProgress(models.Model):
    """Up to which version nothing is outstanding for a processor, so that nobody need look there.

    Too low a mark costs time only. It is never above the version that open transactions have
    announced, so what they raise lies beyond it.
    """

    name = models.CharField(primary_key=True, max_length=30)
    processed_up_to = models.BigIntegerField(default=0)

    class Meta:
        permissions = [("retry_work", "Can have failed background work done again")]

    def __str__(self) -> str:
        return f"{self.name} up to {self.processed_up_to}"


# --- Core alerts --------------------------------------------------------------------------------
# An alert is one violation of one alert rule by one stored record, found by its processor. An
# acknowledgement is what somebody has said of it; it may outlive the alert. Both are told apart by
# record, code and canonical arguments. Source: PASI knowledge base; the canonical form: inferred.


class RecordType(models.TextChoices):
    STUDENT = "Student"
    SCHOOL_ENROLMENT = "StudentSchoolEnrolment", "School enrolment"
    COURSE_ENROLMENT = "CourseEnrolment", "Course enrolment"


class AcknowledgementStatus(models.TextChoices):
    UNACKNOWLEDGED = "Unacknowledged"
    IN_PROGRESS = "InProgress", "In progress"
    ACKNOWLEDGED = "Acknowledged"
    OVERRIDDEN = "Overridden"


class AlertIdentity(models.Model):
    """Which alert: the record, the rule, and what the rule looked at."""

    record_type = models.CharField(max_length=22, choices=RecordType.choices)
    record = models.BigIntegerField(help_text="Key of the student or enrolment.")
    alert_code = models.PositiveIntegerField()
    arguments = models.JSONField(default=dict, help_text="Key -> value, as the rule gave them.")
    arguments_key = models.CharField(
        max_length=64, help_text="SHA-256 of the canonical form of the arguments."
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.alert_code} on {self.get_record_type_display()} {self.record}"


class CoreAlert(AlertIdentity):
    """A Warning or Advice about a stored record, as its processor found it.

    Student, school, school year and reference id are the record's, kept here so that alerts are
    found and shown without it. It has no history: the acknowledgement has, and an alert can be
    found anew at any time.
    """

    class AlertType(models.TextChoices):
        ADVICE = "Advice"
        WARNING = "Warning"

    alert_type = models.CharField(max_length=7, choices=AlertType.choices)
    description = models.TextField(help_text="The first sentence is the issue.")
    acknowledgement_status = models.CharField(
        max_length=14,
        choices=AcknowledgementStatus.choices,
        default=AcknowledgementStatus.UNACKNOWLEDGED,
    )
    reference_id = models.UUIDField(null=True, help_text="None for a student.")
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="core_alerts", db_index=False
    )
    school = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    school_year = models.PositiveSmallIntegerField(null=True)
    version = models.BigIntegerField("PASI core version")
    raised_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "work item"  # what staff call a core alert
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record", "alert_code", "arguments_key"],
                name="core_alert_once",
            ),
        ]
        indexes = [
            models.Index(fields=["student"], name="core_alert_by_student"),
            models.Index(fields=["school", "school_year"], name="core_alert_by_school"),
            models.Index(fields=["version"], name="core_alert_by_version"),
            # The list begins with the warnings, the newest first: these indexes are read backwards.
            # Code, record type and status hang together with severity, so each needs its own. What
            # is found by reference id is found by its record (core_alert_once).
            models.Index(fields=["alert_type", "id"], name="core_alert_by_severity"),
            models.Index(fields=["alert_code", "alert_type", "id"], name="core_alert_by_code"),
            models.Index(fields=["record_type", "alert_type", "id"], name="core_alert_by_type"),
            models.Index(fields=["school_year", "alert_type", "id"], name="core_alert_by_year"),
            models.Index(
                fields=["acknowledgement_status", "alert_type", "id"],
                condition=~Q(acknowledgement_status="Unacknowledged"),
                name="core_alert_by_status",
            ),
        ]


class Acknowledgement(AlertIdentity):
    """What was said of an alert. Acknowledged and Overridden stay when the alert goes, and apply to
    the same alert when it comes back; InProgress goes with it. Unacknowledged has no row.
    """

    status = models.CharField(max_length=14, choices=AcknowledgementStatus.choices)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user_name = models.CharField(max_length=100)
    updated_at = models.DateTimeField(db_default=Now())
    history = tracked(no_index=("organization",))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "record", "alert_code", "arguments_key"],
                name="acknowledgement_once",
            ),
            models.CheckConstraint(
                name="acknowledgement_says_something",
                condition=~Q(status="Unacknowledged"),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "id"], name="acknowledgement_by_status"),
            models.Index(fields=["record_type", "id"], name="acknowledgement_by_type"),
            models.Index(fields=["alert_code", "id"], name="acknowledgement_by_code"),
        ]
