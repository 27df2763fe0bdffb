"""Changes of the set-up: each is one recorded call by the staff user, with its history."""

import json

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from audit.models import ServiceCall, ServiceResponse
from credentials.models import RequirementSet
from enrolments.models import Course
from pasi.models import Code, OneTimePassword, Organization, PasiClient
from tests.admin.conftest import address, save, signed_in, staff
from tests.province_builder import make_client, make_school, make_token, set_up


def change_calls():
    return ServiceCall.objects.filter(operation="ChangeSetUp").order_by("message_id")


def saved(response) -> bool:
    """Whether a form was accepted: the page leads on to another."""
    return response.status_code == 302


def assert_recorded(record, history_type: str, *, rows: int = 1) -> ServiceCall:
    """The last change of `record` belongs to the one recorded call, made by Bea Boss for O.1."""
    call = change_calls().get()
    assert call.door == "back_office"
    assert call.staff.username == "boss"
    assert (call.user_name, call.user_local_id) == ("Bea Boss", "boss")
    assert call.organization_code == "O.1"
    assert call.address == call.user_ip_address == "127.0.0.1"
    assert call.response.outcome == "Applied"
    assert record.history.first().history_type == history_type
    assert record.history.filter(call=call).count() == rows
    return call


CODE = {
    "code_type": "CredentialDeleteReason",
    "code": "PrintedTwice",
    "short_name": "Duplicate award",
    "long_name": "",
    "effective_school_year": "2020",
    "expiry_school_year": "",
    "may_be_submitted": "on",
    "quality": "",
}


def test_adding_a_code_value(boss):
    assert saved(boss.post(address(Code, "add"), CODE))
    code = Code.objects.get(code_type="CredentialDeleteReason", code="PrintedTwice")
    assert code.effective_school_year == 2020
    assert (code.may_be_submitted, code.quality) == (True, None)
    call = assert_recorded(code, "+")
    body = json.loads(call.body)
    assert body["Record"] == "pasi.Code"
    assert body["Key"] is None
    assert body["Form"]["short_name"] == ["Duplicate award"]
    assert "csrfmiddlewaretoken" not in body["Form"]


def test_a_code_value_belongs_to_a_list_that_there_is(boss):
    page = boss.get(address(Code, "add")).content.decode()
    assert '<option value="CredentialType">' in page
    assert "as 2025/2026 or 2026" in page
    refused = boss.post(address(Code, "add"), {**CODE, "code_type": "CredentialTyp"})
    assert "code_type" in refused.context["adminform"].form.errors
    assert not Code.objects.filter(code_type="CredentialTyp").exists()


@pytest.mark.parametrize(
    ("typed", "year", "problem"),
    [
        ("2025/2026", 2026, ""),
        ("2025/26", 2026, ""),
        (" 2025 / 2026 ", 2026, ""),
        ("2026", 2026, ""),
        ("2025/2027", None, "A school year ends in the year after it begins: 2025/2026."),
        ("26", None, "A school year is written 2025/2026"),
        ("2025/2026/2027", None, "A school year is written 2025/2026"),
    ],
)
def test_a_school_year_is_typed_as_it_is_shown(boss, typed, year, problem):
    answer = boss.post(address(Code, "add"), {**CODE, "effective_school_year": typed})
    if problem:
        [said] = answer.context["adminform"].form.errors["effective_school_year"]
        assert said.startswith(problem)
        return
    code = Code.objects.get(code_type="CredentialDeleteReason", code="PrintedTwice")
    assert code.effective_school_year == year
    assert 'value="2025/2026"' in boss.get(address(Code, "change", code.pk)).content.decode()
    unchanged = {"short_name": code.short_name, "effective_school_year": "2025/2026"}
    save(boss, code, {**unchanged, "may_be_submitted": "on"})
    assert code.history.first().effective_school_year == year


def test_changing_a_code_value_leaves_its_key_alone(boss):
    code = Code.objects.get(code_type="Gender", code="F")
    form = {**CODE, "code": "Z", "code_type": "Other", "short_name": "Woman"}
    assert saved(save(boss, code, form))
    code.refresh_from_db()
    assert (code.code_type, code.code, code.short_name) == ("Gender", "F", "Woman")
    assert_recorded(code, "~")


