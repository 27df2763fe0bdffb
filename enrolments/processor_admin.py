"""The processors in the back office: how much waits for each, what waits, what was set aside, which
background jobs failed; and having that done again.
"""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrolments.failed_work import RETRY_JOB, failed_job, look_again, retry_job
from enrolments.job_lists import failed_jobs, queues
from enrolments.models import (
    CourseEnrolmentTrigger,
    ProcessorProgress,
    ResponsibleSchoolTrigger,
    SchoolEnrolmentTrigger,
    StudentTrigger,
    TranscriptTrigger,
)
from enrolments.processors import PROCESSORS, Processor, processed_up_to, processor
from enrolments.queue_lengths import Length, queue_of
from enrolments.scans import RAISE_TRIGGERS
from pasi.back_office.admins import ReadOnlyAdmin, list_url, may_view, record_url
from pasi.back_office.calls import staff_call
from pasi.back_office.formats import NOTHING, asn_text, instant_text
from pasi.back_office.lists import students_found
from pasi.calendar import school_year_text
from pasi.faults import Fault
from pasi.figures.keeping import BACKGROUND_WORK, Kept, kept
from students.part_admin import student_link

LABELS = {
    "Student": _("Students"),
    "StudentSchoolEnrolment": _("School enrolments"),
    "CourseEnrolment": _("Course enrolments"),
    "ResponsibleSchool": _("Responsible schools"),
    "Transcript": _("Transcripts"),
}
# The kind of object that has caused a trigger, in words; one that is missing here says it itself.
CAUSES = {
    "Student": _("A new student"),
    "StudentName": _("A name of the student"),
    "StudentIdentity": _("The student's identity"),
    "StudentCitizenshipStatus": _("The student's citizenship"),
    "StudentDisclosureRestriction": _("A disclosure restriction"),
    "StudentMaturityDate": _("The student's maturity date"),
    "StudentSchoolEnrolment": _("A school enrolment"),
    "AwardedStudentCredential": _("An awarded credential"),
    "CredentialRequirementAchievement": _("A status or requirement set by hand"),
    "CredentialRequirementExemption": _("An exemption from a requirement"),
    "OfficialMark": _("An official mark"),
    "Organization": _("A school or authority"),
    "Code": _("A code value"),
    "NextScanDate": _("A date that has come"),
    "Operator": _("An operator asked for it"),
}


def _processor_of(trigger: type) -> Processor:
    """The processor whose triggers these are."""
    return next(each for each in PROCESSORS if each.trigger is trigger)


