"""Changes since a version: versions become visible out of order, and yet no reader misses one."""

import random
from functools import partial

import pytest

from credentials.models import AwardedCredential
from enrolments.models import OfficialMark
from pasi import bulk
from pasi.services import recorded_call
from students.models import Student
from tests.concurrency.calls import COMMAND, award, make_authorization, read
from tests.concurrency.sessions import at_once
from tests.province_builder import make_mark, set_up

pytestmark = pytest.mark.concurrency

WRITERS = 8
SHARE = 30  # students of each writer


class Poller:
    """A reader that keeps asking for what has changed since it asked last."""

    def __init__(self) -> None:
        self.upto = bulk.visible_version()
        self.seen: list[int] = []

    def poll(self) -> None:
        ceiling = bulk.visible_version()
        self.seen += versions(OfficialMark, version__gt=self.upto, version__lte=ceiling)
        self.upto = max(ceiling, self.upto)


class Client:
    """A client that follows the credentials over HTTP, by the greatest version it was shown."""

    def __init__(self) -> None:
        self.authorization = make_authorization()
        self.upto = bulk.visible_version()
        self.seen: list[int] = []

    def poll(self) -> None:
        path = f"/api/credentials/?PageSize=7&ChangedSinceVersion={self.upto}"
        while path:
            page = read(self.authorization, path)
            self.seen += [result["PASICoreVersion"] for result in page["results"]]
            path = page["next"]
        self.upto = max([self.upto, *self.seen])


def versions(kind, **conditions) -> list[int]:
    return list(kind.objects.filter(**conditions).values_list("version", flat=True))


class Dropped(Exception):
    pass


def write(asns: list[str], seed: int) -> None:
    """Awards, and marks whose versions are drawn well before they commit or are dropped."""
    chance = random.Random(seed)
    for n in range(0, SHARE, 3):
        some = asns[n : n + 3]
        if chance.random() < 0.5:
            assert award(some).fault is None
        students = list(Student.objects.filter(asn__in=some))
        try:
            with recorded_call("TestMarks", COMMAND, {}):
                for student in students:
                    make_mark(student, "MAT3791", 2026, 5, "80")
                if chance.random() < 0.25:
                    raise Dropped
        except Dropped:
            pass


def test_a_poller_misses_no_change_of_many_writers(students):
    asns = students(WRITERS * SHARE)
    poller, client = Poller(), Client()
    begin = poller.upto
    writing = [partial(write, asns[n::WRITERS], n) for n in range(WRITERS)]
    left = list(writing)

    def counted(piece) -> None:
        try:
            piece()
        finally:
            left.remove(piece)

    def keep_polling(reader) -> None:
        while left:
            reader.poll()

    readers = [partial(keep_polling, reader) for reader in (poller, client)]
    at_once(*(partial(counted, piece) for piece in writing), *readers)
    poller.poll()
    client.poll()

    assert sorted(poller.seen) == sorted(versions(OfficialMark, version__gt=begin))
    assert sorted(client.seen) == sorted(versions(AwardedCredential))
    assert len(client.seen) > 50
    assert poller.upto == bulk.latest_version() == bulk.visible_version()


def test_an_open_writer_holds_the_ceiling_back_until_it_ends(students):
    students(2)
    early, late = Student.objects.order_by("pk")
    poller = Poller()

    def write_and_commit() -> None:
        with set_up():
            make_mark(late, "MAT3791", 2026, 5, "80")

    with recorded_call("TestMarks", COMMAND, {}):
        first = make_mark(early, "MAT3791", 2026, 5, "80")
        at_once(write_and_commit, poller.poll)
        at_once(poller.poll)
        assert poller.seen == []
        assert poller.upto < first.version
    second = OfficialMark.objects.get(student=late, course_code="MAT3791")
    assert first.version < second.version
    poller.poll()
    assert sorted(poller.seen) == [first.version, second.version]


def test_a_writer_that_fails_holds_nothing_back(students):
    students(1)
    student = Student.objects.get()
    with pytest.raises(Dropped), recorded_call("TestMarks", COMMAND, {}):
        mark = make_mark(student, "MAT3791", 2026, 5, "80")
        raise Dropped
    assert bulk.visible_version() == bulk.latest_version() >= mark.version