def test_what_requests_may_bring_and_the_quality_of_a_document(boss):
    code = Code.objects.get(code_type="SourceDocumentType", code="CanadianPassport")
    form = {"short_name": "Passport", "quality": "250"}  # an unticked box is not sent
    assert saved(save(boss, code, form))
    code.refresh_from_db()
    assert (code.may_be_submitted, code.quality) == (False, 250)
    assert_recorded(code, "~")


def test_changing_a_school(boss):
    with set_up():
        school = make_school()
    form = {"name": "New name", "authority": school.authority_id, "access": "Normal"}
    assert saved(save(boss, school, form))
    school.refresh_from_db()
    assert school.name == "New name"
    assert_recorded(school, "~")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"authority": ""}, "authority", "A school belongs to an authority."),
        ({"authority": "O.1"}, "authority", "This organization is not an authority."),
        (
            {"opened_on": "2020-09-01", "closed_on": "2020-08-31"},
            "closed_on",
            "It cannot close before it opens.",
        ),
        ({"kind": "Authority"}, "authority", "Only a school belongs to an authority."),
        ({"code": "S.1"}, "code", "Enter a valid value."),
        ({"code": "S.0001\n"}, None, None),
    ],
)
def test_what_an_organization_cannot_be(boss, changes, field, message):
    with set_up():
        authority = make_school().authority
    given = {
        "code": "S.0002",
        "kind": "School",
        "name": "New",
        "authority": authority.pk,
        "access": "Normal",
        **changes,
    }
    if given["authority"] == "O.1":
        given["authority"] = Organization.objects.get(code="O.1").pk
    response = boss.post(address(Organization, "add"), given)
    assert not saved(response)
    if field:
        assert message in response.context["adminform"].form.errors[field]
    assert Organization.objects.count() == 3


NO_REQUIREMENTS = {"set_requirements-TOTAL_FORMS": 0, "set_requirements-INITIAL_FORMS": 0}


def test_adding_a_course_and_a_requirement_set(boss):
    assert saved(boss.post(address(Course, "add"), {"code": "XYZ3000", "name": "Something"}))
    assert_recorded(Course.objects.get(code="XYZ3000"), "+")
    form = {"code": "NEW", "name": "New", "credential_type": "AHSD", "category": "Manual"}
    form |= {"sequence": 50} | NO_REQUIREMENTS
    assert saved(boss.post(address(RequirementSet, "add"), form))
    assert RequirementSet.objects.get(code="NEW").history.get().call == change_calls().last()
    refused = boss.post(
        address(RequirementSet, "add"), {**form, "code": "B", "credential_type": "?"}
    )
    assert not saved(refused)


@pytest.fixture
def client_record(db):
    with set_up():
        make_school("S.0009", "A.0009")
        return make_client("Old name", addresses=["10.0.0.0/8"])


def client_form(**changes) -> dict:
    return {
        "name": "New name",
        "is_enabled": "on",
        "organizations": [Organization.objects.get(code="A.0009").pk],
        "roles": ["Submit Student User", "View Enrolment User"],
        "addresses": "10.1.2.3\n192.168.7.1/24\n10.1.2.3",
        **changes,
    }


def test_changing_a_client_with_its_organizations_is_one_call(boss, client_record):
    secret, identity = client_record.client_secret, client_record.client_id
    form = client_form(client_id="forged", client_secret="forged", client_type="public")
    assert saved(save(boss, client_record, form))
    client_record.refresh_from_db()
    assert client_record.name == "New name"
    assert client_record.roles == ["Submit Student User", "View Enrolment User"]
    assert client_record.addresses == ["10.1.2.3/32", "192.168.7.0/24"]
    assert [each.code for each in client_record.organizations.all()] == ["A.0009"]
    assert (client_record.client_secret, client_record.client_id) == (secret, identity)
    assert client_record.client_type == "confidential"
    # One version for the fields, and one each as the organizations go and come.
    call = assert_recorded(client_record, "~", rows=3)
    page = boss.get(address(PasiClient, "history", client_record.pk)).content.decode()
    assert str(call.pk) in page
    assert "A.0009" in page


