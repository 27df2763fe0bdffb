"""The lists of credentials to review: what is in each, what to do about it, paging, CSV."""

import csv
import datetime
import html
import io
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import RecordRead
from credentials import reviews
from credentials.models import RequirementSetStatus, ReviewCandidate
from credentials.reviews import KINDS, PAGE_SIZE
from enrolments.triggers import raise_triggers
from students.models import Student
from tests.admin.conftest import signed_in, staff
from tests.admin.test_student_page import text_of
from tests.credentials.calls import graduate
from tests.credentials.officer import order
from tests.province_builder import make_award, make_enrolment, make_school, make_student, set_up

PAGE = "/admin/credentials/awardedcredential/to-review/"
FIRST = 1_000_000_100


@pytest.fixture
def olive(db, settings) -> Client:
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    return signed_in(staff("olive", "Credential Officer"))


def kept() -> None:
    """As a worker does it every few minutes."""
    call_command("refresh_figures", stdout=io.StringIO())


def listed(client, kind: str, **filters) -> list[str]:
    """ASNs of the rows, in the order of the list."""
    kept()
    response = client.get(PAGE, {"kind": kind, **filters})
    assert response.status_code == 200
    return [row["asn"].replace("-", "") for row in response.context["rows"]]


def with_status(status: str, set_code="ADEX", **values) -> Student:
    student = make_student(**values)
    RequirementSetStatus.objects.create(
        student=student, requirement_set_id=set_code, status=status, version=1
    )
    return student


def test_the_kinds_keep_their_names():
    """The start page links to them."""
    assert list(KINDS) == [
        "achieved-not-awarded",
        "awarded-not-ordered",
        "awarded-no-longer-achieved",
        "not-awarded-needs-review",
    ]


def test_achieved_not_awarded(olive):
    with set_up():
        school = make_school()
        open_one = graduate(enrolments=[(school, 2026, datetime.date(2025, 9, 2))])
        both_sets = graduate(achieved=["AHSD-2018", "AHSD-2010-2018"])
        other_type = graduate(awards=[("CHSA", FIRST, 2025, False)])
        deleted = graduate(awards=[("AHSD", FIRST + 1, 2025, True)])
        graduate(awards=[("AHSD", FIRST + 2, 2026, False)])
        linked = graduate()
        make_award(make_student(primary=linked), "AHSD", FIRST + 3, 2026)
        waits = graduate()
        raise_triggers("Transcript", [waits.pk], "OfficialMark")
        make_student(not_achieved=["AHSD-2018"])
    expected = [each.asn for each in (deleted, other_type, both_sets, open_one)]
    assert listed(olive, "achieved-not-awarded") == expected
    assert listed(olive, "achieved-not-awarded", credential_type="CHSA") == []
    assert listed(olive, "achieved-not-awarded", enrolled_in="2026") == [open_one.asn]
    assert listed(olive, "nonsense") == expected
    page = olive.get(PAGE, {"kind": "achieved-not-awarded"}).content.decode()
    assert reverse("admin:award_one_student", args=[open_one.asn]) in page
    assert reverse("admin:explain_eligibility", args=[open_one.asn]) in page
    assert RecordRead.objects.latest("read_at").state_province_ids == expected


def test_awarded_not_ordered(olive):
    with set_up():
        students = [make_student() for _each in range(6)]
        never, cancelled, sent, _deleted, legacy, old = (
            make_award(student, "AHSD", FIRST + place, 2026, is_deleted=place == 3)
            for place, student in enumerate(students)
        )
        legacy.legacy_number = "OLD-7"
        legacy.save()
        old.awarded_on = datetime.date(2020, 7, 31)
        old.save()
    order(cancelled, "Cancelled")
    order(sent, "Delivered")
    assert listed(olive, "awarded-not-ordered") == [
        *(cancelled.student.asn, never.student.asn, old.student.asn),
    ], "an award of long ago that came late does not stand on top"
    page = olive.get(PAGE, {"kind": "awarded-not-ordered"}).content.decode()
    assert reverse("admin:order_document", args=[never.pk]) in page
    assert listed(olive, "awarded-not-ordered", credential_type="CHSA") == []


