"""Background work that failed: seen on its page, and done again by a recorded call."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import ServiceCall
from enrolments.models import StudentTrigger, TranscriptTrigger
from enrolments.tasks import process
from enrolments.triggers import raise_triggers
from tests.admin.conftest import address, signed_in, staff
from tests.admin.population import populate
from tests.figures import fail_a_job
from tests.province_builder import make_student, set_up

PAGE = "/admin/enrolments/studenttrigger/processors/"


def again(name: str) -> str:
    return reverse("admin:enrolments_look_again", args=[name])


def retry(job: int) -> str:
    return reverse("admin:enrolments_retry_job", args=[job])


@pytest.fixture
def officer(db):
    return signed_in(staff("officer", "Alerts Officer"))


@pytest.fixture
def aside(db) -> list[int]:
    """Two students that the processor has set aside; a third it has not."""
    with set_up():
        students = [make_student() for _ in range(3)]
        raise_triggers("Student", [student.pk for student in students], "Test")
    keys = [student.pk for student in students]
    for student, trigger in zip(students, StudentTrigger.objects.order_by("pk"), strict=True):
        status = student.studentvalidationstatus
        status.max_source_version = trigger.version
        if student.pk != keys[2]:
            status.set_aside_at, status.set_aside_error = timezone.now(), "ValueError: broken"
        status.save()
    return keys


def versions() -> dict[int, int]:
    return dict(StudentTrigger.objects.values_list("pk", "version"))


def last_call() -> ServiceCall:
    return ServiceCall.objects.order_by("message_id").last()


def test_the_page_shows_queues_and_failed_jobs(officer):
    empty = officer.get(PAGE).content.decode()
    assert "No job has failed: nothing needs to be done." in empty
    assert "No job waits, is being done or has failed." in empty
    key = fail_a_job("Transcript")
    process.configure(queueing_lock="process Student").defer(name="Student")
    response = officer.get(PAGE)
    assert response.context["queues"] == [
        {"queue_name": "default", "waiting": 1, "doing": 0, "failed": "1"}
    ]
    [job] = response.context["failed_jobs"]
    assert (job["key"], job["task"], job["attempts"]) == (key, "process", 1)
    assert job["arguments"] == 'name: "Transcript"'
    assert job["failed_at"] != "–"
    assert "Look at the records that wait for a processor (process)" in response.content.decode()


def test_a_failed_job_is_tried_again_once(officer):
    key = fail_a_job()
    assert retry(key) in officer.get(PAGE).content.decode()
    page = officer.post(retry(key), follow=True)
    assert f"Job {key} waits again" in page.content.decode()
    assert ProcrastinateJob.objects.get(pk=key).status == "todo"
    call = last_call()
    assert (call.operation, call.staff.username) == ("RetryJob", "officer")
    assert call.response.outcome == "Applied"
    assert f'"Job": {key}' in call.body
    page = officer.post(retry(key), follow=True)
    assert "has not failed, or is being tried again already" in page.content.decode()
    assert last_call() == call


def test_a_job_whose_work_another_is_waiting_to_do_stays_as_it_is(officer):
    key = fail_a_job()
    process.configure(queueing_lock="process Student").defer(name="Student")
    page = officer.post(retry(key), follow=True)
    assert "Another job that does the same waits already" in page.content.decode()
    assert ProcrastinateJob.objects.get(pk=key).status == "failed"
    assert (last_call().response.outcome, last_call().response.http_status) == ("Fault", 409)


def test_one_record_is_looked_at_again(officer, aside):
    before = versions()
    record = officer.get(address(StudentTrigger, "change", aside[0])).content.decode()
    assert "Look at it again" in record
    assert "ValueError: broken" in record
    page = officer.post(again("Student"), {"record": aside[0]}, follow=True)
    assert "A worker looks at 1 of the records set aside (Students) again." in page.content.decode()
    after = versions()
    assert after[aside[0]] > before[aside[0]]
    assert after | {aside[0]: before[aside[0]]} == before
    call = last_call()
    assert (call.operation, call.response.outcome) == ("RaiseTriggers", "Applied")
    assert f'"Record": {aside[0]}' in call.body


def test_all_of_a_processor_are_looked_at_again(officer, aside):
    before = versions()
    assert again("Student") in officer.get(PAGE).content.decode()
    officer.post(again("Student"))
    after = versions()
    assert [key for key in aside if after[key] > before[key]] == aside[:2]


def test_nothing_set_aside_is_said_to_be_nothing(officer, aside):
    page = officer.post(again("Student"), {"record": aside[2]}, follow=True)
    assert "Nothing is set aside there any more." in page.content.decode()
    record = officer.get(address(StudentTrigger, "change", aside[2])).content.decode()
    assert "Look at it again" not in record


def test_who_may_have_it_done_again(aside):
    key = fail_a_job()
    auditor = signed_in(staff("auditor", "Auditor"))
    page = auditor.get(PAGE).content.decode()
    assert retry(key) not in page
    assert again("Student") not in page
    for url in (retry(key), again("Student")):
        assert auditor.post(url).status_code == 403
    record = auditor.get(address(StudentTrigger, "change", aside[0])).content.decode()
    assert "Look at it again" not in record
    alerts = signed_in(staff("alerts", "Alerts Officer"))
    assert alerts.post(again("Transcript")).status_code == 302
    credentials = signed_in(staff("credentials", "Credential Officer"))
    assert credentials.post(again("Transcript")).status_code == 302
    assert credentials.post(retry(key)).status_code == 302
    assert signed_in(staff("clerk", "Registry Clerk")).post(retry(key)).status_code == 403


def test_an_administrator_has_it_done_again_and_sees_no_student(aside):
    key = fail_a_job()
    administrator = signed_in(staff("adam", "Administrator"))
    page = administrator.get(PAGE).content.decode()
    assert retry(key) in page and again("Student") in page
    assert f'href="{address(StudentTrigger, "changelist")}' not in page.replace(PAGE, "")
    assert administrator.post(again("Student")).status_code == 302
    assert administrator.get(address(StudentTrigger, "changelist")).status_code == 403


@pytest.mark.parametrize("record", ["x", "-1", "9" * 30])
def test_what_names_nothing_is_not_found(officer, record):
    assert officer.post(again("Student"), {"record": record}).status_code == 404
    assert officer.post(again("Nobody")).status_code == 404
    assert officer.get(again("Student")).status_code == 405
    assert officer.get(retry(1)).status_code == 405
    assert officer.post(retry(2**70)).status_code == 302


def test_the_page_costs_the_same_for_many(officer):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            officer.get(PAGE)
        return len(captured)

    fail_a_job()
    queries()
    few = queries()
    populate(10)
    for name in ("CourseEnrolment", "Transcript", "ResponsibleSchool"):
        fail_a_job(name)
    assert TranscriptTrigger.objects.count() == 10
    assert queries() == few < 35
