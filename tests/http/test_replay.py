"""A call that was applied and comes again is answered from the record; any other call runs."""

import datetime
import json

import pytest
from django.db.models import F

from audit.models import AppliedCall, ServiceCall
from credentials.models import AwardedCredential, AwardingRun
from enrolments.models import TranscriptTrigger
from pasi import bulk
from pasi.services import Service
from tests.http.conftest import fault, post, recorded, request
from tests.invariants import assert_database_is_sound
from tests.province_builder import make_client, make_student, make_token, process, set_up


def counts() -> tuple[int, int, list[int]]:
    """What a second application would change."""
    versions = TranscriptTrigger.objects.order_by("pk").values_list("version", flat=True)
    return AwardedCredential.objects.count(), AwardingRun.objects.count(), list(versions)


def is_replay(response, first) -> bool:
    call = recorded(response)
    return (
        response.headers.get("PASI-Replayed") == first.headers["PASI-Message-Id"]
        and response.headers["PASI-Message-Id"] != first.headers["PASI-Message-Id"]
        and response.status_code == first.status_code
        and response.content == first.content
        and call.response.outcome == "Replayed"
        and str(call.response.replay_of_id) == first.headers["PASI-Message-Id"]
    )


def test_the_same_request_again_does_nothing_and_answers_the_same(token, graduate):
    body = request("999999999", graduate.asn, graduate.asn)
    first = post(body, token=token)
    assert "PASI-Replayed" not in first.headers
    before = counts()
    for _again in range(2):
        assert is_replay(post(body, token=token), first)
    assert counts() == before
    latest = ServiceCall.objects.latest("message_id").response
    assert (latest.codes, latest.state_province_ids) == (
        recorded(first).response.codes,
        recorded(first).response.state_province_ids,
    )
    assert_database_is_sound()


def test_the_answer_is_that_of_then_even_if_the_award_has_changed_since(token, graduate):
    body = request(graduate.asn)
    first = post(body, token=token)
    with set_up():
        award = AwardedCredential.objects.get()
        award.is_deleted, award.delete_reason, award.version = True, "Error", 10**9
        award.save()
    assert is_replay(post(body, token=token), first)


def test_the_same_json_written_differently_is_the_same_request(token, graduate):
    body = request(graduate.asn)
    first = post(body, token=token)
    turned = json.dumps(dict(reversed(body.items())), indent=2).replace('"O.1"', '"O\\u002e1"')
    assert is_replay(post(turned.encode(), token=token), first)


def other_name(body):
    body["CallerInfo"]["User"]["Name"] = "Somebody Else"


def other_asn(body):
    body["StateProvinceIds"].append("999999999")


def other_message(body):
    body["CallerInfo"]["ClientMessageID"] += "x"


@pytest.mark.parametrize("change", [other_name, other_asn, other_message])
def test_another_body_runs(token, graduate, change):
    body = request(graduate.asn)
    post(body, token=token)
    change(body)
    response = post(body, token=token)
    assert "PASI-Replayed" not in response.headers
    assert response.json()["Responses"][0]["Rejections"][0]["Code"] == "44010"


def test_another_client_runs(token, graduate):
    body = request(graduate.asn)
    post(body, token=token)
    with set_up():
        other = make_token(make_client("Other client"))
    response = post(body, token=other)
    assert "PASI-Replayed" not in response.headers
    assert recorded(response).response.outcome == "Rejected"


def test_another_token_of_the_same_client_is_the_same_caller(ministry, token, graduate):
    body = request(graduate.asn)
    first = post(body, token=token)
    assert is_replay(post(body, token=make_token(ministry)), first)


def test_a_rejected_call_runs_again(token, db):
    with set_up():
        student = make_student(marks=[("ELA3105", 2026, 5)])
    body = request(student.asn)
    assert recorded(post(body, token=token)).response.outcome == "Rejected"
    with set_up():
        student.requirement_set_statuses.create(
            requirement_set_id="AHSD-2018", status="Achieved", version=1
        )
    response = post(body, token=token)
    assert "PASI-Replayed" not in response.headers
    assert recorded(response).response.outcome == "Applied"
    assert is_replay(post(body, token=token), response)


def test_a_fault_runs_again(ministry, token, graduate):
    body = request(graduate.asn)
    with set_up():
        ministry.roles = []
        ministry.save()
    assert fault(post(body, token=token)) == (403, "1007")
    with set_up():
        ministry.roles = ["PASI System User"]
        ministry.save()
    assert recorded(post(body, token=token)).response.outcome == "Applied"


def test_who_may_not_call_any_more_is_not_answered_from_the_record(ministry, token, graduate):
    body = request(graduate.asn)
    post(body, token=token)
    with set_up():
        ministry.is_enabled = False
        ministry.save()
    assert fault(post(body, token=token)) == (403, "1003")


@pytest.mark.parametrize(("days", "replayed"), [(29, True), (31, False)])
def test_a_request_is_remembered_for_30_days(token, graduate, days, replayed):
    body = request(graduate.asn)
    first = post(body, token=token)
    AppliedCall.objects.update(applied_at=F("applied_at") - datetime.timedelta(days=days))
    response = post(body, token=token)
    assert is_replay(response, first) is replayed
    if not replayed:
        assert recorded(response).response.outcome == "Rejected"
        assert AppliedCall.objects.get().call_id == recorded(first).pk


def test_what_is_applied_again_after_30_days_is_remembered_anew(token, graduate):

    body = request(graduate.asn)
    post(body, token=token)
    AppliedCall.objects.update(applied_at=F("applied_at") - datetime.timedelta(days=31))
    with set_up():
        award = AwardedCredential.objects.get()
        award.is_deleted = True
        award.save()
        process(limit=1)
    second = post(body, token=token)
    assert recorded(second).response.outcome == "Applied"
    assert AppliedCall.objects.get().call_id == recorded(second).pk
    assert is_replay(post(body, token=token), second)


def test_the_lock_of_a_request_stays_below_the_announced_versions(ministry):
    from pasi.replay import advisory_key
    from pasi.services import Call, Caller, new_message_id

    keys = set()
    for number in range(200):
        call = Call(new_message_id(), Caller("http", client=ministry), Service.__name__, 0.0)
        call.request = {"CallerInfo": {"ClientMessageID": str(number)}}
        keys.add(advisory_key(call))
    assert len(keys) == 200
    assert min(keys) >= 0
    assert max(keys) < bulk.ANNOUNCEMENT_OFFSET
