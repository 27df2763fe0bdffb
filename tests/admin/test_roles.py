"""The tables "Who may do what" of the staff guide, cell by cell, against the back office itself."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from pasi.back_office.menu import TRIGGERS
from tests.admin.conftest import signed_in, staff
from tests.admin.population import make_call
from tests.province_builder import (
    make_alert,
    make_client,
    make_enrolment,
    make_mark,
    make_school,
    make_student,
    set_up,
)

GUIDE = Path(settings.BASE_DIR) / "docs" / "staff-guide.md"
# Rows that stand for more than the list they name.
PARTS = {
    "Students, with names, addresses and the like": (
        "student",
        "name",
        "mailingaddress",
        "phonenumber",
        "emailaddress",
        "citizenshipstatus",
        "disclosurerestriction",
    ),
    "Lists of what waits for a worker": tuple(
        name for name in TRIGGERS if name != "transcripttrigger"
    ),
    "Awarding runs, with batches": ("awardingrun", "awardingbatch"),
}
MADE_BY_COMMANDS = {"user"}  # which shows a password once


def tables() -> list[dict[str, dict[str, str]]]:
    """{row: {group: cell}} of each table in the guide: of tasks, of records."""
    blocks = GUIDE.read_text().split("\n\n")
    return [
        {
            name: dict(zip(groups, cells, strict=True))
            for (_, *groups), _, *rows in [[_cells(line) for line in block.splitlines()]]
            for name, *cells in rows
        }
        for block in blocks
        if block.startswith("|")
    ]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def cells_of(table: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(row, group, cell) for row, cells in table.items() for group, cell in cells.items()]


TASKS, TABLE = tables()


def models_of(row: str) -> list[type]:
    """The records that a row of the table stands for."""
    by_name = {model._meta.model_name: model for model in admin.site._registry}
    if row in PARTS:
        return [by_name[name] for name in PARTS[row]]
    return [
        model
        for model in admin.site._registry
        if model._meta.verbose_name_plural.lower() == row.lower()
    ]


class Request:
    """As much of a request as a permission looks at."""

    def __init__(self, user):
        self.user = user


def test_the_table_names_every_record_once():
    named = [model for row in TABLE for model in models_of(row)]
    assert len(named) == len(set(named))
    assert set(named) == set(admin.site._registry)


def test_the_table_names_every_group(db):
    groups = set(Group.objects.values_list("name", flat=True))
    assert {group for cells in TABLE.values() for group in cells} == groups


@pytest.mark.parametrize(("row", "group", "cell"), cells_of(TABLE), ids=lambda value: value)
def test_a_cell(db, row, group, cell):
    request = Request(staff("somebody", group))
    assert cell in {"–", "see", "change"}
    for model in models_of(row):
        of = admin.site.get_model_admin(model)
        assert of.has_view_permission(request) == (cell != "–"), model
        assert of.has_change_permission(request) == (cell == "change"), model
        may_add = cell == "change" and model._meta.model_name not in MADE_BY_COMMANDS
        assert of.has_add_permission(request) == may_add, model
        assert not of.has_delete_permission(request), model


# --- Tasks --------------------------------------------------------------------------------------


@pytest.fixture
def records(db) -> dict[str, int | str]:
    """The keys of what tasks are about, by the names that PAGES gives them."""
    with set_up():
        school = make_school("S.0982", "A.3020")
        student = make_student(awards=[("CHSA", 1_000_000_008, 2025, False)])
        enrolment = make_enrolment(student, school, 2027)
        return {
            "student": student.pk,
            "asn": student.asn,
            "enrolment": enrolment.pk,
            "of_student": make_alert(student, 11205).pk,
            "of_enrolment": make_alert(enrolment, 10018, "Advice").pk,
            "mark": make_mark(student, "ELA3105", 2026, 5, "75").pk,
            "award": student.awarded_credentials.get().pk,
            "client": make_client("Client").pk,
            "call": make_call(body="{}").pk,
        }


# The pages of each task: name, and which keys its address has.
PAGES = {
    "Create a student; change identity, names, citizenship, restrictions": [
        ("create_student",),
        *((name, "student") for name in ("change_identity", "add_name", "change_citizenship")),
        ("add_restriction", "student"),
    ],
    "Link numbers, deactivate a number, record a death": [
        *((name, "student") for name in ("link_student", "deactivate_student", "record_death")),
    ],
    "Acknowledge work items of students": [("say_of_work_item", "of_student", "=InProgress")],
    "Acknowledge work items of enrolments": [("say_of_work_item", "of_enrolment", "=InProgress")],
    "Add, correct, delete an enrolment": [
        ("add_enrolment", "asn"),
        ("correct_enrolment", "enrolment"),
        ("delete_enrolment", "enrolment"),
    ],
    "Add, correct, delete a mark": [
        ("add_mark", "asn"),
        ("change_mark", "mark"),
        ("delete_mark", "mark"),
    ],
    "Set requirements by hand, exempt": [
        ("set_requirement_set", "asn", "=HHSD"),
        ("exempt", "asn", "=CALM-81160"),
    ],
    "Award in bulk, award one student": [
        ("award_in_bulk",),
        ("award_whom",),
        ("award_one_student", "asn"),
    ],
    "Re-issue, delete, bring back a credential": [
        *((name, "award") for name in ("re_issue_award", "delete_award", "undelete_award")),
    ],
    "Order documents, one or many": [
        ("order_document", "award"),
        ("order_documents_in_bulk",),
    ],
    "Find a credential by number, review credentials": [
        ("find_credential_number",),
        ("credentials_reviews",),
    ],
    "See the processors, their queues and failed jobs": [("enrolments_processors",)],
    "Give a client another secret": [("rotate_secret", "client")],
}
# Tasks without a page of their own: the permission that their buttons ask.
PERMISSIONS = {
    "Have failed background work done again": "enrolments.retry_work",
    "Read the requests and answers of service calls": "audit.view_bodies",
}


def test_the_table_of_tasks_names_every_task():
    assert TASKS.keys() == PAGES.keys() | PERMISSIONS.keys()
    assert all(cells.keys() == TABLE["Groups"].keys() for cells in TASKS.values())


@pytest.mark.parametrize(("task", "group", "cell"), cells_of(TASKS), ids=lambda value: value)
def test_a_cell_of_the_tasks(records, task, group, cell):
    user = staff("somebody", group)
    if task in PERMISSIONS:
        assert user.has_perm(PERMISSIONS[task]) == (cell == "yes")
        return
    expected = {"yes": 200, "–": 403}[cell]
    for name, *keys in PAGES[task]:
        page = reverse(f"admin:{name}", args=[records.get(key, key.strip("=")) for key in keys])
        assert signed_in(user).get(page).status_code == expected, page
