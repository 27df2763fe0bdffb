"""Two who count the same figures at once."""

import pytest

from pasi.figures import keeping
from pasi.models import Figure, FigureSet
from tests.concurrency.sessions import at_once, held_up
from tests.connections import another_connection
from tests.figures import kept, refreshed
from tests.province_builder import make_award, make_student, set_up

pytestmark = pytest.mark.concurrency


def test_two_at_once_count_each_figure_once(committed_database):
    with set_up():
        make_award(make_student(), "CHSA", 1_000_000_008, 2025)
    at_once(refreshed, refreshed)
    found = Figure.objects.filter(name="credentials").values_list("key", "period", "value")
    assert list(found) == [("CHSA", "2025", 1)]
    assert not FigureSet.objects.filter(counted_at=None).exists()


def test_a_worker_leaves_a_set_to_whom_counts_it(committed_database):
    refreshed()
    FigureSet.objects.filter(name="runs").update(counted_at=None)
    lock = "SELECT FROM pasi_figureset WHERE name = 'runs' FOR UPDATE"
    with another_connection() as somebody:
        somebody.execute(lock)
        done = list(keeping.refresh())
    assert sorted([*done, "runs"]) == sorted(each.name for each in keeping.SETS)
    with held_up(lock, refreshed) as (_session, [waiting]):
        pass
    assert "runs" in waiting.result()


def test_credentials_are_counted_again_only_after_a_change(committed_database):
    with set_up():
        student = make_student()
        make_award(student, "CHSA", 1_000_000_008, 2025)
        make_award(student, "COSC", 1_000_000_016, 2025, is_deleted=True)
    refreshed()
    assert kept("credentials") == {("CHSA", "2025"): 1}
    Figure.objects.filter(name="credentials").update(value=100)
    refreshed()
    assert kept("credentials") == {("CHSA", "2025"): 100}
    with set_up():
        make_award(student, "AHSD", 1_000_000_024, 2026)
    refreshed()
    assert kept("credentials") == {("CHSA", "2025"): 1, ("AHSD", "2026"): 1}
