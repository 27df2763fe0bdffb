"""Every address of the back office, read and written to: each opens a page, no business row changes
without a call, and a page costs as many queries with more rows. Every form is sent as it is shown.
"""

import re
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import RecordRead, ServiceCall
from credentials.bulk_awarding import OPERATIONS as OF_BULK_AWARDING
from credentials.models import RequirementSet
from credentials.ordering_in_bulk import ORDER_DOCUMENTS
from enrolments.failed_work import RETRY_JOB
from enrolments.models import Course
from enrolments.scans import RAISE_TRIGGERS
from enrolments.work_item_pages import ACKNOWLEDGING
from pasi.back_office.admins import ReadOnly
from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceFormPage
from pasi.models import Code, Organization, PasiClient
from pasi.setting_up import CHANGE_SET_UP
from students.models import Student
from tests.admin.addresses import every_address
from tests.admin.policy import assert_fit_for_the_policy
from tests.admin.population import more_of_what_is_ready, populate, ready_for_tasks
from tests.admin.shown_forms import ShownForm, forms_of, typed_for
from tests.figures import fail_a_job

OURS = ("pasi", "students", "enrolments", "credentials")
BUSINESS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in OURS
    or model in {User, Group, User.groups.through, Group.permissions.through}
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


def last_call() -> uuid.UUID:
    return ServiceCall.objects.latest("message_id").pk


def applied_since(last: uuid.UUID) -> list[str]:
    """The operations of the calls of staff that were applied after this one."""
    calls = ServiceCall.objects.filter(message_id__gt=last, staff__username="boss")
    applied = calls.filter(door="back_office", response__outcome="Applied")
    return list(applied.values_list("operation", flat=True))


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


@pytest.fixture
def every_record(boss) -> None:
    """Two rows in every list, and for each page that changes something a record to be changed."""
    populate(2)
    ready_for_tasks()
    fail_a_job()


def pages_to_walk() -> list[str]:
    pages = [each for each in every_address() if each not in ENDS_THE_SESSION]
    assert len(pages) > 200
    return [*pages, *WITH_A_QUERY]


# Pages that show nothing, or not their form, until something is asked for.
WITH_A_QUERY = (
    "/admin/credentials/awardedcredential/order-documents/?credential_type=CHSA",
    "/admin/credentials/awardedcredential/to-review/?kind=awarded-not-ordered",
    f"/admin/enrolments/corealert/selection/{uuid.UUID(int=1)}/?gone=1",
)
APPLICATIONS = ("pasi", "auth", "audit", "students", "enrolments", "credentials")
NOT_SHOWN = (
    (r"/admin/1", 404, "no page of this name"),
    (rf"/admin/({'|'.join(APPLICATIONS)})/", 302, "an application has no page of its own"),
    (r"/admin/autocomplete/", 403, "no field is filled in from there"),
    (r"/admin/login/|/admin/second-factor/", 302, "who is signed in goes to the start page"),
    (r"/admin/r/1/1/", 404, "no record has an address outside"),
    (r".*/again/", 405, "a button of the page of processors: it is only pressed"),
    (r".*/corealert/selection/", 302, "begins in the list"),
    (r".*/corealert/selection/[^/]+/", 404, "only one's own; with a query, see above"),
)
# Pages whose name stands where records have their key.
OWN = re.compile(
    r".*/(csv|by-number|order-documents|to-review|award-in-bulk|award-one|processors|create)/"
)


def expected_status(page: str) -> int:
    """200; else as listed, or as the kind of record allows."""
    for route, status, _why in NOT_SHOWN:
        if re.fullmatch(route, page):
            return status
    of = re.fullmatch(r"/admin/(\w+)/(\w+)/(?:(add/)|[^/]+/(history/|delete/|))", page)
    pages = of and next(
        (a for m, a in admin.site._registry.items() if m._meta.label_lower == f"{of[1]}.{of[2]}"),
        None,
    )
    if pages and of[3]:
        return 403 if isinstance(pages, ReadOnly) or pages.model is User else 200
    if pages and of[4] == "delete/":
        return 403  # nothing is deleted
    if pages and of[4] == "history/":
        return 200 if pages.has_history else 404
    return 302 if pages and of[4] == "" and not OWN.fullmatch(page) else 200


def assert_nothing_changes_without_a_call(client, send) -> None:
    before, written = fingerprints(), rows_written()
    for page in pages_to_walk():
        last = last_call()
        assert send(page).status_code < 500, page
        if rows_written() == written:
            continue  # fingerprints of all tables take longer than most pages
        written, after = rows_written(), fingerprints()
        if after != before:
            assert len(applied_since(last)) == 1, page
        before = after
    assert client.get("/admin/").status_code == 200, "the walk went on signed in"


def assert_leaves_a_trace(response, asns: set[str]) -> None:
    """Whose number stands on a page is in the record of having read it."""
    path, text = response.request["PATH_INFO"], response.content.decode()
    digits = set(re.findall(r"(?<!\d)\d{9}(?!\d)", text))  # not those of a longer number
    on_page = {asn for asn in asns if asn in digits or asn_text(asn) in text}
    reads = RecordRead.objects.filter(path=path).values_list("state_province_ids", flat=True)
    if missing := on_page - set(chain(*reads)):
        # A notice says of a secondary number by which number the same person is known.
        seen = Student.objects.filter(asn__in=chain(*reads))
        assert missing <= set(seen.values_list("primary__asn", flat=True)), path


