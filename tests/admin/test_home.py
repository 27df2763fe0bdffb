"""The start page: figures that agree with the lists they lead to, for those who may open them."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import ServiceCall
from credentials import reviews
from credentials.models import AwardingRun, DocumentOrderItem
from enrolments.models import TranscriptRecord
from enrolments.triggers import raise_triggers
from pasi.back_office.charts import Chart, Series, axis_step
from pasi.models import FigureSet
from tests.admin.conftest import signed_in, staff
from tests.admin.population import make_call, populate
from tests.figures import MINUTE, alberta_day, call_at, fail_a_job, refreshed
from tests.province_builder import make_alert, make_award, make_school, make_student, set_up


@pytest.fixture
def figures(db) -> None:
    """Something of everything, and things beside it that must not be counted."""
    with set_up():
        student = make_student(created_by=make_school())
        other = make_student()
        make_alert(student, 10018, "Warning")
        make_alert(student, 10019, "Warning", acknowledgement_status="InProgress")
        make_alert(other, 10018, "Warning", acknowledgement_status="Overridden")
        make_alert(other, 10019, "Advice")
        raise_triggers("Student", [student.pk, other.pk], "Test")
        raise_triggers("ResponsibleSchool", [student.pk], "Test")
        make_award(student, "CHSA", 1_000_000_008, 2025)
    status = student.studentvalidationstatus
    status.set_aside_at, status.set_aside_error = timezone.now(), "Broken"
    status.save()
    for origin, finished in (("command", None), ("command", timezone.now()), ("http", None)):
        AwardingRun.objects.create(origin=origin, started_by="tests", finished_at=finished)
    now = timezone.now()
    call_at(now - 20 * MINUTE, None, operation="Silent")
    call_at(now, None, operation="Underway")
    call_at(now - datetime.timedelta(hours=30), None, operation="Long ago")
    for _time in range(2):
        call_at(now - MINUTE, "Fault", operation="Op")
    call_at(now - datetime.timedelta(hours=30), "Fault", operation="Op")
    fail_a_job()
    refreshed()


def shown(client) -> dict[str, tuple[int, str]]:
    """label -> (value, address) of what needs attention."""
    subjects = client.get("/admin/").context["attention"]
    return {str(f.label): (f.value, f.url) for subject in subjects for f in subject.figures}


def test_what_needs_attention(boss, figures):
    found = {label: value for label, (value, _url) in shown(boss).items()}
    assert found == {
        "Warnings": 2,
        "Advice": 1,
        "Achieved but not awarded": 0,
        "Awarded but not ordered": 1,
        "Awarded but no longer achieved": 0,
        "Not awarded and needs review": 0,
        "Awarding runs not finished": 1,
        "Records that wait for a worker": 3,
        "Records set aside after an error": 1,
        "Failed background jobs": 1,
        "Ended in a fault": 2,
        "Unanswered: nothing was applied": 1,
    }


def test_each_figure_leads_to_a_list_with_as_many(boss, figures):
    lists = 0
    for label, (value, url) in shown(boss).items():
        if not url:
            assert label in {str(each.title) for each in reviews.KINDS.values()}
            continue
        response = boss.get(url)
        assert response.status_code == 200, url
        if response.context and "cl" in response.context:
            lists += 1
            assert response.context["cl"].result_count == value, (label, url)
    assert lists == 6


def test_nothing_is_said_of_nothing_counted_and_zero_of_zero(boss):
    page = boss.get("/admin/").content.decode()
    assert "Not counted yet" in page
    assert "Warnings" not in page
    refreshed()
    assert {value for value, _url in shown(boss).values()} == {0}
    page = boss.get("/admin/").content.decode()
    assert "As of " in page
    assert "No alert was opened or cleared in these 30 days." in page
    assert "These figures are old" not in page
    FigureSet.objects.update(counted_at=timezone.now() - datetime.timedelta(hours=2))
    assert "These figures are old" in boss.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("group", "subjects", "charts"),
    [
        ("Registry Clerk", {"Open work items (core alerts)"}, {"alert-changes"}),
        (
            "Credential Officer",
            {
                "Open work items (core alerts)",
                "Credentials to review",
                "Awarding",
                "Work in the background",
            },
            {"alert-changes", "credentials"},
        ),
        (
            "Alerts Officer",
            {"Open work items (core alerts)", "Work in the background"},
            {"alert-changes"},
        ),
        (
            "Auditor",
            {
                "Open work items (core alerts)",
                "Credentials to review",
                "Awarding",
                "Work in the background",
                "Service calls of the last 24 hours",
            },
            {"alert-changes", "credentials", "calls"},
        ),
        ("Administrator", {"Work in the background"}, set()),
    ],
)
def test_each_group_sees_the_figures_of_its_lists(figures, group, subjects, charts):
    client = signed_in(staff("somebody", group))
    context = client.get("/admin/").context
    assert {str(subject.title) for subject in context["attention"]} == subjects
    assert {chart.name for chart in context["charts"]} == charts
    for _value, url in shown(client).values():
        if url:
            assert client.get(url).status_code == 200, url


def test_the_page_costs_the_same_for_much_as_for_little(boss):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            boss.get("/admin/")
        return len(captured)

    refreshed()
    queries()
    few = queries()
    populate(20)
    refreshed()
    queries()  # code values have changed
    assert queries() == few < 12


# --- Credentials to review ----------------------------------------------------------------------


def counted(**expected: int) -> None:
    names = {kind.replace("-", "_"): count for kind, count in reviews.keep().items()}
    assert {name: count for name, count in names.items() if count} == expected


def test_achieved_but_not_awarded(db):
    with set_up():
        student = make_student(achieved=["AHSD-2018"])
        counted(achieved_not_awarded=1)
        secondary = make_student(primary=student)
        award = make_award(secondary, "AHSD", 1_000_000_008, 2025)
        counted(awarded_not_ordered=1)
        award.is_deleted = True
        award.save()
        counted(achieved_not_awarded=1)
        raise_triggers("Transcript", [student.pk], "Test")
        counted()
        TranscriptRecord.objects.update(max_source_version=2**60)
        counted(achieved_not_awarded=1)


def test_awarded_but_no_longer_achieved_or_not_ordered(db):
    with set_up():
        student = make_student(not_achieved=["AHSD-2018"])
        award = make_award(make_student(primary=student), "AHSD", 1_000_000_008, 2025)
        counted(awarded_not_ordered=1, awarded_no_longer_achieved=1)
        order = DocumentOrderItem.objects.create(
            award=award,
            number_id=award.number_id,
            status="Delivered",
            delivery_method="Courier",
            language="en",
            copies=1,
            version=1,
        )
        counted(awarded_no_longer_achieved=1)
        order.status = "Cancelled"
        order.save()
        student.requirement_set_statuses.update(status="Achieved")
        counted(awarded_not_ordered=1)
        award.legacy_number = "L-1"  # its document is only reprinted
        award.save()
        counted()
        award.legacy_number = ""
        award.save()
        history = award.history.first()
        imported = make_call(operation=ServiceCall.IMPORT_RECORDS)
        award.history.filter(pk=history.pk).update(call=imported)
        counted()
        award.history.filter(pk=history.pk).update(call=history.call)
        student.requirement_set_statuses.update(status="NotAssessing")
        counted(awarded_not_ordered=1, awarded_no_longer_achieved=1)
        student.requirement_set_statuses.update(status="NotAchieved")
        raise_triggers("Transcript", [student.pk], "Test")
        counted()


def test_not_awarded_and_needs_review(db):
    with set_up():
        student = make_student(achieved=["AHSD-2018"])
        student.requirement_set_statuses.update(status="ToBeAssessed")
        counted(not_awarded_needs_review=1)
        make_award(student, "AHSD", 1_000_000_008, 2025)
        counted(awarded_not_ordered=1)


# --- Charts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("highest", "step"),
    [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 5), (26, 10), (100, 20), (33_118, 10_000)],
)
def test_an_axis_has_few_lines_at_round_numbers(highest, step):
    assert axis_step(highest) == step


def test_bars_stand_on_zero_and_end_below_the_top():
    chart = Chart("c", "T", "Day", ["a", "b"], [Series("x", [3, 0]), Series("y", [4, 0])])
    assert chart.ticks[0] == (0, "0.00")
    assert chart.top == 8
    assert chart.ticks[-1] == (8, "100.00")
    [(_a, _label, bars), (_b, _none, nothing)] = chart.groups
    assert [bar.percent for bar in bars] == ["37.50", "50.00"]
    assert nothing == []
    beside = Chart("c", "T", "Day", ["a"], [Series("x", [3]), Series("y", [4])], stacked=False)
    assert beside.top == 4
    assert Chart("c", "T", "Day", ["a"], [Series("x", [0])]).is_empty


def test_what_a_chart_shows_stands_in_its_table_with_links(boss):
    with set_up():
        student = make_student()
        for place, kind in enumerate(("AHSD", "ADEX", "ADVD", "CHSA", "COSC", "GHSD", "HSED")):
            make_award(student, kind, 1_000_000_000 + place, 2026)
    now = timezone.now()
    call_at(now - MINUTE, "Rejected", operation="Op")
    refreshed()
    charts = {chart.name: chart for chart in boss.get("/admin/").context["charts"]}
    credentials = charts["credentials"]
    assert len(credentials.series) == 6  # the last of them: other types
    assert credentials.series[-1].values.count(2) == 1
    assert len(credentials.table_series) == 7
    _year, cells = next(row for row in credentials.rows if row[0] == "2025/2026")
    assert [value for value, _link in cells] == [1] * 7
    for _value, link in cells:
        assert boss.get(link).context["cl"].result_count == 1
    day, cells = charts["calls"].rows[0]
    assert day == alberta_day(now)
    links = dict(zip([str(each.label) for each in charts["calls"].series], cells, strict=True))
    value, link = links["Rejected"]
    assert value == 1
    assert boss.get(link).context["cl"].result_count == 1


def test_a_chart_is_read_as_a_table(boss, figures):
    page = boss.get("/admin/").content.decode()
    plot = re.search(r'<div aria-hidden="true">\s*<ul class="chart-legend">', page)
    assert plot
    assert page.count("The numbers as a table") == 3 - page.count("in these 30 days.")
