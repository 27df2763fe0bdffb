"""What the audit shows, to whom, and what looking leaves behind."""

import datetime
import json
import re

import pytest
from django.urls import reverse

from audit.admin import SHOWN_OF_A_BODY
from audit.models import RecordRead, ServiceCall
from credentials.models import AwardedCredential, AwardingOutcome, AwardingRun
from enrolments.models import OfficialMark, SchoolEnrolment
from pasi.models import Code, Organization
from students.models import DisclosureRestriction, Name, Student
from tests.admin.conftest import address, signed_in, staff
from tests.admin.population import make_call, populate
from tests.province_builder import make_school, make_student, set_up


def page(client, model, *args, name="change") -> str:
    response = client.get(address(model, name, *args))
    assert response.status_code == 200
    return response.content.decode()


def test_bodies_are_seen_with_the_permission_and_leave_a_trace(db):
    auditor = signed_in(staff("auditor", "Auditor"))
    call = make_call(body='{"LastName": "Byron"}', asns=["100000007"])
    shown = page(auditor, ServiceCall, call.pk)
    assert "&quot;LastName&quot;: &quot;Byron&quot;" in shown
    assert "&quot;Answer&quot;: &quot;given&quot;" in shown
    read = RecordRead.objects.get()
    assert read.staff.username == "auditor"
    assert read.organization_code == "O.1"
    assert read.path == address(ServiceCall, "change", call.pk)
    assert (read.state_province_ids, read.count) == (["100000007"], 1)
    assert read.filters == {"Contents": "shown"}


def test_without_it_what_is_personal_is_hidden_and_looking_leaves_a_trace_too(db):
    from django.contrib.auth.models import Permission

    user = staff("looker")
    user.user_permissions.add(Permission.objects.get(codename="view_servicecall"))
    call = make_call(
        body='{"LastName": "Byron", "StateProvinceId": "100000007"}', asns=["100000007"]
    )
    shown = page(signed_in(user), ServiceCall, call.pk)
    assert "Byron" not in shown
    assert "given" not in shown
    assert "&quot;LastName&quot;: &quot;[hidden]&quot;" in shown
    assert "&quot;StateProvinceId&quot;: &quot;100000007&quot;" in shown
    assert "needs a permission of its own" in shown
    assert RecordRead.objects.get().filters == {"Contents": "masked"}


@pytest.mark.parametrize("body", ["not json {", "[" * 100_000, "", '"\\ud800"'])
def test_a_body_that_is_no_json_is_shown_as_it_came(boss, body):
    shown = page(boss, ServiceCall, make_call(body=body).pk)
    assert body[:20] in shown.replace("&quot;", '"') or "ud800" in body


def test_a_body_is_text_and_never_markup(boss):
    shown = page(boss, ServiceCall, make_call(body='{"Name": "<script>alert(1)</script>"}').pk)
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_a_long_body_is_cut_and_says_so(boss):
    body = json.dumps({"StateProvinceIds": ["100000007"] * 20_000})
    shown = page(boss, ServiceCall, make_call(body=body).pk)
    assert "more characters" in shown
    without_it = page(boss, ServiceCall, make_call(body="").pk)
    assert len(shown) - len(without_it) < SHOWN_OF_A_BODY * 2.5


def test_a_call_without_an_answer_says_that_nothing_was_applied(boss):
    shown = page(boss, ServiceCall, make_call(answered=False).pk)
    assert "no answer recorded: nothing was applied" in shown


def test_a_call_shows_what_it_changed(boss):
    with set_up() as call:
        school = make_school()
    shown = page(boss, ServiceCall, call.message_id)
    assert "organizations: " in shown
    assert address(Organization, "change", school.pk) in shown
    with set_up() as many:
        for number in range(12):
            make_school(f"S.1{number:03d}")
    shown = page(boss, ServiceCall, many.message_id)
    assert "organizations: 12" in shown


def test_looking_at_a_student_leaves_a_trace_every_time(boss):
    with set_up():
        student = make_student("100000007")
    version = student.history.get().pk
    for name, *args in (
        ("change", student.pk),
        ("history", student.pk),
        ("simple_history", student.pk, version),
    ):
        page(boss, Student, *args, name=name)
        read = RecordRead.objects.order_by("message_id").last()
        assert read.path == address(Student, name, *args)
        assert read.state_province_ids == ["100000007"]
    boss.get(address(Student, "changelist"), {"q": "byron"})
    read = RecordRead.objects.order_by("message_id").last()
    assert (read.filters, read.state_province_ids) == ({"q": "byron"}, ["100000007"])
    [name] = Name.objects.all()
    page(boss, Name, name.pk)
    assert RecordRead.objects.count() == 5