def assert_says_what_must_be_known(response, asns: set[str]) -> None:
    """Every student here has a disclosure restriction: pages that show one say so. Lists do not,
    which show many."""
    text = response.content.decode()
    if "cl" not in (response.context or ()) and any(asn_text(asn) in text for asn in asns):
        path = response.request["PATH_INFO"]
        assert "A disclosure restriction is in effect" in text, path


def read_by(client, page: str):
    """The response, and how many queries it has cost."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(page)
        b"".join(response)  # a file is written as it is sent
    return response, len(captured)


def test_reading_changes_nothing_leaves_a_trace_and_costs_the_same_however_many_rows(
    boss, every_record
):
    calls = ServiceCall.objects.count()
    asns = set(Student.objects.values_list("asn", flat=True))
    few: dict[str, int] = {}
    ContentType.objects.get_for_models(*apps.get_models())  # each process asks once

    def read(page):
        response, queries = read_by(boss, page)
        assert response.status_code == expected_status(page), page
        if response.status_code == 200:
            few[page] = queries
            if response["Content-Type"].startswith("text/html"):
                assert_fit_for_the_policy(response)
                assert_leaves_a_trace(response, asns)
                if page not in WITH_A_QUERY:  # lists
                    assert_says_what_must_be_known(response, asns)
        return response

    assert_nothing_changes_without_a_call(boss, read)
    assert ServiceCall.objects.count() == calls
    populate(3)
    more_of_what_is_ready()
    many = {page: read_by(boss, page)[1] for page in few}
    assert {page: (few[page], many[page]) for page in few if many[page] != few[page]} == {}


def test_posting_changes_nothing_without_a_call(boss, every_record):
    for form in ({}, GUESSES):
        assert_nothing_changes_without_a_call(boss, lambda page, form=form: boss.post(page, form))


def test_other_methods_are_answered_by_no_page(boss, every_record):
    for page in every_address():
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "SHOUT"):
            answer = boss.generic(method, page, b"{}", "application/json")
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST"), page


# --- Every form as it is shown ------------------------------------------------------------------

# What is not applied though it is sent as it is shown.
REFUSED = {
    r".*/(coursemapping|coursesubject|creditcap|exemptionreason)/add/": "names others that are not",
    r".*/(organization|pasiclient)/add/": "a code that is one, an organization: not any word",
    r".*/say/Overridden/": "not of an advice",
    r".*/password_change/": "wants the password",
    r".*/second-factor/set-up/": "wants a code of the telephone",
}


@dataclass
class Pressed:
    """What came of a press: the operations applied, the tables changed."""

    page: str
    applied: list[str]
    changed: set[str]


@contextmanager
def undone(client):
    """What is done in the block is undone, so that every form finds the records as they were."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    savepoint = transaction.savepoint()
    yield
    transaction.savepoint_rollback(savepoint)
    client.cookies[settings.SESSION_COOKIE_NAME] = session


def press(client, form: ShownForm, before: dict[str, str], steps: int = 3) -> Pressed:
    """Press the button of a form, and of the forms that it leads to before something is done."""
    sent = form.filled_in(typed_for(form.action))
    if chosen := form.boxes.get("_selected_action"):
        sent["_selected_action"] = chosen
    last, written = last_call(), rows_written()
    response = client.post(form.action, sent)
    assert response.status_code in (200, 302), form.action
    if response.status_code == 302:
        assert client.get(response["Location"]).status_code == 200, response["Location"]
    applied = applied_since(last)
    after = fingerprints() if rows_written() != written else before
    changed = {table for table in after if after[table] != before[table]}
    if changed:
        assert applied, (form.action, changed)
    elif not applied and response.status_code == 200 and steps > 1 and last_call() == last:
        for following in forms_of(response):
            found = press(client, following, before, steps - 1)
            if found.applied:
                return found
    return Pressed(form.action, applied, changed)


OTHER_OPERATIONS = {CHANGE_SET_UP, RAISE_TRIGGERS, RETRY_JOB, ORDER_DOCUMENTS, *OF_BULK_AWARDING}


def services_of_pages() -> set[str]:
    """The services that pages of the back office send to."""
    found, pages = set(ACKNOWLEDGING.values()), [ServiceFormPage]
    while pages:
        page = pages.pop()
        pages += page.__subclasses__()
        if isinstance(service := getattr(page, "service", None), type):
            found.add(service)
    return {service.operation for service in found}


def test_every_form_sent_as_it_is_shown_changes_records_by_a_call_alone(boss, every_record):
    before, pressed = fingerprints(), []
    for page in pages_to_walk():
        if expected_status(page) == 200:
            for form in forms_of(boss.get(page)):
                with undone(boss):
                    pressed.append(press(boss, form, before))
    assert fingerprints() == before, "each press was undone"
    refused = [each.page for each in pressed if not each.applied]
    assert [page for page in refused if not any(re.fullmatch(r, page) for r in REFUSED)] == []
    many = [each.page for each in pressed if len(each.applied) > 1]
    assert many == ["/admin/enrolments/corealert/selection/"], "a call for each work item"
    applied = Counter(chain.from_iterable(each.applied for each in pressed))
    assert services_of_pages() | OTHER_OPERATIONS <= set(applied)
    assert applied.total() > 70
    changed = set().union(*(each.changed for each in pressed))
    assert {model._meta.db_table for model in CHANGED_HERE} <= changed
