"""A form that is filled in while the session ends: nothing that was typed is lost."""

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from tests.browser.chromium import browsing, needed
from tests.browser.conftest import PASSWORD

pytestmark = needed

PAGE = "/admin/password_change/"
NEW = "Another-1-for-tests"


def test_what_is_typed_outlives_the_session(province):
    User.objects.create_superuser("late", password=PASSWORD)
    with browsing(province) as visit:
        page = visit.page
        page.clock.install()
        visit.sign_in("late", PASSWORD)
        visit.open(PAGE)
        page.fill("#id_old_password", PASSWORD)
        page.fill("#id_new_password1", NEW)
        page.fill("#id_new_password2", NEW)
        bar = page.locator("#session-end")
        page.clock.fast_forward("54:00")
        assert bar.is_hidden()
        page.clock.fast_forward("02:00")
        visit.reads("#session-end", "signed out in less than five minutes")
        visit.picture("session-soon")
        bar.get_by_text("Stay signed in").click()
        bar.wait_for(state="hidden")
        page.clock.fast_forward("01:00:10")
        visit.reads("#session-end", "You were signed out after 60 minutes")
        Session.objects.all().delete()
        page.press("#id_new_password2", "Enter")
        visit.reads("#session-end", "What you have typed still stands here")
        assert page.url.endswith(PAGE)
        visit.picture("session-over")
        with page.context.expect_page() as opened:
            bar.get_by_text("Sign in in another tab").click()
        other = opened.value
        other.fill("#id_username", "late")
        other.fill("#id_password", PASSWORD)
        other.click("[type=submit]")
        other.wait_for_url(f"{province}/admin/")
        bar.wait_for(state="hidden")
        page.press("#id_new_password2", "Enter")
        visit.reads("body", "Your password was changed")
