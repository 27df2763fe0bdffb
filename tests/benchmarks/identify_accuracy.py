"""How well IdentifyStudent finds people, by the way in which they are asked for.

    python -m tests.benchmarks.identify_accuracy [--students N] [--searches N] [--seed S] [--keep]

Works in a database of its own, `pasi_identify`, made anew and dropped at the end; with `--keep` it
is left for the next time. A search counts as found if the student is in the answer, as first if
on top; "all" is with IncludeAllQualities. A false High: only others are given, one of them High.
"""

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

DATABASE = "pasi_identify"
# So many times more people are drawn than searches made, since few lend themselves to a kind.
RARE = {"half of a double name": 60, "no accents and hyphens": 60, "other romanization": 20}
USUAL = 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=300_000, help="size of the registry")
    parser.add_argument("--searches", type=int, default=400, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default="", help="only kinds with this text in their name")
    parser.add_argument("--misses", type=int, default=0, help="show so many misses of each kind")
    parser.add_argument("--database", default=DATABASE)
    parser.add_argument("--keep", action="store_true", help="use the database again, and leave it")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasi.settings")
    import django

    django.setup()
    with _registry(options.database, options.students, keep=options.keep) as school:
        _measure(options)
        _time_service(options, school)


@contextmanager
def _registry(database: str, students: int, *, keep: bool) -> Iterator[str]:
    """Yields the code of a school."""
    from django.core.management import call_command
    from django.db import connection

    from students.models import Student
    from tests.benchmarks import bench_database
    from tests.benchmarks.registry import Registry

    bench_database.NAME = database

    def fill() -> None:
        seconds = Registry().grow_to(students)
        print(f"{students:,} students written in {seconds:.0f} s")

    if not keep:
        with bench_database.fresh():
            fill()
            yield _school()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [database])
        [exists] = cursor.fetchone()
    if not exists:
        bench_database._create()
    bench_database._point_to(database)
    call_command("migrate", verbosity=0)
    if not Student.objects.exists():
        fill()
    yield _school()


def _school() -> str:
    from pasi.models import Organization

    return Organization.objects.filter(kind="School").order_by("pk")[0].code


def _people(rng: Random, count: int) -> list:
    from students.models import Name, Student
    from tests.benchmarks.corruptions import Known

    greatest = Student.objects.order_by("-pk").values_list("pk", flat=True)[0]
    keys = [rng.randrange(1, greatest + 1) for _ in range(count * 2)]
    students = Student.objects.filter(pk__any=keys, is_deactivated=False).values_list(
        "pk", "asn", "birth_date", "legal_name_id"
    )
    names = defaultdict(list)
    for key, student, *parts in Name.objects.filter(
        student__any=keys, is_deleted=False
    ).values_list("pk", "student_id", "first_name", "middle_name", "last_name"):
        names[student].append((key, tuple(parts)))
    people = []
    for pk, asn, born, legal in students:
        ordered = sorted(names[pk], key=lambda each: each[0] != legal)
        people.append(Known(asn, [parts for _key, parts in ordered], born))
    rng.shuffle(people)
    return people


def _measure(options) -> None:
    from tests.benchmarks.corruptions import HELD_OUT, TUNED

    rng = Random(options.seed)
    times: list[float] = []
    everything = Counter()
    for title, kinds in (("Tuned", TUNED), ("Held out", HELD_OUT)):
        print(
            f"\n{title:36} searches  found  first  | all: found  first | ambig. false High  shown"
        )
        total = Counter()
        for name, kind in kinds.items():
            if options.kinds in name:
                counts, misses = _of_kind(rng, kind, options.searches, RARE.get(name, USUAL), times)
                _print(name, counts)
                for miss in misses[: options.misses]:
                    _show(*miss)
                total += counts
        _print(f"{title}: all", total)
        everything += total
    _print("All", everything)
    _strangers(rng, options.searches * 2, times)
    from tests.benchmarks.timings import summary

    print(f"search() alone: {summary(times)} ({len(times):,} times)")


def _look(query: dict, times: list[float], *, include_all: bool = False):
    from pasi.calendar import business_today
    from students.identify import Criteria, search
    from tests.benchmarks.timings import timed

    asked = Criteria(today=business_today(), include_all=include_all, **query)
    took, found = timed(search, asked)
    times.append(took)
    return found


