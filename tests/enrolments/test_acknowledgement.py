"""Acknowledging alerts of enrolments over HTTP, with schools as real clients: who may say what of
which alert, what is kept of it, and for how long."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceResponse
from enrolments.arguments import arguments_key
from enrolments.models import Acknowledgement, CoreAlert, SchoolEnrolmentValidationStatus
from pasi.models import Organization
from tests import invariants
from tests.enrolments.alert_fixtures import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    BOARD,
    FROM_4_TO_6,
    IN_PROGRESS,
    NONE,
    OVERRIDDEN,
    SKIPPED,
    acknowledgement,
    alerts_of,
    change,
    changed,
    identity,
    kept_of,
    make_pupil,
    pairs,
    process,
    version_of,
)
from tests.enrolments.calls import make_enrolment_caller
from tests.http.conftest import errors, fault
from tests.province_builder import make_enrolment, make_school, make_student, set_up
from tests.students.calls import applied

QUERIES = 24
SKIPPED_ALERT = identity(SKIPPED, FROM_4_TO_6)
UNKNOWN_BOARD = {"ResidentBoard": "9991"}
BOARD_ALERT = identity(BOARD, UNKNOWN_BOARD)


@pytest.fixture
def pupil(school1, school2):
    """At S.0001, with an Advice (grade 4, then 6) and a Warning (unknown resident board)."""
    with set_up():
        enrolment = make_pupil(make_school("S.0001"), resident_board="9991")
    process()
    assert alerts_of(enrolment) == {SKIPPED_ALERT: NONE, BOARD_ALERT: NONE}
    return enrolment


def about_board(enrolment, status, **changes):
    return acknowledgement(enrolment, status, BOARD, UNKNOWN_BOARD, **changes)


def add_alert(enrolment, code: int, arguments: dict[str, str]) -> None:
    """An alert that no rule of today raises."""
    [version] = SchoolEnrolmentValidationStatus.objects.filter(pk=enrolment.pk).values_list(
        "version", flat=True
    )
    CoreAlert.objects.create(
        record_type="StudentSchoolEnrolment",
        record=enrolment.pk,
        alert_code=code,
        arguments=arguments,
        arguments_key=arguments_key(arguments),
        alert_type="Advice",
        description="Issue. Description.",
        reference_id=enrolment.reference_id,
        student=enrolment.student,
        school=enrolment.school,
        school_year=enrolment.school_year,
        version=version,
    )


# --- What is answered and written ---------------------------------------------------------------


def test_the_answer_and_what_is_written(pupil, school1):
    before = version_of(pupil)
    response = school1.post(
        ACKNOWLEDGE,
        acknowledgement(pupil, ACKNOWLEDGED, ReferenceId=str(pupil.reference_id).upper()),
    )
    answer = response.json()
    assert response.status_code == 200
    assert list(answer) == ["Id", "PASICoreVersion", "Rejections"]
    assert answer["Id"] == str(pupil.reference_id)
    assert before < answer["PASICoreVersion"] == version_of(pupil)

    alert = CoreAlert.objects.get(alert_code=SKIPPED)
    assert (alert.acknowledgement_status, alert.version) == (ACKNOWLEDGED, version_of(pupil))
    other = CoreAlert.objects.get(alert_code=BOARD)
    assert (other.acknowledgement_status, other.version) == (NONE, before)

    kept = Acknowledgement.objects.get()
    assert (kept.record_type, kept.record) == ("StudentSchoolEnrolment", pupil.pk)
    assert (kept.alert_code, kept.arguments, kept.status) == (SKIPPED, FROM_4_TO_6, ACKNOWLEDGED)
    assert kept.arguments_key == alert.arguments_key
    assert (kept.organization.code, kept.user_name) == ("S.0001", "Rita Clerk")

    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert (recorded.outcome, recorded.codes) == ("Applied", [])
    assert recorded.state_province_ids == [pupil.student.asn]
    [history] = Acknowledgement.history.all()
    assert (history.history_type, history.call_id) == ("+", recorded.call_id)
    invariants.assert_database_is_sound()


def test_every_change_is_in_the_history(pupil, school1, ministry):
    calls = []
    for caller, status in (
        (school1, IN_PROGRESS),
        (ministry, ACKNOWLEDGED),
        (school1, NONE),
        (school1, ACKNOWLEDGED),
    ):
        response = caller.post(ACKNOWLEDGE, acknowledgement(pupil, status))
        applied(response)
        calls.append(uuid.UUID(response.headers["PASI-Message-Id"]))
        assert alerts_of(pupil)[SKIPPED_ALERT] == status
        invariants.assert_database_is_sound()
    rows = Acknowledgement.history.order_by("history_id").values_list(
        "history_type", "status", "organization__code", "call_id"
    )
    assert list(rows) == [
        ("+", IN_PROGRESS, "S.0001", calls[0]),
        ("~", ACKNOWLEDGED, "O.1", calls[1]),
        ("-", ACKNOWLEDGED, "O.1", calls[2]),
        ("+", ACKNOWLEDGED, "S.0001", calls[3]),
    ]


@pytest.mark.parametrize("status", [NONE, IN_PROGRESS, ACKNOWLEDGED])
def test_the_status_it_has_already_changes_nothing_but_the_audit(pupil, school1, ministry, status):
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, status)))
    version, kept = version_of(pupil), list(Acknowledgement.objects.values())
    history = Acknowledgement.history.count()

    response = ministry.post(ACKNOWLEDGE, acknowledgement(pupil, status))
    assert applied(response)["PASICoreVersion"] == version == version_of(pupil)
    assert list(Acknowledgement.objects.values()) == kept
    assert Acknowledgement.history.count() == history
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert recorded.outcome == "Applied"


def test_a_repeat_is_answered_from_the_record(pupil, school1):
    body = acknowledgement(pupil, ACKNOWLEDGED)
    first = school1.post(ACKNOWLEDGE, body)
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, IN_PROGRESS)))
    again = school1.post(ACKNOWLEDGE, body)
    assert again.json() == first.json()
    assert again.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert alerts_of(pupil)[SKIPPED_ALERT] == IN_PROGRESS


def test_queries(pupil, school1):
    body = acknowledgement(pupil, IN_PROGRESS)
    with CaptureQueriesContext(
        connection,
    ) as made:
        applied(school1.post(ACKNOWLEDGE, body))
    assert len(made) <= QUERIES


# --- Who may ------------------------------------------------------------------------------------


def test_school_authority_and_ministry_may(pupil, school1, authority1, ministry):
    for caller in (school1, authority1, ministry):
        for status in (IN_PROGRESS, ACKNOWLEDGED, NONE):
            applied(caller.post(ACKNOWLEDGE, acknowledgement(pupil, status)))
            assert alerts_of(pupil)[SKIPPED_ALERT] == status


def test_others_may_not(pupil, school2):
    """Not even where the student is enrolled with them too, or their authority's school is."""
    with set_up():
        make_enrolment(pupil.student, make_school("S.0002"), pupil.school_year)
        make_school("S.0003", "A.0001")
        neighbour = make_enrolment_caller("S.0003")
        other_authority = make_enrolment_caller("A.0002")
    version = version_of(pupil)
    for caller in (school2, neighbour, other_authority):
        assert caller.refused(ACKNOWLEDGE, acknowledgement(pupil)) == ["10149"]
        # Whether there is such an alert is not told.
        assert caller.refused(ACKNOWLEDGE, acknowledgement(pupil, code=1)) == ["10149"]
    assert alerts_of(pupil) == {SKIPPED_ALERT: NONE, BOARD_ALERT: NONE}
    assert not Acknowledgement.objects.exists()
    assert version_of(pupil) == version


