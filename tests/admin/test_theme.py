"""What the theme brings with it, and what we do about it: each trap has its test."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from audit.models import ServiceCall
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from enrolments.models import CoreAlert, StudentTrigger
from pasi.back_office.menu import TRIGGERS, navigation
from pasi.back_office.site import BackOfficeSite
from pasi.models import Code
from students.models import DisclosureRestriction, Name, Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_student_page import text_of
from tests.province_builder import make_school, make_student, set_up

ROOT = Path(settings.BASE_DIR)
OURS = ("pasi", "audit", "students", "enrolments", "credentials")
IMPORT = re.compile(r"^\s*(?:from|import)\s+unfold\b", re.MULTILINE)


def test_only_one_module_imports_the_theme():
    importing = {
        str(file.relative_to(ROOT))
        for app in OURS
        for file in (ROOT / app).rglob("*.py")
        if IMPORT.search(file.read_text())
    }
    assert importing == {"pasi/back_office/theme.py"}


def test_there_is_one_site():
    """The theme's templates reverse addresses of `admin`; a second, plain site would break."""
    assert isinstance(admin.site, BackOfficeSite)
    assert admin.site.name == "admin"
    mounted = [each for each in get_resolver().url_patterns if each.pattern.match("admin/")]
    assert len(mounted) == 1


def test_every_page_is_made_with_the_theme(boss):
    for model_admin in admin.site._registry.values():
        assert type(model_admin).__mro__.index(admin.ModelAdmin) > 0
        assert "unfold.admin" in {base.__module__ for base in type(model_admin).__mro__}


