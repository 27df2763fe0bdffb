"""A run that is stopped holds whole batches, and is finished by --resume."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from audit.models import ServiceResponse
from credentials.models import AwardedCredential, AwardingBatch, AwardingOutcome, AwardingRun
from tests.connections import another_connection
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import make_student, set_up


def run(*arguments) -> dict:
    out = io.StringIO()
    call_command("award_credentials", *map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def failed(*arguments) -> str:
    with pytest.raises(CommandError) as raised:
        run(*arguments)
    assert raised.value.returncode == 1
    return str(raised.value)


@pytest.fixture
def asns(committed_database, settings):
    settings.PASI_LOCK_TIMEOUT_SECONDS = 0.05
    with set_up():
        return [
            make_student(achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)]).asn for _ in range(7)
        ]


def stop_at(asn, *arguments) -> tuple[AwardingRun, str]:
    """Carry the command out while somebody else holds a student's lock."""
    with another_connection() as other:
        other.execute("SELECT 1 FROM students_student WHERE asn = %s FOR UPDATE", [asn])
        message = failed(*arguments)
    return AwardingRun.objects.get(), message


def test_a_run_stopped_by_a_fault_is_finished_by_resuming_it(asns, tmp_path):
    path = tmp_path / "results.csv"
    stopped, message = stop_at(asns[3], "--asn", *asns, "--batch-size", 2, "--results", path)
    assert f"Run {stopped.pk} stopped: A time-out happened inside the Core." in message
    assert f"--resume {stopped.pk}" in message
    assert AwardedCredential.objects.count() == AwardingOutcome.objects.count() == 2
    assert AwardingBatch.objects.filter(run=stopped, call=None).count() == 3
    assert stopped.finished_at is None
    assert path.read_text() == ""
    first = dict(AwardedCredential.objects.values_list("student__asn", "number"))
    assert set(first) == set(asns[:2])

    found = run("--resume", stopped.pk, "--results", path)
    assert (found["run"], found["requested"], found["awarded"]) == (stopped.pk, 7, {"AHSD": 7})
    assert AwardedCredential.objects.count() == 7
    stopped.refresh_from_db()
    assert stopped.finished_at is not None
    numbers = dict(AwardedCredential.objects.values_list("student__asn", "number"))
    assert {asn: numbers[asn] for asn in first} == first
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [(row[0], int(row[2])) for row in rows] == [(asn, numbers[asn]) for asn in asns]
    assert_database_is_sound()
    assert_every_call_is_answered()


def test_the_batch_that_failed_is_in_the_audit_as_a_fault(asns):
    stop_at(asns[0], "--asn", *asns, "--batch-size", 3)
    response = ServiceResponse.objects.latest("call_id")
    assert (response.outcome, response.codes) == ("Fault", ["4002"])
    assert AwardedCredential.objects.count() == AwardingOutcome.objects.count() == 0


def test_resuming_keeps_the_options_of_the_run(asns):
    stopped, _message = stop_at(asns[0], "--asn", *asns, "--dry-run", "--batch-size", 3)
    found = run("--resume", stopped.pk)
    assert (found["dry_run"], found["awarded"]) == (True, {"AHSD": 7})
    assert not AwardedCredential.objects.exists()


def test_resuming_a_run_of_some_credential_types_awards_no_other(asns):
    stopped, _message = stop_at(
        asns[0], "--achieved-not-awarded", "--credential-type", "AHSD", "--batch-size", 3
    )
    with set_up():
        other = make_student(achieved=["COSC"])
        batch = AwardingBatch.objects.filter(run=stopped).order_by("first_position").last()
        batch.asns[-1] = other.asn
        batch.save()
    assert run("--resume", stopped.pk)["rejected"] == {"44000": 1}


def test_a_finished_run_can_be_resumed_to_no_effect(asns):
    first = run("--asn", *asns)
    finished = AwardingRun.objects.get().finished_at
    again = run("--resume", first["run"])
    assert {**again, "seconds": 0} == {**first, "seconds": 0}
    assert AwardingRun.objects.get().finished_at == finished
    assert AwardedCredential.objects.count() == 7


def test_a_run_is_carried_out_by_one_at_a_time(asns):
    stopped, _message = stop_at(asns[0], "--asn", *asns)
    with another_connection(autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(1, %s)", [stopped.pk])
        assert failed("--resume", stopped.pk) == (
            f"Run {stopped.pk} is being carried out by somebody else."
        )
    assert not AwardedCredential.objects.exists()
    assert run("--resume", stopped.pk)["awarded"] == {"AHSD": 7}


def test_the_lock_of_a_run_is_given_back_whatever_happened(asns):
    stop_at(asns[0], "--asn", *asns)
    with another_connection() as other:
        held = other.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1"
        ).fetchone()
    assert held == (0,)


def test_a_run_of_another_door_is_not_resumed(committed_database):
    over_http = AwardingRun.objects.create(origin="http", started_by="x")
    with pytest.raises(CommandError, match="there is no run") as raised:
        run("--resume", over_http.pk)
    assert raised.value.returncode == 2