def test_another_ministry_is_not_the_ministry(pupil):
    with set_up():
        Organization.objects.create(code="O.2", name="Other", kind="Ministry")
        other = make_enrolment_caller("O.2")
    assert other.refused(ACKNOWLEDGE, acknowledgement(pupil)) == ["10149"]


def test_the_role_is_needed(pupil):
    with set_up():
        caller = make_enrolment_caller("A.0001", "Submit Student User", "View Enrolment User")
    assert fault(caller.post(ACKNOWLEDGE, acknowledgement(pupil))) == (403, "1007")


def test_only_the_ministry_overrides_and_takes_it_back(pupil, school1, authority1, ministry):
    for caller in (school1, authority1):
        assert caller.refused(ACKNOWLEDGE, about_board(pupil, OVERRIDDEN)) == ["12004"]
    applied(ministry.post(ACKNOWLEDGE, about_board(pupil, OVERRIDDEN)))
    assert alerts_of(pupil)[BOARD_ALERT] == OVERRIDDEN

    for caller in (school1, authority1):
        assert caller.refused(ACKNOWLEDGE, about_board(pupil, NONE)) == ["12003"]
        assert caller.refused(ACKNOWLEDGE, about_board(pupil, IN_PROGRESS)) == ["12003"]
        assert caller.refused(ACKNOWLEDGE, about_board(pupil, ACKNOWLEDGED)) == ["12002", "12003"]
        assert caller.refused(ACKNOWLEDGE, about_board(pupil, OVERRIDDEN)) == ["12004"]
    assert ministry.refused(ACKNOWLEDGE, about_board(pupil, ACKNOWLEDGED)) == ["12002"]
    assert alerts_of(pupil)[BOARD_ALERT] == OVERRIDDEN

    applied(ministry.post(ACKNOWLEDGE, about_board(pupil, NONE)))
    applied(school1.post(ACKNOWLEDGE, about_board(pupil, IN_PROGRESS)))


