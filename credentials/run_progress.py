"""How far an awarding run is, read from the database, and what it was asked for, in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import AwardingBatch, AwardingRun
from pasi import bulk

WAITING, CHOOSING, WORKING, STOPPED, FINISHED = (
    "waiting",
    "choosing",
    "working",
    "stopped",
    "finished",
)
Origin = AwardingRun.Origin


@dataclass(frozen=True)
class Progress:
    """`students`: answered so far; of a run that is still choosing, chosen so far."""

    state: str
    students: int
    requested: int
    text: str

    @property
    def percentage(self) -> int | None:
        """None while nobody knows of how many."""
        if self.state == CHOOSING:
            return None
        return 100 * self.students // self.requested if self.requested else 0

    @property
    def is_over(self) -> bool:
        """Nothing changes any more unless somebody does something."""
        return self.state in (STOPPED, FINISHED)

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "students": self.students,
            "requested": self.requested,
            "percentage": self.percentage,
            "text": self.text,
        }


def progress_of(run: AwardingRun) -> Progress:
    """Two queries, however long the run is. Its batches are done one after the other."""
    if run.finished_at or run.origin == Origin.HTTP:
        return Progress(FINISHED, run.requested, run.requested, _("Finished."))
    left = AwardingBatch.objects.filter(run=run, call=None).order_by("first_position")
    first = left.values_list("first_position", flat=True).first()
    done = run.requested if first is None or not run.is_listed else first
    state, text = _state(run, bulk.is_run_locked(run.pk), done)
    return Progress(state, done, run.requested, text)


def _state(run: AwardingRun, is_locked: bool, done: int) -> tuple[str, str]:
    numbers = {"done": f"{done:,}", "requested": f"{run.requested:,}"}
    if is_locked and not run.is_listed:
        text = ngettext(
            "Choosing the students: %(requested)s so far.",
            "Choosing the students: %(requested)s so far.",
            run.requested,
        )
        return CHOOSING, text % numbers
    if is_locked and run.is_dry_run:
        return WORKING, _("Deciding: %(done)s of %(requested)s students.") % numbers
    if is_locked:
        return WORKING, _("Awarding: %(done)s of %(requested)s students.") % numbers
    if run.stopped_because:
        text = _("Stopped after %(done)s of %(requested)s students.") % numbers
        return STOPPED, f"{text} {run.stopped_because}"
    if run.origin == Origin.COMMAND:
        text = _("Not finished: %(done)s of %(requested)s students.") % numbers
        how = f"manage.py award_credentials --resume {run.pk}"
        return STOPPED, f"{text} " + _("An operator goes on with: %s") % how
    return WAITING, _(
        "Waiting for a worker. It begins by itself, after runs that came before it. If none is "
        "under way and it waits for minutes, no worker is running: tell the operators."
    )


def chosen_text(run: AwardingRun) -> str:
    """How the students were chosen."""
    criteria = run.criteria
    if former := criteria.get("not_awarded_of"):
        return _("Not awarded by run %(run)s, for these reasons: %(codes)s") % {
            "run": former,
            "codes": ", ".join(criteria["rejections"]),
        }
    if file := criteria.get("file"):
        return _("The numbers in the file %s") % file
    if criteria.get("achieved_not_awarded"):
        if school := criteria.get("school"):
            return _("Achieved and not awarded, now at %s") % school
        return _("Everyone who has achieved a credential that is not awarded")
    return _("The numbers given")


def types_text(run: AwardingRun) -> str:
    return ", ".join(run.credential_types) or _("any")
