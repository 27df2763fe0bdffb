"""Awarding in bulk, in steps: whom, preview, confirm, summary. The preview and the award are runs,
and their pages those of awarding runs (awarding_admin.py); here are the forms that start them.

None of these forms calls a service: they record a run, or have it go on, each press by a recorded
call of its own. The service is called by the worker, in the name of who sent the form.
"""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from credentials import bulk_awarding, runs
from credentials.bulk_award_forms import (
    EveryoneForm,
    ListForm,
    RunForm,
    StartOverForm,
    schools_to_choose,
)
from credentials.bulk_awarding import Officer
from credentials.credential_order import ORDER
from credentials.models import AwardingRun
from credentials.run_progress import FINISHED, STOPPED, chosen_text, progress_of, types_text
from credentials.services import SubmitCredentialAwardingMultiple
from pasi.back_office.admins import BackOfficeAdmin, list_url, record_url
from pasi.back_office.formats import instant_text
from pasi.http import client_address
from pasi.rules import rule
from pasi.staff_roles import may_send


def may_award(user) -> bool:
    return may_send(user, SubmitCredentialAwardingMultiple)


STEPS = (
    gettext_lazy("Whom"),
    gettext_lazy("Preview"),
    gettext_lazy("Confirm"),
    gettext_lazy("Award and summary"),
)


def steps(current: int) -> list[tuple[Any, bool]]:
    """(step, whether it is the present one); counted from 1."""
    return [(step, number == current) for number, step in enumerate(STEPS, 1)]


class RunPage(View):
    """A form that starts a run or has one go on. `pages` is the admin class of awarding runs."""

    pages: BackOfficeAdmin = None
    template_name = "admin/award_in_bulk_form.html"
    step = 1

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not (self.pages.has_view_permission(request) and may_award(request.user)):
            raise PermissionDenied
        self.run = None
        if self.kwargs:
            self.run = AwardingRun.objects.filter(pk=self.kwargs["run"]).first()
            if self.run is None:
                raise Http404("There is no such run.")
            if (why := self.refused()) and request.method in ("GET", "HEAD", "POST"):
                messages.info(request, why)
                return HttpResponseRedirect(record_url(self.instead()))
        return super().dispatch(request, *args, **kwargs)

    def refused(self) -> str:
        """Why this cannot be done with the run now; "" if it can."""
        return ""

    def instead(self) -> AwardingRun:
        """The run to show where this cannot be done."""
        return self.run

    def officer(self) -> Officer:
        return Officer(self.request.user, client_address(self.request))

    def hidden(self) -> dict[str, Any]:
        return {"form_id": uuid.uuid4()}

    def page(self, **context: Any) -> HttpResponse:
        title = self.heading()
        context = {
            **self.pages.admin_site.each_context(self.request),
            "title": title,
            "headline": title,
            "opts": self.pages.opts,
            "trail": self.pages.trail(record=self.run),
            "steps": steps(self.step) if self.step else [],
            "back": record_url(self.run) if self.run else list_url(AwardingRun),
            **context,
        }
        return TemplateResponse(self.request, self.template_name, context)

    def heading(self) -> str:
        raise NotImplementedError

    def to(self, run: AwardingRun, text: str) -> HttpResponse:
        messages.success(self.request, text)
        return HttpResponseRedirect(record_url(run))


