"""GET /api/service-calls/ and /api/service-calls/{message id}/."""

import json
import uuid

import pytest
from django.test import Client

from audit.models import ServiceCall
from credentials.models import AwardingRun
from credentials.runs import carry_out, start_run
from pasi.caller_info import of_operator
from pasi.services import Caller
from tests.province_builder import caller_info, make_school, make_student, set_up
from tests.reading.conftest import make_caller
from tests.reading.schema import check

LIST, ONE = "/api/service-calls/", "/api/service-calls/{message_id}/"
AWARD = "/api/services/SubmitCredentialAwardingMultiple"


def submit(caller, asns, *, body=None, **info):
    return Client().post(
        AWARD,
        json.dumps(body or {"CallerInfo": caller_info(**info), "StateProvinceIds": asns}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.token}"},
    )


def one(caller, message_id):
    return caller.get(f"/api/service-calls/{message_id}/")


def found(caller, **parameters):
    return [each["MessageId"] for each in caller.results(LIST, parameters)]


@pytest.fixture
def student(db):
    with set_up():
        return make_student("100000001", achieved=["AHSD-2018"], marks=[("ELA3105", 2026, 5)])


def test_a_call_with_its_bodies(ministry, student):
    sent = {"CallerInfo": caller_info(), "StateProvinceIds": ["100000001", "999999999"]}
    answer = submit(ministry, [], body=sent)
    message_id = answer["PASI-Message-Id"]
    response = one(ministry, message_id)
    check(ONE, response)
    body = response.json()
    assert json.loads(body["Request"]) == sent
    assert body["Response"] == answer.json()
    assert body["MessageId"] == message_id
    assert body["Operation"] == "SubmitCredentialAwardingMultiple"
    assert body["ClientName"] == "Ministry reader"
    assert body["ClientMessageID"] == sent["CallerInfo"]["ClientMessageID"]
    assert (body["OrganizationCode"], body["UserName"]) == ("O.1", "Rita Clerk")
    assert (body["Outcome"], body["HttpStatus"]) == ("Applied", 200)
    assert (body["Codes"], body["StateProvinceIds"]) == (["9002"], sent["StateProvinceIds"])
    listed = ministry.get(LIST, {"MessageId": message_id})
    check(LIST, listed)
    [row] = listed.json()["results"]
    assert row == {k: v for k, v in body.items() if k not in ("Request", "Response")}


def test_the_answer_of_a_repeated_and_of_a_refused_call(ministry, student):
    sent = {"CallerInfo": caller_info(), "StateProvinceIds": ["100000001"]}
    first = submit(ministry, [], body=sent)
    second = submit(ministry, [], body=sent)
    repeated = one(ministry, second["PASI-Message-Id"]).json()
    assert (repeated["Outcome"], repeated["Response"]) == ("Replayed", first.json())
    refused = submit(ministry, ["1"])
    fault = one(ministry, refused["PASI-Message-Id"]).json()
    assert (fault["Outcome"], fault["Codes"]) == ("Fault", ["3001"])
    assert fault["Response"] == refused.json()


@pytest.mark.parametrize("is_dry_run", [False, True])
def test_the_answer_of_a_batch_of_a_run(ministry, student, is_dry_run):
    run = start_run(
        ["999999999", "100000001"],
        origin=AwardingRun.Origin.COMMAND,
        started_by="test",
        batch_size=1,
        criteria={},
        is_dry_run=is_dry_run,
    )
    carry_out(
        run,
        caller=Caller(ServiceCall.Door.COMMAND),
        caller_info=lambda: of_operator("award_credentials"),
    )
    [message_id] = found(ministry, StateProvinceId="100000001")
    [answer] = one(ministry, message_id).json()["Response"]["Responses"]
    assert (answer["StateProvinceId"], answer["CredentialType"]) == ("100000001", "AHSD")


def test_a_student_beyond_the_first_hundred_is_found(ministry, student):
    asns = [f"{number:09d}" for number in range(900000000, 900000100)] + ["100000001"]
    message_id = submit(ministry, asns)["PASI-Message-Id"]
    assert found(ministry, StateProvinceId="100000001") == [message_id]
    assert len(one(ministry, message_id).json()["StateProvinceIds"]) == 100


def test_a_call_without_an_answer(ministry):
    message_id = uuid.UUID("01900000-0000-7000-8000-000000000000")
    ServiceCall.objects.create(message_id=message_id, operation="X", door="http", body="")
    response = one(ministry, message_id)
    check(ONE, response)
    body = response.json()
    for name in ("Outcome", "HttpStatus", "DurationMilliseconds", "Response", "ClientName"):
        assert body[name] is None
    assert (body["Codes"], body["StateProvinceIds"], body["Request"]) == ([], [], "")


def test_others_see_their_own_calls_without_bodies(ministry, student):
    with set_up():
        make_school()
        own = make_caller("School", organizations=["S.0001"])
        other = make_caller("Other", organizations=["A.0001"])
    message_id = submit(own, ["100000001"])["PASI-Message-Id"]  # for O.1, which it is not
    assert found(own) == [message_id]
    body = one(own, message_id).json()
    assert (body["Request"], body["Response"], body["Codes"]) == (None, None, ["1008"])
    assert found(other) == []
    assert one(other, message_id).status_code == 404
    assert message_id in found(ministry)


def test_filters_and_order(ministry, student):
    applied = submit(ministry, ["100000001"])["PASI-Message-Id"]
    rejected = submit(ministry, ["999999999"])["PASI-Message-Id"]
    client_message = str(uuid.uuid4())
    fault = submit(ministry, ["x"], ClientMessageID=client_message)["PASI-Message-Id"]
    service = {"Operation": "SubmitCredentialAwardingMultiple"}
    assert found(ministry, **service) == [fault, rejected, applied]  # the newest first
    assert found(ministry, **service, Outcome="Applied") == [applied]
    assert found(ministry, Outcome="Rejected,Fault") == [fault, rejected]
    assert found(ministry, ClientMessageID=client_message) == [fault]
    assert found(ministry, ClientName="MINISTRY reader") == [fault, rejected, applied]
    assert found(ministry, ClientName="nobody") == []
    assert found(ministry, StateProvinceId="999999999,100000001") == [rejected, applied]
    assert found(ministry, **service, OrganizationCode="S.0001") == []


@pytest.mark.parametrize("message_id", ["1", "01900000-0000-7000-8000-000000000001", "%00"])
def test_an_unknown_call_is_absent(ministry, message_id):
    assert one(ministry, message_id).status_code == 404