def test_withdrawing_roles_and_disabling_work_at_once(boss, client_record):
    token = make_token(client_record)
    assert saved(save(boss, client_record, client_form(is_enabled="")))
    answer = boss.get("/api/codes/", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "1003")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"addresses": "10.0.0.0/33"}, "addresses"),
        ({"addresses": "here"}, "addresses"),
        ({"roles": ["Emperor"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"organizations": []}, "organizations"),
    ],
)
def test_what_a_client_cannot_be(boss, client_record, changes, field):
    response = save(boss, client_record, client_form(**changes))
    assert not saved(response)
    assert list(response.context["adminform"].form.errors) == [field]
    client_record.refresh_from_db()
    assert client_record.name == "Old name"


def test_a_name_that_another_client_has_is_refused(boss, client_record):
    with set_up():
        make_client("New name")
    response = save(boss, client_record, client_form())
    assert not saved(response)


def test_a_form_that_does_not_pass_is_a_recorded_fault(committed_database):
    """Committed for real: inside a test's transaction the fault would go with the roll-back."""
    boss = signed_in(staff("boss", is_superuser=True, first_name="Bea", last_name="Boss"))
    versions = Code.history.count()
    assert not saved(boss.post(address(Code, "add"), {**CODE, "short_name": ""}))
    call = change_calls().get()
    assert (call.staff.username, call.response.outcome) == ("boss", "Fault")
    assert call.response.codes == ["3001"]
    assert "short_name" in json.dumps(call.response.body)
    assert Code.history.count() == versions
    assert not Code.objects.filter(code_type=CODE["code_type"], code=CODE["code"]).exists()


def test_a_save_that_fails_half_way_is_recorded_and_writes_nothing(committed_database):
    """The client itself is written first; then the database refuses its organizations."""
    boss = signed_in(staff("boss", is_superuser=True))
    with set_up():
        make_school("S.0009", "A.0009")
        client = make_client("Old name")
    versions = client.history.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'refused'; END$$; "
            "CREATE TRIGGER refuse BEFORE INSERT ON pasi_pasiclient_organizations "
            "EXECUTE FUNCTION refuse()"
        )
    boss.raise_request_exception = False
    response = save(boss, client, client_form())
    assert response.status_code == 500
    client.refresh_from_db()
    assert client.name == "Old name"
    assert [each.code for each in client.organizations.all()] == ["O.1"]
    assert client.history.count() == versions
    assert change_calls().get().response.outcome == "Fault"


def test_nothing_is_saved_or_recorded_without_the_right(db):
    clerk = signed_in(staff("clerk", "Registry Clerk"))
    code = Code.objects.first()
    calls = ServiceCall.objects.count()
    assert clerk.post(address(Code, "change", code.pk), CODE).status_code == 403
    assert clerk.post(address(Code, "add"), CODE).status_code == 403
    assert ServiceCall.objects.count() == calls
    assert ServiceResponse.objects.count() == calls


def test_a_get_records_no_call(boss):
    calls = ServiceCall.objects.count()
    code = Code.objects.first()
    assert boss.get(address(Code, "change", code.pk)).status_code == 200
    assert boss.options(address(Code, "change", code.pk)).status_code == 405
    assert ServiceCall.objects.count() == calls


# --- Staff --------------------------------------------------------------------------------------


def test_changing_the_groups_of_staff_is_recorded(boss):
    user = staff("ann", "Auditor")
    clerks = Group.objects.get(name="Registry Clerk")
    form = {"username": "ann", "is_active": "on", "is_staff": "on", "groups": [clerks.pk]}
    assert saved(save(boss, user, form))
    assert list(user.groups.all()) == [clerks]
    body = json.loads(change_calls().get().body)
    assert (body["Record"], body["Key"]) == ("auth.User", str(user.pk))
    assert body["Form"]["groups"] == [str(clerks.pk)]


def test_a_password_set_for_somebody_is_recorded_without_it_and_must_be_replaced(boss):
    user = staff("ann", "Auditor")
    url = f"/admin/auth/user/{user.pk}/password/"
    form = {
        "password1": "Chosen-for-Ann-1",
        "password2": "Chosen-for-Ann-1",
        "usable_password": "true",
        "set-password": "Change password",
    }
    assert not saved(boss.post(url, {**form, "password2": "another"}))
    assert not OneTimePassword.objects.exists()
    assert saved(boss.post(url, form))
    user.refresh_from_db()
    assert user.check_password("Chosen-for-Ann-1")
    assert OneTimePassword.objects.get().user == user
    for call in change_calls():
        assert json.loads(call.body)["Record"] == "auth.User"
        assert "Chosen-for-Ann" not in call.body
