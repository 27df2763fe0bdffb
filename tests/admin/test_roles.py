"""The table "Who may do what" of the staff guide, cell by cell, against the back office itself."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group

from pasi.back_office.menu import TRIGGERS
from tests.admin.conftest import staff

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
    "Background work": tuple(name for name in TRIGGERS if name != "transcripttrigger"),
    "Awarding runs, with batches": ("awardingrun", "awardingbatch"),
}
MADE_BY_COMMANDS = {"user"}  # which shows a password once


def table() -> dict[str, dict[str, str]]:
    """{row: {group: cell}} of the table in the guide."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in GUIDE.read_text().splitlines()
        if line.startswith("|") and not line.startswith("|--")
    ]
    groups, *rows = rows
    return {name: dict(zip(groups[1:], cells, strict=True)) for name, *cells in rows}


TABLE = table()
CELLS = [(row, group, cell) for row, cells in TABLE.items() for group, cell in cells.items()]


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


@pytest.mark.parametrize(("row", "group", "cell"), CELLS, ids=lambda value: value)
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


@pytest.mark.parametrize("group", ["Registry Clerk", "Administrator"])
def test_who_sees_no_calls_sees_no_bodies(db, group):
    assert not staff("somebody", group).has_perm("audit.view_bodies")
