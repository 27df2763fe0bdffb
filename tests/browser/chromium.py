"""Debian's Chromium, driven by Playwright, and a server of our own for it to look at."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from pasi.wsgi import application
from tests import depth

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
needed = pytest.mark.skipif(
    not os.path.exists(CHROMIUM) and not os.environ.get("CI"),
    reason="Chromium is not installed (Debian: apt install chromium)",
)
# Pictures of every page that was looked at, for whoever wants to look too.
PICTURES = Path(os.environ.get("PASI_PICTURES") or settings.VAR_DIR / "screenshots")


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
def serving() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browsing(address: str, **options) -> Iterator["Visit"]:
    """A fresh browser. It complains of every error on a page and every request that leaves."""
    # Playwright's own loop would make Django think that it runs in asynchronous code.
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-CA", **options})
            visit = Visit(context.new_page(), address)
            try:
                yield visit
            except Exception:
                visit.describe()
                raise
            finally:
                # Those of Playwright's own context; the next module has another database.
                connections.close_all()
            browser.close()
        assert visit.complaints == []
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


class Visit:
    """One person's way through the pages."""

    def __init__(self, page, address: str):
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)

    def _console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"left the site: {request.url}")

    def sign_in(self, username: str, password: str):
        """Through the sign-in page, as everybody does."""
        page = self.open("/admin/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        page.click("[type=submit]")
        page.wait_for_url(f"{self.address}/admin/")
        return page

    def sign_in_as(self, user: User) -> None:
        """Without the sign-in page: the cookie of a session that is open already."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookie = {"name": "sessionid", "value": session.session_key, "url": self.address}
        self.page.context.add_cookies([cookie])

    def open(self, path: str):
        answer = self.page.goto(f"{self.address}{path}")
        assert answer.status == 200, path
        self.page.wait_for_function("!document.documentElement.hasAttribute('x-cloak')")
        return self.page

    def reads(self, selector: str, text: str) -> None:
        """The text stands there, once the page that a press leads to has come."""
        from playwright.sync_api import expect

        expect(self.page.locator(selector).first).to_contain_text(text, timeout=30_000)

    def describe(self) -> None:
        """What stood on the page when a story broke off: in the report, and as a picture."""
        print(self.page.url, self.page.inner_text("body"), sep="\n")
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / "broken-off.png", full_page=True)

    def picture(self, name: str, *, whole: bool = False) -> None:
        if not (depth.IS_THOROUGH or "PASI_PICTURES" in os.environ):
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(150)  # what fades in has done so; nothing is asserted of it
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)

    def assert_accessible(self) -> None:
        """axe-core finds nothing serious or critical on the page."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        serious = [
            f"{self.page.url} {each['id']} ({each['impact']}): "
            + "; ".join(node["html"][:160] for node in each["nodes"][:5])
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]
        assert not serious, "\n".join(serious)

    def assert_fits(self) -> None:
        """Nothing makes the page itself scroll sideways."""
        wide, there = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= there, self.page.url