def test_what_is_ordered_from_a_list_is_what_the_list_has(olive):
    """As it is narrowed, without those that it leaves out; or the rows that were ticked."""
    with set_up():
        school = make_school()
        seen, elsewhere, waits = (make_student() for _each in range(3))
        for place, student in enumerate((seen, elsewhere, waits)):
            make_award(student, "AHSD", 1_000_000_008 + place, 2026)
        for student in (seen, waits):
            make_enrolment(student, school, 2026)
        raise_triggers("Transcript", [waits.pk], "OfficialMark")
    assert listed(olive, "awarded-not-ordered", enrolled_in="2026") == [seen.asn]
    response = olive.get(PAGE, {"kind": "awarded-not-ordered", "enrolled_in": "2026"})
    in_bulk = olive.get(response.context["bulk_url"])
    assert [each.asn for each in in_bulk.context["to_order"]] == [seen.asn]
    assert in_bulk.context["choice"]["awarded_from"].value() == "2024-09-01"
    [row] = response.context["rows"]
    assert f'name="number" value="{row["number"]}"' in response.content.decode()
    ticked = olive.get(response.context["order_url"], {"number": row["number"], "ticked": "1"})
    assert [each.asn for each in ticked.context["to_order"]] == [seen.asn]
    auditor = signed_in(staff("alan", "Auditor"))
    page = auditor.get(PAGE, {"kind": "awarded-not-ordered"}).content.decode()
    assert 'type="checkbox"' not in page


def test_awarded_no_longer_achieved(olive):
    with set_up():
        lost = make_student(not_achieved=["AHSD-2018"], awards=[("AHSD", FIRST, 2026, False)])
        graduate(awards=[("AHSD", FIRST + 1, 2026, False)])
        graduate(not_achieved=["AHSD-2010-2018"], awards=[("AHSD", FIRST + 2, 2026, False)])
        make_student(awards=[("AHSD", FIRST + 3, 1990, False)])
        make_student(not_achieved=["AHSD-2018"], awards=[("AHSD", FIRST + 4, 2026, True)])
        primary = make_student(not_achieved=["AHSD-2018"])
        secondary = make_student(primary=primary)
        linked = make_award(secondary, "AHSD", FIRST + 5, 2026)
    assert listed(olive, "awarded-no-longer-achieved") == [linked.student.asn, lost.asn]
    page = olive.get(PAGE, {"kind": "awarded-no-longer-achieved"}).content.decode()
    award = lost.awarded_credentials.get()
    assert reverse("admin:delete_award", args=[award.pk]) in page


def test_not_awarded_needs_review(olive):
    with set_up():
        waits = with_status("ToBeAssessed")
        with_status("ToBeAssessed", awards=[("ADEX", FIRST, 2005, False)])
        with_status("NotAchieved")
    assert listed(olive, "not-awarded-needs-review") == [waits.asn]


def test_nothing_to_review_says_so(olive):
    assert "Nobody has looked yet." in text_of(olive.get(PAGE))
    kept()
    for kind in KINDS:
        text = text_of(olive.get(PAGE, {"kind": kind}))
        assert "Nothing to review here." in text


def test_pages_follow_one_another_and_cost_the_same(olive):
    with set_up():
        school = make_school()
        students = [graduate() for _each in range(2 * PAGE_SIZE + 1)]
        for number, student in enumerate(students):
            make_award(student, "CHSA", FIRST + number, 2026)
            with_rows = {"student": student, "requirement_set_id": "CHSA", "version": 1}
            RequirementSetStatus.objects.create(status="NotAchieved", **with_rows)
            RequirementSetStatus.objects.create(
                student=student, requirement_set_id="ADEX", status="ToBeAssessed", version=1
            )
            make_enrolment(student, school, 2026)
    kept()
    everybody = [student.asn for student in reversed(students)]
    for kind in KINDS:
        found, address, costs = [], f"{PAGE}?kind={kind}&enrolled_in=2026", []
        while address:
            with CaptureQueriesContext(connection) as captured:
                response = olive.get(address)
            costs.append(len(captured))
            found += [row["asn"].replace("-", "") for row in response.context["rows"]]
            following = response.context["next_url"]
            address = following and f"{PAGE}{following}"
        assert found == everybody, kind
        assert len(costs) == 3
        assert len(set(costs)) == 1, (kind, costs)