def test_an_advice_is_acknowledged_and_a_warning_is_not(pupil, school1, ministry):
    assert school1.refused(ACKNOWLEDGE, acknowledgement(pupil, OVERRIDDEN)) == ["12001", "12004"]
    assert ministry.refused(ACKNOWLEDGE, acknowledgement(pupil, OVERRIDDEN)) == ["12001"]
    assert school1.refused(ACKNOWLEDGE, about_board(pupil, ACKNOWLEDGED)) == ["12002"]
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, ACKNOWLEDGED)))
    applied(school1.post(ACKNOWLEDGE, about_board(pupil, IN_PROGRESS)))


# --- Which alert --------------------------------------------------------------------------------


def test_nobodys_reference_id(pupil, school1):
    body = acknowledgement(pupil, ReferenceId=str(uuid.uuid4()))
    response = school1.post(ACKNOWLEDGE, body)
    assert [each["Code"] for each in response.json()["Rejections"]] == ["12005"]
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert (recorded.outcome, recorded.state_province_ids) == ("Rejected", [])


def test_a_rejection_is_recorded_with_the_students_number(pupil, school1):
    response = school1.post(ACKNOWLEDGE, acknowledgement(pupil, code=BOARD))
    recorded = ServiceResponse.objects.get(call=response.headers["PASI-Message-Id"])
    assert (recorded.outcome, recorded.codes) == ("Rejected", ["12000"])
    assert recorded.state_province_ids == [pupil.student.asn]


@pytest.mark.parametrize(
    "arguments",
    [
        [("Grade", "06"), ("PreviousGrade", "04")],
        [("PreviousGrade", "04"), ("Grade", "06")],
    ],
)
def test_the_order_of_arguments_does_not_matter(pupil, school1, arguments):
    sent = [{"Key": key, "Value": value} for key, value in arguments]
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, Arguments=sent)))
    assert alerts_of(pupil)[SKIPPED_ALERT] == IN_PROGRESS


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        [],
        pairs({"Grade": "06"}),
        pairs({"Grade": "6", "PreviousGrade": "04"}),
        pairs({"Grade": "06 ", "PreviousGrade": "04"}),
        pairs({"grade": "06", "PreviousGrade": "04"}),
        pairs({"Grade": "04", "PreviousGrade": "06"}),
        pairs({**FROM_4_TO_6, "More": ""}),
        pairs(FROM_4_TO_6) + pairs({"Grade": "06"}),
        pairs({"Grade": "07"}) + pairs(FROM_4_TO_6),
        [{"Key": "Grade"}, {"Key": "PreviousGrade", "Value": "04"}],
    ],
)
def test_other_arguments_are_another_alert(pupil, school1, arguments):
    body = acknowledgement(pupil, Arguments=arguments)
    assert school1.refused(ACKNOWLEDGE, body) == ["12000"]
    assert alerts_of(pupil)[SKIPPED_ALERT] == NONE


@pytest.mark.parametrize("code", [BOARD, 0, -1, 2**31 - 1, -(2**31)])
def test_another_code_is_another_alert(pupil, school1, code):
    assert school1.refused(ACKNOWLEDGE, acknowledgement(pupil, code=code)) == ["12000"]


def test_another_enrolment_has_alerts_of_its_own(pupil, school1):
    with set_up():
        other = make_pupil(make_school("S.0001"))
    process()
    applied(school1.post(ACKNOWLEDGE, acknowledgement(other, ACKNOWLEDGED)))
    assert alerts_of(pupil)[SKIPPED_ALERT] == NONE
    assert alerts_of(other)[SKIPPED_ALERT] == ACKNOWLEDGED


