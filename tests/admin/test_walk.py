"""Every address of the back office, read and written to: no business row changes without a call."""

import datetime
import re
from itertools import chain

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.forms.models import ModelChoiceIteratorValue

from audit.models import RecordRead, ServiceCall
from credentials.models import RequirementSet
from enrolments.models import Course
from pasi.back_office.formats import asn_text
from pasi.back_office.recorded import AS_SHOWN
from pasi.models import Code, Organization, PasiClient
from students.models import Student
from tests.admin.addresses import every_address
from tests.admin.conftest import address
from tests.admin.policy import assert_fit_for_the_policy

OURS = ("pasi", "students", "enrolments", "credentials")
BUSINESS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in OURS or model in {User, Group, Group.permissions.through}
]
CHANGED_HERE = (Organization, Code, Course, RequirementSet, PasiClient, User, Group)
ENDS_THE_SESSION = {"/admin/logout/"}


def fingerprints() -> dict[str, str]:
    """Of every table of business records, what stands in it."""
    one = (
        "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{0}\" t"
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(m._meta.db_table) for m in BUSINESS))
        return dict(cursor.fetchall())


def rows_written() -> int:
    """How often a row of these tables was written in this transaction, what was taken back too."""
    tables = [model._meta.db_table for model in BUSINESS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE relname = ANY(%s)",
            [tables],
        )
        return cursor.fetchone()[0]


def applied_calls() -> set:
    found = ServiceCall.objects.filter(door="back_office", response__outcome="Applied")
    return set(found.values_list("message_id", flat=True))


GUESSES = {
    "name": "Changed",
    "short_name": "Changed",
    "first_name": "Changed",
    "username": "changed",
    "code": "S.0001",
    "status": "Achieved",
    "is_deleted": "on",
    "post": "yes",
    "action": "delete_selected",
    "_selected_action": "1",
    "what": "remove",
    "old_password": "x",
    "is_active": "on",
    "is_staff": "on",
    "is_superuser": "on",
    "_save": "Save",
}


def assert_nothing_changes_without_a_call(client, send) -> None:
    pages = [each for each in every_address() if each not in ENDS_THE_SESSION]
    assert len(pages) > 200
    before, calls, written = fingerprints(), applied_calls(), rows_written()
    for page in pages:
        assert send(page).status_code < 500, page
        if rows_written() == written:
            continue  # fingerprints of all tables take longer than most pages
        written = rows_written()
        after, made = fingerprints(), applied_calls() - calls
        if after != before:
            assert len(made) == 1, page
        before, calls = after, calls | made
    assert client.get("/admin/").status_code == 200, "the walk went on signed in"


def assert_leaves_a_trace(response, asns: set[str]) -> None:
    """Whose number stands on a page is in the record of having read it."""
    path, text = response.request["PATH_INFO"], response.content.decode()
    digits = set(re.findall(r"(?<!\d)\d{9}(?!\d)", text))  # not those of a longer number
    on_page = {asn for asn in asns if asn in digits or asn_text(asn) in text}
    reads = RecordRead.objects.filter(path=path).values_list("state_province_ids", flat=True)
    assert set(chain(*reads)) >= on_page, path


def assert_says_what_must_be_known(response, asns: set[str]) -> None:
    """Every student here has a disclosure restriction: pages that show one say so. Lists do not,
    which show many."""
    text = response.content.decode()
    if "cl" not in (response.context or ()) and any(asn_text(asn) in text for asn in asns):
        path = response.request["PATH_INFO"]
        assert "A disclosure restriction is in effect" in text, path


def test_reading_changes_nothing_runs_no_inline_script_and_leaves_a_trace(boss, records):
    calls = ServiceCall.objects.count()
    asns = set(Student.objects.values_list("asn", flat=True))

    def read(page):
        response = boss.get(page)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            assert_fit_for_the_policy(response)
            assert_leaves_a_trace(response, asns)
            assert_says_what_must_be_known(response, asns)
        return response

    assert_nothing_changes_without_a_call(boss, read)
    assert ServiceCall.objects.count() == calls


@pytest.mark.parametrize("form", [{}, GUESSES], ids=["nothing", "guesses"])
def test_posting_changes_nothing_without_a_call(boss, records, form):
    assert_nothing_changes_without_a_call(boss, lambda page: boss.post(page, form))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "SHOUT"])
def test_other_methods_are_answered_by_no_page(boss, records, method):
    for page in every_address():
        answer = boss.generic(method, page, b"{}", "application/json")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST"), page


def filled_in(form) -> dict:
    """What a browser would send of the form as it was shown."""
    sent = {}
    for field in form:
        value = field.value()
        if isinstance(value, list | tuple):
            sent[field.html_name] = [str(getattr(each, "pk", each)) for each in value]
        elif value is True:
            sent[field.html_name] = "on"
        elif isinstance(value, ModelChoiceIteratorValue | datetime.date) or value:
            sent[field.html_name] = str(value)
    return sent


@pytest.mark.parametrize("model", CHANGED_HERE, ids=lambda model: model.__name__)
def test_what_can_be_changed_here_changes_by_one_call(boss, records, model):
    """So the walk above would see a change, and the call that made it."""
    record = model.objects.exclude(pk=User.objects.get(username="boss").pk).order_by("pk").last()
    page = address(model, "change", record.pk)
    context = boss.get(page).context
    form = filled_in(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        form |= {each.html_name: str(each.value()) for each in inline.formset.management_form}
        for each in inline.formset.forms:
            form |= filled_in(each)
    name = next(each for each in ("short_name", "first_name", "name") if hasattr(record, each))
    before, calls, written = fingerprints(), applied_calls(), rows_written()
    answer = boss.post(page, {**form, name: "Changed", AS_SHOWN: context["as_shown"]})
    assert answer.status_code == 302, answer.context["errors"]
    assert rows_written() > written
    after, [call] = fingerprints(), applied_calls() - calls
    assert {table for table in after if after[table] != before[table]} >= {model._meta.db_table}
    assert ServiceCall.objects.get(pk=call).staff.username == "boss"
    if hasattr(model, "history"):
        assert {row.call_id for row in record.history.all()[:1]} == {call}
