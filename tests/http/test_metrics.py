"""GET /metrics: who may read it, what it says, what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from enrolments.models import StudentTrigger
from enrolments.triggers import raise_triggers
from pasi.models import Figure
from tests.admin.population import populate
from tests.figures import DAY, MINUTE, call_at, fail_a_job, refreshed
from tests.province_builder import make_student, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def allowed(settings) -> None:
    settings.PASI_METRICS_ALLOW = ["127.0.0.0/8"]


def samples() -> dict[tuple, float]:
    """(name, values of its labels in the order of their names …) -> value."""
    response = Client().get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name, *(value for _label, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("networks", "token", "sent", "status"),
    [
        ([], "", None, 404),
        ([], "secret", "Bearer secret", 404),
        (["10.0.0.0/8"], "", None, 404),
        (["127.0.0.1"], "", None, 200),
        (["10.0.0.0/8", "127.0.0.0/8"], "", None, 200),
        (["127.0.0.1"], "secret", None, 401),
        (["127.0.0.1"], "secret", "Bearer wrong", 401),
        (["127.0.0.1"], "secret", "Basic secret", 401),
        (["127.0.0.1"], "secret", "Bearer s\u00e9cret", 401),
        (["127.0.0.1"], "secret", "Bearer secret", 200),
    ],
)
def test_who_may_read_it(settings, networks, token, sent, status):
    settings.PASI_METRICS_ALLOW, settings.PASI_METRICS_TOKEN = networks, token
    headers = {"Authorization": sent} if sent else {}
    assert Client().get("/metrics", headers=headers).status_code == status


def test_it_is_only_read(allowed):
    assert Client().post("/metrics").status_code == 405


def test_calls_by_operation_outcome_and_duration(allowed):
    now = timezone.now()
    for milliseconds in (3, 70, 20_000):
        call_at(now - MINUTE, "Applied", operation="Op", milliseconds=milliseconds)
    call_at(now - MINUTE, "Rejected", operation="Op", milliseconds=5)
    call_at(now - 15 * MINUTE, None, operation="Op")
    refreshed()
    found = samples()
    assert found["pasi_calls_total", "Op", "Applied"] == 3
    assert found["pasi_calls_total", "Op", "Rejected"] == 1
    assert found["pasi_calls_total", "Op", "Unanswered"] == 1
    buckets = [found["pasi_call_duration_seconds_bucket", le, "Op"] for le in ("0.005", "10.0")]
    assert buckets == [2, 3]
    assert found["pasi_call_duration_seconds_bucket", "+Inf", "Op"] == 4
    assert found["pasi_call_duration_seconds_count", "Op"] == 4
    assert found["pasi_call_duration_seconds_sum", "Op"] == pytest.approx(20.078)
    assert found["pasi_calls_counted_timestamp_seconds",] == pytest.approx(now.timestamp(), abs=60)


def test_a_counter_never_falls_when_days_grow_old(allowed):
    call_at(timezone.now() - 10 * DAY, "Applied", operation="Op")
    refreshed()
    before = samples()["pasi_calls_total", "Op", "Applied"]
    old = (timezone.now() - 40 * DAY).date().isoformat()
    Figure.objects.filter(key="Op|Applied").update(period=old)
    refreshed()
    assert samples()["pasi_calls_total", "Op", "Applied"] == before == 1


def test_what_waits_is_counted_now(allowed):
    zero = samples()
    assert zero["pasi_outstanding_triggers", "Student"] == 0
    assert zero["pasi_oldest_trigger_age_seconds", "Student"] == 0
    assert zero["pasi_failed_jobs",] == zero["pasi_awarding_runs_unfinished",] == 0
    assert zero["pasi_calls_counted_timestamp_seconds",] == 0
    with set_up():
        student = make_student()
        raise_triggers("Student", [student.pk], "Test")
    StudentTrigger.objects.update(last_updated_on=timezone.now() - 90 * MINUTE)
    fail_a_job()
    found = samples()
    assert found["pasi_outstanding_triggers", "Student"] == 1
    assert found["pasi_oldest_trigger_age_seconds", "Student"] == pytest.approx(5_400, abs=60)
    assert found["pasi_records_set_aside", "Student"] == 0
    assert found["pasi_failed_jobs",] == 1


def test_it_costs_the_same_for_much_as_for_little(allowed):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            samples()
        return len(captured)

    few = queries()
    populate(20)
    refreshed()
    assert queries() == few < 30