@pytest.mark.parametrize("after", ["x", "~", "1~", "-1~1", "٣~1", "9" * 40 + "~1"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_place_that_is_none_is_no_error(olive, kind, after):
    assert olive.get(PAGE, {"kind": kind, "after": after}).status_code == 200


def test_as_a_csv_file(olive):
    with set_up():
        student = graduate(last_name="=HYPERLINK()")
    kept()
    response = olive.get(PAGE, {"kind": "achieved-not-awarded", "csv": "1"})
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="achieved-not-awarded.csv"'
    )
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    [head, line] = csv.reader(io.StringIO(text))
    assert head[:4] == ["StateProvinceId", "Name", "CredentialType", "RequirementSet"]
    assert line[:4] == [student.asn, "Ada =HYPERLINK()", "AHSD", "AHSD-2018"]
    read = RecordRead.objects.latest("read_at")
    assert (read.state_province_ids, read.filters["csv"]) == ([student.asn], "1")


@pytest.mark.parametrize(
    ("group", "status", "may_award"),
    [
        ("Credential Officer", 200, True),
        ("Auditor", 200, False),
        ("Registry Clerk", 403, False),
        ("Administrator", 403, False),
    ],
)
def test_who_may_see_them(olive, group, status, may_award):
    with set_up():
        student = graduate()
    kept()
    other = signed_in(staff("somebody", group))
    response = other.get(PAGE)
    assert response.status_code == status
    award = reverse("admin:award_one_student", args=[student.asn])
    assert (award in html.unescape(response.content.decode())) == may_award
    menu = other.get("/admin/").content.decode()
    assert (PAGE in menu) == (status == 200)
    assert (reverse("admin:order_documents_in_bulk") in menu) == may_award


def shown(client, **asked) -> list[str]:
    page = client.get(PAGE, asked)
    return [row["asn"].replace("-", "") for row in page.context["rows"]]


def test_a_list_shows_what_was_found_and_still_is(olive):
    with set_up():
        first, second = graduate(), graduate()
        award = make_award(make_student(), "AHSD", FIRST + 1, 2026)
    kept()
    rows = set(ReviewCandidate.objects.values_list("pk", flat=True))
    with set_up():
        graduate()
        make_award(second, "AHSD", FIRST, 2026)
    assert shown(olive) == [first.asn]
    award.awarded_on = datetime.date(2020, 7, 1)
    with set_up():
        award.save()
    kept()
    assert len(shown(olive)) == 2
    left = set(ReviewCandidate.objects.values_list("pk", flat=True))
    assert len(rows & left) == 1, "what stays is not written again"
    assert ReviewCandidate.objects.get(record=award.pk, rank=20200701)


def test_a_page_goes_on_over_what_was_dealt_with_and_ends_somewhere(olive, monkeypatch):
    """Nothing is left out or shown twice, however much has changed since the count."""
    monkeypatch.setattr(reviews, "PAGE_SIZE", 2)
    monkeypatch.setattr(reviews, "LOOKS", (3, 4))
    monkeypatch.setattr(reviews, "AT_ONCE", 2)
    with set_up():
        students = [graduate() for _each in range(20)]
    kept()
    with set_up():
        for number, student in enumerate(students):
            if number not in (0, 1, 18, 19):
                make_award(student, "AHSD", FIRST + number, 2026)
    pages, texts, address = [], [], f"{PAGE}?kind=achieved-not-awarded"
    while address:
        response = olive.get(address)
        pages.append([row["asn"].replace("-", "") for row in response.context["rows"]])
        texts.append(text_of(response))
        following = response.context["next_url"]
        address = following and f"{PAGE}{following}"
    asns = [student.asn for student in students]
    assert pages == [[asns[19], asns[18]], [], [asns[1], asns[0]]]
    assert "Nothing to review on this page." in texts[1]
    response = olive.get(PAGE, {"csv": "1"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    [_head, *lines] = csv.reader(io.StringIO(text))
    assert [line[0] for line in lines] == [asns[number] for number in (19, 18, 1, 0)]


def test_after_an_upgrade_the_lists_say_that_nobody_has_looked(olive):
    """Not that nothing is to be reviewed, as of a count that kept nothing for them."""
    kept()
    migration = import_module("credentials.migrations.0015_review_candidates")
    migration.say_not_counted(apps, None)
    assert "Nobody has looked yet." in text_of(olive.get(PAGE))
