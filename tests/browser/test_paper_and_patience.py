"""What a page looks like printed from dark mode, what can be read in empty fields, and what the
page of a run says once it has stopped asking."""

import datetime

from django.contrib.auth.models import User

from credentials.models import AwardingRun
from students.models import DisclosureRestriction, Student
from tests.admin.conftest import address as address_of
from tests.browser.chromium import browsing, needed
from tests.province_builder import set_up

pytestmark = needed

BLACK = "rgb(0, 0, 0)"
STYLE = "(each, [part, name]) => getComputedStyle(each, part)[name]"


def style(place, name: str, part: str | None = None) -> str:
    return place.first.evaluate(STYLE, [part, name])


def brightness(colour: str, page) -> float:
    """0 is black, 1 white, whatever the notation."""
    draw = """(colour) => { const c = document.createElement("canvas").getContext("2d");
        c.fillStyle = colour; c.fillRect(0, 0, 1, 1);
        return [...c.getImageData(0, 0, 1, 1).data] }"""
    return sum(page.evaluate(draw, colour)[:3]) / 765


def test_notices_and_what_is_folded_are_printed_from_dark_mode(province):
    student = Student.objects.filter(awarded_credentials__isnull=False).first()
    with set_up():
        DisclosureRestriction.objects.create(
            student=student,
            code="CourtOrdered",
            effective_on=datetime.date(2020, 1, 1),
            is_active=True,
        )
    with browsing(province, color_scheme="dark") as visit:
        visit.sign_in_as(User.objects.get(username="boss"))
        page = visit.open(f"{address_of(Student, 'change', student.pk)}")
        page.emulate_media(media="print")
        notice = page.locator(".notices li span").last
        assert style(page.locator("html.dark"), "display")
        for place in (notice, page.locator("#content .readonly"), page.locator("h1")):
            assert style(place, "color") == BLACK
        visit.picture("printed-from-dark", whole=True)
        page.emulate_media(media="screen")
        visit.open(f"/admin/students/student/{student.pk}/part/time-line/")
        folded = page.locator(".time-line details li")
        assert not folded.first.is_visible()
        page.emulate_media(media="print")
        assert folded.first.bounding_box()["height"] > 5
        visit.picture("printed-time-line", whole=True)


def test_empty_fields_can_be_read_in_light_and_dark(province):
    for scheme in ("light", "dark"):
        with browsing(province, color_scheme=scheme) as visit:
            visit.sign_in_as(User.objects.get(username="boss"))
            page = visit.open("/admin/enrolments/corealert/")
            colour = style(page.locator("input[placeholder]"), "color", "::placeholder")
            assert (brightness(colour, page) > 0.5) == (scheme == "dark"), (scheme, colour)


def test_the_page_of_a_run_says_that_it_asks_no_more(province):
    run = AwardingRun.objects.create(origin="back_office", started_by="boss", is_dry_run=True)
    with browsing(province) as visit:
        page = visit.page
        page.clock.install()
        visit.sign_in_as(User.objects.get(username="boss"))
        visit.open(address_of(AwardingRun, "change", run.pk))
        notice = page.locator(".given-up")
        for _each in range(2):
            with page.expect_response("**/progress/**"):
                page.clock.fast_forward("00:11")
        assert notice.is_hidden()
        page.clock.fast_forward("17:00")
        visit.reads(".given-up", "this page no longer asks")
        visit.picture("run-given-up")
        with page.expect_navigation():
            notice.get_by_role("button").click()
        assert notice.is_hidden()
