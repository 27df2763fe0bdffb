"""Debian's Chromium, driven by Playwright, and a server of our own for it to look at."""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs, urlsplit
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
    """A fresh browser. It complains of every error on a page, of every request that leaves, and of
    every page that the story came to and did not look at.
    """
    # Playwright's own loop would make Django think that it runs in asynchronous code.
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            visit = Visit(browser, address, **options)
            try:
                with visit:
                    yield visit
            finally:
                # Those of Playwright's own context; the next module has another database.
                connections.close_all()
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

# Kinds of pages that axe-core has passed in this process: each costs it about a second.
passed: set[tuple] = set()
KEYS = re.compile(r"/(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9][0-9-]*)(?=/|$)")
# What makes a page of the same address another one to look at.
PARTS = {
    "errors": ".not-done, .errornote, .has-error, [aria-invalid=true]",
    "too late": ".too-late",
    "notices": ".notices",
    "duplicates": ".duplicates",
    "side by side": ".side-by-side",
    "nothing": ".nothing-found",
    "narrowed": ".chosen-filters",
    "to confirm": "#confirm",
    "progress": ".run-progress",
    "results": ".run-results",
    "done": "#main .bg-green-100",
    "told": "#main .bg-blue-100, #main .bg-orange-100, #main .bg-red-100",
}
LOOKS = """(parts) => [
  innerWidth < 1024 ? "narrow" : "wide",
  document.documentElement.classList.contains("dark") ? "dark" : "light",
  ...Object.keys(parts).filter((name) => document.querySelector(parts[name])),
]"""


def path_kind(url: str) -> str:
    """The path of an address without the keys of records: "/admin/students/student/#/change/".
    Of lists to review, also which one.
    """
    found = urlsplit(url)
    kinds = parse_qs(found.query).get("kind", [])
    return " ".join([KEYS.sub("/#", found.path), *kinds])


class Visit:
    """One person's way through the pages.

    Each page that the story comes to is looked at by axe-core, once for each kind, size and colour
    in a process. What leads to a page or waits for one (open, press, enter, reads, sign_in) looks
    at it as well; where a story does so in another way, it says look().
    """

    def __init__(self, browser, address: str, **options):
        self.browser, self.address = browser, address
        options = {"viewport": DESKTOP, "locale": "en-CA", **options}
        self.page = page = browser.new_context(**options).new_page()
        self.complaints: list[str] = []
        self.landed: set[str] = set()
        self.looked_at: set[str] = set()
        page.on("framenavigated", self._navigated)
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("request", self._request)

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, kind, error, trace) -> None:
        if error is not None:
            self.describe()
            return
        self.look()
        self.complain_of_unseen()
        assert not self.complaints, "\n".join(self.complaints)

    def beside(self) -> "Visit":
        """Somebody else, at another computer."""
        return Visit(self.browser, self.address)

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """What is pressed here is answered with this status, which the console repeats."""
        before = len(self.complaints)
        yield
        [said] = self.complaints[before:]
        assert f"status of {status}" in said
        del self.complaints[before:]

    def _console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _error(self, error) -> None:
        self.complaints.append(f"{self.page.url}: {error.message} {error.stack}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"left the site: {request.url}")

    def _navigated(self, frame) -> None:
        """Only noted: nothing can be asked of the page from inside an event."""
        if frame.parent_frame is None and self._is_ours(frame.url):
            self.landed.add(path_kind(frame.url))

    def _is_ours(self, url: str) -> bool:
        """The page of the API's documentation is its library's."""
        return url.startswith(f"{self.address}/admin/")

    def look(self) -> None:
        """Have axe-core look at the page as it is, unless it has passed one of its kind."""
        from playwright.sync_api import Error

        for last in (False, False, True):
            try:
                self._look()
                return
            except Error as error:
                # The page of a run renews itself when the run is over.
                if last or "context was destroyed" not in error.message:
                    raise

    def _look(self) -> None:
        self.page.wait_for_load_state()
        self.page.wait_for_function("!document.documentElement.hasAttribute('x-cloak')")
        path = path_kind(self.page.url)
        kind = (path, *self.page.evaluate(LOOKS, PARTS))
        if kind not in passed and self._is_ours(self.page.url):
            self._assert_accessible()
            passed.add(kind)
        self.looked_at.add(path)

    def complain_of_unseen(self) -> None:
        for path in sorted(self.landed - self.looked_at):
            self.complaints.append(f"not looked at: {path}")

    def sign_in(self, username: str, password: str):
        """Through the sign-in page, as everybody does."""
        page = self.open("/admin/login/")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        page.click("[type=submit]")
        page.wait_for_url(f"{self.address}/admin/")
        self.look()
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
        self.look()
        return self.page

    def press(self, selector: str) -> None:
        """Press what leads to another page, or changes this one, and look at that."""
        self.page.click(selector)
        self.look()

    def enter(self, selector: str, text: str) -> None:
        """Type into a field and press Enter there."""
        self.page.fill(selector, text)
        self.page.press(selector, "Enter")
        self.look()

    def reads(self, selector: str, text: str) -> None:
        """The text stands there, once the page that a press leads to has come."""
        from playwright.sync_api import expect

        expect(self.page.locator(selector).first).to_contain_text(text, timeout=30_000)
        self.look()

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

    def _assert_accessible(self) -> None:
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
