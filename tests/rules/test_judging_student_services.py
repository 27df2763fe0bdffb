"""The rules of the student services together: which stage ends a call, and in which order."""

import pytest

from pasi.checks import CODES_OF_SERVICES
from pasi.rules import first_failing_stage
from students.facts import Duplicates, StudentAccess
from students.rules import stages
from tests.rules.student_facts import (
    ASN,
    BORN,
    DAY,
    DELETED,
    LEGAL,
    ORIGINAL,
    OTHER,
    PREFERRED,
    address,
    citizenship,
    full_name,
    identification,
    identity_change,
    name_change,
    new_student,
    phone,
    restriction,
    stored_once,
)

JUDGED_BY_THE_PLATFORM = {"9014"}
NEVER_RAISED = {"11104", "11225"}


def codes(found) -> list[str]:
    return [rejection.code for rejection in found]


@pytest.mark.parametrize(
    ("service", "judged"),
    [
        ("CreateStudent", stages.CREATE_STUDENT_STAGES),
        ("SubmitName", (*stages.SUBMIT_NAME_ACCESS_STAGES, *stages.SUBMIT_NAME_STAGES)),
        (
            "SubmitIdentificationInformation",
            (
                *stages.SUBMIT_IDENTIFICATION_ACCESS_STAGES,
                *stages.SUBMIT_IDENTIFICATION_STAGES,
            ),
        ),
    ],
)
def test_a_service_judges_the_codes_of_its_document(service, judged):
    in_stages = [rule.code for stage in judged for rule in stage]
    assert len(in_stages) == len(set(in_stages))
    listed = CODES_OF_SERVICES[service] - JUDGED_BY_THE_PLATFORM - NEVER_RAISED
    assert set(in_stages) == listed
    for stage in judged:
        assert [rule.code for rule in stage] == sorted((rule.code for rule in stage), key=int)


# --- Access -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ({"is_accessible": False, "primary_asn": "200000001", "may_change": False}, "9002"),
        ({"primary_asn": "200000001", "may_change": False}, "9011"),
        ({"may_change": False}, "9065"),
        ({"may_change": False, "is_deactivated": True}, "9065"),
    ],
)
@pytest.mark.parametrize("facts_of", [name_change, identity_change])
def test_access_is_judged_one_by_one(access, code, facts_of):
    facts = facts_of(access=StudentAccess(ASN, **access))
    for judged in (stages.SUBMIT_NAME_ACCESS_STAGES, stages.SUBMIT_IDENTIFICATION_ACCESS_STAGES):
        assert codes(first_failing_stage(judged, facts)) == [code]


# --- CreateStudent ------------------------------------------------------------------------------


def creating(**changes) -> list[str]:
    return codes(first_failing_stage(stages.CREATE_STUDENT_STAGES, new_student(**changes)))


def test_a_student_with_everything_passes():
    assert not creating(
        alias=full_name("Freddy"),
        addresses=(address(), address(label="Alternate Mailing", effective_on=BORN + DAY)),
        phone=phone(),
        restriction=restriction(),
        citizenship=citizenship("1", "1"),
        section23_eligibility="Y",
    )


def test_content_is_collected_by_code_and_comes_before_duplicates():
    exact = Duplicates(similar=(ASN,), exact=(ASN,))
    assert creating(
        identification=identification(name=full_name("J.P."), may_be_submitted=False),
        alias=full_name("J.P.", last="Bad "),
        addresses=(address(postal_code="T5J2R7"), address(postal_code="X", street=" A  B")),
        phone=phone("1035551234"),
        restriction=restriction(expires_on=BORN),
        citizenship=citizenship("5", "5"),
        section23_eligibility="A",
        section23_may_be_submitted=False,
        duplicates=exact,
    ) == [
        *("11004", "11004", "11005", "11005", "11015", "11016", "11029", "11101"),
        *("11203", "11203", "11206", "11251", "11301", "11326", "12006"),
    ]
    assert creating(duplicates=exact) == ["11401", "11404"]