class WorkFilter(admin.SimpleListFilter):
    """Staff see what waits for the processor unless they ask for all."""

    title = _("work")
    parameter_name = "work"

    def lookups(self, request, model_admin):
        return [("aside", _("Set aside after an error")), ("all", _("All, finished too"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Waiting")}, *others]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        status = f"{self.model_admin.record}__{self.model_admin.status}"
        if self.value() == "aside":
            return queryset.filter(**{f"{status}__set_aside_at__isnull": False})
        # Below the mark nothing waits: so not all records are looked at where next to none does.
        new = queryset.filter(version__gt=processed_up_to(_processor_of(queryset.model).name))
        return new.filter(**{f"{status}__max_source_version__lt": F("version")})

    def __init__(self, request, params, model, model_admin):
        self.model_admin = model_admin
        super().__init__(request, params, model, model_admin)


class TriggerAdmin(ReadOnlyAdmin):
    """What waits for one processor. `record`: the relation to what is to be looked at again;
    `status`: the relation from there to how far the processor has come.
    """

    when_empty = _("Nothing waits for a worker and nothing is set aside: nothing needs to be done.")
    record: str
    status: str

    lists_students = True
    change_list_template = "admin/trigger_list.html"
    change_form_template = "admin/trigger.html"
    ordering = ("pk",)
    list_filter = (WorkFilter,)
    list_display = ("since", "of_student", "what", "cause", "state", "error")
    fields = (*list_display, "set_aside_at", "version", "processed_to")
    search_fields = ("pk",)
    search_help_text = _("ASN or name of the student")

    def get_list_display(self, request):
        """The student is the record, or stands beside it."""
        return [name for name in self.list_display if name != "what" or not self.is_student]

    def get_fields(self, request, obj=None):
        return [name for name in self.fields if name != "what" or not self.is_student]

    def name_of(self, trigger):
        asn = asn_text(self._student(trigger).asn)
        return asn if self.is_student else f"{asn}, {self._called(trigger)}"

    def get_list_select_related(self, request):
        return (f"{self.record}__{self.status}", *([] if self.is_student else [self.student_path]))

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        found = students_found(search_term)
        return queryset.filter(**{f"{self.student_path}__in": found}), False

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and may_retry(request) and self._is_set_aside(obj):
            context["again_url"] = again_url(_processor_of(self.model))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _is_set_aside(self, trigger) -> bool:
        status = self._status(trigger)
        return status is not None and status.set_aside_at is not None

    @property
    def is_student(self) -> bool:
        return self.record == "student"

    @property
    def student_path(self) -> str:
        return "student" if self.is_student else f"{self.record}__student"

    def students_seen(self, request, trigger):
        return [self._student(trigger).asn]

    def _student(self, trigger):
        record = getattr(trigger, self.record)
        return record if self.is_student else record.student

    def _status(self, trigger):
        return getattr(getattr(trigger, self.record), self.status, None)

    def _called(self, trigger) -> str:
        """The enrolment in a few words."""
        record = getattr(trigger, self.record)
        year = school_year_text(record.school_year)
        return f"{record.course_code} {year}" if hasattr(record, "course_code") else year

    @admin.display(description=_("Raised"))
    def since(self, trigger) -> str:
        return instant_text(trigger.last_updated_on)

    @admin.display(description=_("Because of"))
    def cause(self, trigger) -> str:
        return CAUSES.get(trigger.last_updated_object_name, trigger.last_updated_object_name)

    @admin.display(description=_("Enrolment"))
    def what(self, trigger) -> str:
        address = record_url(getattr(trigger, self.record))
        return format_html('<a href="{}">{}</a>', address, self._called(trigger))

    @admin.display(description=_("State"))
    def state(self, trigger) -> str:
        status = self._status(trigger)
        if status is None or status.max_source_version < trigger.version:
            return _("Waiting")
        return _("Set aside") if status.set_aside_at else _("Done")

    @admin.display(description=_("Student"))
    def of_student(self, trigger) -> str:
        return student_link(self._student(trigger))

    @admin.display(description=_("Done up to version"))
    def processed_to(self, trigger) -> str:
        status = self._status(trigger)
        return str(status.max_source_version) if status else NOTHING

    @admin.display(description=_("Set aside at"))
    def set_aside_at(self, trigger) -> str:
        status = self._status(trigger)
        return instant_text(status.set_aside_at) if status and status.set_aside_at else NOTHING

    @admin.display(description=_("Error"))
    def error(self, trigger) -> str:
        return (self._status(trigger) and self._status(trigger).set_aside_error) or NOTHING


@admin.register(StudentTrigger)
class StudentTriggerAdmin(TriggerAdmin):
    record, status = "student", "studentvalidationstatus"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("processors/", view(self.all_processors), name="enrolments_processors"),
            path(
                "processors/<str:name>/again/", view(self.look_again), name="enrolments_look_again"
            ),
            path("jobs/<int:key>/again/", view(self.retry_job), name="enrolments_retry_job"),
            *super().get_urls(),
        ]

    def all_processors(self, request: HttpRequest) -> HttpResponse:
        """The processors one by one, with links to the lists that the reader may see."""
        if not may_view_processors(request):
            raise PermissionDenied
        figures = kept(BACKGROUND_WORK)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Work in the background"),
            "opts": self.opts,
            "processors": [_processor_row(request, each, figures) for each in PROCESSORS],
            "may_retry": may_retry(request),
            "now": instant_text(timezone.now()),
            "queues": queues(),
            **failed_jobs(),
        }
        return TemplateResponse(request, "admin/processors.html", context)

    def look_again(self, request: HttpRequest, name: str) -> HttpResponse:
        """Have what a processor has set aside looked at again: all of it, or one record."""
        try:
            of = processor(name)
        except KeyError as error:
            raise Http404("There is no such processor.") from error
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may_retry(request):
            raise PermissionDenied
        text = request.POST.get("record", "")
        record = int(text) if text.isdecimal() and len(text) < 19 else None
        if text and record is None:
            raise Http404("There is no such record.")
        what = {"Processor": name, "SetAside": True, "Record": record}
        with staff_call(RAISE_TRIGGERS, request, what):
            count = look_again(of, record)
        if count:
            text = _("A worker looks at %(count)s of the records set aside (%(label)s) again.")
            messages.success(request, text % {"count": f"{count:,}", "label": LABELS[name]})
        else:
            messages.info(request, _("Nothing is set aside there any more."))
        return HttpResponseRedirect(reverse("admin:enrolments_processors"))

    def retry_job(self, request: HttpRequest, key: int) -> HttpResponse:
        """Have a background job that failed tried again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may_retry(request):
            raise PermissionDenied
        job = failed_job(key) if key < 2**63 else None
        if job is None:
            messages.info(request, _("That job has not failed, or is being tried again already."))
        else:
            try:
                with staff_call(RETRY_JOB, request, {"Job": key, "Task": job.task_name}):
                    retry_job(key)
            except Fault as fault:
                messages.warning(request, fault.detail)
            else:
                text = _("Job %(key)s waits again; a worker does it within seconds.")
                messages.success(request, text % {"key": key})
        return HttpResponseRedirect(reverse("admin:enrolments_processors"))


def may_view_processors(request: HttpRequest) -> bool:
    """The page of all processors names no student; their lists of what waits do."""
    return may_view(request, ProcessorProgress)


def may_retry(request: HttpRequest) -> bool:
    return may_view_processors(request) and request.user.has_perm("enrolments.retry_work")


def again_url(of: Processor) -> str:
    return reverse("admin:enrolments_look_again", args=[of.name])


def _processor_row(request: HttpRequest, processor: Processor, figures: Kept) -> dict:
    queue = queue_of(processor, figures)
    may_open = may_view(request, processor.trigger)
    return {
        "name": processor.name,
        "label": LABELS[processor.name],
        "outstanding": _length(queue.outstanding),
        "oldest": instant_text(queue.oldest) if queue.oldest else NOTHING,
        "set_aside": _length(queue.set_aside),
        "url": list_url(processor.trigger, {}) if may_open else None,
        "aside_url": list_url(processor.trigger, {"work": "aside"}) if may_open else None,
        "again_url": again_url(processor) if queue.set_aside.value else None,
    }


def _length(length: Length) -> str:
    """How many, and as of when, where that is not now."""
    number = f"{length.value:,}"
    if length.as_of:
        when = {"number": number, "when": instant_text(length.as_of)}
        return gettext("%(number)s (as of %(when)s)") % when
    return gettext("at least %s") % number if length.is_at_least else number


@admin.register(SchoolEnrolmentTrigger)
class SchoolEnrolmentTriggerAdmin(TriggerAdmin):
    record, status = "school_enrolment", "schoolenrolmentvalidationstatus"


@admin.register(CourseEnrolmentTrigger)
class CourseEnrolmentTriggerAdmin(TriggerAdmin):
    record, status = "course_enrolment", "courseenrolmentvalidationstatus"


@admin.register(ResponsibleSchoolTrigger)
class ResponsibleSchoolTriggerAdmin(TriggerAdmin):
    record, status = "student", "responsibleschoolstatus"


@admin.register(TranscriptTrigger)
class TranscriptTriggerAdmin(TriggerAdmin):
    record, status = "student", "transcriptrecord"
