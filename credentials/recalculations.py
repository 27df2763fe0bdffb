"""Students who must all be looked at again: after a change of the definitions, and when a school
year begins, because age, the years of courses and the last year at school count from then on.

What is wanted is a row, written with the change; its triggers are raised stretch by stretch, each
in a transaction of its own, by whoever comes along. So nothing is lost and nothing need be done at
once. Source: eligibility specification; definitions, and whom the calendar moves: inferred.
"""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from credentials.definition_models import Recalculation
from credentials.definitions import current_definitions
from credentials.models import RequirementSetStatus
from enrolments.triggers import raise_triggers
from pasi import bulk
from pasi.calendar import current_school_year, first_day
from pasi.caller_info import in_process
from pasi.services import Caller, recorded_call
from students.models import Student

RECALCULATION_OBJECT = "Recalculation"
STRETCH = 5_000
# Who gets a row, or mature, by a birthday: 18 to 20 years old when the school year begins.
YOUNGEST, OLDEST = 18, 20


def want(cause: str, requirement_sets: Iterable[str]) -> None:
    """Have everybody looked at again who has a row in one of these sets. In the transaction of the
    change; a cause counts once.
    """
    sets = sorted(requirement_sets)
    if not sets:
        return
    Recalculation.objects.bulk_create(
        [Recalculation(cause=cause, requirement_sets=sets)], ignore_conflicts=True
    )
    _wake_after_commit()


def every_set() -> list[str]:
    return [each.code for each in current_definitions().sets]


def begin_school_year() -> bool:
    """Have everybody looked at again whom the new school year can move; False if that has been
    asked for already. Safe to repeat on any day.
    """
    cause = f"School year {current_school_year()}"
    if Recalculation.objects.filter(cause=cause).exists():
        return False
    with transaction.atomic():
        Recalculation.objects.bulk_create([Recalculation(cause=cause)], ignore_conflicts=True)
        _wake_after_commit()
    return True


def is_open() -> bool:
    return _open().exists()


def carry_on(caller: Caller) -> int:
    """Raise the triggers of all recalculations that are open; of how many students."""
    raised = 0
    while is_open():
        done = _one_stretch(caller)
        if done is None:
            break
        raised += done
    return raised


def _one_stretch(caller: Caller) -> int | None:
    """The next students of the oldest recalculation that nobody is at; None if others are at all of
    them, or if it is too early.

    A batch that began by the former definitions may still make a row of somebody who has been
    passed by. So nothing is raised before all have ended that were open when this began.
    """
    body = {
        "CallerInfo": in_process(
            product="worker", user_name="[System]", local_id="[System]", address="127.0.0.1"
        )
    }
    with recorded_call("RaiseRecalculations", caller, body):
        each = _open().order_by("pk").select_for_update(skip_locked=True).first()
        if each is None:
            return None
        if each.begun_at_version is None:
            [each.begun_at_version] = bulk.next_versions(1)
            each.save(update_fields=["begun_at_version"])
            return 0
        if bulk.visible_version() < each.begun_at_version:
            return None
        students = list(_concerned(each)[:STRETCH])
        raise_triggers("Transcript", students, RECALCULATION_OBJECT)
        each.students += len(students)
        if len(students) < STRETCH:
            each.finished_at = timezone.now()
        if students:
            each.done_up_to = students[-1]
        each.save(update_fields=("students", "finished_at", "done_up_to"))
    return len(students)


def _open() -> QuerySet[Recalculation]:
    return Recalculation.objects.filter(finished_at=None)


def _concerned(each: Recalculation) -> QuerySet:
    """Keys of the students that are left, in ascending order."""
    if each.requirement_sets:
        return (
            RequirementSetStatus.objects.filter(
                student__gt=each.done_up_to, requirement_set__in=each.requirement_sets
            )
            .order_by("student_id")
            .values_list("student_id", flat=True)
            .distinct()
        )
    unfinished = RequirementSetStatus.objects.filter(student=OuterRef("pk")).exclude(
        status=RequirementSetStatus.Status.ACHIEVED
    )
    september = first_day(int(each.cause.rsplit(maxsplit=1)[1]))
    of_age = Q(
        birth_date__gt=_years_before(september, OLDEST + 1),
        birth_date__lte=_years_before(september, YOUNGEST),
    )
    return (
        Student.objects.filter(pk__gt=each.done_up_to, primary=None, is_deactivated=False)
        .filter(of_age | Exists(unfinished))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _years_before(day: datetime.date, years: int) -> datetime.date:
    return day.replace(year=day.year - years)


def sets_with(requirements: Sequence[str]) -> list[str]:
    """The sets that have one of these requirements."""
    wanted = set(requirements)
    return [
        each.code
        for each in current_definitions().sets
        if any(link.requirement in wanted for link in each.requirements)
    ]


def _wake_after_commit() -> None:
    from enrolments.tasks import wake_recalculations

    transaction.on_commit(wake_recalculations, robust=True)
