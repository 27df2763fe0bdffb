"""The figures taken on a large registry of students: creating one, finding one."""

from tests.benchmarks import clients, creating, identifying
from tests.benchmarks.calling import make_caller
from tests.benchmarks.registry import Registry
from tests.benchmarks.timings import percentile

MOST_GROWTH = 1.3
SEED = 100


def measure(database_url: str, first: int, students: int) -> None:
    """At `first` students and, if there shall be more, at `students`."""
    registry = Registry()
    caller = make_caller(registry.school)
    taken = []
    for size in sorted({min(first, students), students}):
        before = registry.students
        seconds = registry.grow_to(size)
        print(
            f"Registry: {size:,} students, {registry.names:,} names; {size - before:,} written in "
            f"{seconds:.0f} s, {seconds / (size - before) * 1e6:.0f} s a million"
        )
        if not taken:
            creating.report_queries(caller, registry.school, SEED)
        figures = creating.measure(database_url, caller, registry.school, SEED + size)
        creating.report(figures, size)
        taken.append(figures)
        identifying.measure(caller, registry.school, size, SEED + size)
    if len(taken) > 1:
        _report_growth(taken[0], taken[-1])
    clients.measure(database_url, registry.school, SEED)


def _report_growth(small: creating.Figures, large: creating.Figures) -> None:
    ours, floor = (
        percentile(after, 0.95) / percentile(before, 0.95)
        for before, after in zip(small, large, strict=True)
    )
    print(
        f"Growth: CreateStudent p95 {ours:.2f} times that of the smaller registry "
        f"(goal {MOST_GROWTH}); its floor {floor:.2f} times"
    )
