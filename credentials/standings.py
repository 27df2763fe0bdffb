"""Where all students stand in the requirement sets: worked out at once, and summed up."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count, Q

from audit.models import ServiceCall
from credentials.models import RequirementAchievement, RequirementSetStatus
from enrolments.models import CourseEnrolment, OfficialMark
from enrolments.processors import drain, processor
from enrolments.triggers import raise_triggers
from pasi.caller_info import of_operator
from pasi.services import Caller, recorded_call

OPERATION = "CalculateEverybody"
TRIGGER_OBJECT = "Operator"
STUDENTS_AT_ONCE = 20_000
NEARLY = 80  # per cent: one requirement short, rarely two


def calculate_everybody(advance: Callable[[int], None]) -> int:
    """Have everybody judged who has anything to judge; how many. Rows that were imported or set by
    hand are left alone. What workers do meanwhile is done.
    """
    caller = Caller(ServiceCall.Door.COMMAND)
    students = sorted(
        {
            key
            for model in (OfficialMark, CourseEnrolment, RequirementAchievement)
            for key in model.objects.order_by().values_list("student_id", flat=True).distinct()
        }
    )
    with recorded_call(OPERATION, caller, {"CallerInfo": of_operator("calculate_everybody")}):
        for start in range(0, len(students), STUDENTS_AT_ONCE):
            raise_triggers("Transcript", students[start : start + STUDENTS_AT_ONCE], TRIGGER_OBJECT)
    threads = settings.PASI_PROCESSOR_THREADS
    return drain(processor("Transcript"), caller, advance, threads).processed


def summary() -> Iterator[str]:
    """A line for each set: how many have achieved it, nearly (what awaits a review among them), and
    not nearly.
    """
    status = RequirementSetStatus.Status
    achieved = Count("pk", filter=Q(status=status.ACHIEVED))
    is_near = Q(percentage_complete__gte=NEARLY) | Q(status=status.TO_BE_ASSESSED)
    nearly = Count("pk", filter=~Q(status=status.ACHIEVED) & is_near)
    yield f"{'':16} {'Achieved':>9} {'nearly':>9} {'others':>9}"
    for row in (
        RequirementSetStatus.objects.values("requirement_set_id")
        .annotate(achieved=achieved, nearly=nearly, all=Count("pk"))
        .order_by("requirement_set_id")
    ):
        others = row["all"] - row["achieved"] - row["nearly"]
        yield (
            f"{row['requirement_set_id']:16} {row['achieved']:>9,} {row['nearly']:>9,} {others:>9,}"
        )
