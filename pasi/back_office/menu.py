"""What staff find where: the menu beside every page and the cards of the start page.

Grouped by subject, in the order in which staff work. Each entry asks for itself whether the reader
may open it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pasi.back_office.rule_pages import may_read_rules
from pasi.back_office.theme import SearchResult


@dataclass(frozen=True)
class Subject:
    """A group of the menu: its title, the apps whose records it holds, their order and icons.

    An app may be one of ELSEWHERE only.
    """

    title: Any
    apps: tuple[str, ...]
    icons: dict[str, str]  # by model, in the order of the menu; other models of the apps follow


SUBJECTS = (
    Subject(_("Students"), ("students",), {"student": "person_search"}),
    Subject(
        _("Enrolments and alerts"),
        ("enrolments",),
        {
            "corealert": "notification_important",
            "acknowledgement": "rate_review",
            "schoolenrolment": "school",
            "courseenrolment": "menu_book",
        },
    ),
    Subject(
        _("Credentials"),
        ("credentials",),
        {
            "awardedcredential": "workspace_premium",
            "archivedcredential": "inventory_2",
            "documentorderitem": "local_shipping",
            "awardingrun": "playlist_add_check",
            "awardingoutcome": "fact_check",
            "requirementsetstatus": "checklist",
            "requirementachievement": "task_alt",
            "requirementexemption": "do_not_disturb_on",
            "officialmark": "grading",
            "exammark": "quiz",
        },
    ),
    Subject(
        _("Audit"),
        ("audit",),
        {"servicecall": "receipt_long", "recordread": "visibility", "signin": "login"},
    ),
    Subject(
        _("Definitions of eligibility"),
        ("definitions",),
        {
            "requirementset": "rule",
            "credential": "verified",
            "credentialrequirement": "checklist_rtl",
            "exemptionreason": "help_center",
            "coursegroup": "category",
            "coursemapping": "account_tree",
            "coursesubject": "subject",
            "creditcap": "vertical_align_top",
            "eligibilitylimit": "straighten",
            "recalculation": "autorenew",
        },
    ),
    Subject(
        _("Set-up"),
        ("pasi", "auth"),
        {
            "organization": "apartment",
            "code": "format_list_numbered",
            "course": "auto_stories",
            "pasiclient": "hub",
            "user": "badge",
            "group": "groups",
        },
    ),
)
# Records that stand under another subject than their app's.
DEFINITIONS = (
    *("requirementset", "credential", "credentialrequirement", "exemptionreason", "coursegroup"),
    *("coursemapping", "coursesubject", "creditcap", "eligibilitylimit", "recalculation"),
)
ELSEWHERE = {
    **{"officialmark": "credentials", "exammark": "credentials", "course": "pasi"},
    **dict.fromkeys(DEFINITIONS, "definitions"),
}
# Lists that are reached from one page, which stands in the menu for all of them.
TRIGGERS = (
    "studenttrigger",
    "schoolenrolmenttrigger",
    "courseenrolmenttrigger",
    "responsibleschooltrigger",
    "transcripttrigger",
)
PROCESSORS = "admin:enrolments_processors"


# Pages that are no lists, by the app of their subject: (label, icon, name of the address, what must
# be seen and what must be sent for it), in the order of work.
PAGES: dict[str, tuple[tuple[Any, str, str, tuple[str, ...], str], ...]] = {
    "credentials": (
        (
            _("Credentials to review"),
            "rate_review",
            "credentials_reviews",
            ("credentials.view_awardedcredential", "credentials.view_requirementsetstatus"),
            "",
        ),
        (
            _("Find by number"),
            "pin",
            "find_credential_number",
            ("credentials.view_awardedcredential",),
            "",
        ),
        (
            _("Award one student"),
            "person_add",
            "award_whom",
            ("students.view_student",),
            "pasi.send_as_pasi_system_user",
        ),
        (
            _("Award in bulk"),
            "workspaces",
            "award_in_bulk",
            ("credentials.view_awardingrun",),
            "pasi.send_as_pasi_system_user",
        ),
        (
            _("Order documents in bulk"),
            "outgoing_mail",
            "order_documents_in_bulk",
            ("credentials.view_awardedcredential",),
            "pasi.send_as_pasi_system_user",
        ),
    ),
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu as the theme wants it."""
    groups = []
    for subject in SUBJECTS:
        entries = list(_entries(request, subject))
        may_open = any(entry["permission"](request) for entry in entries)
        groups.append({"title": subject.title, "items": entries, "may_open": may_open})
    return groups


