"""SubmitCredentialRequirementAchievement over HTTP."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceResponse
from credentials.models import RequirementAchievement, RequirementSet, RequirementSetStatus
from credentials.services import SubmitCredentialRequirementAchievement
from enrolments.models import TranscriptTrigger
from pasi import bulk
from pasi.checks import CODES_OF_SERVICES
from pasi.models import Code, Organization
from students.models import Student
from tests import invariants
from tests.credentials.calls import outcomes
from tests.http.conftest import errors, fault
from tests.province_builder import (
    caller_info,
    make_enrolment,
    make_school,
    make_student,
    process,
    set_up,
)
from tests.students.calls import School, applied, make_caller

SERVICE = "SubmitCredentialRequirementAchievement"
NOMINATED, REQUESTED = "StudentIsNominated-81350", "StudentRequested-81700"
QUERIES = 27


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


@pytest.fixture
def school(db) -> School:
    with set_up():
        make_school("S.0001", "A.0001")
        return make_caller("S.0001", roles=["Submit Transcript User"])


@pytest.fixture
def stranger(db) -> School:
    with set_up():
        make_school("S.0002", "A.0002")
        return make_caller("S.0002", roles=["Submit Transcript User"])


@pytest.fixture
def ministry(db) -> School:
    with set_up():
        return make_caller("O.1", roles=["Submit Transcript User", "PASI System User"])


@pytest.fixture
def student(school) -> Student:
    """At the school, and of age on 1 September 2025."""
    with set_up():
        made = make_student(birth_date=datetime.date(2006, 9, 1), marks=[("ELA3105", 2026, 5)])
        make_enrolment(made, make_school(), 2026, exit_date=datetime.date(2026, 8, 31))
    return made


def of_set(code="AHSD-2018", status="Achieved") -> dict:
    return {"RequirementSet": code, "Achievement": status}


def of(requirement, achievement="Achieved", code=None) -> dict:
    code = code or {NOMINATED: "COSC", REQUESTED: "HSED-ALT1"}[requirement]
    return {"RequirementSet": code, "Requirement": requirement, "Achievement": achievement}


def sent(student, *achievements, **changes) -> dict:
    return {
        "CallerInfo": caller_info(),
        "StateProvinceId": student.asn,
        "Achievements": list(achievements),
        **changes,
    }


def trigger_version(student) -> int:
    return TranscriptTrigger.objects.get(pk=student.pk).version


def statuses(student) -> dict[str, tuple]:
    rows = RequirementSetStatus.objects.filter(student=student)
    return {
        code: rest
        for code, *rest in rows.values_list("requirement_set_id", "status", "is_calculated")
    }


def said(student) -> dict[str, tuple]:
    rows = RequirementAchievement.objects.filter(student=student)
    return {
        code: tuple(rest)
        for code, *rest in rows.values_list("requirement", "achievement", "organization__code")
    }


# --- What is applied ----------------------------------------------------------------------------


def test_the_codes_of_the_service():
    rules = SubmitCredentialRequirementAchievement.rules()
    assert {rule.code for rule in rules} == CODES_OF_SERVICES[SERVICE]


@pytest.mark.parametrize("status", RequirementSetStatus.Status.values)
def test_a_set_by_hand(school, student, status):
    response = school.post(SERVICE, sent(student, of_set("GHSD", status)))
    version = trigger_version(student)
    assert response.json() == {"Id": student.asn, "PASICoreVersion": version, "Rejections": []}
    row = RequirementSetStatus.objects.get()
    assert (row.student_id, row.requirement_set_id) == (student.pk, "GHSD")
    assert (row.status, row.is_calculated) == (status, False)
    assert 0 < row.version < version
    [history] = RequirementSetStatus.history.all()
    message_id = response.headers["PASI-Message-Id"]
    assert (history.history_type, str(history.call_id)) == ("+", message_id)
    kept = ServiceResponse.objects.get(call=message_id)
    assert (kept.outcome, kept.state_province_ids) == ("Applied", [student.asn])
    trigger = TranscriptTrigger.objects.get(pk=student.pk)
    assert trigger.last_updated_object_name == "CredentialRequirementAchievement"
    assert Student.objects.get(pk=student.pk).version == student.version


@pytest.mark.parametrize("achievement", RequirementAchievement.Achievement.values)
@pytest.mark.parametrize("requirement", [NOMINATED, REQUESTED])
def test_a_manual_requirement(school, student, requirement, achievement):
    answer = applied(school.post(SERVICE, sent(student, of(requirement, achievement))))
    assert answer == {
        "Id": student.asn,
        "PASICoreVersion": trigger_version(student),
        "Rejections": [],
    }
    assert said(student) == {requirement: (achievement, "S.0001")}
    assert [row.history_type for row in RequirementAchievement.history.all()] == ["+"]
    assert not RequirementSetStatus.objects.exists()


@pytest.mark.parametrize("code", ["AHSD-PRE2010", "ADEX", "ADVD", "GHSD", "IOPC", "HHSD"])
def test_the_requirement_of_every_other_set_that_is_assessed_by_hand(ministry, student, code):
    requirement = (
        "HonoraryGranted-X81990" if code == "HHSD" else f"RequirementsAssessed-{code}-X81660"
    )
    applied(ministry.post(SERVICE, sent(student, of(requirement, "NotAssessed", code))))
    assert said(student) == {requirement: ("NotAssessed", "O.1")}


def test_several_at_once(school, student):
    applied(
        school.post(
            SERVICE,
            sent(
                student,
                of_set("COSC", "NotAchieved"),
                of(NOMINATED),
                of_set("AHSD-2018"),
                of(REQUESTED, "NotAchieved"),
            ),
        )
    )
    assert {code: status for code, (status, _) in statuses(student).items()} == {
        "COSC": "NotAchieved",
        "AHSD-2018": "Achieved",
    }
    assert said(student) == {
        NOMINATED: ("Achieved", "S.0001"),
        REQUESTED: ("NotAchieved", "S.0001"),
    }
    # Each thing that changed has a version of its own; all are below the trigger's.
    rows = [
        *RequirementSetStatus.objects.values_list("version", flat=True),
        *RequirementAchievement.objects.values_list("version", flat=True),
    ]
    assert len(set(rows)) == 4 and max(rows) < trigger_version(student)


def test_only_what_differs_is_written(school, student):
    applied(school.post(SERVICE, sent(student, of_set("CHSA"), of(NOMINATED))))
    before = RequirementSetStatus.objects.values().get()
    first = trigger_version(student)
    applied(school.post(SERVICE, sent(student, of_set("CHSA"), of(NOMINATED, "NotAchieved"))))
    assert RequirementSetStatus.objects.values().get() == before
    assert trigger_version(student) > first
    assert said(student) == {NOMINATED: ("NotAchieved", "S.0001")}
    history = RequirementAchievement.history.order_by("history_id")
    assert [(row.history_type, row.achievement) for row in history] == [
        ("+", "Achieved"),
        ("~", "NotAchieved"),
    ]
    changed = RequirementAchievement.objects.get()
    assert changed.updated_at > changed.created_at
    applied(school.post(SERVICE, sent(student, of_set("CHSA", "ToBeAssessed"))))
    assert statuses(student) == {"CHSA": ["ToBeAssessed", False]}


def test_who_says_it_counts(school, ministry, student):
    """Another organization that says the same is the nominating one from then on."""
    applied(school.post(SERVICE, sent(student, of(NOMINATED))))
    assert school.refused(SERVICE, sent(student, of(NOMINATED))) == ["9023"]
    applied(ministry.post(SERVICE, sent(student, of(NOMINATED))))
    assert said(student) == {NOMINATED: ("Achieved", "O.1")}


def test_an_imported_status_may_be_set_by_hand(school, student):
    with set_up():
        RequirementSetStatus.objects.create(
            student=student,
            requirement_set_id="CHSA",
            status="NotAchieved",
            version=bulk.next_versions(1)[0],
        )
    applied(school.post(SERVICE, sent(student, of_set("CHSA"))))
    assert statuses(student) == {"CHSA": ["Achieved", False]}


def test_what_is_set_counts_once_the_transcript_was_looked_at(school, student):
    """Until then a further credential waits: 44000, being recalculated."""
    applied(school.post(SERVICE, sent(student, of_set())))
    assert outcomes(student.asn) == ["44000"]
    with set_up():
        assert process() == [student.pk]
    assert statuses(student)["AHSD-2018"] == ["Achieved", False]
    assert outcomes(student.asn) == ["AHSD"]


def test_a_repeated_request_is_answered_from_the_record(school, student):
    body = sent(student, of(NOMINATED))
    first = applied(school.post(SERVICE, body))
    applied(school.post(SERVICE, sent(student, of(NOMINATED, "NotAchieved"))))
    again = school.post(SERVICE, body)
    assert applied(again) == first
    assert "PASI-Replayed" in again.headers
    assert said(student) == {NOMINATED: ("NotAchieved", "S.0001")}


# --- Rejections ---------------------------------------------------------------------------------


def test_nothing_or_everything(school, student):
    """One element that will not do: nothing of the request is stored."""
    with set_up():
        RequirementSetStatus.objects.create(
            student=student,
            requirement_set_id="CHSA",
            status="NotAchieved",
            is_calculated=True,
            version=bulk.next_versions(1)[0],
        )
    body = sent(student, of_set("COSC"), of(NOMINATED), of_set("CHSA"))
    assert school.refused(SERVICE, body) == ["99005"]
    assert statuses(student) == {"CHSA": ["NotAchieved", True]}
    assert not RequirementAchievement.objects.exists()
    assert not TranscriptTrigger.objects.exists()


def test_access(school, stranger, ministry, student):
    with set_up():
        second = make_student(primary=student)
        gone = make_student(is_deactivated=True)
        closed = Organization.objects.get(code="S.0002")
    body = sent(student, of(NOMINATED))
    assert school.refused(SERVICE, {**body, "StateProvinceId": "999999999"}) == ["9002"]
    assert stranger.refused(SERVICE, body) == ["43017"]
    for caller in (school, ministry):
        assert caller.refused(SERVICE, sent(gone, of(NOMINATED))) == ["44013"]
        assert caller.refused(SERVICE, sent(second, of(NOMINATED))) == ["44014"]
    # The request for the equivalency diploma may come from anywhere, but not with something else.
    applied(stranger.post(SERVICE, sent(student, of(REQUESTED))))
    mixed = sent(student, of(REQUESTED, "NotAchieved"), of_set())
    assert stranger.refused(SERVICE, mixed) == ["43017"]
    # With limited access the number does not exist.
    with set_up():
        closed.access = Organization.Access.HIGH_RESTRICTION
        closed.save()
    assert stranger.refused(SERVICE, sent(student, of(REQUESTED, "NotAchieved"))) == ["9002"]
    kept = ServiceResponse.objects.latest("call")
    assert (kept.outcome, kept.codes) == ("Rejected", ["9002"])


def test_too_young_for_the_request(school, ministry, student):
    with set_up():
        young = make_student(birth_date=datetime.date(2006, 9, 2))
        make_enrolment(young, make_school(), 2026, exit_date=datetime.date(2026, 8, 31))
    for caller in (school, ministry):
        assert caller.refused(SERVICE, sent(young, of(REQUESTED))) == ["43018"]
    applied(school.post(SERVICE, sent(young, of(REQUESTED, "NotAchieved"))))
    applied(school.post(SERVICE, sent(student, of(REQUESTED))))


def test_reasons_of_a_stage_are_told_together(school, student):
    with set_up():
        young = make_student(birth_date=datetime.date(2010, 9, 2))
        make_enrolment(young, make_school(), 2026, exit_date=datetime.date(2026, 8, 31))
        for code in ("CHSA", "COSC"):
            RequirementSetStatus.objects.create(
                student=young,
                requirement_set_id=code,
                status="NotAchieved",
                is_calculated=True,
                version=bulk.next_versions(1)[0],
            )
    body = sent(young, of_set("CHSA"), of(REQUESTED), of_set("COSC"))
    assert school.refused(SERVICE, body) == ["43018", "99005", "99005"]


def test_nothing_to_do(school, student):
    body = sent(student, of_set(), of(NOMINATED))
    applied(school.post(SERVICE, body))
    before = trigger_version(student)
    assert school.refused(SERVICE, sent(student, of_set(), of(NOMINATED))) == ["9023"]
    assert trigger_version(student) == before


# --- Who may, and the contract ------------------------------------------------------------------


def test_the_role(student):
    with set_up():
        other = make_caller("A.0001", roles=["PASI System User", "Submit Student User"])
    assert fault(other.post(SERVICE, sent(student, of(NOMINATED)))) == (403, "1007")


TEXT, REQUIRED = "must be a text", "is required"
STATUSES = "must be one of Achieved, NotAchieved, NotAssessing, ToBeAssessed"
BOTH = "must be one of Achieved, NotAchieved, NotAssessing, ToBeAssessed, NotAssessed"
ACHIEVEMENTS = "must be one of Achieved, NotAchieved, NotAssessed"


@pytest.mark.parametrize(
    ("achievements", "said"),
    [
        ([], {"": "must have at least one element"}),
        ({}, {"": "must be a list of objects"}),
        (None, {"": REQUIRED}),
        (["AHSD-2018"], {"[0]": "must be an object"}),
        ([{}], {"[0].RequirementSet": REQUIRED, "[0].Achievement": REQUIRED}),
        (
            [{"RequirementSet": 1, "Requirement": 2, "Achievement": 3}],
            {"[0].RequirementSet": TEXT, "[0].Requirement": TEXT, "[0].Achievement": TEXT},
        ),
        (
            [of_set("AHSD-2030")],
            {"[0].RequirementSet": "is not a value of code list RequirementSet"},
        ),
        ([of_set(status="Awarded")], {"[0].Achievement": BOTH}),
        ([of_set(status="NotAssessed")], {"[0].Achievement": STATUSES}),
        ([of(NOMINATED, "ToBeAssessed")], {"[0].Achievement": ACHIEVEMENTS}),
        ([of(NOMINATED, "NotAssessing")], {"[0].Achievement": ACHIEVEMENTS}),
        (
            [of(NOMINATED, code="HSED-ALT1")],
            {"[0].Requirement": "is not a manual requirement of the set"},
        ),
        (
            [of_set(), of(REQUESTED, "ToBeAssessed", code="AHSD-2018")],
            {
                "[1].Requirement": "is not a manual requirement of the set",
                "[1].Achievement": ACHIEVEMENTS,
            },
        ),
        (
            [{**of_set(), "Exemption": "None"}],
            {"[0].Exemption": "is not a property of the contract"},
        ),
        (
            [of_set(), of(NOMINATED), of_set(status="NotAchieved"), of(NOMINATED)],
            {
                "[2]": "is about the same as an earlier element",
                "[3]": "is about the same as an earlier element",
            },
        ),
    ],
)
def test_the_contract(school, student, achievements, said):
    found = errors(school.post(SERVICE, sent(student, Achievements=achievements)))
    assert found == {f"Achievements{path}": problem for path, problem in said.items()}


def test_a_requirement_that_is_no_manual_one(school, student):
    body = sent(student, of("100Credits-81105", code="AHSD-2010-2018"))
    [(field, problem)] = errors(school.post(SERVICE, body)).items()
    assert field == "Achievements[0].Requirement"
    assert problem.startswith(f"must be one of {NOMINATED}, {REQUESTED}, ")


@pytest.mark.parametrize("absent", [None, ""])
def test_an_absent_requirement(school, student, absent):
    applied(school.post(SERVICE, sent(student, {**of_set(), "Requirement": absent})))
    assert statuses(student) == {"AHSD-2018": ["Achieved", False]}


def test_a_code_without_a_set(school, student):
    """Staff have made the code value, but not yet the requirement set."""
    with set_up():
        Code.objects.create(code_type="RequirementSet", code="NEW-2027", short_name="New")
    body = sent(student, of_set(), of_set("NEW-2027"))
    assert errors(school.post(SERVICE, body)) == {
        "Achievements[1].RequirementSet": "is not a requirement set yet"
    }
    with set_up():
        RequirementSet.objects.create(
            code="NEW-2027", name="New", credential_type="AHSD", category="Current"
        )
    applied(school.post(SERVICE, body))


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 20])
def test_queries(school, student, before):
    """However many elements, enrolments and rows there are: all four kinds of writing."""
    with set_up():
        for year in range(2026 - before, 2026):
            make_enrolment(student, make_school(), year)
    applied(school.post(SERVICE, sent(student, of_set("CHSA"), of(NOMINATED))))
    more = [of_set(code) for code in ("IOPC", "GHSD", "HHSD", "ADVD")] if before else []
    body = sent(
        student,
        of_set("CHSA", "NotAchieved"),
        of_set("AHSD-2018"),
        of(NOMINATED, "NotAchieved"),
        of(REQUESTED, "NotAchieved"),
        *more,
    )
    with CaptureQueriesContext(connection) as captured:
        applied(school.post(SERVICE, body))
    assert len(captured) == QUERIES, "\n".join(q["sql"][:120] for q in captured)
