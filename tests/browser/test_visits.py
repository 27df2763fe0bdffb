"""That a visit complains of a page that axe-core does not pass, and of one not looked at."""

import pytest

from tests.browser.chromium import browsing, needed, path_kind, serving

pytestmark = needed


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/admin/students/student/12/change/?q=1", "/admin/students/student/#/change/"),
        ("/admin/credentials/x/of/1000-0000-7/", "/admin/credentials/x/of/#/"),
        ("/x/0190b5f0-7a3b-7cc1-8a3d-1f2e3d4c5b6a/change/", "/x/#/change/"),
        ("/x/1/exempt/CALM-81160/", "/x/#/exempt/CALM-81160/"),
        ("/to-review/?kind=awarded-not-ordered", "/to-review/ awarded-not-ordered"),
    ],
)
def test_pages_of_a_kind(address, kind):
    assert path_kind(f"http://127.0.0.1:8000{address}") == kind


def test_what_a_visit_complains_of(committed_database):
    with serving() as address:
        with pytest.raises(AssertionError, match="image-alt"), browsing(address) as visit:
            visit.open("/admin/login/")
            visit.page.evaluate(
                "document.querySelector('main, body').append(new Image());"
                "document.body.insertAdjacentHTML('beforeend', '<p class=too-late></p>')"
            )
        with pytest.raises(AssertionError, match="not looked at: /admin/login/"):
            with browsing(address) as visit:
                visit.page.goto(f"{address}/admin/")
                visit.page.goto("about:blank")
