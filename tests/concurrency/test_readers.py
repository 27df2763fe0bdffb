"""While a batch is being awarded, others read, and write rows that refer to its students."""

from functools import partial

import pytest
from django.apps import apps
from django.db import connection

from credentials.awarding import load_candidates
from credentials.models import AwardedCredential, AwardingOutcome
from credentials.selection import achieved_not_awarded
from enrolments.models import CourseEnrolment, OfficialMark, SchoolEnrolment
from pasi import bulk
from pasi.calendar import business_today
from students.models import Name, Student
from tests.concurrency.calls import answers, award, make_authorization, read
from tests.concurrency.sessions import held_up, lock_table
from tests.connections import another_connection
from tests.province_builder import make_enrolment, make_mark, make_name, make_school, set_up

pytestmark = pytest.mark.concurrency

APPS = ("audit", "pasi", "students", "enrolments", "credentials")


@pytest.fixture
def impatient():
    """This thread's own session gives up at once where it would have to wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'; SET statement_timeout = '5s'")
    yield
    connection.close()


@pytest.fixture
def two_open_batches(students):
    """Two runs whose batches have done everything but record their outcomes; their numbers."""
    asns = students(400)
    halves = asns[:200], asns[200:]
    batches = [partial(award, half) for half in halves]
    with held_up(lock_table(AwardingOutcome), *batches) as (_session, calls):
        yield asns
    for call in calls:
        assert answers(call.result().body) == {"": 200}
    assert AwardedCredential.objects.count() == 400


def test_readers_of_everything_are_answered_and_see_the_state_before(two_open_batches):
    asns = two_open_batches
    with another_connection(options="-c lock_timeout=100 -c statement_timeout=5000") as reader:
        for app in APPS:
            for model in apps.get_app_config(app).get_models():
                [(count,)] = reader.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                assert count >= 0
        [(awarded,)] = reader.execute("SELECT count(*) FROM credentials_awardedcredential")
        assert awarded == 0
    assert len(asns) == 400


def test_reading_endpoints_answer_meanwhile(two_open_batches, impatient):
    asn = two_open_batches[0]
    client = make_authorization()
    for path in ("codes", "rules", "organizations", "service-calls", "processors", "client"):
        read(client, f"/api/{path}/")
    assert read(client, f"/api/students/{asn}/")["StateProvinceId"] == asn
    assert len(read(client, "/api/students/?PageSize=500")["results"]) == 400
    assert read(client, "/api/credentials/")["results"] == []
    assert read(client, "/api/credentials/?ChangedSinceVersion=0")["results"] == []


def test_decisions_can_be_loaded_meanwhile(two_open_batches, impatient):
    asns = two_open_batches
    assert list(achieved_not_awarded()) == asns
    candidates = load_candidates(asns, today=business_today())
    assert {candidate.credential for candidate in candidates.values()} == {"AHSD"}
    assert bulk.visible_version() < bulk.latest_version()


def test_others_write_rows_that_refer_to_a_student_being_awarded(two_open_batches, impatient):
    """The students are locked FOR NO KEY UPDATE; a foreign key's check does not wait for that."""
    student = Student.objects.get(asn=two_open_batches[0])
    with set_up():
        school = make_school()
        make_mark(student, "MAT3791", 2026, 5, "80")
        make_enrolment(student, school, 2026)
        CourseEnrolment.objects.create(
            reference_id="00000000-0000-4000-8000-000000000001",
            student=student,
            school=school,
            school_year=2026,
            course_code="MAT3791",
            status="Active",
            version=bulk.next_versions(1)[0],
        )
        make_name(student, "Another", "", "Name", id=1_000_000)
    for model, count in ((OfficialMark, 2), (SchoolEnrolment, 1), (CourseEnrolment, 1), (Name, 2)):
        assert model.objects.filter(student=student).count() == count
