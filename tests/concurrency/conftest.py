"""Every test here commits, in a database of its own, and leaves it in order."""

import pytest

from credentials.models import RequirementSetStatus
from enrolments.models import OfficialMark
from pasi import bulk
from students.models import Name, Student
from tests import invariants
from tests.benchmarks import population
from tests.concurrency.sessions import PATIENCE, wait_until_alone
from tests.connections import another_connection
from tests.province_builder import set_up


@pytest.fixture(autouse=True)
def order_is_kept(committed_database):
    """Whatever a test did, no invariant may be broken afterwards. No statement waits for ever."""
    with another_connection(autocommit=True) as session:
        session.execute(
            f'ALTER DATABASE "{committed_database}" SET statement_timeout TO {PATIENCE * 1000}'
        )
    yield
    with another_connection(autocommit=True) as observer:
        wait_until_alone(observer)
    invariants.assert_database_is_sound()


@pytest.fixture
def students(committed_database):
    """Makes n students who have each earned a diploma; gives their numbers."""

    def make(count: int) -> list[str]:
        population.create(count, marks=0)
        with set_up() as call:
            for model in (Student, Name, RequirementSetStatus, OfficialMark):
                ids = list(model.objects.values_list("pk", flat=True))
                bulk.copy_history(model, call.message_id, ids)
        return [population.asn_of(key) for key in range(1, count + 1)]

    return make
