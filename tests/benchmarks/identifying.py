"""IdentifyStudent in process: searches for people drawn from the registry, by kind of search."""

from collections.abc import Callable
from random import Random
from typing import Any

from pasi.calendar import business_today
from pasi.province.people import short_name
from pasi.province.reference import one_of, reference, zip_weights
from pasi.services import Caller
from students.models import Student
from students.services.identify_student import IdentifyStudent
from tests.benchmarks.calling import Requests
from tests.benchmarks.registry import Person, birthdays, somebody
from tests.benchmarks.timings import percentile, summary, timed

EACH, WARM_UP = 300, 50
MOST_MILLISECONDS = 20
COMMON_FAMILIES, COMMON_GIVEN = 5, 10  # the most frequent names of the registry

Query = dict[str, Any]


def measure(caller: Caller, school: str, students: int, seed: int) -> None:
    rng = Random(seed)
    requests = Requests(seed, school)
    people = _drawn(rng, EACH)
    asked = [(kind, make(rng, person)) for kind, make in KINDS.items() for person in people]
    asked += [("the most common names", query) for query in _common(rng, EACH)]
    rng.shuffle(asked)
    for _kind, query in asked[:WARM_UP]:
        _identify(requests.identify_student(**query), caller)
    times: dict[str, list[float]] = {}
    for kind, query in asked:
        milliseconds, answer = timed(_identify, requests.identify_student(**query), caller)
        assert answer.http_status == 200, answer.body
        times.setdefault(kind, []).append(milliseconds)
    common = times.pop("the most common names")
    mixed = [one for each in times.values() for one in each]
    at = f"at {students:,} students"
    print(
        f"IdentifyStudent {at}: {summary(mixed)} "
        f"({len(mixed):,} calls; goal {MOST_MILLISECONDS} ms at p95)"
    )
    by_kind = (f"{kind} {percentile(times[kind], 0.95):.1f} ms" for kind in KINDS)
    print(f"  p95 by kind: {', '.join(by_kind)}")
    print(f"  The most common names: {summary(common)} (goal {MOST_MILLISECONDS} ms at p95)")


def _identify(body: bytes, caller: Caller):
    return IdentifyStudent().execute(body, caller)


def _drawn(rng: Random, count: int) -> list[Person]:
    """People of the registry, in no order."""
    days = {day.date: day for day in birthdays()}
    greatest = Student.objects.order_by("-id").values_list("id", flat=True)[0]
    found = (
        Student.objects.filter(id__any=[rng.randrange(1, greatest) for _ in range(2 * count)])
        .filter(birth_date__any=list(days))
        .values_list(
            "legal_name__first_name",
            "legal_name__middle_name",
            "legal_name__last_name",
            "legal_name__suffix",
            "gender",
            "birth_date",
        )[:count]
    )
    return [Person(*each[:5], "English", days[each[5]]) for each in found]


# --- What is asked ------------------------------------------------------------------------------


def _exact(rng: Random, person: Person) -> Query:
    return {
        "FirstName": person.first,
        "MiddleName": person.middle or None,
        "LastName": person.last,
        "BirthDate": person.day.born,
    }


def _typo(rng: Random, person: Person) -> Query:
    """A letter is missing, or two have changed places; in the first or in the last name."""
    name = one_of(rng, ("FirstName", "LastName"))
    query = _exact(rng, person)
    text = query[name]
    if len(text) > 3:
        place = rng.randrange(1, len(text) - 1)
        swapped = text[place + 1] + text[place] if rng.random() < 0.5 else text[place]
        query[name] = (text[:place] + swapped + text[place + 2 :]).strip()
    return query


def _swapped_day_and_month(rng: Random, person: Person) -> Query:
    """Only where that gives a date; else the day is one off."""
    year, month, day = person.day.born.split("-")
    if int(day) > 12:
        day = f"{int(day) - 1:02d}"
    else:
        month, day = day, month
    return {**_exact(rng, person), "BirthDate": f"{year}-{month}-{day}"}


def _nickname(rng: Random, person: Person) -> Query:
    first = short_name(rng, reference(), person)
    return {**_exact(rng, person), "FirstName": first, "MiddleName": None}


def _approximate_age(rng: Random, person: Person) -> Query:
    age = business_today().year - person.day.date.year
    return {
        **_exact(rng, person),
        "BirthDate": None,
        "ApproximateAge": age + one_of(rng, (-1, 0, 0, 1)),
    }


def _unknown(rng: Random, person: Person) -> Query:
    return _exact(rng, somebody(rng))


KINDS: dict[str, Callable[[Random, Person], Query]] = {
    "exact": _exact,
    "typo": _typo,
    "swapped day and month": _swapped_day_and_month,
    "nickname": _nickname,
    "approximate age": _approximate_age,
    "unknown person": _unknown,
}


def _common(rng: Random, count: int) -> list[Query]:
    """The most frequent names, half by birth date and half by approximate age."""
    names = reference()
    families = _most_frequent(names.families.values(), COMMON_FAMILIES)
    given = _most_frequent([names.given["English", gender] for gender in "FM"], COMMON_GIVEN)
    queries = []
    for number in range(count):
        query = {"FirstName": one_of(rng, given), "LastName": one_of(rng, families)}
        day = one_of(rng, birthdays())
        if number % 2:
            query["BirthDate"] = day.born
        else:
            query["ApproximateAge"] = business_today().year - day.date.year
        queries.append(query)
    return queries


def _most_frequent(lists, count: int) -> list[str]:
    weights: dict[str, int] = {}
    for weighted in lists:
        for name, weight in zip_weights(weighted):
            weights[name] = weights.get(name, 0) + weight
    return sorted(weights, key=weights.get, reverse=True)[:count]
