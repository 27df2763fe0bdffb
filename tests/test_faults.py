"""Which fault stands for which failure, and how a fault is written."""

import uuid

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from pasi import faults
from pasi.faults import Fault, Problem, contract_fault

MESSAGE = uuid.UUID("01a20468-4a02-76b3-937b-104514cf249a")


def database_error(kind, state=None):
    """A Django error as it wraps psycopg's with an SQLSTATE; None = never reached the server."""
    error = kind("text")
    cause = psycopg.errors.lookup(state)("text") if state else psycopg.OperationalError("text")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("55P03", "4002"),  # lock not available
        ("57014", "4002"),  # statement timeout
        ("40001", "4001"),  # serialization failure
        ("40P01", "4001"),  # deadlock
        ("23505", "4001"),  # unique violation
        ("23503", "4001"),
        ("23502", "4001"),
        ("23514", "4001"),
        ("57P01", "2001"),  # the server is stopping
        ("57P03", "2001"),
        ("08006", "2001"),
        ("53300", "2001"),  # too many connections
        ("42P01", None),  # no such table
        ("22003", None),
        ("2200H", None),  # a sequence is exhausted
        ("42501", None),
    ],
)
def test_database_errors_by_their_state(state, code):
    for kind in (DatabaseError, OperationalError, IntegrityError):
        fault = faults.fault_of_database_error(database_error(kind, state))
        assert (fault.code if fault else None) == code


def test_database_errors_without_a_state():
    assert faults.fault_of_database_error(database_error(OperationalError)).code == "2001"
    assert faults.fault_of_database_error(InterfaceError("closed")).code == "2001"
    assert faults.fault_of_database_error(DatabaseError("ours")) is None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.NotAuthenticated(), 401, "1001"),
        (exceptions.AuthenticationFailed(), 401, "1001"),
        (exceptions.PermissionDenied(), 403, "1007"),
        (PermissionDenied(), 403, "1007"),
        (Http404(), 404, None),
        (exceptions.NotFound(), 404, None),
        (exceptions.MethodNotAllowed("GET"), 405, None),
        (exceptions.NotAcceptable(), 406, None),
        (exceptions.UnsupportedMediaType("text/plain"), 415, None),
        (exceptions.Throttled(wait=3.2), 429, None),
        (exceptions.ParseError(), 400, "3002"),
        (SuspiciousOperation("x"), 400, "3002"),
        (database_error(OperationalError), 503, "2001"),
        (Fault("3004", {"ClientVersion": 1, "CoreVersion": 2}), 409, "3004"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_errors_of_the_frameworks(error, status, code):
    fault = faults.fault_of(error)
    assert (fault.http_status, fault.code) == (status, code)
    assert fault.as_json(MESSAGE)["status"] == status


def test_other_errors_are_nobodys_fault():
    assert faults.fault_of(ValueError("x")) is None
    assert faults.fault_of(database_error(DatabaseError, "42P01")) is None


def test_headers_of_faults():
    assert Fault("1001").headers == {"WWW-Authenticate": 'Bearer realm="pasi"'}
    assert Fault("2001").headers == {"Retry-After": "60"}
    assert int(faults.fault_of(exceptions.Throttled(wait=3.2)).headers["Retry-After"]) >= 4
    assert Fault("4002").headers == {}


# The statuses of design: one per code, to the letter.
STATUSES = {
    **{"1001": 401, "1003": 403, "1006": 403, "1007": 403, "1008": 403},
    **{"2001": 503, "3001": 400, "3002": 400, "3004": 409},
    **{"4001": 503, "4002": 503, "9001": 500},
}


def test_each_code_has_its_status():
    assert {code: status for code, (status, _title, _text) in faults.FAULTS.items()} == STATUSES
    assert not set(faults.CERTIFICATE_FAULTS) & set(STATUSES)


def test_problem_details():
    fault = Fault("9001", {"MessageId": MESSAGE})
    assert fault.as_json(MESSAGE) == {
        "type": "urn:pasi:fault:9001",
        "title": "Unexpected Problem in PASI",
        "status": 500,
        "detail": f"An unexpected problem happened. Quote message id {MESSAGE} to support.",
        "code": "9001",
        "messageId": str(MESSAGE),
    }
    plain = faults.plain_fault(404, "Not Found", "Nothing here.")
    assert plain.as_json(MESSAGE) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Nothing here.",
        "code": None,
        "messageId": str(MESSAGE),
    }


def test_values_are_not_read_as_placeholders():
    fault = Fault("1008", {"OrganizationCode": "{x}"})
    assert fault.detail == "This client may not act for organization {x}."


def test_problems_of_the_contract():
    fault = contract_fault(
        Problem("", "is odd"), *(Problem(f"P{n}", "is wrong") for n in range(300))
    )
    body = fault.as_json(MESSAGE)
    assert body["detail"] == (
        "The request does not meet its contract: "
        "body: is odd; P0: is wrong; P1: is wrong; and 298 more"
    )
    assert len(body["errors"]) == 200
    assert body["errors"][:2] == [
        {"field": "", "problem": "is odd"},
        {"field": "P0", "problem": "is wrong"},
    ]


def test_a_fault_can_be_raised_compared_and_collected():
    first, second = Fault("1003"), Fault("1003")
    assert first != second
    assert len({first, second}) == 2
    assert str(first) == "1003: Access denied: this client is disabled."
    assert str(faults.plain_fault(404, "Not Found", "Nothing.")) == "404: Nothing."
