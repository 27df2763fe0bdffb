"""A Credential Officer's day in a real browser: one credential from its old number to its order."""

import datetime
import json
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from audit.models import ServiceCall
from credentials.credential_numbers import written
from credentials.models import AwardedCredential, DocumentOrderItem
from credentials.services import SubmitCredentialReIssue
from pasi.services import Caller
from students.models import Student
from tests.admin.conftest import address as address_of
from tests.browser.chromium import PHONE, browsing, needed
from tests.browser.conftest import PASSWORD
from tests.browser.steps import do
from tests.credentials.officer import printed
from tests.province_builder import caller_info, make_student, set_up

pytestmark = needed


@dataclass
class Desk:
    """Whom the officer works on: an award with a former number whose student has a new legal name,
    and a student with something achieved.
    """

    server: str
    award: AwardedCredential
    former: str
    graduate: Student


@pytest.fixture(scope="module")
def desk(province, django_db_blocker) -> Desk:
    with django_db_blocker.unblock():
        officer = User.objects.create_user("olive", password=PASSWORD, is_staff=True)
        officer.first_name, officer.last_name = "Olive", "Officer"
        officer.save()
        officer.groups.add(Group.objects.get(name="Credential Officer"))
        award = AwardedCredential.objects.filter(student__primary=None, is_deleted=False).first()
        former = written(award.number_id)
        body = {"CallerInfo": caller_info(), **printed(award), "SchoolYear": award.school_year - 1}
        answer = SubmitCredentialReIssue().execute(
            json.dumps({name: value for name, value in body.items() if value}).encode(),
            Caller(ServiceCall.Door.COMMAND),
        )
        assert answer.http_status == 200, answer.body
        with set_up():
            name = award.student.legal_name
            name.last_name = "Kingsley"
            name.save()
            graduate = make_student(
                "987654321",
                achieved=["AHSD-2018"],
                marks=[("ELA3105", 2026, 5)],
                birth_date=datetime.date(2008, 5, 17),
            )
        award.refresh_from_db()
        yield Desk(province, award, former, graduate)


def in_menu(visit, title: str) -> None:
    visit.press(f"#nav-sidebar-apps >> text={title}")


def success(page) -> str:
    """The page's text, once it has loaded."""
    page.wait_for_load_state()
    return page.inner_text("#main")


def test_an_officer_works_on_one_credential(desk):
    award = desk.award
    with browsing(desk.server) as visit:
        page = visit.sign_in("olive", PASSWORD)

        # By an old number, without its hyphen.
        in_menu(visit, "Find by number")
        visit.enter("#lookup", desk.former.replace("-", ""))
        page.wait_for_url(f"**{address_of(AwardedCredential, 'change', award.pk)}")
        assert "is a former number of it" in success(page)

        # With the present legal name: it says beforehand what happens, and afterwards.
        visit.press("text=Edit: re-issue")
        visit.press("text=(present legal name)")
        visit.picture("re-issue")
        visit.press(".main-button")
        page.wait_for_url(f"**{address_of(AwardedCredential, 'change', award.pk)}")
        text = success(page)
        assert "is re-issued" in text
        assert "Kingsley. By Olive Officer (olive)" in text
        assert page.locator(".timeline > li").count() == 3
        visit.reads(".timeline > li >> nth=0", desk.former)
        visit.reads(".timeline > li >> nth=2", "The number now")
        page.locator(".timeline").scroll_into_view_if_needed()
        visit.picture("numbers-through-time")

        # Deleted, and brought back.
        visit.press("text=Delete with a reason")
        page.select_option("#id_reason", label="Awarded in error")
        visit.press(".main-button")
        page.wait_for_url(f"**{address_of(AwardedCredential, 'change', award.pk)}")
        assert "This credential is deleted: Awarded in error." in success(page)
        visit.press("text=Bring it back")
        visit.press(".main-button")
        page.wait_for_url(f"**{address_of(AwardedCredential, 'change', award.pk)}")
        assert "is back" in success(page)

        # Its document, ordered and looked at.
        visit.press("text=Order its document")
        visit.press(".main-button")
        page.wait_for_url(f"**{address_of(AwardedCredential, 'change', award.pk)}")
        assert "is ordered" in success(page)
        visit.press("text=Change or cancel")
        visit.reads("h1", "Order of")
        page.check("input[value=Cancelled]")
        do(visit, "is Cancelled")
        item = DocumentOrderItem.objects.get(award=award)
        assert item.status == DocumentOrderItem.Status.CANCELLED

        # Under its number on paper it is found as well.
        visit.press("text=Legacy number")
        page.fill("#id_legacy_number", "A-1987-0042")
        do(visit, "The legacy number of")
        in_menu(visit, "Find by number")
        visit.enter("#lookup", "A-1987-0042")
        award.refresh_from_db()
        visit.reads("h1", written(award.number_id))

        # A student who has achieved something.
        in_menu(visit, "Award one student")
        visit.enter("#lookup", desk.graduate.asn)
        page.wait_for_selector("#id_credential")
        visit.picture("award-one")
        visit.press(".main-button")
        page.wait_for_url("**/awardedcredential/*/change/")
        assert "AHSD is awarded to Ada Byron" in success(page)

        in_menu(visit, "Credentials to review")
        for kind in ("Awarded but no longer achieved", "Not awarded and needs review"):
            visit.press(f".kinds >> text={kind}")
            visit.reads("[aria-current=page]", kind)
            assert page.locator("#content-main table, .nothing-found").count()
        visit.press(".kinds >> text=Awarded but not ordered")
        visit.picture("to-review")
        page.check("[aria-label='Tick all on this page']")
        rows = page.locator("tbody input[name=number]")
        assert rows.count() > 0
        assert all(row.is_checked() for row in rows.all())
        page.uncheck("[aria-label='Tick all on this page']")
        rows.nth(1).check()
        visit.press("button:has-text('Order the documents of ticked rows') >> nth=1")
        page.wait_for_selector("#confirm")
        visit.picture("order-in-bulk")
        visit.press("button:has-text('Order 1 document')")
        page.wait_for_selector("#ordered")
        assert "1 document is ordered." in success(page)


def test_an_officer_has_only_a_telephone(desk):
    award, graduate = desk.award, desk.graduate
    item = DocumentOrderItem.objects.order_by("pk").last()
    paths = [
        address_of(AwardedCredential, "change", award.pk),
        reverse("admin:re_issue_award", args=[award.pk]),
        reverse("admin:award_one_student", args=[graduate.asn]),
        reverse("admin:explain_eligibility", args=[graduate.asn]),
        reverse("admin:exempt", args=[graduate.asn, "CALM-81160"]),
        reverse("admin:set_requirement_set", args=[graduate.asn, "HHSD"]),
        reverse("admin:find_credential_number"),
        f"{reverse('admin:credentials_reviews')}?kind=awarded-not-ordered",
        f"{reverse('admin:order_documents_in_bulk')}?credential_type=AHSD",
        *([reverse("admin:order_status", args=[item.pk])] if item else []),
    ]
    with browsing(desk.server, viewport=PHONE, color_scheme="dark") as visit:
        visit.sign_in_as(User.objects.get(username="olive"))
        for number, path in enumerate(paths):
            visit.open(path)
            visit.picture(f"phone-credential-{number:02}", whole=True)
            visit.assert_fits()
