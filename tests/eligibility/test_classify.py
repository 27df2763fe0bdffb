"""From requirements to sets: statuses, percentages, order, and rows that are left alone."""

import datetime
from dataclasses import replace

import pytest

from credentials.eligibility import outcomes
from credentials.eligibility.classify import (
    Calculator,
    RequirementResult,
    SetAssessment,
    best_status,
    shown_status,
    status_of,
)
from credentials.eligibility.definition_files import tables
from credentials.eligibility.definitions import DefinitionError, define
from credentials.eligibility.facts import StoredStatus
from credentials.eligibility.outcomes import Message, Outcome
from credentials.models import RequirementSetStatus
from tests.eligibility.students import (
    CALCULATOR,
    DEFINITIONS,
    REQUESTED,
    TODAY,
    B,
    assess,
    award,
    changed,
    earned,
    enrolment,
    exempted,
    nominated,
    rows,
    said,
    standing,
    student,
    without,
)

ACHIEVED, NOT_ACHIEVED, NOT_ASSESSED = "Achieved", "NotAchieved", "NotAssessed"
DIPLOMA = "AHSD-2018"


def test_statuses_are_those_of_the_stored_rows():
    ours = {outcomes.ACHIEVED, outcomes.NOT_ACHIEVED}
    ours |= {outcomes.NOT_ASSESSING, outcomes.TO_BE_ASSESSED}
    assert ours == set(RequirementSetStatus.Status.values)


# --- A requirement and its exemption ------------------------------------------------------------


def result(achievement=ACHIEVED, exemption="None", *, trigger=False, manual=False):
    outcome = Outcome(achievement, Message("NoCourse"))
    return RequirementResult("Some-1", trigger, manual, outcome, exemption)


@pytest.mark.parametrize("exemption", ["None", "Requested", "Pending", "Denied", "Approved"])
@pytest.mark.parametrize("achievement", [ACHIEVED, NOT_ACHIEVED, NOT_ASSESSED])
def test_met_is_achieved_or_exempted(achievement, exemption):
    met = achievement == ACHIEVED or exemption == "Approved"
    assert result(achievement, exemption).is_met is met


@pytest.mark.parametrize(
    ("statuses", "counts"),
    [
        (["Denied", "Approved"], "Approved"),
        (["Denied", "Requested", "Pending"], "Pending"),
        (["Denied", "Requested"], "Requested"),
        (["Denied"], "Denied"),
        ([], "None"),
    ],
)
def test_the_strongest_exemption_counts(statuses, counts):
    of_calm = [exemption for status in statuses for exemption in exempted("CALM-81160", status)]
    of_another = exempted("ELA30-X81120", "Pending")
    found = assess(without(B, "PED0770"), exemptions=[*of_another, *of_calm])
    assert found[DIPLOMA].result("CALM-81160").exemption == counts
    assert found[DIPLOMA].result("CALM-81160").is_met is (counts == "Approved")


# --- The status of a set ------------------------------------------------------------------------

MET_TRIGGER, UNMET_TRIGGER = result(trigger=True), result(NOT_ACHIEVED, trigger=True)
UNMET = result(NOT_ACHIEVED)
AWAITED = result(NOT_ASSESSED, manual=True)
REFUSED = result(NOT_ACHIEVED, manual=True)


@pytest.mark.parametrize(
    ("category", "results", "with_row", "without_row"),
    [
        ("Current", [UNMET_TRIGGER, result()], "NotAssessing", None),
        ("Current", [MET_TRIGGER, UNMET_TRIGGER], "NotAssessing", None),
        ("Prior", [UNMET_TRIGGER, AWAITED], "NotAssessing", None),
        ("Current", [result(NOT_ACHIEVED, "Approved", trigger=True)], ACHIEVED, ACHIEVED),
        ("Current", [MET_TRIGGER, result()], ACHIEVED, ACHIEVED),
        ("Current", [MET_TRIGGER, result(NOT_ACHIEVED, "Approved")], ACHIEVED, ACHIEVED),
        ("Prior", [MET_TRIGGER, result(NOT_ASSESSED, "Approved", manual=True)], ACHIEVED, ACHIEVED),
        ("Current", [MET_TRIGGER, UNMET], NOT_ACHIEVED, NOT_ACHIEVED),
        ("Prior", [MET_TRIGGER, AWAITED], "ToBeAssessed", "ToBeAssessed"),
        ("Prior", [MET_TRIGGER, AWAITED, AWAITED], "ToBeAssessed", "ToBeAssessed"),
        ("Prior", [MET_TRIGGER, AWAITED, UNMET], NOT_ACHIEVED, NOT_ACHIEVED),
        ("Prior", [MET_TRIGGER, AWAITED, REFUSED], NOT_ACHIEVED, NOT_ACHIEVED),
        ("Prior", [MET_TRIGGER, result(NOT_ASSESSED)], NOT_ACHIEVED, NOT_ACHIEVED),
        ("Current", [MET_TRIGGER, AWAITED], NOT_ACHIEVED, NOT_ACHIEVED),
        ("Manual", [MET_TRIGGER, AWAITED], NOT_ACHIEVED, NOT_ACHIEVED),
    ],
)
def test_status_of_a_set(category, results, with_row, without_row):
    assert status_of(category, results, has_row=True) == with_row
    assert status_of(category, results, has_row=False) == without_row


