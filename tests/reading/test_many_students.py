"""What a school sees when there are more records than are judged one by one."""

import uuid

from django.db import connection

from students import associations
from students.models import Student
from tests.benchmarks import population
from tests.province_builder import make_award, make_enrolment, make_school, set_up

FIRST = 50_000_000


def test_a_student_with_two_awards_hides_nobody(at_school):
    """More than a thousand awards, of a thousand students at the most: all must be judged."""
    with set_up():
        population.create(associations.FEW, first=FIRST, marks=0)
        school = make_school()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO credentials_issuedcredentialnumber (number) "
                "SELECT id FROM students_student WHERE id >= %s",
                [FIRST],
            )
            cursor.execute(
                "INSERT INTO credentials_awardedcredential (student_id, credential_type, "
                "credential_number, school_year, first_name, middle_name, last_name, suffix, "
                "awarded_on, legacy_number, is_deleted, delete_reason, version) "
                "SELECT id, 'CHSA', id, 2026, 'Bench', '', 'Student', '', '2026-07-31', '', "
                "false, '', nextval('pasi_core_version') FROM students_student WHERE id >= %s",
                [FIRST],
            )
        last = Student.objects.get(pk=FIRST + associations.FEW - 1)
        make_award(Student.objects.get(pk=FIRST), "AHSD", 10, 2026)
        make_enrolment(last, school, 2027, reference_id=uuid.uuid4())
    results = at_school.results("/api/credentials/", {"PageSize": 500})
    assert [each["StateProvinceId"] for each in results] == [last.asn]