class WhomPage(RunPage):
    """Step 1: the criteria, or a list. Its button starts the preview."""

    template_name = "admin/award_in_bulk.html"

    def heading(self) -> str:
        return _("Award in bulk")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.forms()

    def forms(self, **filled: RunForm) -> HttpResponse:
        shown = {
            "everyone": EveryoneForm(initial=self.hidden(), auto_id="everyone_%s"),
            "list": ListForm(initial=self.hidden(), auto_id="list_%s"),
            **filled,
        }
        return self.page(
            everyone=shown["everyone"], list=shown["list"], schools=schools_to_choose()
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("whom") == "list":
            form = ListForm(request.POST, request.FILES, auto_id="list_%s")
            if not form.is_valid():
                return self.forms(list=self.renewed(form))
            run = bulk_awarding.preview_list(
                self.officer(),
                form.cleaned_data["form_id"],
                file=form.cleaned_data["file"].name[:100],
                asns=form.asns,
            )
        else:
            form = EveryoneForm(request.POST, auto_id="everyone_%s")
            if not form.is_valid():
                return self.forms(everyone=self.renewed(form))
            school = form.cleaned_data["school"]
            run = bulk_awarding.preview_everyone(
                self.officer(),
                form.cleaned_data["form_id"],
                school=school.code if school else None,
                credential_types=form.cleaned_data["types"],
            )
        return self.to(run, _("The preview is run %s. Nothing is awarded by it.") % run.pk)

    def renewed(self, form: RunForm) -> RunForm:
        """A form that was not sent by our page has no id: it gets one."""
        if "form_id" in form.errors:
            form.data = form.data.copy()
            form.data["form_id"] = str(self.hidden()["form_id"])
        return form


class OneRunPage(RunPage):
    """A form on the page of a run."""

    form_class: type[RunForm] = RunForm
    button = gettext_lazy("Go on")

    def consequences(self) -> list[str]:
        raise NotImplementedError

    def form(self, *data) -> RunForm:
        return self.form_class(*data, initial=self.hidden())

    def start(self, form: RunForm) -> tuple[AwardingRun, str]:
        """Do it; the run to show, and what to say."""
        raise NotImplementedError

    def get(self, request: HttpRequest, run: int) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, run: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        return self.to(*self.start(form))

    def show(self, form: RunForm) -> HttpResponse:
        return self.page(
            form=form,
            button=self.button,
            consequences=self.consequences(),
            facts=self.facts(),
        )

    def facts(self) -> list[tuple[str, str]]:
        return [
            (_("Students"), f"{self.run.requested:,}"),
            (_("Chosen"), chosen_text(self.run)),
            (_("Credential types"), types_text(self.run)),
        ]


# --- Confirm ------------------------------------------------------------------------------------


def why_not_to_confirm(run: AwardingRun) -> str:
    if not run.is_dry_run:
        return _("Only a preview (a dry run) can be confirmed.")
    if not run.finished_at:
        return _("The preview is not finished yet.")
    award = AwardingRun.objects.filter(preview=run).first()
    if award is not None:
        return _("This preview was confirmed already: run %(run)s by %(who)s.") % {
            "run": award.pk,
            "who": award.started_by,
        }
    if not run.outcomes.filter(rejection_code="").exists():
        return _("By this preview nobody would be awarded anything.")
    return ""


class ConfirmPage(OneRunPage):
    """Step 3: what is about to happen, in plain words. Its button starts the award."""

    step = 3
    button = gettext_lazy("Award credentials now")

    def heading(self) -> str:
        return _("Confirm the award of run %s") % self.run.pk

    def refused(self) -> str:
        return why_not_to_confirm(self.run)

    def instead(self) -> AwardingRun:
        """Whoever presses the button again sees what the first press has started."""
        return AwardingRun.objects.filter(preview=self.run).first() or self.run

    @cached_property
    def summary(self) -> dict[str, Any]:
        return runs.summary(self.run)

    def would_be_awarded(self) -> int:
        return sum(self.summary["awarded"].values())

    def facts(self) -> list[tuple[str, str]]:
        awarded = self.summary["awarded"]
        types = ", ".join(f"{kind} {awarded[kind]:,}" for kind in ORDER if kind in awarded)
        return [
            *super().facts(),
            (_("Would be awarded"), f"{self.would_be_awarded():,} ({types})"),
            (_("Would not be awarded"), f"{sum(self.summary['rejected'].values()):,}"),
            (_("Preview finished"), instant_text(self.run.finished_at)),
        ]

    def consequences(self) -> list[str]:
        return [
            ngettext(
                "A worker goes through the same %(requested)s student; by the preview %(would)s "
                "of them is awarded a credential.",
                "A worker goes through the same %(requested)s students; by the preview %(would)s "
                "of them are awarded a credential each.",
                self.run.requested,
            )
            % {"requested": f"{self.run.requested:,}", "would": f"{self.would_be_awarded():,}"},
            _(
                "Whether and what a student is awarded is decided anew at that moment: who was "
                "awarded meanwhile, or has changed, may come out differently. The summary says so."
            ),
            _(
                "An award cannot be undone as if it had never been: it can be deleted with a "
                "reason, but its number stays used and its history stays."
            ),
            _("Maturity dates, alerts and eligibility of those awarded are worked out again."),
            _("Every call is recorded in your name. You can close the page: the run goes on."),
        ]

    def start(self, form: RunForm) -> tuple[AwardingRun, str]:
        run = bulk_awarding.confirm(self.officer(), form.cleaned_data["form_id"], self.run)
        return run, _("Awarding has begun, as run %s.") % run.pk


# --- Continue -----------------------------------------------------------------------------------


def may_go_on(run: AwardingRun) -> bool:
    return bool(
        run.origin == AwardingRun.Origin.BACK_OFFICE
        and run.stopped_because
        and progress_of(run).state == STOPPED
    )


class ContinuePage(OneRunPage):
    """After an error: the rest of a run."""

    step = 0
    button = gettext_lazy("Continue the run")

    def heading(self) -> str:
        return _("Continue run %s") % self.run.pk

    def refused(self) -> str:
        return "" if may_go_on(self.run) else _("This run has not stopped on an error.")

    def facts(self) -> list[tuple[str, str]]:
        return [*super().facts(), (_("Why it stopped"), self.run.stopped_because)]

    def consequences(self) -> list[str]:
        progress = progress_of(self.run)
        left = f"{progress.requested - progress.students:,}"
        told = _(
            "A worker does what is left: %s students. What was done stays; nothing is done twice."
        )
        return [
            told % left if self.run.is_listed else _("A worker chooses the students anew."),
            _("From now on its calls are recorded in your name."),
            _("If the same error comes again, the run stops again and says so."),
        ]

    def start(self, form: RunForm) -> tuple[AwardingRun, str]:
        if bulk_awarding.carry_on(self.officer(), form.cleaned_data["form_id"], self.run):
            return self.run, _("Run %s goes on.") % self.run.pk
        return self.run, _("Somebody else has had run %s go on already.") % self.run.pk


# --- Start over ---------------------------------------------------------------------------------


class StartOverPage(OneRunPage):
    """A new preview of those whom a run has not awarded."""

    button = gettext_lazy("Preview")

    def heading(self) -> str:
        return _("Start over with those not awarded by run %s") % self.run.pk

    def refused(self) -> str:
        if self.run.is_dry_run:
            return _("A preview has awarded nobody: confirm it, or begin anew with Award in bulk.")
        if progress_of(self.run).state != FINISHED:
            return _("The run is not finished yet.")
        self.reasons = [
            (code, f"{code} {rule(code).title} ({count:,})")
            for code, count in runs.summary(self.run)["rejected"].items()
        ]
        return "" if self.reasons else _("Everybody in this run was awarded.")

    def form(self, *data) -> StartOverForm:
        return StartOverForm(*data, initial=self.hidden(), reasons=self.reasons)

    def consequences(self) -> list[str]:
        return [
            _("A worker decides anew for each of them, as a preview: nothing is awarded by it."),
            _("You then see what would be awarded, and confirm that."),
        ]

    def start(self, form: StartOverForm) -> tuple[AwardingRun, str]:
        run = bulk_awarding.preview_not_awarded(
            self.officer(),
            form.cleaned_data["form_id"],
            self.run,
            rejections=form.cleaned_data["rejections"],
        )
        return run, _("The preview is run %s. Nothing is awarded by it.") % run.pk


# --- Where they are -----------------------------------------------------------------------------


def tasks_of(run: AwardingRun) -> list[tuple[str, str]]:
    """What an officer can do with a run now: (label, address)."""
    if may_go_on(run):
        return [(_("Continue"), reverse("admin:continue_run", args=[run.pk]))]
    if not (run.finished_at or run.origin == AwardingRun.Origin.HTTP):
        return []
    found = []
    if not why_not_to_confirm(run):
        found.append((_("Confirm and award"), reverse("admin:confirm_award", args=[run.pk])))
    if not run.is_dry_run and run.outcomes.exclude(rejection_code="").exists():
        label = _("Start over with those not awarded")
        found.append((label, reverse("admin:start_over", args=[run.pk])))
    return found


PAGES = (
    ("award-in-bulk/", WhomPage, "award_in_bulk"),
    ("<int:run>/confirm/", ConfirmPage, "confirm_award"),
    ("<int:run>/continue/", ContinuePage, "continue_run"),
    ("<int:run>/start-over/", StartOverPage, "start_over"),
)