def _of_kind(rng: Random, kind, searches: int, drawn: int, times: list[float]):
    """Counts, and the searches whose first match is another student."""
    from students.identify import Quality

    counts, misses = Counter(), []
    for person in _people(rng, searches * drawn):
        if counts["searches"] == searches:
            break
        query = kind(rng, person)
        if query is None or not (query["first_name"] and query["last_name"]):
            continue
        counts["searches"] += 1
        found = _look(query, times)
        asns = [match.asn for match in found.matches]
        counts["found"] += person.asn in asns
        counts["first"] += asns[:1] == [person.asn]
        counts["ambiguous"] += found.is_ambiguous
        counts["shown"] += len(asns)
        counts["false high"] += person.asn not in asns and any(
            match.quality is Quality.HIGH for match in found.matches
        )
        if asns[:1] != [person.asn]:
            misses.append((query, person, found))
        everybody = [match.asn for match in _look(query, times, include_all=True).matches]
        counts["found all"] += person.asn in everybody
        counts["first all"] += everybody[:1] == [person.asn]
    return counts, misses


def _strangers(rng: Random, searches: int, times: list[float]) -> None:
    """People who are not in the registry, but by chance."""
    from students.identify import Quality
    from tests.benchmarks.corruptions import ask
    from tests.benchmarks.registry import somebody

    counts = Counter()
    for _ in range(searches):
        stranger = somebody(rng)
        name = (stranger.first, stranger.middle, stranger.last)
        found = _look(ask(name, stranger.day.date), times)
        counts.update(
            quality.value
            for quality in Quality
            if any(match.quality is quality for match in found.matches)
        )
        counts["nobody"] += not found.matches
        counts["shown"] += len(found.matches)
        counts["ambiguous"] += found.is_ambiguous
    print(f"\nPeople who are not there, {searches:,} searches: {dict(counts)}")


def _time_service(options, school: str) -> None:
    """The whole service in process, all kinds mixed."""
    from pasi.models import PasiClient
    from students.services.identify_student import IdentifyStudent
    from tests.benchmarks import calling
    from tests.benchmarks.corruptions import HELD_OUT, TUNED
    from tests.benchmarks.timings import summary, timed

    if PasiClient.objects.filter(name=calling.CLIENT).exists():
        caller = calling.caller()
    else:
        caller = calling.make_caller(school)
    rng = Random(options.seed + 1)
    requests = calling.Requests(1, school)
    kinds = {**TUNED, **HELD_OUT}
    bodies = []
    for person in _people(rng, 1_500):
        query = kinds[rng.choice(list(kinds))](rng, person)
        if query:
            named = {
                "FirstName": query["first_name"].strip(" -"),
                "MiddleName": query["middle_name"] or None,
                "LastName": query["last_name"].strip(" -"),
                "BirthDate": query["birth_date"] and query["birth_date"].isoformat(),
                "ApproximateAge": query.get("approximate_age"),
            }
            bodies.append(requests.identify_student(**named))
    times, refused = [], 0
    for number, body in enumerate(bodies):
        took, answer = timed(IdentifyStudent().execute, body, caller)
        refused += answer.http_status != 200
        if number >= 50:
            times.append(took)
    print(f"Whole service in process: {summary(times)} ({len(times):,} calls, {refused} refused)")


def _print(name: str, counts: Counter) -> None:
    searches = max(counts["searches"], 1)

    def share(what: str) -> str:
        return f"{counts[what] / searches:6.1%}"

    print(
        f"{name:36} {counts['searches']:8} {share('found')} {share('first')}  |     "
        f"{share('found all')} {share('first all')} | {share('ambiguous')} {share('false high')}"
        f"     {counts['shown'] / searches:4.1f}",
        flush=True,
    )


def _show(query: dict, person, found) -> None:
    asked = {key: str(value) for key, value in query.items() if value}
    print("    asked", asked)
    print("    true ", person.asn, person.names, person.birth_date)
    for match in found.matches[:3]:
        print("      got ", match.asn, match.quality, round(match.weight, 1), *match.reasons)
    print("      in all", len(found.matches), "ambiguous" if found.is_ambiguous else "")


if __name__ == "__main__":
    main()
