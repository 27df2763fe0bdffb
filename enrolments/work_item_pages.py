"""Saying something of one work item: a form over the acknowledgement service of its record."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrolments.enrolment_pages import correct_url
from enrolments.models import Acknowledgement, CoreAlert, RecordType
from enrolments.services import (
    SubmitStudentSchoolEnrolment,
    SubmitStudentSchoolEnrolmentStatusAcknowledgement,
    SubmitStudentStatusAcknowledgement,
)
from enrolments.waiting import is_waiting
from enrolments.work_item_words import (
    SAYINGS,
    Saying,
    arguments_text,
    issue_and_rest,
    record_link,
    rule_of,
    sayings_of,
)
from pasi.back_office.admins import list_url, record_url
from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage, call_text
from pasi.calendar import school_year_text
from pasi.services import Answer, Service
from pasi.staff_roles import may_send
from students.part_admin import student_link

# Who takes what is said of the alerts of a record. Those of course enrolments nobody does.
ACKNOWLEDGING: dict[str, type[Service]] = {
    RecordType.STUDENT: SubmitStudentStatusAcknowledgement,
    RecordType.SCHOOL_ENROLMENT: SubmitStudentSchoolEnrolmentStatusAcknowledgement,
}
KEPT = "_changelist_filters"  # how the list was narrowed, in the addresses of pages behind it


def kept_filters(request: HttpRequest) -> str:
    """How the list was narrowed from which the page was reached; "" if it was reached otherwise."""
    return request.GET.get(KEPT, "")


def with_filters(address: str, kept: str) -> str:
    return f"{address}?{urlencode({KEPT: kept})}" if kept else address


def narrowed_list(kept: str) -> str:
    address = list_url(CoreAlert)
    return f"{address}?{kept}" if kept else address


def said(alert: CoreAlert, status: str) -> dict[str, Any]:
    """What the service is asked: the alert by its record, code and arguments, and the status."""
    if alert.record_type == RecordType.STUDENT:
        about = {"StateProvinceId": alert.student.asn}
    else:
        about = {"ReferenceId": str(alert.reference_id)}
    arguments = [{"Key": key, "Value": value} for key, value in sorted(alert.arguments.items())]
    return {**about, "AlertCode": alert.alert_code, "Arguments": arguments, "Status": status}


def lock_status(alert: CoreAlert) -> None:
    """Take turns with the service, and with the worker who judges the record anew. One query."""
    of = (
        {"student_id": alert.record}
        if alert.record_type == RecordType.STUDENT
        else {"school_enrolment_id": alert.record}
    )
    ACKNOWLEDGING[alert.record_type]().lock_status(**of)


def was_said_otherwise(alert: CoreAlert, version: int | None, saying: Saying) -> bool:
    """Somebody has set another status since `version`, and not the wanted one."""
    return version != alert.version and alert.acknowledgement_status != saying.status


def what_was_said(alert: CoreAlert) -> QuerySet:
    """Every version of what was said of the alert, the newest first. A status that was taken back
    leaves no row, so they are found by what tells alerts apart.
    """
    return Acknowledgement.history.filter(
        record_type=alert.record_type,
        record=alert.record,
        alert_code=alert.alert_code,
        arguments_key=alert.arguments_key,
    ).order_by("-history_id")


class SayForm(ServiceForm):
    """Nothing is typed: the service takes the alert and a status."""

    status = forms.CharField(label=gettext_lazy("Status"), widget=forms.HiddenInput, required=False)
    body: dict[str, Any]

    def request(self) -> dict[str, Any]:
        return self.body


class SayPage(ServiceFormPage):
    """One status for one work item. The request has no version, so the page itself looks whether
    somebody else has said something meanwhile.
    """

    form_class = SayForm
    template_name = "admin/work_item_form.html"

    @cached_property
    def saying(self) -> Saying:
        if self.kwargs["status"] not in SAYINGS:
            raise Http404("There is no such status.")
        return SAYINGS[self.kwargs["status"]]

    @cached_property
    def service(self) -> type[Service]:
        alert = self.load()
        if alert is None or alert.record_type not in ACKNOWLEDGING:
            raise Http404("No service takes what is said of it.")
        return ACKNOWLEDGING[alert.record_type]

    @property
    def button(self) -> str:
        return self.saying.button

    def load(self) -> CoreAlert | None:
        alerts = CoreAlert.objects.select_related("student__legal_name", "school")
        alerts = alerts.annotate(is_waiting=is_waiting())
        return alerts.filter(pk=self.kwargs["alert"]).first() if self.saying else None

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        is_there = CoreAlert.objects.filter(pk=kwargs["alert"]).exists()
        if self.pages.has_view_permission(request) and not is_there:
            return gone(request)
        return super().dispatch(request, *args, **kwargs)

    def lock(self) -> None:
        lock_status(self.record)

    def has_changed(self, form: SayForm) -> bool:
        return was_said_otherwise(self.record, form.cleaned_data.get("core_version"), self.saying)

    def send(self, form: SayForm) -> Answer:
        form.body = said(self.record, self.saying.status)
        return super().send(form)

    def too_late(self, form: SayForm) -> HttpResponse:
        return gone(self.request) if self.load() is None else super().too_late(form)

    def changed_by(self) -> str:
        row = what_was_said(self.record).select_related("call__staff", "call__client").first()
        return "" if row is None else call_text(row)

    def heading(self) -> str:
        return _("%(what)s: %(issue)s %(asn)s") % {
            "what": self.saying.button,
            "issue": issue_and_rest(self.record.description)[0],
            "asn": asn_text(self.record.student.asn),
        }

    def consequences(self) -> list[str]:
        return [str(each) for each in self.saying.consequences]

    def initial(self) -> dict[str, Any]:
        return {"status": self.record.get_acknowledgement_status_display()}

    def done(self, answer: Answer) -> tuple[str, str]:
        page = with_filters(record_url(self.record), kept_filters(self.request))
        text = format_html(
            '{}: <a href="{}">{} {}</a>.',
            self.saying.done,
            page,
            issue_and_rest(self.record.description)[0],
            asn_text(self.record.student.asn),
        )
        kept = kept_filters(self.request)
        return text, narrowed_list(kept) if kept else page

    def back(self) -> str:
        return with_filters(record_url(self.record), kept_filters(self.request))

    def asns(self) -> list[str]:
        return [self.record.student.asn]

    def trail(self) -> list[tuple[str, str]]:
        return self.pages.trail(self.request.GET.urlencode(), record=self.record)

    def own_context(self) -> dict[str, Any]:
        return {
            "facts": facts(self.record),
            "is_waiting": self.record.is_waiting,
        }


def facts(alert: CoreAlert) -> list[tuple[str, str]]:
    """What must be known before something is said of the work item."""
    issue, rest = issue_and_rest(alert.description)
    return [
        (_("Message"), f"{issue} {rest}"),
        (_("What the rule looked at"), arguments_text(alert.arguments)),
        (_("Severity"), alert.get_alert_type_display()),
        (_("Status now"), alert.get_acknowledgement_status_display()),
        (_("Rule"), rule_of(alert.alert_code)),
        (_("Applies to"), record_link(alert)),
        (
            _("Student"),
            format_html("{} {}", student_link(alert.student), alert.student.legal_name.full_name),
        ),
        (_("School"), str(alert.school or "")),
        (_("School year"), school_year_text(alert.school_year) if alert.school_year else ""),
    ]


def gone(request: HttpRequest) -> HttpResponse:
    """A work item that is no longer there was settled by whoever mended its data."""
    text = _("This work item is no longer there: its record has changed and was judged again.")
    messages.info(request, text)
    return HttpResponseRedirect(narrowed_list(kept_filters(request)))


def tasks_of(request: HttpRequest, alert: CoreAlert) -> list[tuple[str, str]]:
    """The statuses that the reader can try to set on the work item, and the form that mends it."""
    kept, tasks = kept_filters(request), []
    service = ACKNOWLEDGING.get(alert.record_type)
    if service is not None and may_send(request.user, service):
        tasks = [
            (
                str(each.button),
                with_filters(reverse("admin:say_of_work_item", args=[alert.pk, each.status]), kept),
            )
            for each in sayings_of(alert)
        ]
    of_enrolment = alert.record_type == RecordType.SCHOOL_ENROLMENT
    if of_enrolment and may_send(request.user, SubmitStudentSchoolEnrolment):
        tasks.append((_("Correct the enrolment"), correct_url(alert.record, alert)))
    return tasks
