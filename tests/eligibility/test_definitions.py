"""The definitions as they stand in the files, and what is refused."""

from dataclasses import replace
from importlib import import_module

import pytest

from credentials.credential_order import ORDER
from credentials.eligibility.courses import CourseMapping
from credentials.eligibility.definition_files import DATA, definitions, rows, tables
from credentials.eligibility.definitions import (
    CreditCap,
    DefinitionError,
    ExemptionReason,
    SetRequirement,
    define,
)
from pasi.codes import code_list

DIPLOMA = "AHSD-2018"
PACKAGE = DATA.parent


def test_the_sets_are_those_that_exist():
    stored = import_module("credentials.migrations.0002_credential_numbers").SETS
    ours = [(row.code, row.name, row.credential, row.category) for row in tables().sets]
    assert sorted(ours) == sorted(stored)


@pytest.mark.django_db
def test_credentials_and_sets_are_code_values():
    credentials = {row.code: row.name for row in tables().credentials}
    assert credentials == {
        code: value.short_name for code, value in code_list("CredentialType").items()
    }
    assert {row.code for row in tables().sets} == set(code_list("RequirementSet"))


def test_levels_follow_the_order_of_credentials():
    levels = [definitions().credentials[code].level for code in ORDER]
    assert levels == sorted(levels)
    assert definitions().credentials["HHSD"].level is None


def test_numbers_of_requirements():
    counted = {each.code: len(each.requirements) for each in definitions().sets}
    assert counted == {
        **{"AHSD-2018": 11, "AHSD-2010-2018": 11, "AHSD-PRE2010": 4, "ADEX": 4, "ADVD": 4},
        **{"GHSD": 4, "HSED-ALT1": 8, "HSED-ALT2": 6, "CHSA": 10, "IOPC": 4, "HHSD": 1, "COSC": 8},
    }


def test_triggers():
    triggers = {
        each.code: [link.requirement for link in each.requirements if link.is_trigger]
        for each in definitions().sets
    }
    assert triggers[DIPLOMA] == ["AcademicActivityPost2018-81485"]
    assert triggers["AHSD-2010-2018"] == ["AcademicActivity2010-2018-81480"]
    assert triggers["GHSD"] == [
        *("ActivityBefore2010-X81600", "NoHigherOrderCredential-GHSD-X81650", "100Credits-81653"),
    ]
    assert triggers["COSC"] == ["StudentIsNominated-81350"]
    assert triggers["CHSA"] == ["KEParticipation-X81450"]
    assert triggers["HSED-ALT1"] == ["EquivalencyCandidate-X81585"]


def test_only_one_requirement_is_in_no_set():
    linked = {link.requirement for link in tables().set_requirements}
    assert set(definitions().requirements) - linked == {"5CreditsAdditional-81170"}


def test_who_sets_manual_requirements():
    nominated = definitions().requirements["StudentIsNominated-81350"]
    assert nominated.is_manual
    assert nominated.client_role == "Submit Transcript User"
    assert nominated.user_roles == ("18A", "18B", "18C")
    enrolled = definitions().requirements["StudentIsEnrolledAtNominatingSchool-81305"]
    assert not enrolled.is_manual
    assert enrolled.user_roles == ()


def test_exemption_reasons():
    reasons = definitions().exemption_reasons
    calm = {row.reason: (row.requested_by, row.approved_by) for row in reasons["CALM-81160"]}
    assert calm == {
        "OutOfProvinceTransferCALM": ("school", "school"),
        "ReligiousCALM": ("school", "ministry"),
        "SpecialCase": ("school", "ministry"),
    }
    without_reasons = set(definitions().requirements) - set(reasons)
    assert {"AcademicActivityPost2018-81485", "100Credits-81190", "GEDWriting-X81735"} <= (
        without_reasons
    )
    assert {"StudentIsNominated-81350", "NoHigherOrderCredential-ADEX-X81650"} <= without_reasons


def test_every_row_names_its_source():
    for file in ("exemption_reasons", "course_mappings", "credit_caps", "limits"):
        assert all(row["source"] for row in rows(f"{file}.csv")), file


def test_every_group_is_used():
    """By a requirement, by a cap, or as a member of another group."""
    sources = "".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    members = {row.value for row in tables().course_mappings if row.by == "group"}
    capped = {cap.group for cap in tables().credit_caps}
    for group in tables().course_groups:
        assert f'"{group}"' in sources or group in members | capped, group


def test_higher_or_equivalent():
    def of(credential):
        return [other.code for other in definitions().higher_or_equivalent(credential)]

    assert of("ADEX") == ["AHSD", "ADVD", "GHSD"]
    assert of("HSED") == ["AHSD", "ADEX", "ADVD", "GHSD"]
    assert of("IOPC") == ["AHSD", "ADEX", "ADVD", "GHSD", "HSED", "CHSA"]
    assert of("HHSD") == []


# --- What is refused ----------------------------------------------------------------------------


def more(name, *values):
    """The tables with more rows in one of them."""
    return replace(tables(), **{name: [*getattr(tables(), name), *values]})


@pytest.mark.parametrize(
    ("name", "row", "problem"),
    [
        (
            "set_requirements",
            SetRequirement("NEW", "CALM-81160", 1, True),
            "There is no requirement set NEW",
        ),
        (
            "set_requirements",
            SetRequirement(DIPLOMA, "New-1", 99, True),
            "There is no requirement New-1",
        ),
        (
            "set_requirements",
            SetRequirement(DIPLOMA, "CALM-81160", 99, False),
            "Requirement set AHSD-2018 has a requirement twice",
        ),
        (
            "set_requirements",
            SetRequirement(DIPLOMA, "ScienceHS-X81710", 3, False),
            "Requirement set AHSD-2018 has a sequence twice",
        ),
        (
            "sets",
            tables().sets[0]._replace(code="NEW"),
            "Requirement set NEW has no trigger requirement",
        ),
        (
            "sets",
            tables().sets[0]._replace(code="NEW", credential="NEW"),
            "There is no credential NEW",
        ),
        (
            "sets",
            tables().sets[0]._replace(code="NEW", category="Odd"),
            "There is no category Odd",
        ),
        ("sets", tables().sets[0], "There are two definitions of requirement set AHSD-2018"),
        ("credentials", tables().credentials[0], "There are two definitions of credential AHSD"),
        ("requirements", tables().requirements[0], "There are two definitions of requirement"),
        ("exemption_reasons", ExemptionReason("New-1", "R", "R"), "There is no requirement New-1"),
        ("credit_caps", CreditCap("New-1", "MATURE", 5), "There is no requirement New-1"),
        ("credit_caps", CreditCap("CALM-81160", "NEW", 5), "There is no course group NEW"),
        ("course_mappings", CourseMapping("NEW", "code", "X"), "There is no course group NEW"),
        ("course_mappings", CourseMapping("CALM", "odd", "X"), "There is no way of mapping odd"),
        ("course_mappings", CourseMapping("CALM", "group", "X"), "There is no course group X"),
        ("course_mappings", CourseMapping("CALM", "flag", ""), "course group CALM has no value"),
    ],
)
def test_definitions_that_contradict_each_other(name, row, problem):
    with pytest.raises(DefinitionError, match=problem):
        define(more(name, row))


def test_rows_may_come_in_any_order():
    reversed_tables = replace(
        tables(),
        sets=tables().sets[::-1],
        set_requirements=tables().set_requirements[::-1],
    )
    assert define(reversed_tables).sets == definitions().sets
