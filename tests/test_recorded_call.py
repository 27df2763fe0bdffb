"""Calls made by this system itself: recorded like any other, and never inside a transaction."""

import json

import pytest
from django.db import IntegrityError, transaction

from audit.current_call import current_call_id
from audit.models import ServiceCall
from credentials.services import SubmitCredentialAwardingMultiple
from pasi import bulk, caller_info
from pasi.caller_info import CallerInfoSerializer
from pasi.faults import Fault
from pasi.models import Organization
from pasi.services import Caller, recorded_call
from tests.properties import example, given, st
from tests.province_builder import caller_info as valid_caller_info

OPERATOR = Caller(ServiceCall.Door.COMMAND)


def make_organization(code="A.0077") -> Organization:
    return Organization.objects.create(code=code, name="Authority", kind="Authority")


def test_what_is_changed_inside_belongs_to_the_call(db):
    body = {"CallerInfo": caller_info.of_operator("test"), "What": "é"}
    with recorded_call("Test", OPERATOR, body) as call:
        assert current_call_id() == call.message_id
        made = make_organization()
    assert current_call_id() is None
    found = ServiceCall.objects.get(pk=call.message_id)
    assert (found.operation, found.door, found.organization_code) == ("Test", "command", "O.1")
    assert json.loads(found.body) == body
    assert found.response.outcome == "Applied"
    assert made.history.get().call == found


class Mistake(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Mistake("x"), "9001"),
        (Fault("3004", {"ClientVersion": 1, "CoreVersion": 2}), "3004"),
        (KeyboardInterrupt(), "9001"),
    ],
    ids=["mistake", "fault", "interrupt"],
)
def test_what_is_raised_undoes_the_work_and_is_recorded(db, error, code):
    with pytest.raises(type(error)):
        with recorded_call("Test", OPERATOR, {}) as call:
            make_organization()
            raise error
    assert not Organization.objects.filter(code="A.0077").exists()
    response = ServiceCall.objects.get(pk=call.message_id).response
    assert (response.outcome, response.codes) == ("Fault", [code])
    assert response.body["messageId"] == str(call.message_id)
    assert current_call_id() is None


def test_a_database_error_is_recorded_as_its_fault(db):
    with pytest.raises(IntegrityError):
        with recorded_call("Test", OPERATOR, {}) as call:
            make_organization("O.1")
    assert ServiceCall.objects.get(pk=call.message_id).response.codes == ["4001"]


def test_a_body_that_no_text_can_hold_is_kept_as_it_can_be(db):
    with recorded_call("Test", OPERATOR, {"Form": "a\x00b\ud800"}) as call:
        pass
    assert ServiceCall.objects.get(pk=call.message_id).body == '{"Form": "a\\u0000b\\ud800"}'


def test_a_change_outside_a_call_is_refused(db):
    with pytest.raises(IntegrityError, match="call_id"), transaction.atomic():
        make_organization()


def test_a_call_is_never_part_of_another_transaction(db):
    """A rollback of the outer one would undo the record of a call that was answered."""
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        with recorded_call("Test", OPERATOR, {}):
            pytest.fail("the work was begun")
    body = {"CallerInfo": valid_caller_info(), "StateProvinceIds": ["999999999"]}
    with transaction.atomic():
        answer = SubmitCredentialAwardingMultiple().execute(json.dumps(body).encode(), OPERATOR)
    assert answer.fault.code == "9001"


@pytest.mark.parametrize("code", ["S.0001", "A.0001", "O.2", ""])
def test_operators_act_for_the_ministry_only(db, code):
    info = valid_caller_info()
    info["User"]["OrganizationCode"] = code
    body = {"CallerInfo": info, "StateProvinceIds": ["999999999"]}
    answer = SubmitCredentialAwardingMultiple().execute(json.dumps(body).encode(), OPERATOR)
    assert answer.fault.code == ("1008" if code else "3001")


# --- CallerInfo of our own calls ----------------------------------------------------------------


@given(st.text(), st.text(), st.text())
@example("", " ", "\u2019\x00\n")
@example("x" * 200, "\xa0" * 60, "é" * 49 + " é")
@example("\ud800", "a\x85b", "x" * 49 + " y")
def test_whatever_the_names_it_keeps_the_contract(user, local_id, address):
    info = caller_info.in_process(
        product="Suite", user_name=user, local_id=local_id, address=address
    )
    serializer = CallerInfoSerializer(data=info)
    assert serializer.is_valid(), serializer.errors


def test_names_are_kept_as_far_as_the_contract_allows():
    info = caller_info.in_process(
        product="Suite", user_name="  Zoë\tO’Neil ", local_id="", address="10.0.0.7"
    )
    assert info["User"]["Name"] == "Zoë O Neil"
    assert info["User"]["LocalID"] == "unknown"


def test_the_operator_is_the_user_of_the_machine(monkeypatch):
    monkeypatch.setenv("LOGNAME", "odd\nname")
    info = caller_info.of_operator("award_credentials")
    assert info["User"]["Name"] == "odd name"
    assert info["Software"]["Product"] == "manage.py award_credentials"
    assert info["User"]["OrganizationCode"] == "O.1"


def test_each_call_has_its_own_client_message_id():
    ids = {caller_info.of_operator("test")["ClientMessageID"] for _ in range(50)}
    assert len(ids) == 50


# --- Versions -----------------------------------------------------------------------------------


def test_versions_rise_and_are_announced_in_the_call(db):
    before = bulk.latest_version()
    with recorded_call("Test", OPERATOR, {}):
        versions = bulk.next_versions(5)
        assert bulk.visible_version() == before
    assert versions == list(range(before + 1, before + 6))
    assert bulk.latest_version() == versions[-1]
