"""What the rules of submitted enrolments judge: plain values, loaded before any rule is asked."""

from dataclasses import dataclass
from uuid import UUID

from enrolments.facts import EnrolmentFacts, OrganizationFacts
from students.facts import StudentAccess


@dataclass(frozen=True)
class SubmittedEnrolment:
    """SubmitStudentSchoolEnrolment: the enrolment as it is stored and as it is submitted.

    `school`: the submitted one; None where none has the code. `stored`: None for a new enrolment.
    `submitted`: None where student or school do not exist; else it bears the key and version of the
    stored one. `is_deceased`: the person behind the submitted number. `has_course_enrolments`: the
    stored one is the person's only enrolment at its school and year, and there are course
    enrolments there; deleted records do not count.
    """

    access: StudentAccess
    caller: OrganizationFacts
    reference_id: UUID
    school_code: str
    current_school_year: int
    school: OrganizationFacts | None = None
    stored: EnrolmentFacts | None = None
    submitted: EnrolmentFacts | None = None
    may_submit_old_years: bool = False
    is_deceased: bool = False
    has_course_enrolments: bool = False

    @property
    def is_new(self) -> bool:
        return self.stored is None

    @property
    def is_deletion(self) -> bool:
        return self.stored is not None and not self.stored.is_deleted and self.submitted.is_deleted

    @property
    def is_unchanged(self) -> bool:
        return self.stored == self.submitted

    def core_version(self, submitted: int) -> int:
        """3004: the version that the request must bring, and that the fault names.

        A new enrolment has 0. For a deleted one 0 is as good as the stored version.
        """
        if self.stored is None:
            return 0
        if self.stored.is_deleted and submitted != self.stored.version:
            return 0
        return self.stored.version
