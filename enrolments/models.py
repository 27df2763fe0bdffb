"""Enrolments, official marks, and the triggers that make processors look at a record again."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from audit.history import tracked
from pasi.models import Organization, Versioned
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
    grade = models.CharField(max_length=2)
    programming_type = models.CharField(max_length=20)
    programming_timeframe = models.CharField(max_length=20)
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

    def __str__(self) -> str:
        return f"{self.student_id} {self.course_code}"


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


class StudentTrigger(ProcessorTrigger):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)


class StudentValidationStatus(ProcessorStatus):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)


class SchoolEnrolmentTrigger(ProcessorTrigger):
    school_enrolment = models.OneToOneField(
        SchoolEnrolment, primary_key=True, on_delete=models.CASCADE
    )


class SchoolEnrolmentValidationStatus(ProcessorStatus):
    school_enrolment = models.OneToOneField(
        SchoolEnrolment, primary_key=True, on_delete=models.CASCADE
    )


class CourseEnrolmentTrigger(ProcessorTrigger):
    course_enrolment = models.OneToOneField(
        CourseEnrolment, primary_key=True, on_delete=models.CASCADE
    )


class CourseEnrolmentValidationStatus(ProcessorStatus):
    course_enrolment = models.OneToOneField(
        CourseEnrolment, primary_key=True, on_delete=models.CASCADE
    )


class ResponsibleSchoolTrigger(ProcessorTrigger):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)


class ResponsibleSchoolStatus(ProcessorStatus):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)


class TranscriptTrigger(ProcessorTrigger):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)


class TranscriptRecord(ProcessorStatus):
    student = models.OneToOneField(Student, primary_key=True, on_delete=models.CASCADE)
