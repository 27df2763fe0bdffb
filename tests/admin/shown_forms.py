"""The forms of a page as a browser has them: what their buttons would send, and to where."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile

from students.models import Student

SIGNS_OUT = "/admin/logout/"
UNTYPED = {"button", "reset", "image"}


@dataclass
class ShownForm:
    """`sent`: what a press of its first button sends. `left_empty`: fields that must be filled in
    and are empty, with their type. `boxes`: ticks that are not set, with their values.
    """

    action: str
    method: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    left_empty: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    has_button: bool = False

    def filled_in(self, typed: dict[str, Any]) -> dict[str, Any]:
        """What is sent when this is typed, of what the form has; of required fields that stay empty
        the first choice, or a word.
        """
        known = self.sent.keys() | self.choices.keys() | self.boxes.keys() | self.left_empty.keys()
        sent: dict[str, Any] = {**self.sent, **{n: typed[n] for n in typed if n in known}}
        for name in self.left_empty.keys() - typed.keys():
            sent[name] = next((each for each in self.choices.get(name, ()) if each), "Test")
        return sent


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, []
        self.form: ShownForm | None = None
        self.by_id: dict[str, ShownForm] = {}
        self.select: dict | None = None
        self.text: tuple[dict, list[str]] | None = None

    def handle_starttag(self, tag: str, attributes) -> None:
        of = dict(attributes)
        if tag == "form":
            action = urljoin(self.page, of.get("action") or self.page)
            self.form = ShownForm(action, (of.get("method") or "get").lower())
            self.found.append(self.form)
            self.by_id[of.get("id", "")] = self.form
        elif tag == "button" and of.get("form") in self.by_id:
            self._button(of, self.by_id[of["form"]])
        elif self.form is None or "disabled" in of:
            return
        elif tag == "input":
            self._input(of, (of.get("type") or "text").lower())
        elif tag == "button":
            self._button(of, self.form)
        elif tag == "select":
            self.select = of
        elif tag == "option" and self.select is not None:
            self._option(of)
        elif tag == "textarea":
            self.text = (of, [])

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select is not None:
            self._end_of_select(self.select.get("name"), self.select)
            self.select = None
        elif tag == "textarea" and self.text is not None:
            of, parts = self.text
            self._value(of, "textarea", "".join(parts).removeprefix("\n"))
            self.text = None

    def _input(self, of: dict, kind: str) -> None:
        name = of.get("name")
        if kind == "submit":
            self._button(of, self.form)
        elif not name or kind in UNTYPED:
            return
        elif kind in ("checkbox", "radio"):
            value = of.get("value", "on")
            if "checked" in of:
                self.form.sent.setdefault(name, []).append(value)
            elif kind == "checkbox":
                self.form.boxes.setdefault(name, []).append(value)
            if kind == "radio":
                self.form.choices.setdefault(name, []).append(value)
                if "required" in of:
                    self.form.left_empty[name] = kind
        else:
            self._value(of, kind, of.get("value", ""))

    def _value(self, of: dict, kind: str, value: str) -> None:
        if not (name := of.get("name")):
            return
        if kind != "file":
            self.form.sent.setdefault(name, []).append(value)
        if "required" in of and not value:
            self.form.left_empty[name] = kind

    def _button(self, of: dict, form: ShownForm) -> None:
        if of.get("type") == "button" or form.has_button:
            return
        form.has_button = True
        if name := of.get("name"):
            form.sent[name] = [of.get("value", "")]

    def _option(self, of: dict) -> None:
        name, value = self.select.get("name"), of.get("value", "")
        self.form.choices.setdefault(name, []).append(value)
        if "selected" in of:
            self.form.sent.setdefault(name, []).append(value)

    def _end_of_select(self, name: str | None, of: dict) -> None:
        options = self.form.choices.get(name, [])
        if not name or name in self.form.sent or "multiple" in of or not options:
            return
        self.form.sent[name] = [options[0]]
        if "required" in of and not options[0]:
            self.form.left_empty[name] = "select"


def forms_of(response) -> Iterator[ShownForm]:
    """The forms of a page that are sent by POST, other than that which signs out."""
    if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
        return
    request = response.request
    query = f"?{request['QUERY_STRING']}" if request["QUERY_STRING"] else ""
    reader = _Reader(request["PATH_INFO"] + query)
    reader.feed(response.content.decode())
    for form in reader.found:
        if form.method == "post" and form.has_button and not form.action.startswith(SIGNS_OUT):
            yield form


# --- What is typed ------------------------------------------------------------------------------

PASSWORD = "a long enough password 7"


def _ready() -> str:
    return Student.objects.get(legal_name__first_name="Ready").asn


def _file() -> dict[str, Any]:
    return {"file": SimpleUploadedFile("list.csv", _ready().encode())}


# By the end of the address: what a field must hold for the service to have something to do.
TYPED: dict[str, dict[str, Any] | Callable[[], dict[str, Any]]] = {
    "/change/": {"short_name": "Changed", "first_name": "Changed", "name": "Changed"},
    "/password/": {"password1": PASSWORD, "password2": PASSWORD},
    "/delete-with-reason/": {"reason": "AwardedInError"},
    "/legacy-number/": {"legacy_number": "L-7"},
    "/re-issue/": {"school_year": "2026"},
    "/award-in-bulk/": _file,
    "/sets/AHSD-N/": {"achievement": "NotAchieved"},
    "/change-mark/": {"mark": "80"},
    "/add/": {
        **{"course": "ELA1105", "credits": "5", "achieved_on": "2026-11-15", "mark": "75"},
        **{"school": "S.0901", "start_date": "2026-09-01", "exit_date": "2027-06-28"},
        **{"first_name": "New", "last_name": "Name"},
    },
    "/code/add/": {"code_type": "CredentialDeleteReason", "code": "New", "short_name": "New"},
    "/correct/": {"grade": "11", "first_name": "Corrected"},
    "/citizenship/": {"status": "1"},
    "/identity/": {"first_name": "Changed", "document_type": "AlbertaBirthCertificate"},
    "/link/": lambda: {"primary": _ready()},
    "/restrictions/add/": {"code": "Caution", "details": "Call the office first."},
    "/restrictions/N/": {"details": "Ask the office first."},
    "/create/": {
        **{"first_name": "New", "last_name": "Student", "birth_date": "2010-03-01"},
        **{"gender": "F", "document_type": "AlbertaBirthCertificate", "citizenship": "1"},
    },
}


def typed_for(address: str) -> dict[str, Any]:
    path = re.sub("[0-9]+", "N", address.partition("?")[0])
    ends = [end for end in TYPED if path.endswith(end)]
    typed = TYPED[max(ends, key=len)] if ends else {}
    return typed() if callable(typed) else typed
