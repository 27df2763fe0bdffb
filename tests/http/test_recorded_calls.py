"""What is recorded of a call over HTTP: always the call, always one response."""

import datetime

from audit.models import ServiceCall, ServiceResponse
from tests.http.conftest import OPERATION, fault, post, recorded, request
from tests.invariants import assert_database_is_sound, assert_every_call_is_answered
from tests.province_builder import caller_info, make_client, make_token, set_up


def info(**user) -> dict:
    return {
        "ClientMessageID": "call-77",
        "SentUtcTime": "2026-07-31T12:00:00.5-06:00",
        "Software": {
            "Manufacturer": "Maker",
            "Product": "Product",
            "Version": "2.1",
            "BuildNumber": "998",
        },
        "User": {
            "Name": "Zoë Clerk",
            "LocalID": "zoe",
            "IPAddress": "10.0.0.7",
            "OrganizationCode": "O.1",
            **user,
        },
    }


def test_an_applied_call(ministry, token, graduate):
    response = post(request(graduate.asn, CallerInfo=info()), token=token)
    assert response.status_code == 200
    call = recorded(response)
    assert (call.operation, call.door) == (OPERATION, "http")
    assert (call.client, call.staff, call.address) == (ministry, None, "127.0.0.1")
    assert call.client_message_id == "call-77"
    assert call.sent_at == datetime.datetime(2026, 7, 31, 18, 0, 0, 500_000, datetime.UTC)
    assert (call.software_manufacturer, call.software_product) == ("Maker", "Product")
    assert (call.software_version, call.software_build_number) == ("2.1", "998")
    assert (call.user_name, call.user_local_id) == ("Zoë Clerk", "zoe")
    assert (call.user_ip_address, call.organization_code) == ("10.0.0.7", "O.1")
    assert (call.response.outcome, call.response.http_status) == ("Applied", 200)
    assert (call.response.codes, call.response.state_province_ids) == ([], [graduate.asn])
    assert call.response.replay_of is None
    assert call.response.duration_milliseconds >= 0
    assert graduate.awarded_credentials.get().history.get().call == call
    assert_database_is_sound()
    assert_every_call_is_answered()


def test_a_rejected_call(token):
    response = post(request("999999999"), token=token)
    found = recorded(response).response
    assert response.status_code == 200
    assert (found.outcome, found.http_status, found.codes) == ("Rejected", 200, ["9002"])


def test_a_fault_is_recorded_with_what_was_answered(token):
    response = post(request("x"), token=token)
    found = recorded(response).response
    assert (found.outcome, found.http_status, found.codes) == ("Fault", 400, ["3001"])
    assert found.body == response.json()
    assert found.state_province_ids == []


def test_refusals_are_recorded_with_the_caller_as_far_as_it_could_be_read(db):
    with set_up():
        client = make_client(roles=[])
    body = {"CallerInfo": info(OrganizationCode="S.12345678", Name=5), "Other": "\ud800"}
    body["CallerInfo"]["ClientMessageID"] = "x" * 80
    body["CallerInfo"]["Software"] = "text"
    body["CallerInfo"]["SentUtcTime"] = "2026-02-30"
    response = post(body, token=make_token(client))
    assert fault(response) == (403, "1007")
    call = recorded(response)
    assert call.client == client
    assert call.client_message_id == "x" * 50
    assert (call.user_name, call.organization_code) == ("", "S.1234")
    assert (call.software_product, call.sent_at) == ("", None)
    assert '"\\ud800"' in call.body
    assert call.response.outcome == "Fault"


def test_texts_that_cannot_be_stored_are_recorded_without_what_cannot(token):
    body = request("999999999", CallerInfo=info(Name="a\x00b\ud800c"))
    response = post(body, token=token)
    assert fault(response) == (400, "3001")
    assert recorded(response).user_name == "a\ufffdb\ufffdc"


def test_caller_info_of_any_shape_is_recorded_somehow(token):
    for odd in (None, 5, "text", [], [[]], {"User": []}, {"User": {"Name": {}}}, {"Software": 1}):
        response = post(request("999999999", CallerInfo=odd), token=token)
        assert fault(response) == (400, "3001")
        assert recorded(response).user_name == ""


def test_one_response_per_call(token, graduate):
    bodies = [request(graduate.asn), request(graduate.asn), request("x"), {}, b"{"]
    for body in bodies:
        post(body, token=token)
    calls = ServiceCall.objects.filter(operation=OPERATION)
    assert calls.count() == len(bodies)
    outcomes = ServiceResponse.objects.filter(call__in=calls).order_by("call_id")
    assert list(outcomes.values_list("outcome", flat=True)) == [
        *("Applied", "Rejected", "Fault", "Fault", "Fault"),
    ]


def test_the_organization_is_recorded_as_it_was_sent(token):
    body = request(
        "999999999", CallerInfo=caller_info(User=info(OrganizationCode="o.0001")["User"])
    )
    response = post(body, token=token)
    assert response.status_code == 200
    assert recorded(response).organization_code == "o.0001"