@pytest.mark.parametrize(
    ("met", "of", "percentage"), [(0, 11, 0), (1, 11, 9), (10, 11, 90), (11, 11, 100), (5, 6, 83)]
)
def test_percentage(met, of, percentage):
    results = (*[result()] * met, *[UNMET] * (of - met))
    assert SetAssessment(DEFINITIONS.sets[0], ACHIEVED, met, results).percentage == percentage


@pytest.mark.parametrize("is_awarded", [True, False])
@pytest.mark.parametrize("is_outstanding", [True, False])
@pytest.mark.parametrize("stored", RequirementSetStatus.Status.values)
def test_what_a_reader_is_shown(stored, is_outstanding, is_awarded):
    hidden = stored == ACHIEVED and is_outstanding and not is_awarded
    shown = shown_status(stored, is_outstanding=is_outstanding, is_awarded=is_awarded)
    assert shown == ("CalculationOutstanding" if hidden else stored)


@pytest.mark.parametrize(
    ("statuses", "best"),
    [
        (["NotAssessing", NOT_ACHIEVED, ACHIEVED], ACHIEVED),
        ([NOT_ACHIEVED, "ToBeAssessed", "CalculationOutstanding"], "CalculationOutstanding"),
        ([NOT_ACHIEVED, "ToBeAssessed"], "ToBeAssessed"),
        (["NotAssessing", NOT_ACHIEVED], NOT_ACHIEVED),
        (["NotAssessing"], "NotAssessing"),
        ([], None),
    ],
)
def test_the_best_set_speaks_for_its_credential(statuses, best):
    assert best_status(statuses) == best


# --- Which sets, in which order -----------------------------------------------------------------

ORDER = [
    *("AHSD-2018", "AHSD-2010-2018", "AHSD-PRE2010", "ADEX", "ADVD", "GHSD"),
    *("HSED-ALT1", "HSED-ALT2", "CHSA", "IOPC", "HHSD", "COSC"),
]


def explained(calculator=CALCULATOR, as_of=TODAY, **values):
    found = calculator.explain(student(**values), as_of)
    return {each.requirement_set.code: each for each in found}


def test_the_order_of_the_sets():
    assert list(explained()) == ORDER


def with_sets(**changes):
    """A calculator whose sets have other values: AHSD_2018={"sequence": 13}."""
    names = {code.replace("-", "_"): code for code in ORDER}
    by_code = {names[name]: values for name, values in changes.items()}
    sets = [row._replace(**by_code.get(row.code, {})) for row in tables().sets]
    return Calculator(define(replace(tables(), sets=sets)))


def test_a_set_that_looks_at_others_comes_last_wherever_it_stands():
    assert list(explained(with_sets(COSC={"sequence": 0}))) == ORDER


def test_completion_sees_what_was_just_achieved():
    """The diploma is achieved, so the certificate of completion is not."""
    of_cosc = {
        "school_enrolments": [enrolment()],
        "achievements": nominated(),
    }
    found = assess(B, **of_cosc)
    assert standing(found)[DIPLOMA] == (ACHIEVED, 100)
    other = found["COSC"].result("CannotAchieveHSCred-81310").outcome
    assert other.message == ("OtherCredential", {"CredentialName": "Alberta High School Diploma"})
    assert list(found) == [DIPLOMA, "COSC"]


def test_completion_sees_what_was_stored_by_hand():
    of_cosc = {"school_enrolments": [enrolment()], "achievements": nominated()}
    by_hand = {"CHSA": StoredStatus(ACHIEVED, is_calculated=False)}
    assert standing(assess(**of_cosc, stored=by_hand)) == {"COSC": (NOT_ACHIEVED, 87)}
    stored = {"CHSA": StoredStatus(NOT_ACHIEVED, is_calculated=False)}
    assert standing(assess(**of_cosc, stored=stored)) == {"COSC": (ACHIEVED, 100)}


def test_completion_does_not_see_what_is_no_longer_achieved():
    of_cosc = {"school_enrolments": [enrolment()], "achievements": nominated()}
    found = assess(**of_cosc, stored=rows("CHSA", status=ACHIEVED))
    assert standing(found) == {"CHSA": ("NotAssessing", 0), "COSC": (ACHIEVED, 100)}


# --- Rows ---------------------------------------------------------------------------------------


def test_without_triggers_there_is_no_row():
    assert assess() == {}


