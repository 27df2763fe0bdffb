"""The API's own page, under the strict security policy."""

from tests.browser.chromium import browsing, needed, serving

pytestmark = needed


def test_the_page_of_the_api_works_without_the_internet(committed_database):
    with serving() as address, browsing(address) as visit:
        visit.page.goto(f"{address}/api/docs/")
        visit.page.wait_for_selector("text=SubmitCredentialAwardingMultiple")
