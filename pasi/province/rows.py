"""The CSV files of a province: their columns, and the lines of a stretch of students."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "organizations": (
        "code", "name", "kind", "authority_code", "classification", "city", "opened_on",
        "closed_on", "access",
    ),
    "courses": (
        "code", "name", "level", "credits", "subject", "kind", "flags", "available_from",
        "available_to",
    ),
    "students": (
        "asn", "first_name", "last_name", "birth_date", "gender", "middle_name", "suffix",
        "status", "primary_asn", "deceased_on", "citizenship_status", "citizenship_expires_on",
        "document_type", "created_by", "created_on",
    ),
    "student_names": (
        "asn", "first_name", "last_name", "middle_name", "suffix", "is_preferred", "is_deleted",
        "added_by",
    ),
    "student_addresses": (
        "asn", "address_type", "street", "country", "effective_on", "city", "state_province",
        "postal_code", "expires_on",
    ),
    "disclosure_restrictions": (
        "asn", "code", "effective_on", "is_active", "details", "expires_on",
    ),
    "school_enrolments": (
        "reference_id", "asn", "school_code", "school_year", "grade", "programming_type",
        "programming_timeframe", "start_date", "exit_date", "exit_date_type",
        "enrolment_type_codes", "grants_program_codes", "exception_codes", "resident_board",
        "fnmi_declaration", "french_hours_of_instruction",
        "school_authority_provided_program_percentage", "local_student_id", "is_deleted",
    ),
    "course_enrolments": (
        "reference_id", "asn", "school_code", "school_year", "course_code", "status",
        "start_date", "end_date", "is_deleted",
    ),
    "official_marks": (
        "asn", "course_code", "school_year", "achievement_date", "mark_value",
        "credits_awarded", "is_available", "evaluation_method",
    ),
    "requirement_set_statuses": ("asn", "requirement_set", "status", "calculated"),
    "requirement_achievements": (
        "asn", "requirement", "achievement", "organization_code", "updated_on",
    ),
    "awarded_credentials": (
        "credential_number", "asn", "credential_type", "school_year", "first_name", "last_name",
        "awarded_on", "middle_name", "suffix", "legacy_number", "is_deleted",
    ),
}  # fmt: skip


class Rows:
    """Finished CSV lines per file. No field written here needs quoting but a street of two lines,
    which addresses.py quotes itself."""

    __slots__ = (
        "awarded_credentials",
        "course_enrolments",
        "disclosure_restrictions",
        "official_marks",
        "requirement_achievements",
        "requirement_set_statuses",
        "school_enrolments",
        "student_addresses",
        "student_names",
        "students",
    )

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, [])
