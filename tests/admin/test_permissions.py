"""Who may open what: every page of every registered record, for every group of staff."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from audit.models import RecordRead, ServiceCall, SignIn
from credentials import definition_models as definitions
from credentials import models as credentials
from enrolments import models as enrolments
from pasi.models import Code, Organization, PasiClient
from students import models as students
from tests.admin.conftest import address, signed_in, staff

DEFINITIONS = {
    credentials.RequirementSet,
    definitions.Credential,
    definitions.CredentialRequirement,
    definitions.ExemptionReason,
    definitions.CourseGroup,
    definitions.CourseMapping,
    definitions.CourseSubject,
    definitions.CreditCap,
    definitions.EligibilityLimit,
}
SET_UP = {Organization, Code, enrolments.Course, *DEFINITIONS}
STUDENTS = {
    students.Student,
    students.Name,
    students.MailingAddress,
    students.PhoneNumber,
    students.EmailAddress,
    students.CitizenshipStatus,
    students.DisclosureRestriction,
}
ENROLMENTS = {
    enrolments.SchoolEnrolment,
    enrolments.CourseEnrolment,
    enrolments.StudentTrigger,
    enrolments.SchoolEnrolmentTrigger,
    enrolments.CourseEnrolmentTrigger,
    enrolments.ResponsibleSchoolTrigger,
}
ALERTS = {enrolments.CoreAlert, enrolments.Acknowledgement}
CREDENTIALS = {
    enrolments.OfficialMark,
    enrolments.ExamMark,
    enrolments.TranscriptTrigger,
    credentials.RequirementSetStatus,
    credentials.RequirementAchievement,
    credentials.RequirementExemption,
    credentials.AwardedCredential,
    credentials.ArchivedCredential,
    credentials.DocumentOrderItem,
    credentials.AwardingRun,
    credentials.AwardingBatch,
    credentials.AwardingOutcome,
}
AUDIT = {ServiceCall, RecordRead, PasiClient}
ACCOUNTS = {User, Group}
SIGN_INS = {SignIn}
SEEN = SET_UP | {definitions.Recalculation}
EVERYTHING = SEEN | SIGN_INS | STUDENTS | ENROLMENTS | ALERTS | CREDENTIALS | AUDIT | ACCOUNTS

# group -> (sees, changes); "" is staff in no group
MAY = {
    "superuser": (EVERYTHING, SET_UP | {PasiClient} | ACCOUNTS),
    "Registry Clerk": (SEEN | STUDENTS | ALERTS | {enrolments.SchoolEnrolment}, {Organization}),
    "Credential Officer": (
        SEEN | STUDENTS | ENROLMENTS | ALERTS | CREDENTIALS,
        {Code, enrolments.Course, *DEFINITIONS},
    ),
    "Alerts Officer": (SEEN | STUDENTS | ENROLMENTS | ALERTS, set()),
    "Auditor": (EVERYTHING - ACCOUNTS, set()),
    "Administrator": (
        SEEN | SIGN_INS | ACCOUNTS | {PasiClient},
        SET_UP | {PasiClient, User},
    ),
    "": (set(), set()),
}
MADE_BY_COMMANDS = {User}
TRACKED = {model for model in EVERYTHING if hasattr(model, "history")}


def member(group: str):
    user = staff("somebody", group, is_superuser=group == "superuser")
    return signed_in(user)


def test_the_table_names_every_registered_record():
    assert set(admin.site._registry) == EVERYTHING


def test_what_services_own_has_history_where_it_is_kept():
    for model in EVERYTHING:
        has_history = getattr(admin.site._registry[model], "has_history", False)
        assert has_history == (model in TRACKED), model


@pytest.mark.parametrize("group", [group for group in MAY if group != "superuser"])
def test_reading(records, group):
    """A superuser reads every page in the walk."""
    sees, _changes = MAY[group]
    client = member(group)
    for model in EVERYTHING:
        expected = 200 if model in sees else 403
        key = model.objects.order_by("pk").last().pk
        assert client.head(address(model, "changelist")).status_code == expected, model
        assert client.get(address(model, "change", key)).status_code == expected, model
        if model in TRACKED:
            version = model.history.filter(**{model._meta.pk.attname: key})[0].pk
            history = client.get(address(model, "history", key))
            assert history.status_code == expected, model
            page = client.get(address(model, "simple_history", key, version))
            assert page.status_code == expected, model
        else:
            assert client.get(address(model, "history", key)).status_code in (403, 404), model


@pytest.mark.parametrize("group", MAY)
def test_changing(records, group):
    _sees, changes = MAY[group]
    client = member(group)
    for model in EVERYTHING:
        others = User.objects.exclude(username="somebody") if model is User else model.objects
        key = others.order_by("pk").last().pk
        expected = 200 if model in changes - MADE_BY_COMMANDS else 403
        assert client.get(address(model, "add")).status_code == expected, model
        # An empty form is refused as a form (200) where changing is allowed at all.
        answer = client.post(address(model, "change", key), {"name": ""})
        assert answer.status_code == (200 if model in changes else 403), model
        assert client.get(address(model, "delete", key)).status_code == 403, model
        assert client.post(address(model, "delete", key), {"post": "yes"}).status_code == 403
        assert model.objects.filter(pk=key).exists()


@pytest.mark.parametrize("group", ["superuser", "Registry Clerk", "Auditor"])
def test_nobody_changes_a_record_through_its_history(records, group):
    """The library's own revision page would save what a user who may only view posts to it."""
    client = member(group)
    for model in TRACKED:
        row = model.history.order_by("-history_id").first()
        key = getattr(row, model._meta.pk.attname)
        before = model.objects.filter(pk=key).values().get()
        versions = model.history.count()
        url = address(model, "simple_history", key, row.pk)
        form = dict.fromkeys(before, "1") | {"name": "Changed", "short_name": "Changed"}
        for method in (client.post, client.put, client.patch, client.delete, client.options):
            assert method(url, form if method == client.post else "").status_code == 405, model
        assert model.objects.filter(pk=key).values().get() == before
        assert model.history.count() == versions


def test_without_signing_in_every_page_leads_to_the_sign_in(client, records):
    for model in EVERYTHING:
        answer = client.get(address(model, "changelist"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


def test_a_user_who_is_not_staff_stays_outside(db):
    user = User.objects.create(username="outsider", is_superuser=True, is_staff=False)
    assert signed_in(user).get(reverse("admin:index")).status_code == 302


def test_no_token_and_no_secret_is_ever_shown(boss, records):
    client = PasiClient.objects.get(name="Client 1")
    shown = boss.get(address(PasiClient, "change", client.pk)).content.decode()
    assert client.client_id in shown
    assert client.client_secret not in shown
    version = client.history.first()
    for url in (
        address(PasiClient, "history", client.pk),
        address(PasiClient, "simple_history", client.pk, version.pk),
    ):
        assert client.client_secret not in boss.get(url).content.decode()
    assert not [model for model in admin.site._registry if "token" in model._meta.model_name]


@pytest.mark.parametrize("page", ["change", "history"])
@pytest.mark.parametrize("model", [students.Student, ServiceCall, Code])
def test_an_address_that_names_nothing_is_not_an_error(boss, model, page):
    for key in ("0", "nonsense", "_00"):
        assert boss.get(address(model, page, key)).status_code in (302, 404)


def test_a_version_of_another_record_is_not_found(boss, records):
    first, second = Code.objects.order_by("pk")[:2]
    version = second.history.first().pk
    assert boss.get(address(Code, "simple_history", first.pk, version)).status_code == 404
    assert boss.get(address(Code, "simple_history", first.pk, "x")).status_code == 404