def finds(request: HttpRequest) -> list[dict[str, Any]]:
    """What can be found from the start page, and the page that answers: a whole number opens the
    record, all else a list."""
    possible = (
        (_("Find a student"), "students.Student", "", _("ASN, name, birth date (2008-03-01)")),
        (
            _("Find a credential"),
            "credentials.AwardedCredential",
            "admin:find_credential_number",
            _("Credential number, former or legacy number, or the student"),
        ),
        (
            _("Find work items"),
            "enrolments.CoreAlert",
            "",
            _("Student, school (S.0982), authority (A.3020) or code of the alert"),
        ),
    )
    found = []
    for label, name, page, help_text in possible:
        model = apps.get_model(name)
        if admin.site.get_model_admin(model).has_view_permission(request):
            url = reverse(page) if page else _list(model)
            found.append({"label": label, "url": url, "help": help_text})
    return found


def palette(request: HttpRequest, text: str) -> list[SearchResult]:
    """What the search palette offers besides the entries of the menu: to look for `text` in the
    lists. It says nothing of what would be found, so nothing personal is shown unrecorded.
    """
    return [
        SearchResult(
            title=find["label"],
            description=text,
            link=f"{find['url']}?{urlencode({'q': text})}",
            icon="search",
        )
        for find in finds(request)
    ]


def account(request: HttpRequest) -> list[dict[str, Any]]:
    """What a user may do about their own account."""
    return [
        {"title": _("Change password"), "link": reverse("admin:password_change")},
        {"title": _("Second factor"), "link": reverse("admin:second_factor_set_up")},
    ]


def _list(model: type) -> str:
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_changelist")


def _entries(request: HttpRequest, subject: Subject) -> Iterator[dict[str, Any]]:
    tasks = [page for app in subject.apps for page in PAGES.get(app, ())]
    for title, icon, name, seen, sent in tasks:
        link = reverse(f"admin:{name}")
        yield _entry(request, title, icon, link, (link,), _may(*seen, *filter(None, [sent])))
    models = [model for model in _listed(request) if _app_of(model) in subject.apps]
    names = list(subject.icons)
    apart_from = tuple(reverse(f"admin:{name}") for _title, _icon, name, *_rest in tasks)
    models.sort(key=lambda model: _place(names, model._meta.model_name))
    for model in models:
        options = model._meta
        link = _list(model)
        yield _entry(
            request,
            capfirst(options.verbose_name_plural),
            subject.icons.get(options.model_name, "table_rows"),
            link,
            (link,),
            _may_view(model),
            apart_from,
        )
    if "enrolments" in subject.apps:
        lists = [reverse(f"admin:enrolments_{name}_changelist") for name in TRIGGERS]
        link = reverse(PROCESSORS)
        yield _entry(
            request,
            _("Background work"),
            "sync",
            link,
            (link, *lists),
            lambda request: request.user.has_perm("enrolments.view_processorprogress"),
        )
    if "pasi" in subject.apps:
        link = reverse("admin:rules")
        yield _entry(request, _("Rules"), "gavel", link, (link,), may_read_rules)


def _may_view(model: type) -> Callable[[HttpRequest], bool]:
    """A function of its own: the theme copies the menu, and all that a bound method holds."""
    return lambda request: admin.site.get_model_admin(model).has_view_permission(request)


def _may(*permissions: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perms(permissions)


def _entry(
    request: HttpRequest,
    title: Any,
    icon: str,
    link: str,
    covers: tuple[str, ...],
    permission: Callable[[HttpRequest], bool],
    apart_from: tuple[str, ...] = (),
) -> dict[str, Any]:
    is_here = request.path.startswith(covers) and not request.path.startswith(apart_from)
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "active": is_here,
        "permission": permission,
    }


def _listed(request: HttpRequest) -> list[type]:
    """Every registered model but those that are reached from others."""
    return [
        model
        for model, model_admin in admin.site._registry.items()
        if model._meta.model_name not in TRIGGERS and model_admin.get_model_perms(request)
    ]


def _app_of(model: type) -> str:
    return ELSEWHERE.get(model._meta.model_name, model._meta.app_label)


def _place(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)