def test_the_strict_policy_holds_outside_the_back_office(client, db):
    for path in ("/healthz", "/api/docs/", "/api/nothing/", "/nothing", "/administrators/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "unsafe-eval" not in policy, path
        assert "script-src" not in policy
        assert "default-src 'self'" in policy
    for path in ("/admin/login/", "/admin/nothing/"):
        assert "'unsafe-eval'" in client.get(path)["Content-Security-Policy"], path


def test_names_cannot_become_expressions(boss):
    """An attribute that reached the page as markup would be run by the theme's scripts."""
    evil = '"><i x-init="alert(1)">'
    with set_up():
        student = make_student(last_name=evil)
        school = make_school(name=evil)
    for url in (
        address(Student, "changelist"),
        f"{address(Student, 'changelist')}?q={evil}",
        address(Student, "change", student.pk),
        address(Student, "history", student.pk),
        address(type(school), "change", school.pk),
    ):
        html = boss.get(url).content.decode()
        assert "<i x-init" not in html, url


def test_no_list_counts_a_whole_table():
    for model_admin in admin.site._registry.values():
        assert model_admin.show_full_result_count is False
        assert model_admin.list_editable == ()
        assert not model_admin.actions


def test_no_action_asks_the_database_for_its_permission():
    """A dotted name would have the theme's system check look it up before the tables exist."""
    for model_admin in admin.site._registry.values():
        for kind in ("list", "detail", "row", "submit_line"):
            for action in getattr(model_admin, f"_get_base_actions_{kind}")():
                for permission in getattr(action.method, "allowed_permissions", ()):
                    assert "." not in permission, (model_admin, permission)


def test_an_empty_database_can_be_checked():
    """`migrate` runs the checks first, when there is no table yet."""
    code = (
        "import django; django.setup()\n"
        "from django.core import checks\n"
        "from django.db import connection\n"
        "def refuse(execute, *args): raise AssertionError('a check asked the database')\n"
        "with connection.execute_wrapper(refuse): print(checks.run_checks())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_pages_are_compressed_and_the_services_answers_are_not(boss):
    plain = boss.get(address(Code, "changelist"))
    packed = boss.get(address(Code, "changelist"), headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) * 5 < len(plain.content)
    schema = boss.get("/api/schema/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in schema


# --- The menu -----------------------------------------------------------------------------------


class Reader:
    """As much of a request as the menu looks at."""

    path = "/admin/"

    def __init__(self, user):
        self.user = user


def titles(user) -> dict[str, list[str]]:
    return {
        str(group["title"]): [
            str(entry["title"]) for entry in group["items"] if entry["permission"](Reader(user))
        ]
        for group in navigation(Reader(user))
    }


def test_the_menu_leads_to_every_record_that_is_not_reached_from_others(db):
    user = staff("boss", is_superuser=True)
    reader = Reader(user)
    links = {entry["link"] for group in navigation(reader) for entry in group["items"]}
    for model, model_admin in admin.site._registry.items():
        listed = model._meta.model_name not in TRIGGERS and model_admin.get_model_perms(reader)
        assert (address(model, "changelist") in links) == bool(listed), model
    assert list(titles(user)) == [
        "Students",
        "Enrolments and alerts",
        "Credentials",
        "Audit",
        "Definitions of eligibility",
        "Set-up",
    ]


@pytest.mark.parametrize("group", ["Registry Clerk", "Alerts Officer", "Auditor", ""])
def test_nobody_is_shown_an_entry_that_may_not_be_opened(db, group):
    user = staff("somebody", group)
    client = signed_in(user)
    shown = re.findall(r'href="(/admin/[^"?]*)"', client.get("/admin/").content.decode())
    assert shown
    for url in set(shown) - {reverse("admin:logout"), reverse("admin:login")}:
        assert client.get(url).status_code == 200, url


def test_the_start_page_says_what_to_do_without_a_group(db):
    page = text_of(signed_in(staff("nobody")).get("/admin/"))
    assert "no group gives you anything to see yet" in page


def test_the_start_page_finds(boss):
    with set_up():
        make_student("100000007")
    page = boss.get("/admin/").content.decode()
    assert "Find a student" in page
    assert f'action="{address(Student, "changelist")}"' in page


def test_signing_in_leads_to_the_start_page(db):
    """The theme's form does not say where to go."""
    user = staff("ann", is_superuser=True)
    user.set_password("Only-for-tests-1")
    user.save()
    form = {"username": "ann", "password": "Only-for-tests-1"}
    assert Client().post(reverse("admin:login"), form)["Location"] == reverse("admin:index")


# --- The palette --------------------------------------------------------------------------------


def test_the_palette_leads_to_lists_and_shows_nothing_personal(db):
    with set_up():
        make_student("100000007", last_name="Byron")
    clerk = signed_in(staff("clerk", "Registry Clerk"))
    page = clerk.get("/admin/search/?extended=1&s=byron").content.decode()
    assert f'href="{address(Student, "changelist")}?q=byron"' in page
    assert "Find a credential" not in page
    assert "1000-0000-7" not in page
    assert "Code values" in text_of(clerk.get("/admin/search/?extended=1&s=code"))


@pytest.mark.parametrize("page", ["99", "x", "-1"])
def test_a_page_of_the_palette_that_is_not_there_is_not_found(boss, page):
    assert boss.get(f"/admin/search/?extended=1&s=code&page={page}").status_code == 404


# --- Pages in words -----------------------------------------------------------------------------


def test_a_list_with_nothing_in_it_says_what_to_do(boss):
    nothing = text_of(boss.get(address(Student, "changelist")))
    assert "No students There is nothing here yet. Students come by" in nothing
    searched = text_of(boss.get(address(Student, "changelist"), {"q": "zzz"}))
    assert "No students found for “zzz” You can search by: ASN" in searched
    assert "Clear search and filters" in searched
    filtered = text_of(boss.get(address(Student, "changelist"), {"status": "Secondary"}))
    assert "No students with these filters Status: Secondary." in filtered


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (CoreAlert, "Nothing needs to be done: nothing is wrong with any record"),
        (StudentTrigger, "nothing needs to be done"),
        (AwardedCredential, "Award one student or Award in bulk, in the menu, begins it."),
        (DocumentOrderItem, "Order from the page of a credential"),
        (AwardingRun, "A run begins with Award in bulk"),
        (Name, "from the page of a student"),
        (DisclosureRestriction, "No record is restricted."),
    ],
)
def test_an_empty_list_says_what_to_do_or_that_nothing_is(boss, model, says):
    """A filter that is set from the beginning is no choice of the reader's."""
    nothing = text_of(boss.get(address(model, "changelist")))
    assert says in nothing
    assert "with these filters" not in nothing
    searched = text_of(boss.get(address(model, "changelist"), {"q": "100000007"}))
    if model is not StudentTrigger:
        assert "found for “100000007”" in searched
        assert "Clear search and filters" in searched


def test_what_is_left_out_by_filters_is_said(boss):
    page = boss.get(address(Code, "changelist"), {"code_type": "Gender"})
    assert page.context["cl"].chosen == [("code type", "Gender")]
    assert "Shown: Code type: Gender" in text_of(page)


def test_numbers_stand_at_the_right_and_codes_do_not(boss):
    def numbers(model) -> list[str]:
        return boss.get(address(model, "changelist")).context["number_columns"]

    from enrolments.models import CoreAlert, OfficialMark

    assert numbers(ServiceCall) == ["milliseconds"]
    assert numbers(OfficialMark) == ["credits_awarded"]
    assert numbers(CoreAlert) == []


def test_a_page_says_where_it_is(boss):
    with set_up():
        student = make_student("100000007")
    version = student.history.get().pk
    record = "1000-0000-7 Ada Byron"
    for page, args, headline, above in (
        ("change", [], record, ["Students"]),
        ("history", [], f"History of {record}", ["Students", record]),
        ("simple_history", [version], "Version of 2", ["Students", record, "History"]),
    ):
        response = boss.get(address(Student, page, student.pk, *args))
        shown = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL).group(1)
        assert shown.startswith(headline)
        assert [label for label, _url in response.context["trail"]] == above


def test_the_way_back_keeps_the_search(boss):
    with set_up():
        student = make_student("100000007")
    url = address(Student, "change", student.pk)
    page = boss.get(f"{url}?_changelist_filters=q%3Dbyron")
    assert page.context["trail"] == [("Students", f"{address(Student, 'changelist')}?q=byron")]
