"""Every address of the back office, with keys of real records, so that each opens a page."""

import re
import uuid
from collections.abc import Callable, Iterator

from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import URLPattern, get_resolver
from procrastinate.contrib.django.models import ProcrastinateJob

from audit.models import ServiceCall
from credentials.manual_requirements import NOMINATED
from credentials.models import AwardedCredential, AwardingRun, DocumentOrderItem
from credentials.ordering_in_bulk import ORDER_DOCUMENTS
from enrolments.models import CoreAlert, OfficialMark, RecordType, SchoolEnrolment
from enrolments.processors import PROCESSORS
from enrolments.work_item_pages import SAYINGS
from pasi.models import PasiClient
from students.models import DisclosureRestriction, Name, Student
from students.tabs import IDENTITY, TABS

PLACE = re.compile(r"<[^>]*>|\(\?P<[^)]*\)|\(\[\^/\]\+\)|\(\[/\]\+\)")
NO_KEY = "1"  # where there is no such record; the page says so


def _routes(patterns, prefix: str) -> Iterator[str]:
    for each in patterns:
        route = prefix + str(each.pattern).replace("^", "").replace("$", "").replace(r"\Z", "")
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from _routes(each.url_patterns, route)


def every_address() -> list[str]:
    """Of each route, with the keys that belong to it: of a record, a version, a student."""
    back_office = next(e for e in get_resolver().url_patterns if str(e.pattern) == "admin/")
    models = {f"/admin/{m._meta.app_label}/{m._meta.model_name}/": m for m in admin.site._registry}
    found = []
    for route in _routes(back_office.url_patterns, "/admin/"):
        model = next((m for prefix, m in models.items() if route.startswith(prefix)), None)
        page = route.removeprefix("/admin/")
        fitting = [suffix for suffix in KEYS if f"/{page}".endswith(f"/{suffix}")]
        own = KEYS[max(fitting, key=len)] if fitting else None
        for each in own() if own else [_keys(model)]:
            keys = iter(each)
            found.append(PLACE.sub(lambda _match, keys=keys: next(keys, NO_KEY), route))
    return sorted(set(found))


def _keys(model: type | None) -> list[str]:
    """A record's key stands in the first place of its addresses, a version's in the second."""
    record = model.objects.order_by("pk").last() if model else None
    if record is None:
        return []
    if not hasattr(model, "history"):
        return [str(record.pk)]
    version = model.history.filter(**{model._meta.pk.attname: record.pk}).first()
    return [str(record.pk), str(version.pk)]


# --- Keys of the addresses that ask for a record of a kind (population.ready_for_tasks) ----------

Keys = Callable[[], list[list[str]]]


def _last(model: type, *attributes: str, **values) -> Keys:
    def keys() -> list[list[str]]:
        record = model.objects.filter(**values).order_by("pk").last()
        return [[str(getattr(record, each)) for each in attributes or ("pk",)]] if record else [[]]

    return keys


def _who(called: str) -> Keys:
    return _last(Student, legal_name__first_name=called)


def _asn(*others: str) -> Keys:
    def keys() -> list[list[str]]:
        student = Student.objects.filter(legal_name__first_name="Ready").order_by("pk").last()
        return [[student.asn, *others]] if student else [[]]

    return keys


def _say() -> list[list[str]]:
    """Each kind of record has a service of its own."""
    kinds = (RecordType.STUDENT, RecordType.SCHOOL_ENROLMENT)
    found = [CoreAlert.objects.filter(record_type=kind).order_by("pk").last() for kind in kinds]
    return [[str(alert.pk), status] for alert in found if alert for status in SAYINGS] or [[]]


def _tabs() -> list[list[str]]:
    [first] = _who("Ready")()
    return [[*first, tab.name] for tab in TABS if tab.name != IDENTITY] if first else [[]]


def _run(**values) -> Keys:
    return _last(AwardingRun, origin=AwardingRun.Origin.BACK_OFFICE, **values)


_LIVE = _last(AwardedCredential, is_deleted=False)
_MARK = _last(OfficialMark, is_deleted=False, course_code="ELA3105")
_ENROLMENT = _last(SchoolEnrolment, is_deleted=False, school_year=2026)
_NAME = _last(Name, "student_id", "pk", first_name="Other")

# By the end of the route.
KEYS: dict[str, Keys] = {
    "<int:award>/bring-back/": _last(AwardedCredential, is_deleted=True),
    "<int:award>/delete-with-reason/": _LIVE,
    "<int:award>/legacy-number/": _LIVE,
    "<int:award>/order-document/": _LIVE,
    "<int:award>/re-issue/": _LIVE,
    "order-documents/<uuid:call>/": _last(ServiceCall, operation=ORDER_DOCUMENTS),
    "<int:item>/status/": _last(DocumentOrderItem, status="Ordered"),
    "<int:run>/confirm/": _run(is_dry_run=True),
    "<int:run>/continue/": _run(finished_at=None),
    "<int:run>/start-over/": _run(is_dry_run=False, finished_at__isnull=False),
    "<int:run>/progress/": _run(finished_at=None),
    "<int:run>/results.csv": _run(is_dry_run=True),
    "of/<str:asn>/": _asn(),
    "of/<str:asn>/award/": _asn(),
    "of/<str:asn>/add/": _asn(),
    "of/<str:asn>/exemptions/<str:requirement>/": _asn("CALM-81160"),
    "of/<str:asn>/sets/<str:set>/": _asn("AHSD-2018"),
    "of/<str:asn>/sets/<str:set>/<str:requirement>/": _asn("COSC", NOMINATED),
    "<int:alert>/say/<str:status>/": _say,
    "<int:mark>/bring-back/": _last(OfficialMark, is_deleted=True),
    "<int:mark>/change-mark/": _MARK,
    "<int:mark>/mark-deleted/": _MARK,
    "<int:enrolment>/bring-back/": _last(SchoolEnrolment, is_deleted=True),
    "<int:enrolment>/correct/": _ENROLMENT,
    "<int:enrolment>/mark-deleted/": _ENROLMENT,
    "jobs/<int:key>/again/": _last(ProcrastinateJob, status="failed"),
    "processors/<str:name>/again/": lambda: [[each.name] for each in PROCESSORS],
    "rules/<str:code>/": lambda: [["44012"]],
    "<int:student>/alive/": _who("Dead"),
    "<int:student>/reactivate/": _who("Closed"),
    "<int:student>/unlink/": _who("Second"),
    "<int:student>/names/<int:name>/correct/": _NAME,
    "<int:student>/names/<int:name>/delete/": _NAME,
    "<int:student>/names/<int:name>/prefer/": _NAME,
    "<int:student>/part/<slug:name>/": _tabs,
    "<int:student>/restrictions/<int:restriction>/": _last(
        DisclosureRestriction, "student_id", "pk"
    ),
    **{f"<int:student>/{page}/": _who("Bare") for page in ("deactivate", "death", "link")},
    "<int:student>/citizenship/": _who("Bare"),
    "<int:student>/identity/": _who("Bare"),
    "<int:student>/names/add/": _who("Bare"),
    "<int:student>/restrictions/add/": _who("Bare"),
    "selection/<uuid:selection>/": lambda: [[str(uuid.UUID(int=1))]],
    "auth/user/<id>/password/": _last(User, is_superuser=False),
    "<int:client>/rotate-secret/": _last(PasiClient),
    "(?P<app_label>pasi|auth|audit|students|enrolments|credentials)/": lambda: [
        [each] for each in ("pasi", "auth", "audit", "students", "enrolments", "credentials")
    ],
}