@pytest.mark.parametrize(
    ("similar", "exact", "acknowledged", "limited", "ministry", "expected"),
    [
        ([], [], [], False, False, []),
        ([ASN], [], [], False, False, ["11401"]),
        ([ASN], [], [ASN], False, False, []),
        ([ASN], [ASN], [], False, False, ["11401", "11404"]),
        ([ASN], [ASN], [ASN], False, False, ["11404"]),
        ([ASN], [ASN], [], False, True, ["11401", "11404"]),
        ([ASN], [ASN], [ASN], False, True, []),
        ([], [], [], True, False, []),
        ([], [], [ASN], True, False, ["11402"]),
        ([ASN], [], [], True, False, ["11403"]),
        ([ASN], [ASN], [], True, False, ["11403", "11405"]),
        ([ASN], [ASN], [ASN], True, False, ["11402", "11403", "11405"]),
    ],
)
def test_duplicates_by_caller(similar, exact, acknowledged, limited, ministry, expected):
    found = Duplicates(
        similar=similar,
        exact=exact,
        acknowledged=frozenset(acknowledged),
        has_limited_access=limited,
        is_ministry=ministry,
    )
    rejections = first_failing_stage(stages.CREATE_STUDENT_STAGES, new_student(duplicates=found))
    assert codes(rejections) == expected
    for rejection in rejections:
        assert (ASN in rejection.description) is not limited


@pytest.mark.parametrize("limited", [False, True])
def test_no_switch_opens_the_way_to_duplicates(settings, limited):
    settings.PASI_RULES_OFF = ["11401", "11402", "11403", "11404", "11405", "11406", "11407"]
    found = Duplicates(similar=(ASN,), exact=(ASN,), has_limited_access=limited)
    assert creating(duplicates=found) == (["11403", "11405"] if limited else ["11401", "11404"])


# --- SubmitName ---------------------------------------------------------------------------------


def naming(*args, **changes) -> list[str]:
    return codes(first_failing_stage(stages.SUBMIT_NAME_STAGES, name_change(*args, **changes)))


BAD = full_name("J.P.", last="Bad ")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # Add
        (name_change(name=BAD), ["11203", "11206"]),
        (name_change(name=full_name("Fred")), ["11201"]),
        (name_change(name=full_name("New")), []),
        (name_change(name=full_name("Alfred")), []),  # a deleted one comes back
        # Correct
        (name_change(99, BAD), ["9006"]),
        (name_change(DELETED, BAD), ["9006"]),
        (name_change(LEGAL, BAD), ["11227"]),
        (name_change(ORIGINAL, BAD, may_change_original=False), ["9049"]),
        (
            name_change(LEGAL, BAD, stored=stored_once(full_name()), may_change_original=False),
            ["9049", "11227"],
        ),
        (name_change(OTHER, BAD), ["11203", "11206"]),
        (name_change(OTHER), ["9023"]),
        (name_change(OTHER, full_name("Fred")), ["11201"]),
        (name_change(OTHER, full_name("Fred", "Tom")), []),
        (name_change(LEGAL), ["9023"]),
        (name_change(LEGAL, is_preferred=True), []),
        (name_change(ORIGINAL, is_preferred=True, may_change_original=False), []),
        # Delete
        (name_change(99, delete=True), ["9006"]),
        (name_change(PREFERRED, delete=True), ["11215"]),
        (name_change(LEGAL, delete=True), ["11216"]),
        (name_change(LEGAL, delete=True, stored=stored_once(BAD)), ["11215", "11216"]),
        (name_change(OTHER, BAD, delete=True), []),
    ],
)
def test_the_order_of_the_rules_on_names(facts, expected):
    assert codes(first_failing_stage(stages.SUBMIT_NAME_STAGES, facts)) == expected


def test_an_old_bad_name_may_only_be_corrected_into_a_good_one():
    stored = stored_once(full_name())
    assert naming(LEGAL, stored=stored_once(BAD)) == ["11203", "11206"]
    assert naming(LEGAL, stored=stored) == ["9023"]


# --- SubmitIdentificationInformation ------------------------------------------------------------


def identifying(**changes) -> list[str]:
    facts = identity_change(**changes)
    return codes(first_failing_stage(stages.SUBMIT_IDENTIFICATION_STAGES, facts))


def test_identity_content_then_empty_then_duplicates():
    exact = Duplicates(exact=(ASN,))
    assert identifying(
        name=BAD, quality=100, gender="U", document_issue_date=BORN - DAY, duplicates=exact
    ) == ["11203", "11206", "11210", "11211", "11233"]
    assert identifying(duplicates=exact) == ["9023"]
    assert identifying(name=full_name("Else"), duplicates=exact) == ["11406"]
    limited = Duplicates(exact=(ASN,), has_limited_access=True)
    assert identifying(name=full_name("Else"), duplicates=limited) == ["11407"]
    similar = Duplicates(similar=(ASN,))
    assert identifying(name=full_name("Else"), duplicates=similar) == []
