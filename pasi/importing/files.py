"""The files that can be imported, in the order in which they are loaded, and their columns."""

from dataclasses import dataclass

from credentials import credential_numbers
from credentials.manual_requirements import ALL_MANUAL_REQUIREMENTS
from credentials.models import RequirementAchievement, RequirementExemption, RequirementSetStatus
from enrolments.official_marks import MOST_CREDITS
from pasi.fields import INT16
from pasi.importing import (
    credential_loaders,
    reference_loaders,
    schooling_loaders,
    student_loaders,
)
from pasi.importing.columns import (
    CodeList,
    Column,
    asn,
    birth_day,
    boolean,
    code_of_digits,
    codes_of_digits,
    course_code,
    day,
    guid,
    instant,
    label,
    lines,
    name,
    one_of,
    organization_code,
    pattern,
    resident_board,
    school_year,
    text,
    whole,
)
from pasi.importing.loader import Loader
from pasi.importing.session import REQUIREMENT_SETS
from pasi.models import Organization
from students.models import Student


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One kind of file. `key`: the column by which rows of other files refer to this one's."""

    name: str
    loader: type[Loader]
    columns: tuple[Column, ...]
    key: str = ""


FILES: tuple[ImportFile, ...] = (
    ImportFile(
        "organizations.csv",
        reference_loaders.OrganizationLoader,
        (
            Column("code", organization_code, required=True),
            Column("name", label(150), required=True),
            Column("kind", one_of(*Organization.Kind.values), required=True),
            Column("authority_code", organization_code),
            Column("classification", label(40)),
            Column("city", label(60)),
            Column("opened_on", day, absent=None),
            Column("closed_on", day, absent=None),
            Column(
                "access",
                one_of(*Organization.Access.values),
                absent=Organization.Access.NORMAL.value,
            ),
        ),
        key="code",
    ),
    ImportFile(
        "courses.csv",
        reference_loaders.CourseLoader,
        (
            Column("code", course_code, required=True),
            Column("name", label(100), required=True),
            Column("level", whole(0, INT16[1]), absent=None),
            Column(
                "credits",
                pattern(
                    r"(?=.{1,20}\Z)[0-9]{1,2}(?:;[0-9]{1,2})*",
                    "must be a number of credits, or several separated by ;",
                ),
            ),
            Column("subject", label(60)),
            Column("kind", label(30)),
            Column("flags", label(200)),
            Column("available_from", school_year, absent=None),
            Column("available_to", school_year, absent=None),
        ),
    ),
    ImportFile(
        "students.csv",
        student_loaders.StudentLoader,
        (
            Column("asn", asn, required=True),
            Column("first_name", name(50), required=True),
            Column("last_name", name(50), required=True),
            Column("birth_date", birth_day, required=True),
            Column("gender", CodeList("Gender"), required=True),
            Column("middle_name", name(50)),
            Column("suffix", name(15)),
            Column("status", one_of(*Student.Status.values), absent=Student.Status.ACTIVE.value),
            Column("primary_asn", asn),
            Column("deceased_on", day, absent=None),
            Column("citizenship_status", CodeList("CitizenshipStatus")),
            Column("citizenship_expires_on", day, absent=None),
            Column("document_type", CodeList("SourceDocumentType"), absent="CurrentSystemValue"),
            Column("created_by", organization_code),
            Column("created_on", instant, absent=None),
        ),
        key="asn",
    ),
    ImportFile(
        "student_names.csv",
        student_loaders.NameLoader,
        (
            Column("asn", asn, required=True),
            Column("first_name", name(50), required=True),
            Column("last_name", name(50), required=True),
            Column("middle_name", name(50)),
            Column("suffix", name(15)),
            Column("is_preferred", boolean, absent=False),
            Column("is_deleted", boolean, absent=False),
            Column("added_by", organization_code),
        ),
    ),
    ImportFile(
        "student_addresses.csv",
        student_loaders.AddressLoader,
        (
            Column("asn", asn, required=True),
            Column("address_type", CodeList("AddressType"), required=True),
            Column("street", lines(140), required=True),
            Column("country", text(60), required=True),
            Column("effective_on", day, required=True),
            Column("city", text(60)),
            Column("state_province", text(20)),
            Column("postal_code", text(15)),
            Column("expires_on", day, absent=None),
        ),
    ),
    ImportFile(
        "disclosure_restrictions.csv",
        student_loaders.RestrictionLoader,
        (
            Column("asn", asn, required=True),
            Column("code", CodeList("DisclosureRestriction"), required=True),
            Column("effective_on", day, required=True),
            Column("is_active", boolean, required=True),
            Column("details", lines(250)),
            Column("expires_on", day, absent=None),
        ),
    ),
    ImportFile(
        "school_enrolments.csv",
        schooling_loaders.SchoolEnrolmentLoader,
        (
            Column("reference_id", guid, required=True),
            Column("asn", asn, required=True),
            Column("school_code", organization_code, required=True),
            Column("school_year", school_year, required=True),
            Column("grade", CodeList("Grade"), required=True),
            Column("programming_type", CodeList("ProgrammingType"), required=True),
            Column("programming_timeframe", CodeList("ProgrammingTimeframe"), required=True),
            Column("start_date", day, required=True),
            Column("exit_date", day, required=True),
            Column("exit_date_type", CodeList("ExitDateType"), required=True),
            Column("enrolment_type_codes", codes_of_digits(3)),
            Column("grants_program_codes", codes_of_digits(3)),
            Column("exception_codes", codes_of_digits(2)),
            Column("resident_board", resident_board),
            Column("fnmi_declaration", code_of_digits),
            Column("french_hours_of_instruction", whole(1, 9999), absent=None),
            Column("school_authority_provided_program_percentage", whole(0, 100), absent=None),
            Column("local_student_id", text(15)),
            Column("is_deleted", boolean, absent=False),
        ),
    ),
    ImportFile(
        "course_enrolments.csv",
        schooling_loaders.CourseEnrolmentLoader,
        (
            Column("reference_id", guid, required=True),
            Column("asn", asn, required=True),
            Column("school_code", organization_code, required=True),
            Column("school_year", school_year, required=True),
            Column("course_code", course_code, required=True),
            Column("status", CodeList("CourseEnrolmentStatus"), required=True),
            Column("start_date", day, absent=None),
            Column("end_date", day, absent=None),
            Column("is_deleted", boolean, absent=False),
        ),
    ),
    ImportFile(
        "official_marks.csv",
        schooling_loaders.OfficialMarkLoader,
        (
            Column("asn", asn, required=True),
            Column("course_code", course_code, required=True),
            Column("school_year", school_year, required=True),
            Column("achievement_date", day, required=True),
            Column("mark_value", text(10), required=True),
            Column("credits_awarded", whole(0, MOST_CREDITS), required=True),
            Column("is_available", boolean, absent=True),
            Column("evaluation_method", text(30)),
        ),
    ),
    ImportFile(
        "exam_marks.csv",
        schooling_loaders.ExamMarkLoader,
        (
            Column("asn", asn, required=True),
            Column("course_code", course_code, required=True),
            Column("school_year", school_year, required=True),
            Column(
                "status",
                pattern(r"[A-Za-z]{1,30}", "must be 1 to 30 letters without spaces"),
                required=True,
            ),
        ),
    ),
    ImportFile(
        "requirement_set_statuses.csv",
        credential_loaders.SetStatusLoader,
        (
            Column("asn", asn, required=True),
            Column("requirement_set", CodeList(REQUIREMENT_SETS), required=True),
            Column("status", one_of(*RequirementSetStatus.Status.values), required=True),
            Column("calculated", boolean, absent=False),
        ),
    ),
    ImportFile(
        "requirement_achievements.csv",
        credential_loaders.RequirementAchievementLoader,
        (
            Column("asn", asn, required=True),
            Column("requirement", one_of(*ALL_MANUAL_REQUIREMENTS), required=True),
            Column(
                "achievement", one_of(*RequirementAchievement.Achievement.values), required=True
            ),
            Column("organization_code", organization_code, required=True),
            Column("updated_on", instant, required=True),
        ),
    ),
    ImportFile(
        "requirement_exemptions.csv",
        credential_loaders.RequirementExemptionLoader,
        (
            Column("asn", asn, required=True),
            Column("requirement", label(60), required=True),
            Column("reason", label(60), required=True),
            Column("status", one_of(*RequirementExemption.Status.values), required=True),
            Column("organization_code", organization_code),
        ),
    ),
    ImportFile(
        "awarded_credentials.csv",
        credential_loaders.AwardLoader,
        (
            Column("credential_number", whole(1, credential_numbers.HIGHEST_NUMBER), required=True),
            Column("asn", asn, required=True),
            Column("credential_type", CodeList("CredentialType"), required=True),
            Column("school_year", school_year, required=True),
            Column("first_name", name(50), required=True),
            Column("last_name", name(50), required=True),
            Column("awarded_on", day, required=True),
            Column("middle_name", name(50)),
            Column("suffix", name(15)),
            Column("legacy_number", text(14)),
            Column("is_deleted", boolean, absent=False),
        ),
    ),
)
