"""Background jobs for staff to look at: how many wait in each queue, and which have failed."""

import json
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from pasi.back_office.formats import NOTHING, instant_text
from pasi.figures import counting

FAILED_SHOWN = 50
# A task in words; one that is missing here is shown by its name alone.
TASKS = {
    "process": _("Look at the records that wait for a processor"),
    "wake_outstanding": _("Wake the processors for which records wait"),
    "raise_recalculations": _("Have students looked at again after a change of definitions"),
    "begin_school_year": _("Begin the school year"),
    "raise_due_scans": _("Have records looked at again whose date has come"),
    "go_through_all_triggers": _("Look for records that wait and were missed"),
    "remove_old_jobs": _("Forget jobs that failed long ago"),
    "take_over_stalled_jobs": _("Take over the jobs of workers that died"),
    "carry_out_awarding_run": _("Carry out an awarding run"),
    "wake_waiting_awarding_runs": _("Take up awarding runs that nobody is at"),
    "refresh_figures": _("Count the figures of the start page"),
}


def queues() -> list[dict[str, Any]]:
    """Each queue: how many jobs wait, are being done, have failed. One query."""
    statuses = {"waiting": "todo", "doing": "doing", "failed": counting.FAILED}
    counts = {name: Count("pk", filter=Q(status=status)) for name, status in statuses.items()}
    return list(
        ProcrastinateJob.objects.values("queue_name").annotate(**counts).order_by("queue_name")
    )


def failed_jobs() -> dict[str, Any]:
    """The jobs that failed, the latest first, and how many there are. Two queries."""
    found = counting.failed_jobs().annotate(
        failed_at=Max("procrastinateevent__at", filter=Q(procrastinateevent__type="failed"))
    )
    jobs = [
        {
            "key": job.pk,
            "task": job.task_name,
            "what": TASKS.get(job.task_name, ""),
            "arguments": _arguments(job.args),
            "failed_at": instant_text(job.failed_at) if job.failed_at else NOTHING,
            "attempts": job.attempts,
        }
        for job in found.order_by("-pk")[:FAILED_SHOWN]
    ]
    return {"failed_jobs": jobs, "failed_count": counting.failed_jobs().count()}


def _arguments(arguments: dict[str, Any]) -> str:
    pairs = [f"{name}: {json.dumps(value)}" for name, value in sorted(arguments.items())]
    return "; ".join(pairs) or NOTHING
