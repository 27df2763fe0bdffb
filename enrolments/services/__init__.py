"""The published operations on enrolments, one module each."""

from enrolments.services.submit_acknowledgement import (
    SubmitStudentSchoolEnrolmentStatusAcknowledgement,
    SubmitStudentStatusAcknowledgement,
)
from enrolments.services.submit_official_mark import SubmitOfficialMark
from enrolments.services.submit_school_enrolment import SubmitStudentSchoolEnrolment

SERVICES = (
    SubmitStudentSchoolEnrolment,
    SubmitStudentSchoolEnrolmentStatusAcknowledgement,
    SubmitStudentStatusAcknowledgement,
    SubmitOfficialMark,
)
