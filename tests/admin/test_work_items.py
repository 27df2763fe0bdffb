"""Work items: how the list is narrowed, what is said of one and of many, by whom."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import RecordRead, ServiceCall, ServiceResponse
from enrolments.models import Acknowledgement, CoreAlert
from enrolments.triggers import TABLES
from pasi.http import new_message_id
from pasi.models import Organization
from tests.admin.conftest import address, signed_in, staff
from tests.admin.test_lists import shown
from tests.admin.test_service_forms import as_shown
from tests.admin.test_student_page import text_of
from tests.province_builder import make_alert, make_enrolment, make_school, make_student, set_up

LIST = "/admin/enrolments/corealert/"
ARGUMENTS = {"Grade": "06", "PreviousGrade": "04"}


def looked_at(record_type: str, record) -> None:
    """The record has a Validation Status, as its processor leaves one."""
    TABLES[record_type][1].objects.get_or_create(pk=record.pk)


def make_items(count: int, school: Organization, code: int = 10018, kind="Advice", **values):
    """Work items, each on an enrolment of its own student."""
    made = []
    for _number in range(count):
        enrolment = make_enrolment(make_student(), school, 2027)
        looked_at("StudentSchoolEnrolment", enrolment)
        made.append(make_alert(enrolment, code, kind, ARGUMENTS, **values))
    return made


@pytest.fixture
def items(db) -> list[CoreAlert]:
    """Three advices, a warning, one on a student and one on a course enrolment."""
    with set_up():
        school = make_school("S.0982", "A.3020")
        made = [*make_items(3, school), *make_items(1, school, 10063, "Warning")]
        student = make_student(last_name="Zed", courses=[(school, 2027, None)])
        looked_at("Student", student)
        made.append(make_alert(student, 11205))
        made.append(make_alert(student.course_enrolments.get(), 40214, "Warning"))
        return made


@pytest.fixture
def officer(db) -> Client:
    return signed_in(staff("alice", "Alerts Officer", first_name="Alice", last_name="Officer"))


def status_of(alert: CoreAlert) -> str:
    return CoreAlert.objects.get(pk=alert.pk).acknowledgement_status


def say(alert: CoreAlert, status: str, query: str = "") -> str:
    return f"{LIST}{alert.pk}/say/{status}/{query}"


def calls():
    return ServiceCall.objects.filter(door="back_office").order_by("message_id")


# --- The list -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"authority": "A.3020"}, 5),
        ({"authority": " a.3020 "}, 5),
        ({"authority": "3020"}, 5),
        ({"authority": "authority a.3"}, 5),
        ({"authority": "A.0001"}, 0),
        ({"school": "S.0982"}, 5),
        ({"school": "0982", "authority": "A.0001"}, 0),
        ({"code": "10063"}, 1),
        ({"code": "10063", "severity": "Advice"}, 0),
        ({"severity": "Warning", "record_type": "CourseEnrolment"}, 1),
        ({"school_year": "2027"}, 5),
        ({"authority": "", "school": "", "code": "", "severity": "", "status": ""}, 6),
    ],
)
def test_the_list_is_narrowed(officer, items, query, count):
    with set_up():
        make_school("S.0001", "A.0001")
    assert len(shown(officer.get(LIST, query))) == count


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"authority": "A.9999"}, "No school authority has the code or name “A.9999”."),
        ({"authority": "S.0982"}, "No school authority has the code or name “S.0982”."),
        ({"school": "Nowhere"}, "No school has the code or name “Nowhere”."),
        ({"school": "School S.0"}, "Several begin with “School S.0”: S.0001 School S.0001; S.0982"),
        ({"code": "abc"}, "“abc” is not the code of a work item: type its number, as 10018."),
        ({"code": "99999999999"}, "“99999999999” is not the code of a work item"),
    ],
)
def test_what_is_typed_and_means_nothing_is_said(officer, items, query, message):
    with set_up():
        make_school("S.0001", "A.0001")
    page = officer.get(LIST, query)
    assert shown(page) == []
    assert message in text_of(page)


def test_the_list_and_an_item_cost_the_same_whatever_there_is(officer, items):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert officer.get(url).status_code == 200
        return len(captured)

    pages = (f"{LIST}?authority=A.3020", address(CoreAlert, "change", items[0].pk))
    few = [queries(page) for page in pages for _again in range(2)][1::2]
    with set_up():
        make_items(20, items[0].school)
    for status in ("InProgress", "Acknowledged", "Unacknowledged", "InProgress"):
        page = say(items[0], status)
        officer.post(page, as_shown(officer, page))
    assert [queries(page) for page in pages] == few
    assert max(few) < 15


# --- One by one ---------------------------------------------------------------------------------


def test_saying_and_taking_back(officer, items):
    for alert, status in ((items[0], "Acknowledged"), (items[3], "Overridden")):
        page = address(CoreAlert, "change", alert.pk)
        assert say(alert, status) in officer.get(page).content.decode()
        shown_first = officer.get(say(alert, status))
        assert alert.student.asn in RecordRead.objects.latest("read_at").state_province_ids
        assert "Previous grade: 04 Grade 4" in text_of(shown_first)
        answer = officer.post(say(alert, status), as_shown(officer, say(alert, status)))
        assert answer["Location"] == page
        assert status_of(alert) == status
        call = calls().last()
        assert call.operation == "SubmitStudentSchoolEnrolmentStatusAcknowledgement"
        assert (call.staff.username, call.organization_code) == ("alice", "O.1")
        assert call.user_name == "Alice Officer"
        text = text_of(officer.get(page))
        assert "Alice Officer (alice)" in text
        back = say(alert, "Unacknowledged")
        officer.post(back, as_shown(officer, back))
        assert status_of(alert) == "Unacknowledged"
        assert "Taken back Alice Officer (alice)" in text_of(officer.get(page))
    assert not Acknowledgement.objects.exists()


def test_an_alert_on_a_student_goes_to_its_own_service(officer, items):
    page = say(items[4], "InProgress")
    officer.post(page, as_shown(officer, page))
    assert status_of(items[4]) == "InProgress"
    assert calls().get().operation == "SubmitStudentStatusAcknowledgement"


def test_after_an_action_the_list_keeps_its_filters(officer, items):
    page = say(items[0], "Acknowledged", "?_changelist_filters=authority%3DA.3020%26p%3D2")
    answer = officer.post(page, as_shown(officer, page))
    assert answer["Location"] == f"{LIST}?authority=A.3020&p=2"
    assert address(CoreAlert, "change", items[0].pk) in officer.get(LIST).content.decode()


def test_what_the_service_refuses_is_said_with_its_code(officer, items):
    page = say(items[0], "Overridden")
    answer = officer.post(page, as_shown(officer, page))
    assert "cannot have the status Overridden" in text_of(answer)
    assert '<a href="/admin/rules/12001/">12001</a>' in answer.content.decode()
    assert status_of(items[0]) == "Unacknowledged"
    assert ServiceResponse.objects.get(call=calls().get()).codes == ["12001"]


def test_pressing_twice_is_one_call_and_the_second_of_two_is_told(officer, items):
    other = signed_in(staff("otto", "Alerts Officer"))
    page, mine = say(items[0], "Acknowledged"), say(items[0], "InProgress")
    form, of_mine = as_shown(officer, page), as_shown(other, mine)
    assert {officer.post(page, form).status_code for _press in range(2)} == {302}
    outcomes = ServiceResponse.objects.filter(call__in=calls()).order_by("call")
    assert [each.outcome for each in outcomes] == ["Applied", "Replayed"]

    answer = other.post(mine, of_mine)
    assert answer.context["came_too_late"]
    assert "alice" in answer.context["changed_by"]
    [change] = answer.context["meanwhile"]
    assert (change.was, change.now) == ("Unacknowledged", "Acknowledged")
    assert status_of(items[0]) == "Acknowledged"
    again = {**of_mine, "core_version": answer.context["form"]["core_version"].value()}
    assert other.post(mine, again).status_code == 302
    assert status_of(items[0]) == "InProgress"


def test_a_work_item_that_is_gone_leads_back_to_the_list(officer, items):
    page = say(items[0], "Acknowledged", "?_changelist_filters=code%3D10018")
    form = as_shown(officer, page)
    items[0].delete()
    for answer in (
        officer.post(page, form, follow=True),
        officer.get(address(CoreAlert, "change", items[0].pk), follow=True),
    ):
        assert answer.redirect_chain[0][0].startswith(LIST)
        assert "no longer there" in text_of(answer)
    assert not calls().exists()


@pytest.mark.parametrize(
    ("group", "of_enrolment", "of_student"),
    [
        ("Alerts Officer", 200, 200),
        ("Registry Clerk", 403, 200),
        ("Credential Officer", 403, 403),
        ("Auditor", 403, 403),
        ("Administrator", 403, 403),
    ],
)
def test_who_may_say_something(items, officer, group, of_enrolment, of_student):
    form = as_shown(officer, say(items[0], "InProgress"))
    member = signed_in(staff("somebody", group))
    for alert, status in ((items[0], of_enrolment), (items[4], of_student)):
        assert member.get(say(alert, "InProgress")).status_code == status
        assert member.post(say(alert, "InProgress"), form).status_code in (status, 302)
    if 200 not in (of_enrolment, of_student):
        assert not calls().exists()
        sent = member.post(f"{LIST}selection/", {"status": "InProgress", "items": "1"})
        assert sent.status_code == 403
        if group != "Administrator":
            assert "selection-bar" not in member.get(LIST).content.decode()


def test_no_service_takes_what_is_said_of_a_course_enrolment(officer, items):
    assert officer.get(say(items[5], "InProgress")).status_code == 404
    assert officer.get(say(items[0], "Nonsense")).status_code == 404
    assert "/say/" not in officer.get(address(CoreAlert, "change", items[5].pk)).content.decode()


# --- Many at once -------------------------------------------------------------------------------


def selected(alerts, status: str, **more) -> dict:
    """What the list sends."""
    keys = [alert.pk for alert in alerts]
    return {"action": status, "index": "0", "_selected_action": ["0", *keys], **more}


def hidden(answer) -> dict:
    """What the page of a selection sends back."""
    return {name: str(value) for name, value in answer.context["hidden"]}


def test_a_selection_and_what_became_of_each(officer, items):
    with set_up():
        TABLES["StudentSchoolEnrolment"][0].objects.create(
            pk=items[1].record, version=1, last_updated_object_name="Test"
        )
    asked = officer.post(f"{LIST}?severity=&code=", selected(items, "Acknowledged"))
    assert "Acknowledge: 6 work items" in text_of(asked)
    for notice in (
        "2 of them are of severity warning, which cannot have this status: they will be refused.",
        "1 is of a course enrolment and is left out",
        "The record of 1 is being recalculated",
    ):
        assert notice in text_of(asked)
    items[2].delete()
    answer = officer.post(asked.context["action"], hidden(asked))
    page = officer.get(answer["Location"])
    assert page.context["headline"] == "3 done, 1 refused"
    text = text_of(page)
    assert "Issue 10063. Refused 12002 Warning 10063 cannot have the status" in text
    assert "1 work item was no longer there" in text
    assert "1 is of a course enrolment and is left out" in text
    assert f'href="{LIST}?severity=&amp;code="' in page.content.decode()
    for alert in (*items[:2], *items[3:5]):
        assert address(CoreAlert, "change", alert.pk) in page.content.decode()
    assert [status_of(items[at]) for at in (0, 1, 3, 4)] == [
        *("Acknowledged", "Acknowledged", "Unacknowledged", "Acknowledged")
    ]
    assert [call.staff.username for call in calls()] == ["alice"] * 4
    other = signed_in(staff("otto", "Alerts Officer"))
    assert other.get(answer["Location"].partition("?")[0]).status_code == 404


def test_sending_a_selection_twice_is_one_change_each(officer, items):
    asked = officer.post(LIST, selected(items[:3], "Acknowledged"))
    first = officer.post(asked.context["action"], hidden(asked))
    second = officer.post(asked.context["action"], hidden(asked))
    assert first["Location"] == second["Location"]
    assert officer.get(second["Location"]).context["headline"] == "3 done"
    outcomes = ServiceResponse.objects.filter(call__in=calls()).order_by("call")
    assert [each.outcome for each in outcomes] == ["Applied"] * 3 + ["Replayed"] * 3
    assert Acknowledgement.history.count() == 3


def test_all_of_a_filter_up_to_a_bound(officer, items, monkeypatch):
    monkeypatch.setattr("enrolments.work_item_selection.MOST_AT_ONCE", 2)
    asked = officer.post(f"{LIST}?code=10018", selected([], "InProgress", select_across="1"))
    assert "Only the first 2 of your selection are taken at once" in text_of(asked)
    officer.post(asked.context["action"], hidden(asked))
    done = CoreAlert.objects.filter(acknowledgement_status="InProgress")
    assert {alert.alert_code for alert in done} == {10018}
    assert done.count() == 2


def test_a_selection_of_nothing_and_one_that_was_tampered_with(officer, items):
    assert "Select work items first" in text_of(
        officer.post(LIST, selected([], "InProgress"), follow=True)
    )
    good = {
        "call_id": str(new_message_id()),
        "call_time": "2026-11-26T12:00:00Z",
        "status": "InProgress",
        "items": f"{items[0].pk}:{items[0].version}",
    }
    for wrong in (
        {"items": ""},
        {"items": "1;2"},
        {"items": "1,2"},
        {"status": "Done"},
        {"call_id": "x"},
    ):
        answer = officer.post(f"{LIST}selection/", {**good, **wrong}, follow=True)
        assert "Nothing was done" in text_of(answer)
    assert officer.get(f"{LIST}selection/").status_code == 302
    assert officer.get(f"{LIST}selection/{new_message_id()}/").status_code == 404
    assert not calls().exists()
    bad_time = officer.post(f"{LIST}selection/", {**good, "call_time": "yesterday"})
    assert "3001" in text_of(officer.get(bad_time["Location"]))
    assert status_of(items[0]) == "Unacknowledged"


def test_a_clerk_is_told_of_each_that_is_not_theirs(items):
    clerk = signed_in(staff("clerk", "Registry Clerk"))
    asked = clerk.post(LIST, selected([items[0], items[4]], "InProgress"))
    answer = clerk.post(asked.context["action"], hidden(asked))
    page = clerk.get(answer["Location"])
    assert page.context["headline"] == "1 done, 1 refused"
    assert "1007" in text_of(page)


def test_the_pages_of_a_selection_cost_the_same_for_three_and_for_twenty(officer, items):
    def queries(alerts) -> tuple[int, int, float]:
        with CaptureQueriesContext(connection) as asking:
            asked = officer.post(LIST, selected(alerts, "InProgress"))
        with CaptureQueriesContext(connection) as sending:
            answer = officer.post(asked.context["action"], hidden(asked))
        with CaptureQueriesContext(connection) as reading:
            officer.get(answer["Location"])
        return len(asking), len(reading), len(sending) / len(alerts)

    with set_up():
        more = make_items(20, items[0].school)
    queries(more)
    few, many = queries(items[:3]), queries(more)
    assert few[:2] == many[:2]
    assert many[2] <= few[2]  # each is one call, and no call costs more for there being others
