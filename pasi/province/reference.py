"""The public reference data under `data/`, read once and made ready for fast weighted draws."""

import csv
import datetime
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"

# Grades as they stand in the size file, and as code values of a school enrolment.
SIZE_COLUMNS = ("ecs", *(f"g{grade}" for grade in range(1, 13)))
GRADE_CODES = ("EC", *(f"{grade:02d}" for grade in range(1, 13)))

# The enrolment files leave First Nations schools out; assumed students per grade there.
FIRST_NATIONS_SIZES = (8,) * 10 + (6,) * 3

# Share of people with a family name of an origin whose given name is of that origin too; the
# others carry an English one. Assumptions, guided by how common such names are in school lists.
OWN_GIVEN_NAMES = {
    "African": ("African", 0.60),
    "Arabic": ("Arabic", 0.85),
    "Chinese": ("Chinese", 0.35),
    "Filipino": ("Filipino", 0.45),
    "First Nations": ("First Nations", 0.08),
    "French": ("French", 0.45),
    "German/Dutch/Scandinavian": ("German/Scandinavian", 0.12),
    "Italian/Portuguese": ("Italian/Portuguese", 0.35),
    "Korean": ("Korean", 0.50),
    "Latin American": ("Latin American", 0.80),
    "South Asian": ("South Asian", 0.85),
    "Ukrainian/Slavic": ("Ukrainian/Slavic", 0.25),
    "Vietnamese": ("Vietnamese", 0.55),
}


class Weighted:
    """Values drawn in proportion to their weights, in one call of the random source each."""

    __slots__ = ("cumulative", "total", "values")

    def __init__(self, weights: dict) -> None:
        self.values = list(weights)
        self.cumulative = list(accumulate(weights.values()))
        self.total = self.cumulative[-1]

    def draw(self, rng: Random):
        return self.values[bisect(self.cumulative, rng.random() * self.total)]


@dataclass(frozen=True, slots=True)
class School:
    code: str
    authority_code: str
    classification: str
    city: str
    opened_on: datetime.date | None
    sizes: tuple[int, ...]

    def has(self, grade: int, day: datetime.date) -> bool:
        """Whether it teaches `grade` (0 = ECS) and was open on `day`."""
        return self.sizes[grade] > 0 and (self.opened_on is None or self.opened_on <= day)


def read(name: str) -> list[dict[str, str]]:
    """The rows of one file of `data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one_of(rng: Random, values: Sequence):
    """One of `values`, all equally likely; steadier between Python versions than rng.choice."""
    return values[int(rng.random() * len(values))]


class Reference:
    """Schools, names and places with their weights."""

    def __init__(self) -> None:
        self._load_schools()
        self._load_names()
        self._load_places()

    def _load_schools(self) -> None:
        sizes = {
            row["school_code"]: tuple(int(row[column]) for column in SIZE_COLUMNS)
            for row in read("school_sizes.csv")
        }
        self.schools: dict[str, School] = {}
        for row in read("organizations.csv"):
            if row["kind"] != "School" or row["closed_on"]:
                continue
            size = sizes.get(row["code"])
            if size is None and row["classification"] == "First Nations":
                size = FIRST_NATIONS_SIZES
            if size is None or not any(size):
                continue
            self.schools[row["code"]] = School(
                code=row["code"],
                authority_code=row["authority_code"],
                classification=row["classification"],
                city=row["city"],
                opened_on=datetime.date.fromisoformat(row["opened_on"])
                if row["opened_on"]
                else None,
                sizes=size,
            )

        places = defaultdict(dict)
        authorities = defaultdict(dict)
        self.seats_by_grade: list[Weighted] = []
        for grade in range(13):
            seats = {}
            for school in self.schools.values():
                if not school.sizes[grade]:
                    continue
                seats[school] = school.sizes[grade]
                if school.opened_on is None:
                    places[school.authority_code, school.city, grade][school] = seats[school]
                    authorities[school.authority_code, grade][school] = seats[school]
            self.seats_by_grade.append(Weighted(seats))
        self.grades = Weighted(
            {grade: seats.total for grade, seats in enumerate(self.seats_by_grade)}
        )
        self._near = {key: Weighted(weights) for key, weights in places.items()}
        self._in_authority = {key: Weighted(weights) for key, weights in authorities.items()}
        self._long_standing = [
            Weighted({s: w for s, w in zip_weights(seats) if s.opened_on is None})
            for seats in self.seats_by_grade
        ]

    def school_near(
        self, rng: Random, school: School, grade: int, day: datetime.date, *, other: bool = False
    ) -> School:
        """A school for `grade` on `day`: the same if it serves, else one of its town, else of its
        authority, else any. With `other`, a different one where there is one."""
        if not other and school.has(grade, day):
            return school
        choices = (
            self._near.get((school.authority_code, school.city, grade)),
            self._in_authority.get((school.authority_code, grade)),
            self._long_standing[grade],
        )
        for weighted in choices:
            if weighted is None:
                continue
            found = weighted.draw(rng)
            if found is not school:
                return found
        return found

    def long_standing_school(self, rng: Random, grade: int) -> School:
        """A school for `grade` that is not known to have opened lately."""
        return self._long_standing[grade].draw(rng)

    def unvisited_school(self, rng: Random, grade: int, visited: set[str]) -> School:
        """A school for `grade`, anywhere, but for those with these codes."""
        found = self.long_standing_school(rng, grade)
        while found.code in visited:
            found = self.long_standing_school(rng, grade)
        return found

    def _load_names(self) -> None:
        families = defaultdict(dict)
        for row in read("names/last_names.csv"):
            families[row["origin"]][row["name"]] = int(row["weight"])
        self.families = {origin: Weighted(names) for origin, names in families.items()}
        self.origins = Weighted({o: names.total for o, names in self.families.items()})

        given = defaultdict(dict)
        for row in read("names/first_names.csv"):
            for gender in ("F", "M") if row["gender"] == "U" else row["gender"]:
                given[row["origin"], gender][row["name"]] = int(row["weight"])
        self.given = {key: Weighted(names) for key, names in given.items()}

        self.nicknames = defaultdict(list)
        for row in read("names/nicknames.csv"):
            self.nicknames[row["formal"]].append(row["nickname"])

    def _load_places(self) -> None:
        prefixes = defaultdict(dict)
        places = {}
        for row in read("cities.csv"):
            weight = int(row["weight"])
            prefixes[row["city"]][row["postal_prefix"]] = weight
            places[row["city"], row["postal_prefix"]] = weight
        self.prefixes = {city: Weighted(weights) for city, weights in prefixes.items()}
        self.places = Weighted(places)


def zip_weights(weighted: Weighted) -> list[tuple]:
    """The values of `weighted` with their own weights."""
    before = [0, *weighted.cumulative]
    return [
        (value, weighted.cumulative[position] - before[position])
        for position, value in enumerate(weighted.values)
    ]


@cache
def reference() -> Reference:
    """The reference data, loaded once per process."""
    return Reference()