def test_the_top_of_a_student_says_what_matters(boss):
    with set_up():
        primary = make_student("100000007", last_name="Byron", is_deceased=True)
        secondary = make_student("100000015", primary=primary)
        gone = make_student("100000023", is_deactivated=True)
        DisclosureRestriction.objects.create(
            student=primary,
            code="CourtOrdered",
            effective_on=datetime.date(2020, 1, 1),
            is_active=True,
        )
    restricted = "A disclosure restriction is in effect"
    shown = page(boss, Student, primary.pk)
    assert restricted in shown
    assert "The student is deceased." in shown
    assert "1000-0001-5" in shown  # its secondary number
    assert "secondary number." not in shown
    shown = page(boss, Student, secondary.pk)
    assert restricted in shown
    assert "This is a secondary number. The student is known by" in shown
    assert address(Student, "change", primary.pk) in shown
    shown = page(boss, Student, gone.pk)
    assert "This number is deactivated" in shown
    assert restricted not in shown


def test_a_student_leads_only_to_lists_that_may_be_seen(db):
    with set_up():
        student = make_student()

    def lists(group: str, name: str) -> list[str]:
        client = signed_in(staff(group, group))
        response = client.get(reverse("admin:student_tab", args=[student.pk, name]))
        return [each["url"].partition("?")[0] for each in response.context["related"]]

    assert lists("Registry Clerk", "enrolments") == [address(SchoolEnrolment, "changelist")]
    assert address(AwardedCredential, "changelist") in lists("Credential Officer", "credentials")
    assert lists("Alerts Officer", "time-line") == []
    assert address(ServiceCall, "changelist") in lists("Auditor", "time-line")


def test_history_names_the_call_and_links_it_for_those_who_may_see_calls(db):
    with set_up() as call:
        student = make_student()
    shown = {}
    for user, group in (("auditor", "Auditor"), ("clerk", "Registry Clerk")):
        client = signed_in(staff(user, group))
        shown[user] = page(client, Student, student.pk, name="history")
        assert str(call.message_id) in shown[user]
        assert "TestSetUp" in shown[user]
        assert "Command line" in shown[user]
        assert "O.1" in shown[user]
        version = page(client, Student, student.pk, student.history.get().pk, name="simple_history")
        assert str(call.message_id) in version
        assert "<form" not in version.split('id="content"')[1]
    link = address(ServiceCall, "change", call.message_id)
    assert link in shown["auditor"]
    assert link not in shown["clerk"]


def test_history_says_what_changed_in_words(boss):
    code = Code.objects.get(code_type="Gender", code="F")
    with set_up():
        code.expiry_school_year = 2019
        code.save()
    shown = page(boss, Code, code.pk, name="history")
    assert "<strong>Expiry school year:</strong> – → 2018/2019" in shown
    newest, oldest = code.history.all()
    version = page(boss, Code, code.pk, newest.pk, name="simple_history")
    assert "2018/2019" in version
    assert "2018/2019" not in page(boss, Code, code.pk, oldest.pk, name="simple_history")


def test_a_run_counts_its_outcomes_and_leads_to_them(boss):
    populate(1)
    run = AwardingRun.objects.get()
    rows = [("AHSD", ""), ("AHSD", ""), ("", "44012"), ("", "9002"), ("", "9002")]
    AwardingOutcome.objects.bulk_create(
        AwardingOutcome(
            run=run, position=10 + place, asn="100000007", credential_type=kind, rejection_code=code
        )
        for place, (kind, code) in enumerate(rows)
    )
    other = AwardingRun.objects.create(origin="command", started_by="other", is_dry_run=True)
    AwardingOutcome.objects.create(run=other, position=0, asn="100000007", credential_type="COSC")
    shown = page(boss, AwardingRun, run.pk)
    for count, text in (("2", "AHSD"), ("1", "CHSA"), ("1", "44012"), ("2", "9002")):
        assert re.search(rf'aria-label="{text} [^"]*: {count}"', shown), text
    assert "COSC" not in shown
    link = f"{address(AwardingOutcome, 'changelist')}?run__id__exact={run.pk}"
    assert f"{link}&amp;rejection_code=9002" in shown
    assert "dry run" not in shown
    assert "A dry run: decided, but nothing was awarded." in page(boss, AwardingRun, other.pk)


def test_times_are_shown_in_alberta(boss):
    instant = datetime.datetime(2026, 7, 1, 5, 30, tzinfo=datetime.UTC)
    call = make_call(received_at=instant)
    assert "2026-06-30 23:30" in page(boss, ServiceCall, call.pk)


def test_records_of_students_leave_a_trace_too(boss):
    populate(2)
    asns = sorted(Student.objects.values_list("asn", flat=True))
    for model in (SchoolEnrolment, OfficialMark, AwardedCredential):
        boss.get(address(model, "changelist"))
        read = RecordRead.objects.order_by("message_id").last()
        assert read.path == address(model, "changelist")
        assert sorted(read.state_province_ids) == asns
        record = model.objects.first()
        for name in ("change", "history"):
            page(boss, model, record.pk, name=name)
            read = RecordRead.objects.order_by("message_id").last()
            assert read.path == address(model, name, record.pk)
            assert read.state_province_ids == [record.student.asn]
    before = RecordRead.objects.count()
    for model in (Code, Organization, ServiceCall, AwardingRun):
        boss.get(address(model, "changelist"))
    page(boss, Code, Code.objects.first().pk)
    assert RecordRead.objects.count() == before