@pytest.mark.parametrize("arguments", [None, [], "null"])
def test_an_alert_without_arguments(pupil, school1, arguments):
    add_alert(pupil, 10110, {})
    body = acknowledgement(pupil, code=10110, Arguments=arguments)
    if arguments == "null":
        body["Arguments"] = None
    applied(school1.post(ACKNOWLEDGE, body))
    assert alerts_of(pupil)[identity(10110, {})] == IN_PROGRESS


@pytest.mark.parametrize("value", [{}, {"Value": None}, {"Value": ""}])
def test_absent_null_and_empty_values_are_alike(pupil, school1, value):
    add_alert(pupil, 10110, {"A": ""})
    body = acknowledgement(pupil, code=10110, Arguments=[{"Key": "A", **value}])
    applied(school1.post(ACKNOWLEDGE, body))
    assert alerts_of(pupil)[identity(10110, {"A": ""})] == IN_PROGRESS


@pytest.mark.parametrize(
    ("sent", "matches"),
    [
        ("10,06,9", True),
        ("9, 06 ,10", True),
        ("06,10,9", True),
        ("6,10,9", False),
        ("06,10", False),
        ("06,10,9,9", False),
        ("06;10;9", False),
    ],
)
def test_a_set_of_integers_has_no_order(pupil, school1, sent, matches):
    add_alert(pupil, 10110, {"Numbers": "10,06,9"})
    body = acknowledgement(pupil, code=10110, arguments={"Numbers": sent})
    if matches:
        applied(school1.post(ACKNOWLEDGE, body))
    else:
        assert school1.refused(ACKNOWLEDGE, body) == ["12000"]


def test_a_deleted_enrolment_has_no_alerts(pupil, school1, school2):
    """Even before its processor has taken them away; it is still found, by its owner."""
    with set_up():
        change(pupil, is_deleted=True)
    assert alerts_of(pupil)
    assert school1.refused(ACKNOWLEDGE, acknowledgement(pupil)) == ["12000"]
    assert school2.refused(ACKNOWLEDGE, acknowledgement(pupil)) == ["10149"]
    process()
    assert alerts_of(pupil) == {}
    assert school1.refused(ACKNOWLEDGE, acknowledgement(pupil)) == ["12000"]
    invariants.assert_database_is_sound()


def test_an_enrolment_that_was_never_judged_has_no_alerts(school1):
    with set_up():
        never = make_enrolment(make_student(), make_school("S.0001"), 2010)
    assert school1.refused(ACKNOWLEDGE, acknowledgement(never)) == ["12000"]


# --- For how long -------------------------------------------------------------------------------


def test_acknowledged_survives_the_alert(pupil, school1):
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, ACKNOWLEDGED)))
    changed(pupil, grade="05")
    assert SKIPPED_ALERT not in alerts_of(pupil)
    assert kept_of(pupil) == {SKIPPED_ALERT: ACKNOWLEDGED}
    assert school1.refused(ACKNOWLEDGE, acknowledgement(pupil, NONE)) == ["12000"]
    changed(pupil, grade="06")
    assert alerts_of(pupil)[SKIPPED_ALERT] == ACKNOWLEDGED
    invariants.assert_database_is_sound()


def test_overridden_survives_the_alert(pupil, ministry, school1):
    applied(ministry.post(ACKNOWLEDGE, about_board(pupil, OVERRIDDEN)))
    changed(pupil, is_deleted=True)
    assert alerts_of(pupil) == {}
    changed(pupil, is_deleted=False)
    assert alerts_of(pupil) == {SKIPPED_ALERT: NONE, BOARD_ALERT: OVERRIDDEN}
    assert school1.refused(ACKNOWLEDGE, about_board(pupil, NONE)) == ["12003"]
    invariants.assert_database_is_sound()


def test_in_progress_goes_with_the_alert(pupil, school1):
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, IN_PROGRESS)))
    applied(school1.post(ACKNOWLEDGE, about_board(pupil, IN_PROGRESS)))
    changed(pupil, grade="05")
    assert kept_of(pupil) == {BOARD_ALERT: IN_PROGRESS}
    gone = Acknowledgement.history.latest("history_id")
    assert (gone.history_type, gone.alert_code, gone.status) == ("-", SKIPPED, IN_PROGRESS)
    assert gone.call.operation == "ProcessTriggers"
    changed(pupil, grade="06")
    assert alerts_of(pupil) == {SKIPPED_ALERT: NONE, BOARD_ALERT: IN_PROGRESS}
    invariants.assert_database_is_sound()


