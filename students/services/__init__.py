"""The published operations on students, one module each."""

from students.services.create_student import CreateStudent
from students.services.identify_student import IdentifyStudent
from students.services.submit_citizenship import SubmitStudentCitizenshipStatus
from students.services.submit_deactivation import SubmitStudentDeactivation
from students.services.submit_death import SubmitStudentDeath
from students.services.submit_disclosure_restriction import SubmitStudentDisclosureRestriction
from students.services.submit_identification import SubmitIdentificationInformation
from students.services.submit_link import SubmitStudentLink
from students.services.submit_name import SubmitName

SERVICES = (
    CreateStudent,
    SubmitName,
    SubmitIdentificationInformation,
    SubmitStudentCitizenshipStatus,
    SubmitStudentDisclosureRestriction,
    SubmitStudentLink,
    SubmitStudentDeactivation,
    SubmitStudentDeath,
    IdentifyStudent,
)
