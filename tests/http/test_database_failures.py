"""Faults that the database causes, each by the real thing: locks, lost parts, no connection."""

import pytest
from django.db import connection

from audit.models import ServiceCall, ServiceResponse
from credentials.models import AwardedCredential, AwardingRun, IssuedCredentialNumber
from enrolments.models import TranscriptTrigger
from tests.connections import another_connection
from tests.http.conftest import fault, post, recorded, request
from tests.invariants import assert_database_is_sound
from tests.province_builder import make_client, make_student, make_token, set_up


@pytest.fixture
def token(committed_database):
    with set_up():
        return make_token(make_client())


@pytest.fixture
def student(committed_database):
    with set_up():
        return make_student(achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)])


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def nothing_was_applied() -> bool:
    return not (
        AwardedCredential.objects.exists()
        or AwardingRun.objects.exists()
        or IssuedCredentialNumber.objects.exists()
        or TranscriptTrigger.objects.exists()
    )


def check_recorded(response, code) -> None:
    found = recorded(response).response
    assert (found.outcome, found.codes) == ("Fault", [code])
    assert found.http_status == response.status_code
    assert found.body == response.json()


def test_a_lock_that_somebody_else_holds_is_4002(token, student, settings):
    settings.PASI_LOCK_TIMEOUT_SECONDS = 0.05
    body = request(student.asn)
    with another_connection() as other:
        other.execute("SELECT 1 FROM students_student WHERE asn = %s FOR UPDATE", [student.asn])
        response = post(body, token=token)
        assert fault(response) == (503, "4002")
        check_recorded(response, "4002")
        assert nothing_was_applied()
    assert recorded(post(body, token=token)).response.outcome == "Applied"
    assert_database_is_sound()


def test_a_statement_that_takes_too_long_is_4002(token, student):
    run("SET statement_timeout = '1s'")
    with another_connection() as other:
        other.execute("LOCK TABLE credentials_issuedcredentialnumber")
        run("SET statement_timeout = '50ms'")
        response = post(request(student.asn), token=token)
    run("SET statement_timeout = 0")
    assert fault(response) == (503, "4002")
    check_recorded(response, "4002")
    assert nothing_was_applied()


def test_a_constraint_that_is_violated_is_4001(token, student, caplog):
    run(
        "ALTER TABLE credentials_awardedcredential "
        "ADD CONSTRAINT none_any_more CHECK (school_year < 2000)"
    )
    response = post(request(student.asn), token=token)
    assert fault(response) == (503, "4001")
    check_recorded(response, "4001")
    # The log names the constraint, and nobody: the database's own message has the whole row.
    assert "none_any_more" in caplog.text
    assert "Byron" not in caplog.text
    assert nothing_was_applied()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP SEQUENCE credential_number",
        "DROP TABLE credentials_archivedcredential, credentials_awardingoutcome CASCADE",
        "ALTER TABLE enrolments_transcripttrigger DROP COLUMN version",
    ],
)
def test_a_mistake_of_ours_is_9001(token, student, damage, caplog):
    run(damage)
    response = post(request(student.asn), token=token)
    assert fault(response) == (500, "9001")
    message_id = response.headers["PASI-Message-Id"]
    assert message_id in response.json()["detail"]
    assert "credential" not in response.content.decode().lower()
    assert message_id in caplog.text and "ProgrammingError" in caplog.text
    check_recorded(response, "9001")
    assert not AwardedCredential.objects.exists()
    assert not AwardingRun.objects.exists()


def test_a_call_that_cannot_be_recorded_is_9001_not_2001(token, student):
    run("ALTER TABLE audit_servicecall RENAME TO elsewhere")
    response = post(request(student.asn), token=token)
    assert fault(response) == (500, "9001")
    assert nothing_was_applied()


def test_an_answer_that_cannot_be_recorded_is_not_given(token, student):
    """The response is part of the transaction: without it nothing is applied."""
    run("ALTER TABLE audit_serviceresponse RENAME TO elsewhere")
    response = post(request(student.asn), token=token)
    assert fault(response) == (500, "9001")
    assert nothing_was_applied()
    run("ALTER TABLE elsewhere RENAME TO audit_serviceresponse")
    assert not ServiceResponse.objects.filter(call=recorded(response)).exists()
    assert_database_is_sound()


def test_a_broken_token_table_is_9001(token):
    run("ALTER TABLE oauth2_provider_accesstoken RENAME TO elsewhere")
    assert fault(post(request("999999999"), token=token)) == (500, "9001")


def test_no_database_is_2001(committed_database, token, student):
    with another_connection("postgres", autocommit=True) as server:
        name = f'"{committed_database}"'
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [committed_database],
        )
        broken = post(request(student.asn), token=token)  # the connection is lost meanwhile
        connection.close()
        refused = post(request(student.asn), token=token)  # and there is no other
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    for response in (broken, refused):
        assert fault(response) == (503, "2001")
        assert response.headers["Retry-After"] == "60"
    connection.close()
    assert not ServiceCall.objects.filter(operation__startswith="Submit").exists()
    assert post(request(student.asn), token=token).status_code == 200


def test_a_connection_lost_during_the_work_is_recorded_over_a_new_one(token, student):
    """A trigger ends our own connection in the middle of the writing."""
    run(
        "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'"
    )
    run(
        "CREATE TRIGGER hang_up BEFORE INSERT ON credentials_awardedcredential "
        "EXECUTE FUNCTION hang_up()"
    )
    response = post(request(student.asn), token=token)
    assert fault(response) == (503, "2001")
    check_recorded(response, "2001")
    assert nothing_was_applied()
