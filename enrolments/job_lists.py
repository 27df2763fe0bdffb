"""Background jobs for staff to look at: how many wait in each queue, and which have failed."""

import json
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from pasi.back_office.formats import NOTHING, instant_text
from pasi.figures import counting

FAILED_SHOWN = 50
OPEN = {"waiting": "todo", "doing": "doing"}
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
    """Each queue: how many jobs wait, are being done, have failed. Two queries.

    Jobs that succeed are removed at once, and of each kind one waits; those that fail stay for
    weeks. So of these the latest are counted, and "more" says that there are others.
    """
    counts = {name: Count("pk", filter=Q(status=status)) for name, status in OPEN.items()}
    jobs = ProcrastinateJob.objects.filter(status__in=OPEN.values())
    found = {each["queue_name"]: each for each in jobs.values("queue_name").annotate(**counts)}
    latest = ProcrastinateJob.objects.filter(
        pk__in=counting.failed_jobs_up_to(counting.JOBS_COUNTED)
    )
    failed = dict(latest.values_list("queue_name").annotate(Count("pk")))
    return [
        {
            "queue_name": name,
            **dict.fromkeys(OPEN, 0),
            **found.get(name, {}),
            "failed": _up_to(failed.get(name, 0), sum(failed.values())),
        }
        for name in sorted({*found, *failed})
    ]


def _up_to(count: int, counted: int) -> str:
    """A number, where `counted` were counted in all."""
    return (
        gettext("at least %s") % f"{count:,}" if counted >= counting.JOBS_COUNTED else f"{count:,}"
    )


def failed_jobs() -> dict[str, Any]:
    """The jobs that failed, the latest first, and how many there are. Two queries."""
    latest = ProcrastinateJob.objects.filter(pk__in=counting.failed_jobs_up_to(FAILED_SHOWN))
    found = latest.annotate(
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
        for job in found.order_by("-pk")
    ]
    count = counting.failed_jobs_up_to(counting.JOBS_COUNTED).count()
    return {
        "failed_jobs": jobs,
        "more_failed": count > len(jobs),
        "failed_count": _up_to(count, count),
    }


def _arguments(arguments: dict[str, Any]) -> str:
    pairs = [f"{name}: {json.dumps(value)}" for name, value in sorted(arguments.items())]
    return "; ".join(pairs) or NOTHING
