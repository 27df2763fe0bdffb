"""Many calls on the same students at the same time."""

import datetime
import random
from collections import Counter
from functools import partial

import pytest

from credentials.models import AwardedCredential, IssuedCredentialNumber
from enrolments.models import ResponsibleSchoolTrigger, TranscriptTrigger
from pasi import bulk
from students.models import NameKey, Student
from tests.concurrency.calls import answers, award, body_for, make_authorization, numbers, submit
from tests.concurrency.sessions import (
    at_once,
    deadlocks,
    held_up,
    lock_table,
)
from tests.connections import another_connection
from tests.province_builder import set_up

pytestmark = pytest.mark.concurrency

CALLERS = 16


def stored_numbers() -> dict[str, int]:
    return dict(AwardedCredential.objects.values_list("student__asn", "number"))


def in_some_order(asns: list[str], seed: int) -> list[str]:
    return random.Random(seed).sample(asns, len(asns))


def test_sixteen_calls_on_the_same_students_award_each_once(students, settings):
    settings.PASI_LOCK_TIMEOUT_SECONDS = 60  # the last of the queue waits for all the others
    asns = students(5_000)
    clients = [make_authorization(f"Client {n}") for n in range(CALLERS)]
    orders = [in_some_order(asns, n) for n in range(CALLERS)]

    responses = at_once(
        *(
            partial(submit, client, body_for(order))
            for client, order in zip(clients, orders, strict=True)
        )
    )

    assert [response.status_code for response in responses] == [200] * CALLERS
    documents = [response.json() for response in responses]
    for document, order in zip(documents, orders, strict=True):
        assert [answer["StateProvinceId"] for answer in document["Responses"]] == order
    assert sum((answers(document) for document in documents), Counter()) == {
        "": 5_000,
        "44010": (CALLERS - 1) * 5_000,
    }
    told = {}
    for document in documents:
        told.update(numbers(document))
    assert told == stored_numbers()
    assert len(set(told.values())) == 5_000 == IssuedCredentialNumber.objects.count()
    assert AwardedCredential.history.count() == 5_000
    assert AwardedCredential.history.filter(history_type="+").count() == 5_000
    assert TranscriptTrigger.objects.count() == 5_000
    assert ResponsibleSchoolTrigger.objects.count() == 5_000
    assert deadlocks() == 0


def test_calls_that_share_some_students_award_each_once(students):
    asns = students(600)
    shares = [random.Random(n).sample(asns, 200) for n in range(CALLERS)]

    results = at_once(*(partial(award, share) for share in shares))

    assert [result.fault for result in results] == [None] * CALLERS
    awarded = Counter()
    for result, share in zip(results, shares, strict=True):
        got = answers(result.body)
        assert got[""] + got["44010"] == len(share)
        awarded.update(numbers(result.body).keys())
    assert awarded == dict.fromkeys(set().union(*shares), 1)
    assert deadlocks() == 0


def test_a_second_call_decides_on_what_the_first_has_committed(students):
    """Also where the server's default is an isolation level under which it could not."""
    asns = students(3)
    # Already mature, so that the award leaves the student's own row as it is.
    with set_up() as call:
        dates = [datetime.date(1990, 1, 1), datetime.date(2009, 9, 1)]
        keys = Student.objects.filter(asn__in=asns).values_list("pk", flat=True)
        bulk.update_rows(
            Student,
            ("birth_date", "maturity_date"),
            [(key, *dates) for key in keys],
            call.message_id,
        )
        NameKey.objects.filter(student__in=keys).update(birth_date=dates[0])
    with another_connection(autocommit=True) as session:
        session.execute(
            f'ALTER DATABASE "{session.info.dbname}" '
            "SET default_transaction_isolation TO 'repeatable read'"
        )
    with held_up(
        lock_table(IssuedCredentialNumber), partial(award, asns), partial(award, asns)
    ) as (
        _session,
        calls,
    ):
        assert not any(call.done() for call in calls)
    first, second = (call.result() for call in calls)
    assert (first.fault, second.fault) == (None, None)
    assert answers(first.body) + answers(second.body) == {"": 3, "44010": 3}
