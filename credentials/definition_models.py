"""What the eligibility calculator works by, as staff may change it: credentials, requirements,
groups of courses, limits. Requirement sets are in models.py, beside what is stored of them.

Loaded by migration from credentials/eligibility/data; read by definitions.py. A set is not removed
once it is used: it expires. School years are those in which they end; empty = no limit.
"""

from django.db import models
from django.db.models.functions import Now

from audit.history import tracked
from credentials.eligibility.courses import WAYS
from pasi.models import CODE_LENGTH

NAME_LENGTH = 200


class InSchoolYears(models.Model):
    effective_school_year = models.PositiveSmallIntegerField(null=True, blank=True)
    expiry_school_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class WithSource(models.Model):
    """`source`: where the row was read, and how certain it is."""

    source = models.CharField(max_length=250, blank=True)

    class Meta:
        abstract = True


class Credential(InSchoolYears):
    """What a student can be awarded, and its place in the order of credentials."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=NAME_LENGTH)
    level = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="1 is the highest; those of one level are equivalent; empty = outside the order",
    )
    history = tracked()

    def __str__(self) -> str:
        return self.code


class CredentialRequirement(models.Model):
    """A requirement of requirement sets. Each has a function in credentials/eligibility."""

    code = models.CharField(max_length=CODE_LENGTH, primary_key=True)
    name = models.CharField(max_length=NAME_LENGTH)
    is_system_updateable = models.BooleanField(
        default=True, help_text="Worked out from records; otherwise somebody says so"
    )
    client_role = models.CharField(max_length=60, blank=True)
    user_roles = models.CharField(max_length=200, blank=True, help_text="Joined by ;")
    history = tracked()

    def __str__(self) -> str:
        return self.code


class SetRequirement(models.Model):
    """A requirement of a set. Only when all triggers are met does a student get a row."""

    requirement_set = models.ForeignKey(
        "credentials.RequirementSet", on_delete=models.PROTECT, related_name="set_requirements"
    )
    requirement = models.ForeignKey(
        CredentialRequirement, on_delete=models.PROTECT, related_name="set_requirements"
    )
    sequence = models.PositiveSmallIntegerField(help_text="In which order they are shown")
    is_trigger = models.BooleanField(default=False)
    history = tracked(no_index=("requirement_set", "requirement"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement_set", "requirement"], name="requirement_once_per_set"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_set_id} {self.requirement_id}"


class ExemptionReason(WithSource):
    """For what a requirement may be lifted, who may ask for it and who may approve, if anybody."""

    requirement = models.ForeignKey(
        CredentialRequirement, on_delete=models.PROTECT, related_name="exemption_reasons"
    )
    reason = models.CharField(max_length=CODE_LENGTH)
    name = models.CharField(max_length=NAME_LENGTH)
    requested_by = models.CharField(max_length=30, blank=True)
    approved_by = models.CharField(max_length=30, blank=True)
    history = tracked(no_index=("requirement",))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "reason"], name="reason_once_per_requirement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.reason}"


class CourseGroup(models.Model):
    """A group of courses that requirements look at."""

    code = models.CharField(max_length=30, primary_key=True)
    name = models.CharField(max_length=NAME_LENGTH)
    history = tracked()

    def __str__(self) -> str:
        return self.code


class CourseMapping(InSchoolYears, WithSource):
    """What makes a course a member of a group. The years are those in which a mark was achieved."""

    course_group = models.ForeignKey(
        CourseGroup, on_delete=models.PROTECT, related_name="course_mappings"
    )
    by = models.CharField(max_length=7, choices=[(way, way) for way in WAYS])
    value = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Only courses of this level: 10, 20 or 30"
    )
    history = tracked(no_index=("course_group",))

    def __str__(self) -> str:
        return f"{self.course_group_id} {self.by} {self.value}"


class CourseSubject(WithSource):
    """The subject of courses that are not in the course master, by the first letters of a code."""

    letters = models.CharField(max_length=3, primary_key=True)
    subject = models.CharField(max_length=60)
    history = tracked()

    def __str__(self) -> str:
        return f"{self.letters} {self.subject}"


class CreditCap(WithSource):
    """Of a group's credits at most so many count for a requirement."""

    requirement = models.ForeignKey(
        CredentialRequirement, on_delete=models.PROTECT, related_name="credit_caps"
    )
    course_group = models.ForeignKey(
        CourseGroup, on_delete=models.PROTECT, related_name="credit_caps"
    )
    most_credits = models.PositiveSmallIntegerField()
    history = tracked(no_index=("requirement", "course_group"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "course_group"], name="credit_cap_once_per_requirement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.course_group_id}"


class EligibilityLimit(WithSource):
    """A year, an age, or a list of codes joined by ";" that a single requirement looks at."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.CharField(max_length=500)
    history = tracked()

    def __str__(self) -> str:
        return self.name


class Recalculation(models.Model):
    """Students who must all be looked at again, because definitions have changed or a school year
    has begun. Their triggers are raised stretch by stretch, in the order of their keys.

    `requirement_sets`: of those who have a row in one of them; empty = of all whom the calendar
    alone can move. `done_up_to`: the last student whose trigger is raised. `begun_at_version`: who
    works by the former definitions began before it.
    """

    cause = models.CharField(max_length=100, unique=True)
    requirement_sets = models.JSONField(default=list, blank=True)
    begun_at_version = models.BigIntegerField(null=True, blank=True)
    done_up_to = models.BigIntegerField(default=0)
    students = models.PositiveIntegerField(default=0)
    wanted_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True),
                name="recalculation_open",
            ),
        ]

    def __str__(self) -> str:
        return self.cause