def test_between_disappearance_and_processing_in_progress_is_not_lost(pupil, school1):
    """Fixed and broken again before the processor came: it has never seen the alert gone."""
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, IN_PROGRESS)))
    with set_up():
        change(pupil, grade="05")
        change(pupil, grade="06")
    process()
    assert alerts_of(pupil)[SKIPPED_ALERT] == IN_PROGRESS


def test_other_data_are_another_alert(pupil, school1):
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, ACKNOWLEDGED)))
    changed(pupil, grade="07")
    from_4_to_7 = {"Grade": "07", "PreviousGrade": "04"}
    assert alerts_of(pupil)[identity(SKIPPED, from_4_to_7)] == NONE
    assert SKIPPED_ALERT not in alerts_of(pupil)
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, IN_PROGRESS, arguments=from_4_to_7)))
    changed(pupil, grade="06")
    assert alerts_of(pupil)[SKIPPED_ALERT] == ACKNOWLEDGED
    assert kept_of(pupil) == {SKIPPED_ALERT: ACKNOWLEDGED}


def test_what_stays_the_same_keeps_its_alert(pupil, school1):
    applied(school1.post(ACKNOWLEDGE, acknowledgement(pupil, IN_PROGRESS)))
    before = list(CoreAlert.objects.order_by("pk").values())
    version = version_of(pupil)
    changed(pupil, local_student_id="L-1")
    assert list(CoreAlert.objects.order_by("pk").values()) == before
    assert version_of(pupil) == version


# --- What is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["AlertCode", "ReferenceId", "Status"])
@pytest.mark.parametrize("missing", [True, False])
def test_required(pupil, school1, name, missing):
    body = acknowledgement(pupil)
    body[name] = None
    if missing:
        del body[name]
    assert errors(school1.post(ACKNOWLEDGE, body)) == {name: "is required"}


@pytest.mark.parametrize("name", ["ReferenceId", "Status"])
def test_empty(pupil, school1, name):
    found = errors(school1.post(ACKNOWLEDGE, acknowledgement(pupil, **{name: ""})))
    assert found == {name: "is required and must not be empty"}


@pytest.mark.parametrize(
    "status", ["In Progress", "inprogress", "ACKNOWLEDGED", "Overriden", " Overridden", "1"]
)
def test_a_status_must_be_a_code(pupil, school1, status):
    found = errors(school1.post(ACKNOWLEDGE, acknowledgement(pupil, status)))
    assert found == {"Status": "is not a value of code list AcknowledgementStatus"}


@pytest.mark.parametrize("code", ["10018", 10018.0, True, 2**31, -(2**31) - 1])
def test_an_alert_code_must_be_an_integer_of_32_bits(pupil, school1, code):
    assert set(errors(school1.post(ACKNOWLEDGE, acknowledgement(pupil, AlertCode=code)))) == {
        "AlertCode"
    }


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("Grade=06", "Arguments"),
        ({"Grade": "06"}, "Arguments"),
        (["Grade"], "Arguments[0]"),
        ([{"Value": "06"}], "Arguments[0].Key"),
        ([{"Key": "", "Value": "06"}], "Arguments[0].Key"),
        ([{"Key": "Grade", "Value": 6}], "Arguments[0].Value"),
        ([{"Key": "Grade", "Value": "06", "Type": ""}], "Arguments[0].Type"),
        ([{"Key": "A"}, {"Key": "B", "Value": "\x00"}], "Arguments[1].Value"),
    ],
)
def test_arguments_must_be_pairs_of_texts(pupil, school1, arguments, field):
    body = acknowledgement(pupil, Arguments=arguments)
    assert list(errors(school1.post(ACKNOWLEDGE, body))) == [field]


def test_everything_wrong_in_the_order_of_the_document(pupil, school1):
    body = acknowledgement(
        pupil,
        Status=1,
        ReferenceId=f"{{{pupil.reference_id}}}",
        PASICoreVersion=1,
        Arguments=1,
        AlertCode="x",
    )
    found = errors(school1.post(ACKNOWLEDGE, body))
    assert list(found) == ["AlertCode", "Arguments", "ReferenceId", "Status", "PASICoreVersion"]
    assert found["PASICoreVersion"] == "is not a property of the contract"
