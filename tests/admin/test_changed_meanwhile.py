"""Two members of staff with one record of the set-up open: the second is told what the first has
changed, nothing typed is lost, and nothing is overwritten unknowingly."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import signing
from django.test import Client

from audit.models import ServiceCall
from credentials.models import RequirementSet
from pasi.back_office.recorded import AS_SHOWN
from pasi.models import Code, Organization, PasiClient
from tests.admin.conftest import address, as_opened, save, signed_in, staff
from tests.admin.test_definitions import form_of_set
from tests.admin.test_student_page import text_of
from tests.province_builder import make_client, make_school, set_up


@pytest.fixture
def other(db) -> Client:
    """Somebody else who may do the same."""
    return signed_in(staff("olga", is_superuser=True, first_name="Olga", last_name="Other"))


@pytest.fixture
def client_record(db) -> PasiClient:
    with set_up():
        make_school("S.0009", "A.0009")
        return make_client("School system", roles=["Submit Student User", "View Audit User"])


def client_form(**changes) -> dict:
    return {
        "name": "School system",
        "is_enabled": "on",
        "organizations": [Organization.objects.get(code="O.1").pk],
        "roles": ["Submit Student User", "View Audit User"],
        "addresses": "",
        **changes,
    }


def user_form(**changes) -> dict:
    return {"username": "ann", "is_active": "on", "is_staff": "on", **changes}


def told(response) -> dict[str, tuple[str, str]]:
    """What the page says was changed meanwhile: label -> (was, now)."""
    assert response.status_code == 200
    assert response.context["came_too_late"]
    return {each.label: (each.was, each.now) for each in response.context["meanwhile"]}


def again(response, form: dict) -> dict:
    return {**form, AS_SHOWN: response.context["as_shown"]}


def test_rights_that_somebody_takes_away_from_a_client_do_not_come_back(boss, other, client_record):
    page = address(PasiClient, "change", client_record.pk)
    mine = as_opened(boss, page, client_form(name="Name by Bea", addresses="10.0.0.0/8"))
    schools = [Organization.objects.get(code="A.0009").pk]
    theirs = client_form(roles=["Submit Student User"], organizations=schools)
    assert save(other, client_record, theirs).status_code == 302

    late = boss.post(page, mine)

    roles, organizations = told(late)["Roles"], told(late)["Organizations"]
    assert roles == ("Submit Student User, View Audit User", "Submit Student User")
    assert "O.1" in organizations[0] and "A.0009" in organizations[1]
    assert set(told(late)) == {"Roles", "Organizations"}
    said = text_of(late)
    assert "Nothing of yours is saved yet" in said
    assert "Last change: Olga Other (olga)" in said
    client_record.refresh_from_db()
    assert (client_record.name, client_record.roles) == ("School system", ["Submit Student User"])
    assert [each.code for each in client_record.organizations.all()] == ["A.0009"]
    call = ServiceCall.objects.latest("message_id")
    assert (call.response.outcome, call.response.codes) == ("Fault", ["3001"])
    assert {each["field"] for each in call.response.body["errors"]} == {"Roles", "Organizations"}
    assert "correct the error" not in said
    typed = late.context["adminform"].form
    assert typed["name"].value() == "Name by Bea"
    assert typed["addresses"].value() == "10.0.0.0/8"
    assert typed["roles"].value() == ["Submit Student User"], "left alone: as it is now"

    assert boss.post(page, again(late, client_form(name="Name by Bea"))).status_code == 302
    client_record.refresh_from_db()
    assert client_record.name == "Name by Bea"
    assert client_record.roles == ["Submit Student User", "View Audit User"]


def test_groups_that_somebody_takes_away_from_a_user_do_not_come_back(boss, other):
    ann = staff("ann", "Auditor", "Registry Clerk")
    ann.set_password("Known-to-Ann-1")
    ann.save()
    groups = {group.name: group.pk for group in ann.groups.all()}
    page = address(User, "change", ann.pk)
    mine = as_opened(boss, page, user_form(groups=list(groups.values()), email="ann@example.org"))
    theirs = {"username": "ann", "is_staff": "on", "groups": [groups["Auditor"]]}
    assert save(other, ann, theirs).status_code == 302

    late = boss.post(page, mine)

    assert told(late) == {
        "Active": ("Yes", "No"),
        "Groups": ("Auditor, Registry Clerk", "Auditor"),
    }
    assert "Last change: Olga Other," in text_of(late)
    typed = late.context["adminform"].form
    assert typed["email"].value() == "ann@example.org"
    assert typed["groups"].value() == [str(groups["Auditor"])]
    assert not typed["is_active"].value()
    ann.refresh_from_db()
    assert (ann.is_active, ann.email) == (False, "")
    assert [group.name for group in ann.groups.all()] == ["Auditor"]
    shown = signing.loads(late.context["as_shown"], salt=f"auth.User {ann.pk}")
    assert "password" not in shown[""]
    assert ann.password not in late.content.decode()


def test_an_organization_that_somebody_has_renamed(boss, other):
    with set_up():
        school = make_school()
    page = address(Organization, "change", school.pk)
    form = {"name": school.name, "authority": school.authority_id, "access": "Normal"}
    mine = as_opened(boss, page, {**form, "city": "Banff"})
    theirs = {**form, "name": "Renamed", "closed_on": "2026-06-30"}
    assert save(other, school, theirs).status_code == 302

    late = boss.post(page, mine)

    assert told(late) == {
        "Name": (school.name, "Renamed"),
        "Closed on": ("–", "2026-06-30"),
    }
    school.refresh_from_db()
    assert (school.name, school.city) == ("Renamed", "")
    typed = late.context["adminform"].form
    assert [typed[name].value() for name in ("name", "closed_on", "city")] == [
        *("Renamed", "2026-06-30", "Banff"),
    ]
    # What is pressed again is meant for that state, and for no later one.
    save(other, school, {**theirs, "city": "Jasper"})
    later = boss.post(page, again(late, mine))
    assert told(later) == {"City": ("–", "Jasper")}


def test_requirements_of_a_set_that_come_and_go_meanwhile(boss, other):
    cosc = RequirementSet.objects.get(pk="COSC")
    page = address(RequirementSet, "change", "COSC")
    mine = as_opened(boss, page, form_of_set("COSC", name="Name by Bea"))
    kept = cosc.set_requirements.order_by("sequence").first()
    theirs = form_of_set("COSC", **{"set_requirements-1-DELETE": "on"})
    gone = cosc.set_requirements.get(pk=theirs["set_requirements-1-id"])
    theirs["set_requirements-0-sequence"] = 77
    assert save(other, cosc, theirs).status_code == 302

    late = boss.post(page, mine)

    texts = [(each.was, each.now) for each in late.context["meanwhile"]]
    assert len(texts) == 2
    assert "Sequence: 77" in texts[0][1]
    assert gone.requirement.code in texts[1][0]
    assert texts[1][1] == "–"
    [formset] = [each.formset for each in late.context["inline_admin_formsets"]]
    assert formset.total_form_count() == mine["set_requirements-TOTAL_FORMS"] - 1
    sent = dict(formset.data.items())
    assert boss.post(page, {**sent, AS_SHOWN: late.context["as_shown"]}).status_code == 302
    cosc.refresh_from_db()
    assert cosc.name == "Name by Bea"
    assert cosc.set_requirements.get(pk=kept.pk).sequence == 77, "left alone"
    assert not cosc.set_requirements.filter(requirement=gone.requirement).exists(), "left alone"


def test_a_row_that_was_typed_in_and_is_gone_meanwhile_comes_back_as_a_new_one(boss, other):
    cosc = RequirementSet.objects.get(pk="COSC")
    page = address(RequirementSet, "change", "COSC")
    mine = as_opened(boss, page, form_of_set("COSC", **{"set_requirements-1-sequence": 88}))
    theirs = form_of_set("COSC", **{"set_requirements-1-DELETE": "on"})
    gone = cosc.set_requirements.get(pk=theirs["set_requirements-1-id"])
    assert save(other, cosc, theirs).status_code == 302
    late = boss.post(page, mine)
    [formset] = [each.formset for each in late.context["inline_admin_formsets"]]
    sent = dict(formset.data.items())
    assert boss.post(page, {**sent, AS_SHOWN: late.context["as_shown"]}).status_code == 302
    assert cosc.set_requirements.get(requirement=gone.requirement).sequence == 88


def test_pressing_twice_on_a_record_with_rows_is_no_change_by_somebody_else(boss):
    page = address(RequirementSet, "change", "COSC")
    form = as_opened(boss, page, form_of_set("COSC", **{"set_requirements-0-sequence": 66}))
    assert [boss.post(page, form).status_code for _press in range(2)] == [302, 302]


def test_a_role_is_withdrawn_for_good_in_whatever_order_the_roles_are_kept(boss, other):
    with set_up():
        make_school("S.0009", "A.0009")
        record = make_client("Other", roles=["View Audit User", "Submit Student User"])
    page = address(PasiClient, "change", record.pk)
    sent = ["Submit Student User", "View Audit User"]  # as a browser sends ticks
    mine = as_opened(boss, page, client_form(name="Name by Bea", roles=sent))
    assert save(other, record, client_form(name="Other", roles=sent[:1])).status_code == 302
    late = boss.post(page, mine)
    assert late.context["adminform"].form["roles"].value() == sent[:1]


def test_of_a_long_list_what_came_and_went_is_named(boss, other):
    group = Group.objects.create(name="Many")
    all_of_them = list(Permission.objects.order_by("pk")[:30])
    group.permissions.set(all_of_them[:29])
    page = address(Group, "change", group.pk)
    mine = as_opened(boss, page, {"name": "Most", "permissions": [all_of_them[0].pk]})
    save(other, group, {"name": "Many", "permissions": [each.pk for each in all_of_them[1:]]})
    was, now = told(boss.post(page, mine))["Permissions"]
    assert was == f"{all_of_them[0]}, 28 that are in both"
    assert now == f"{all_of_them[29]}, 28 that are in both"


def test_pressing_twice_is_no_change_by_somebody_else(boss):
    code = Code.objects.get(code_type="Gender", code="F")
    page = address(Code, "change", code.pk)
    form = as_opened(boss, page, {"short_name": "Woman", "may_be_submitted": "on"})
    assert [boss.post(page, form).status_code for _press in range(2)] == [302, 302]


@pytest.mark.parametrize("shown", ["", "forged", "of another"])
def test_a_form_that_does_not_say_what_it_was_opened_for_saves_nothing(boss, shown):
    code = Code.objects.get(code_type="Gender", code="F")
    if shown == "of another":
        another = address(Code, "change", Code.objects.get(code_type="Gender", code="M").pk)
        shown = boss.get(another).context["as_shown"]
    page = address(Code, "change", code.pk)
    refused = boss.post(page, {"short_name": "Woman", "may_be_submitted": "on", AS_SHOWN: shown})
    assert "It is not known what this form was opened for" in text_of(refused)
    assert Code.objects.get(pk=code.pk).short_name == code.short_name
    form = {"short_name": "Woman", "may_be_submitted": "on"}
    assert boss.post(page, again(refused, form)).status_code == 302
