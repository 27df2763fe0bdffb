"""Credential numbers drawn by many at once, also while others bring numbers of their own."""

import random
from collections import Counter
from functools import partial

import pytest

from credentials import credential_numbers
from credentials.models import AwardedCredential, IssuedCredentialNumber
from pasi import bulk
from tests.concurrency.calls import award, numbers
from tests.concurrency.sessions import at_once, deadlocks, wait_until_blocked
from tests.connections import another_connection
from tests.province_builder import set_up

pytestmark = pytest.mark.concurrency

ISSUE = "INSERT INTO credentials_issuedcredentialnumber (number) SELECT unnest(%s::integer[])"


def numbers_ahead(count: int, *, step: int = 1) -> list[int]:
    """Numbers that the sequence will come to next; draws one value of it."""
    [last] = bulk.next_values(credential_numbers.SEQUENCE, 1)
    return [credential_numbers.number_of(last + n * step) for n in range(1, count + 1)]


def test_sixteen_draw_numbers_at_once_and_none_gets_anothers():
    def draw(seed: int) -> list[int]:
        sizes = random.Random(seed).choices([1, 7, 60], k=8)
        drawn = []
        for size in sizes:
            with set_up():
                drawn += credential_numbers.allocate(size)
        return drawn

    drawn = at_once(*(partial(draw, seed) for seed in range(16)))

    every = Counter(number for some in drawn for number in some)
    assert set(every.values()) == {1}
    assert set(every) == set(IssuedCredentialNumber.objects.values_list("number", flat=True))
    assert deadlocks() == 0


def test_awards_skip_numbers_that_were_brought_in(students):
    asns = students(30)
    brought = numbers_ahead(20, step=2)
    with another_connection() as importer:
        importer.execute(ISSUE, [brought])
    given = numbers(award(asns).body)
    assert len(set(given.values()) - set(brought)) == 30


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_number_brought_in_at_the_same_moment_is_never_issued_twice(students, is_kept):
    """The award waits for whoever has the number; if that one keeps it, the batch fails whole."""
    asns = students(30)
    brought = numbers_ahead(5, step=3)
    with another_connection() as importer:
        importer.execute(ISSUE, [brought])

        def decide() -> None:
            wait_until_blocked(importer)
            importer.commit() if is_kept else importer.rollback()

        answer, _ = at_once(partial(award, asns), decide)

    if is_kept:
        assert answer.fault.code == "4001"
        assert not AwardedCredential.objects.exists()
        answer = award(asns)
    given = set(numbers(answer.body).values())
    assert len(given) == 30
    assert (given & set(brought) == set()) is is_kept
    assert given | (set(brought) if is_kept else set()) == set(
        IssuedCredentialNumber.objects.values_list("number", flat=True)
    )


def test_awards_and_an_import_together_issue_no_number_twice(students):
    asns = students(800)
    shares = [asns[n::16] for n in range(16)]
    brought = numbers_ahead(60, step=7)

    def bring_in() -> None:
        for n in range(0, 60, 10):
            with another_connection() as importer:
                importer.execute(
                    ISSUE + " ON CONFLICT DO NOTHING RETURNING number", [brought[n : n + 10]]
                )

    def until_awarded(share: list[str]) -> dict[str, int]:
        """What a client does with 4001: send it again."""
        for _attempt in range(20):
            answer = award(share)
            if answer.fault is None:
                return numbers(answer.body)
            assert answer.fault.code == "4001"
        raise AssertionError("never saved")

    *given, _ = at_once(*(partial(until_awarded, share) for share in shares), bring_in)

    told = [number for some in given for number in some.values()]
    assert len(told) == len(set(told)) == 800
    assert set(told) == set(AwardedCredential.objects.values_list("number", flat=True))
