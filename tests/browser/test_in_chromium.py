"""The back office and the API's page in a real browser, under the strict security policy."""

import os
import shutil
import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from pasi.wsgi import application
from tests.province_builder import make_school, make_student, set_up

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.skipif(
    not os.path.exists(CHROMIUM) and not os.environ.get("CI"),
    reason="Chromium is not installed (Debian: apt install chromium)",
)


class Server(ThreadingMixIn, WSGIServer):
    """A threading server on a free port; it leaves its database connections closed."""

    daemon_threads = True

    def process_request_thread(self, *arguments):
        try:
            super().process_request_thread(*arguments)
        finally:
            connections.close_all()


class Silent(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def serving():
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def address(committed_database):
    with set_up():
        make_school("S.0001")
        make_student("100000009", first_name="Zoë", last_name="O'Brien-Lafleur")
    get_user_model().objects.create_superuser("boss", password=PASSWORD)
    with serving() as address:
        yield address


@pytest.fixture
def page():
    """A page that remembers what went wrong on it and every address it asked for."""
    # Playwright's own loop would make Django think that it runs in asynchronous code.
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.complaints, page.asked = [], []
        page.on("console", lambda m: m.type == "error" and page.complaints.append(m.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def test_a_clerk_finds_a_student_and_its_history(address, page):
    page.goto(f"{address}/admin/")
    page.fill("#id_username", "boss")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.goto(f"{address}/admin/students/student/?q=1000-0000-9")
    page.click("#result_list a >> nth=0")
    assert "O'Brien-Lafleur" in page.inner_text("#content")
    assert page.locator("#content input[type=submit]").count() == 0
    page.click("a.historylink")
    assert "TestSetUp" in page.inner_text("#content")
    assert page.complaints == []
    assert all(url.startswith((address, "data:")) for url in page.asked)


def test_the_page_of_the_api_works_without_the_internet(address, page):
    page.goto(f"{address}/api/docs/")
    page.wait_for_selector("text=SubmitCredentialAwardingMultiple")
    assert page.complaints == []
    assert all(url.startswith((address, "data:")) for url in page.asked)
