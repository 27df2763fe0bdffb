"""The definitions of eligibility in the database: what was loaded, and what is read of it."""

from dataclasses import fields

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials.definition_models import (
    CourseMapping,
    EligibilityLimit,
    SetRequirement,
)
from credentials.definitions import check, current_calculator, current_definitions
from credentials.eligibility import definition_files
from credentials.eligibility.definitions import DefinitionError
from credentials.models import RequirementSet
from enrolments.models import Course
from tests import invariants
from tests.province_builder import set_up

pytestmark = pytest.mark.django_db


def test_the_database_says_what_the_files_say():
    loaded, of_files = current_definitions(), definition_files.definitions()
    for each in fields(loaded):
        if each.name != "courses":
            assert getattr(loaded, each.name) == getattr(of_files, each.name), each.name
    for row in definition_files.tables().course_mappings:
        for code in ("ELA3105", "PED0770", "COM3001", "KAE3780", row.value[:8]):
            for year in (2005, 2024):
                assert loaded.courses.course(code, year) == of_files.courses.course(code, year)
    invariants.assert_history_is_complete()


def test_one_query_while_nothing_changes():
    former = current_calculator()
    with CaptureQueriesContext(connection) as captured:
        assert current_calculator() is former
    assert len(captured) == 1


def test_a_change_counts_at_once():
    with set_up():
        limit = EligibilityLimit.objects.get(name="equivalency_age")
        limit.value = "18"
        limit.save()
    assert current_definitions().limits.equivalency_age == 18


def test_a_changed_course_counts_at_once():
    assert "RAP30" not in current_definitions().courses.course("XYZ3000", 2024).groups
    with set_up():
        Course.objects.create(code="XYZ3000", name="Apprentice", flags="CTS;RAP30")
    assert "RAP30" in current_definitions().courses.course("XYZ3000", 2024).groups


def test_a_set_without_requirements_is_not_judged():
    with set_up():
        RequirementSet.objects.create(
            code="NEW", name="New", credential_type="AHSD", category="Current"
        )
    check()
    assert "NEW" not in {each.code for each in current_definitions().sets}


def no_trigger():
    SetRequirement.objects.filter(requirement_set="COSC").update(is_trigger=False)


def unknown_credential():
    RequirementSet.objects.filter(code="COSC").update(credential_type="XXXX")


def no_number():
    EligibilityLimit.objects.filter(name="equivalency_age").update(value="nineteen")


def empty_mapping():
    CourseMapping.objects.filter(by="code", value="PED0770").update(value="")


def group_that_is_none():
    CourseMapping.objects.filter(by="group").update(value="NONE")


@pytest.mark.parametrize(
    "change", [no_trigger, unknown_credential, no_number, empty_mapping, group_that_is_none]
)
def test_what_contradicts_is_refused(change):
    change()
    with pytest.raises(DefinitionError):
        check()
