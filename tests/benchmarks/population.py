"""A large, plain population written by the database itself: students who have earned a diploma.

For measuring how time and memory grow with the number of students; the believable province is
used for everything else.
"""

from django.db import connection, transaction

from students.name_keys import keys_of

_STATEMENTS = (
    """
    INSERT INTO students_student (id, asn, birth_date, gender, version, maturity_date,
        maturity_reason, is_deactivated, document_type, document_number, is_name_exact,
        section23_eligibility, is_deceased, legal_name_id, preferred_name_id, original_name_id)
    SELECT n, lpad((%(base)s + n %% 1000000000)::text, 9, '0'),
        date '2007-10-01' + (n %% 365)::int, 'F', nextval('pasi_core_version'),
        CASE WHEN n %% 365 > 335 THEN date '2028-09-01' ELSE date '2027-09-01' END, 'AGE',
        false, 'CurrentSystemValue', '', true, '', false, n, n, n
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    """,
    """
    INSERT INTO students_name (id, student_id, first_name, middle_name, last_name, suffix,
        was_legal, is_deleted)
    SELECT n, n, 'Bench', 'M', 'Student', '', true, false
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    """,
    """
    INSERT INTO students_namekey (name_id, student_id, birth_date, was_legal, first_key,
        middle_key, last_key, first_sound, last_sound)
    SELECT id, id, birth_date, true, %(first_key)s, %(middle_key)s, %(last_key)s,
        %(first_sound)s, %(last_sound)s
    FROM students_student
    WHERE id BETWEEN %(first)s AND %(last)s
    """,
    """
    INSERT INTO credentials_requirementsetstatus (student_id, requirement_set_id, status, version,
        is_calculated)
    SELECT n, 'AHSD-2018', 'Achieved', nextval('pasi_core_version'), false
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    """,
    """
    INSERT INTO enrolments_officialmark (student_id, course_code, achievement_school_year,
        achievement_date, mark_value, credits_awarded, is_available, evaluation_method,
        is_deleted, version)
    SELECT n, 'CRS' || (1000 + m), 2024 + m / 10, date '2024-01-28' + m * 30, '71', 5, true, '',
        false, nextval('pasi_core_version')
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
        generate_series(0, %(marks)s) AS m
    """,
)


BASE = 500_000_000


def asn_of(key: int) -> str:
    """The number of the student with primary key `key`."""
    return f"{BASE + key % 1_000_000_000:09d}"


def create(students: int, *, first: int = 1, marks: int = 29) -> None:
    """Write students with the keys from `first` on, each with `marks` + 1 official marks."""
    values = {
        "first": first,
        "last": first + students - 1,
        "base": BASE,
        "marks": marks,
        **keys_of("Bench", "M", "Student")._asdict(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