def test_a_row_that_was_there_stays():
    found = assess(stored=rows(*ORDER))
    assert {each.status for each in found.values()} == {"NotAssessing"}
    assert list(found) == [code for code in ORDER if code != "HHSD"]


def test_an_exempted_trigger_makes_a_row():
    found = assess(exemptions=exempted("GEDActivity-X81730"))
    assert standing(found) == {"HSED-ALT2": (NOT_ACHIEVED, 16)}


def test_what_was_imported_or_set_by_hand_is_left_alone():
    by_hand = {DIPLOMA: StoredStatus("NotAssessing", is_calculated=False)}
    assert assess(B, stored=by_hand) == {}
    assert standing(assess(B, stored=rows(DIPLOMA, status="NotAssessing"))) == {
        DIPLOMA: (ACHIEVED, 100)
    }


def test_a_set_that_is_not_calculated_is_left_alone():
    granted = [said("HonoraryGranted-X81990", by="O.1")]
    assert "HHSD" not in assess(B, achievements=granted)
    assert "HHSD" not in assess(B, achievements=granted, stored=rows("HHSD"))
    calculator = with_sets(HHSD={"is_calculated": True})
    assert standing(assess(B, achievements=granted, calculator=calculator))["HHSD"] == (
        *(ACHIEVED, 100),
    )


@pytest.mark.parametrize(
    ("years", "is_judged"),
    [
        ({"effective_school_year": 2024, "expiry_school_year": 2024}, True),
        ({"effective_school_year": 2025}, False),
        ({"expiry_school_year": 2023}, False),
    ],
)
def test_a_set_is_judged_while_it_is_in_effect(years, is_judged):
    found = assess(B, calculator=with_sets(AHSD_2018=years), stored=rows(DIPLOMA))
    assert (DIPLOMA in found) is is_judged


# --- Explaining ---------------------------------------------------------------------------------


def test_explaining_shows_every_set_and_requirement():
    found = explained(marks=B)
    assert [each.status for each in found.values()] == [ACHIEVED, *[None] * 11]
    for each in found.values():
        linked = [link.requirement for link in each.requirement_set.requirements]
        assert [result.requirement for result in each.results] == linked
    assert found["CHSA"].met == 3  # 80 credits, Physical Education 10, CALM


def test_explaining_shows_the_stored_status_of_what_is_left_alone():
    stored = {DIPLOMA: StoredStatus("NotAssessing", is_calculated=False), **rows("HHSD")}
    found = explained(marks=B, stored=stored)
    assert (found[DIPLOMA].status, found[DIPLOMA].met) == ("NotAssessing", 11)
    assert found["HHSD"].status == NOT_ACHIEVED


def test_which_requirements_are_manual():
    manual = {
        result.requirement
        for each in explained().values()
        for result in each.results
        if result.is_manual
    }
    assert manual == {
        *("StudentIsNominated-81350", REQUESTED, "HonoraryGranted-X81990"),
        *(
            f"RequirementsAssessed-{code}-X81660"
            for code in ("AHSD-PRE2010", "ADEX", "ADVD", "GHSD", "IOPC")
        ),
    }


# --- Some ways through several sets ---------------------------------------------------------------


def test_an_award_never_depends_on_its_set():
    """An awarded credential that is no longer achieved: the row says so, the award is a fact."""
    found = assess(
        without(B, "SST3771"), awards=[award("AHSD")], stored=rows(DIPLOMA, status=ACHIEVED)
    )
    assert found[DIPLOMA].status == NOT_ACHIEVED


def test_nineteen_opens_the_equivalency_diploma_a_day_later():
    born = datetime.date(2005, 9, 1)
    marks = changed(B, school_year=2023)
    before = assess(marks, birth_date=born, as_of=datetime.date(2024, 8, 31))
    after = assess(marks, birth_date=born, as_of=datetime.date(2024, 9, 1))
    assert ("HSED-ALT1" in before, "HSED-ALT1" in after) == (False, True)


def test_a_diploma_closes_the_equivalency_diploma():
    grown_up = {
        "birth_date": datetime.date(1990, 1, 1),
        "stored": rows("HSED-ALT1"),
        "marks": earned("MAT1791 5"),
    }
    assert assess(**grown_up)["HSED-ALT1"].status == NOT_ACHIEVED
    assert assess(**grown_up, awards=[award("AHSD")])["HSED-ALT1"].status == "NotAssessing"


def test_a_requirement_without_function_is_refused():
    unknown = tables().requirements[0]._replace(code="New-1")
    link = tables().set_requirements[0]._replace(requirement="New-1", sequence=99)
    changed_tables = replace(
        tables(),
        requirements=[*tables().requirements, unknown],
        set_requirements=[*tables().set_requirements, link],
    )
    with pytest.raises(DefinitionError, match="New-1 of AHSD-2018 has no function"):
        Calculator(define(changed_tables))
