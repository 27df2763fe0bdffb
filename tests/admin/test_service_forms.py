"""Forms over the services, on the example of deleting an award: permissions, rejections at their
field, pressing twice, two members of staff at once."""

import pytest
from django.test import Client

from audit.models import RecordRead, ServiceCall, ServiceResponse
from credentials.models import AwardedCredential
from pasi.models import Code
from tests.admin.conftest import address, signed_in, staff
from tests.credentials.calls import graduate
from tests.credentials.officer import officer as officer
from tests.credentials.officer import recalculated
from tests.province_builder import set_up


@pytest.fixture
def clerk(db) -> Client:
    return signed_in(staff("olive", "Credential Officer", first_name="Olive", last_name="Officer"))


@pytest.fixture
def award(db, officer) -> AwardedCredential:
    with set_up():
        student = graduate()
    made = officer.awarded(student)
    recalculated()
    return made


@pytest.fixture
def reason(db) -> str:
    return Code.objects.filter(code_type="CredentialDeleteReason").first().code


def page(award: AwardedCredential, name: str = "delete-with-reason") -> str:
    return f"{address(AwardedCredential, 'changelist')}{award.pk}/{name}/"


def as_shown(client: Client, address: str, **typed) -> dict:
    """What the browser sends: the form as it was shown, and what was typed."""
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    shown["as_shown"] = form["as_shown"].as_widget().split('value="')[1].split('"')[0]
    shown["as_shown"] = shown["as_shown"].replace("&quot;", '"').replace("&#x27;", "'")
    return {name: value for name, value in {**shown, **typed}.items() if value is not None}


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["form"].errors.items())


def test_the_page_says_what_will_happen_and_leaves_a_trace(clerk, award):
    shown = clerk.get(page(award))
    assert "can be brought back" in shown.content.decode()
    assert RecordRead.objects.latest("read_at").state_province_ids == [award.student.asn]
    assert not ServiceCall.objects.filter(door="back_office").exists()


def test_it_is_done_by_the_service_in_the_name_of_the_member_of_staff(clerk, award, reason):
    answer = clerk.post(page(award), as_shown(clerk, page(award), reason=reason), follow=True)
    assert "is deleted" in answer.content.decode()
    award.refresh_from_db()
    assert (award.is_deleted, award.delete_reason) == (True, reason)
    call = ServiceCall.objects.get(door="back_office")
    assert (call.operation, call.staff.username) == ("SubmitCredentialDeleteReason", "olive")
    assert (call.user_name, call.organization_code) == ("Olive Officer", "O.1")
    assert award.history.first().call_id == call.pk
    assert "Bring it back" in answer.content.decode()
    clerk.post(page(award, "bring-back"), as_shown(clerk, page(award, "bring-back")))
    award.refresh_from_db()
    assert not award.is_deleted


def test_pressing_twice_is_one_call(clerk, award, reason):
    form = as_shown(clerk, page(award), reason=reason)
    first, second = clerk.post(page(award), form), clerk.post(page(award), form)
    assert (first.status_code, second.status_code) == (302, 302)
    outcomes = ServiceResponse.objects.filter(call__door="back_office").order_by("call")
    assert [each.outcome for each in outcomes] == ["Applied", "Replayed"]
    assert award.history.count() == 2


def test_a_rejection_is_shown_with_its_code_and_nothing_typed_is_lost(clerk, award, reason):
    form = as_shown(clerk, page(award), reason=reason)
    clerk.post(page(award), form)
    award.refresh_from_db()
    again = as_shown(clerk, page(award), reason=reason)
    answer = clerk.post(page(award), again)
    [text] = errors(answer)["__all__"]
    assert text.endswith("(9023)")
    assert answer.context["form"]["reason"].value() == reason


def test_what_the_form_itself_refuses_is_no_call(clerk, award):
    answer = clerk.post(page(award), as_shown(clerk, page(award), reason="nonsense"))
    assert list(errors(answer)) == ["reason"]
    assert not ServiceCall.objects.filter(door="back_office").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"call_id": "x"},
        {"call_time": "yesterday"},
        {"core_version": "9" * 30},
        {"number": "-1"},
        {"as_shown": "{"},
        {"as_shown": "[]"},
    ],
    ids=lambda changed: "".join(changed),
)
def test_hidden_fields_that_were_tampered_with_change_nothing(clerk, award, reason, changed):
    form = as_shown(clerk, page(award), reason=reason)
    answer = clerk.post(page(award), {**form, **changed})
    assert changed == {"as_shown": "[]"} or answer.status_code == 200
    if answer.status_code == 200:
        award.refresh_from_db()
        assert not award.is_deleted
        assert errors(answer)


def test_whoever_comes_too_late_is_told_what_changed_and_can_save_all_the_same(
    clerk, award, reason
):
    other = signed_in(staff("otto", "Credential Officer"))
    named = list(
        Code.objects.filter(code_type="CredentialDeleteReason").values_list("code", "short_name")
    )
    reasons = [code for code, _name in named]
    mine = as_shown(clerk, page(award), reason=reasons[0])
    other.post(page(award), as_shown(other, page(award), reason=reasons[1]))

    answer = clerk.post(page(award), mine)
    assert answer.context["came_too_late"]
    assert "otto" in answer.context["changed_by"]
    [change] = answer.context["meanwhile"]
    assert (change.was, change.now) == ("Another reason, as written below", named[1][1])
    form = answer.context["form"]
    assert form["reason"].value() == reasons[0]
    award.refresh_from_db()
    assert award.delete_reason == reasons[1]

    again = {**mine, "core_version": form["core_version"].value()}
    assert clerk.post(page(award), again).status_code == 302
    award.refresh_from_db()
    assert award.delete_reason == reasons[0]


@pytest.mark.parametrize("group", ["Registry Clerk", "Alerts Officer", "Auditor", "Administrator"])
def test_nobody_else_may(award, reason, clerk, group):
    other = signed_in(staff("somebody", group))
    form = as_shown(clerk, page(award), reason=reason)
    assert other.get(page(award)).status_code == 403
    assert other.post(page(award), form).status_code == 403
    assert not ServiceCall.objects.filter(door="back_office").exists()


def test_what_does_not_exist_is_not_found(clerk):
    assert clerk.get(f"{address(AwardedCredential, 'changelist')}77/bring-back/").status_code == 404
