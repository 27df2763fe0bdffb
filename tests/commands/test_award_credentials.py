"""manage.py award_credentials: options, refusals with their exit status, what it prints."""

import csv
import datetime
import io
import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import ServiceCall, ServiceResponse
from credentials.management.commands.award_credentials import Command
from credentials.models import (
    AwardedCredential,
    AwardingBatch,
    AwardingOutcome,
    AwardingRun,
)
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import make_school, make_student, set_up

OPERATION = "SubmitCredentialAwardingMultiple"
DIPLOMA = {"achieved": ["AHSD-2018"], "marks": [("ELA3105", 2026, 5)]}
RESULT_COLUMNS = [
    *("StateProvinceId", "CredentialType", "CredentialNumber", "SchoolYear"),
    *("RejectionCode", "RejectionDescription"),
]


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 7, 31)


@pytest.fixture
def graduates(db):
    """Three students who have earned the diploma."""
    with set_up():
        return [make_student(**DIPLOMA) for _ in range(3)]


def run(*arguments) -> list[str]:
    """Carry the command out; the lines it printed."""
    out = io.StringIO()
    call_command("award_credentials", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def report(*arguments) -> dict:
    return json.loads(run(*arguments, "--json")[-1])


def refused(*arguments) -> str:
    """The message of a refusal for wrong usage; nothing has been run."""
    before = AwardingRun.objects.count()
    with pytest.raises(CommandError) as raised:
        run(*arguments)
    assert raised.value.returncode == 2
    assert AwardingRun.objects.count() == before
    return str(raised.value)


def asns(students) -> list[str]:
    return [student.asn for student in students]


# --- Who is awarded -----------------------------------------------------------------------------


def test_numbers_on_the_command_line(graduates):
    one, two, three = asns(graduates)
    hyphenated = f"{three[:4]}-{three[4:8]}-{three[8:]}"
    found = report("--asn", one, two, "--asn", hyphenated, "999999999", one)
    assert found["awarded"] == {"AHSD": 3}
    assert found["rejected"] == {"44010": 1, "9002": 1}
    rows = AwardingOutcome.objects.order_by("position").values_list("asn", flat=True)
    assert list(rows) == [one, two, three, "999999999", one]
    assert_database_is_sound()
    assert_every_call_is_answered()


def test_a_file(graduates, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("name,asn\n" + "".join(f"x,{asn}\n" for asn in asns(graduates)))
    assert report("--file", path)["awarded"] == {"AHSD": 3}
    assert AwardingRun.objects.get().criteria["file"] == "list.csv"


def test_everyone_who_has_achieved_something(graduates):
    with set_up():
        make_student()
    assert report("--achieved-not-awarded")["requested"] == 3
    assert report("--achieved-not-awarded")["requested"] == 0


def test_by_credential_type(graduates):
    with set_up():
        school = make_school()
        make_student(achieved=["CHSA"], marks=[("ELA3105", 2026, 5)])
        make_student(achieved=["COSC"], enrolments=[(school, 2026, None)])
    found = report(
        "--achieved-not-awarded", "--credential-type", "CHSA", "--credential-type", "COSC"
    )
    assert found["awarded"] == {"CHSA": 1, "COSC": 1}
    assert AwardingRun.objects.latest("pk").credential_types == ["CHSA", "COSC"]
    assert report("--achieved-not-awarded", "--credential-type", "AHSD", "IOPC")["awarded"] == {
        "AHSD": 3
    }


@pytest.mark.parametrize(
    ("code", "awarded"), [("S.0001", 1), ("s.0001", 1), ("A.0001", 2), ("a.0001", 2), ("A.0002", 0)]
)
def test_by_school_or_authority(db, code, awarded):
    with set_up():
        for school in ("S.0001", "S.0002"):
            make_student(**DIPLOMA, enrolments=[(make_school(school, "A.0001"), 2026, None)])
        make_school("S.0003", "A.0002")
        make_student(**DIPLOMA)
    assert report("--achieved-not-awarded", "--school", code)["requested"] == awarded


# --- What it prints and writes ------------------------------------------------------------------


def test_the_summary(graduates):
    with set_up():
        nothing = make_student()
    lines = run("--asn", *asns(graduates), nothing.asn, "999999999")
    number = AwardingRun.objects.get().pk
    assert lines[0].startswith(f"Run {number}: 5 students in ")
    assert [line.split(maxsplit=1) for line in lines[1:]] == [
        ["3", "awarded"],
        ["3", "AHSD"],
        ["2", "not awarded"],
        ["1", "44000  No Credential Achieved"],
        ["1", "9002  Invalid ASN"],
    ]


def test_the_last_line_is_json(graduates):
    lines = run("--asn", *asns(graduates), "999999999", "--json")
    found = json.loads(lines[-1])
    seconds = found.pop("seconds")
    assert isinstance(seconds, float) and seconds >= 0
    assert found == {
        "run": AwardingRun.objects.get().pk,
        "requested": 4,
        "awarded": {"AHSD": 3},
        "rejected": {"9002": 1},
        "recalculating": 0,
        "dry_run": False,
    }


def test_whoever_is_being_recalculated_is_counted(graduates):
    from enrolments.models import TranscriptRecord, TranscriptTrigger
    from pasi import bulk

    with set_up():
        waiting = [student.pk for student in graduates[:2]]
        bulk.raise_triggers(TranscriptTrigger, TranscriptRecord, waiting, "Test")
    found = report("--asn", *asns(graduates))
    assert (found["rejected"], found["recalculating"]) == ({"44000": 2}, 2)
    lines = run("--asn", graduates[0].asn)
    assert lines[-1].split(maxsplit=1) == ["1", "of these are being recalculated; try again"]


def read(path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_results_in_request_order(graduates, tmp_path):
    path = tmp_path / "out.csv"
    one, two, three = asns(graduates)
    run("--asn", three, "999999999", one, two, one, "--results", path, "--batch-size", 2)
    numbers = dict(AwardedCredential.objects.values_list("student__asn", "number"))
    again = f"No credential was awarded: student {one} already holds credential AHSD."
    unknown = (
        "Alberta Student Number 999999999 was not found or you do not have access to it. "
        "Check the number."
    )
    assert read(path) == [
        RESULT_COLUMNS,
        [three, "AHSD", str(numbers[three]), "2026", "", ""],
        ["999999999", "", "", "", "9002", unknown],
        [one, "AHSD", str(numbers[one]), "2026", "", ""],
        [two, "AHSD", str(numbers[two]), "2026", "", ""],
        [one, "", "", "", "44010", again],
    ]
    assert path.read_bytes().count(b"\r") == 0


# --- A run and its batches ----------------------------------------------------------------------


def test_each_batch_is_one_recorded_call_of_the_operator(graduates):
    from pasi.caller_info import of_operator

    found = report("--asn", *asns(graduates), "999999998", "999999999", "--batch-size", 2)
    recorded_run = AwardingRun.objects.get(pk=found["run"])
    batches = AwardingBatch.objects.filter(run=recorded_run).order_by("first_position")
    assert list(batches.values_list("first_position", flat=True)) == [0, 2, 4]
    calls = ServiceCall.objects.filter(operation=OPERATION).order_by("message_id")
    assert [batch.call_id for batch in batches] == list(calls.values_list("pk", flat=True))
    operator = of_operator("award_credentials")["User"]["Name"]
    for call in calls:
        assert (call.door, call.client, call.user_name) == ("command", None, operator)
        assert call.organization_code == "O.1"
        assert call.software_product == "manage.py award_credentials"
    responses = ServiceResponse.objects.filter(call__in=calls).order_by("call_id")
    assert [response.outcome for response in responses] == ["Applied", "Applied", "Rejected"]
    assert [response.body["FirstPosition"] for response in responses] == [0, 2, 4]
    assert len(set(calls.values_list("client_message_id", flat=True))) == 3


def test_the_answer_of_each_batch_can_be_rebuilt(graduates):
    from credentials.services import SubmitCredentialAwardingMultiple

    report("--asn", *asns(graduates), "--batch-size", 2)
    last = ServiceResponse.objects.filter(call__operation=OPERATION).latest("call_id")
    [answer] = SubmitCredentialAwardingMultiple().recorded_body(last)["Responses"]
    assert answer["StateProvinceId"] == graduates[2].asn
    assert answer["CredentialType"] == "AHSD"


def test_what_is_recorded_of_a_run(graduates):
    run("--achieved-not-awarded", "--credential-type", "AHSD")
    found = AwardingRun.objects.get()
    assert (found.origin, found.is_dry_run, found.requested) == ("command", False, 3)
    assert found.finished_at >= found.started_at
    assert found.call is None
    assert found.criteria == {
        "asn": 0,
        "file": None,
        "achieved_not_awarded": True,
        "school": None,
    }


RECORDS_OF_A_DRY_RUN = {
    *("ServiceCall", "ServiceResponse", "AwardingRun", "AwardingBatch", "AwardingOutcome"),
}


def contents() -> dict:
    """Every row of every table that a dry run may not touch, and where the sequences stand."""
    rows = {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model.__name__ not in RECORDS_OF_A_DRY_RUN
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT last_value FROM credential_number), last_value FROM pasi_core_version"
        )
        return {**rows, "sequences": cursor.fetchall()}


def test_a_dry_run_decides_and_writes_nothing_else(graduates, tmp_path):
    before = contents()
    path = tmp_path / "out.csv"
    asked = [*asns(graduates), graduates[0].asn, "999999999"]
    found = report("--asn", *asked, "--dry-run", "--results", path)
    assert contents() == before
    assert found["dry_run"] is True
    assert found["awarded"] == {"AHSD": 3}
    assert found["rejected"] == {"44010": 1, "9002": 1}
    assert AwardingRun.objects.get().is_dry_run
    assert [row[:4] for row in read(path)[1:4]] == [
        [asn, "AHSD", "", "2026"] for asn in asns(graduates)
    ]
    call = ServiceCall.objects.latest("message_id")
    assert call.operation == f"{OPERATION} (dry run)"
    lines = run("--asn", *asked, "--dry-run")
    assert "(dry run)" in lines[0]
    assert lines[1].split(maxsplit=1) == ["3", "would be awarded"]
    assert report("--asn", *asked)["awarded"] == {"AHSD": 3}


# --- Wrong usage --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--asn", "12345678"], "--asn: '12345678' is not nine digits"),
        (["--asn", "000000000"], "--asn: '000000000' is not nine digits"),
        (["--asn", "100000001", "12345678a"], "--asn: '12345678a' is not nine digits"),
        (["--asn", "1234567890"], "--asn: '1234567890' is not nine digits"),
        (["--asn", "100000001", "--school", "S.0001"], "--school goes with --achieved-not-awarded"),
        (
            ["--asn", "100000001", "--credential-type", "AHSD"],
            "--credential-type goes with --achieved-not-awarded",
        ),
        (["--asn", "100000001", "--batch-size", "0"], "--batch-size must be between 1 and 50,000"),
        (["--asn", "100000001", "--batch-size", "-1"], "--batch-size must be between"),
        (["--asn", "100000001", "--batch-size", "50001"], "--batch-size must be between"),
        (["--achieved-not-awarded", "--school", "S.9999"], "--school: 'S.9999' is not a known"),
        (["--achieved-not-awarded", "--school", "O.1"], "--school: 'O.1' is not a known school"),
        (["--resume", "0"], "there is no run 0 of this command"),
        (["--resume", "987654"], "there is no run 987654 of this command"),
        (["--resume", "1", "--dry-run"], "--resume takes its options from the run; leave out"),
        (["--resume", "1", "--school", "S.0001"], "leave out --school"),
        (["--resume", "1", "--credential-type", "AHSD"], "leave out --credential-type"),
        (["--resume", "1", "--batch-size", "5"], "leave out --batch-size"),
        (["--asn", "100000001", "--results", "/nowhere/at/all.csv"], "all.csv: No such file"),
        (["--asn", "100000001", "--results", "/"], "--results: /: Is a directory."),
        (["--file", "/nowhere/list.csv"], "--file: /nowhere/list.csv: No such file or directory."),
    ],
)
def test_usage(db, arguments, message):
    assert message in refused(*arguments)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: file: it has no ASN"),
        ("100000001\n1234567890\n", ":2: asn: '1234567890' is not an ASN"),
        ("name,asn\nAda,abcdefghi\n", ":2: asn: 'abcdefghi' is not an ASN"),
    ],
)
def test_a_malformed_file_stops_everything(db, tmp_path, content, message):
    path = tmp_path / "list.csv"
    path.write_text(content)
    assert f"{path}{message}" in refused("--file", path)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--asn"],
        ["--asn", "100000001", "--achieved-not-awarded"],
        ["--asn", "100000001", "--file", "list.csv"],
        ["--resume", "1", "--asn", "100000001"],
        ["--resume", "last"],
        ["--batch-size", "many", "--achieved-not-awarded"],
        ["--achieved-not-awarded", "--credential-type", "HHSD"],
        ["--achieved-not-awarded", "--unknown"],
    ],
    ids=" ".join,
)
def test_what_the_parser_refuses(arguments, capsys):
    """Judged before any database is asked, so the exit status is the process's own."""
    with pytest.raises(SystemExit) as raised:
        Command().run_from_argv(["manage.py", "award_credentials", *arguments])
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_results_that_cannot_be_written_any_more_are_said_after_the_run(graduates, tmp_path):
    with pytest.raises(CommandError, match="is done, but its results could not") as raised:
        run("--asn", *asns(graduates), "--results", "/dev/full")
    assert raised.value.returncode == 1
    number = AwardingRun.objects.get().pk
    assert f"--resume {number} --results" in str(raised.value)
    assert AwardedCredential.objects.count() == 3
    run("--resume", number, "--results", tmp_path / "again.csv")
    assert len(read(tmp_path / "again.csv")) == 4
