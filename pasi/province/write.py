"""Writes a province as CSV files, a stretch of students at a time, in steady memory."""

import csv
import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random

from pasi.province.cast import CAST, story_of
from pasi.province.identifiers import MOST_STUDENTS
from pasi.province.reference import read, reference
from pasi.province.rows import COLUMNS, Rows
from pasi.province.story import (
    ACTIVE,
    DEACTIVATED,
    DEACTIVATED_SHARE,
    SECONDARY_SHARE,
    Story,
    draw_story,
)
from pasi.province.student import Registry, draw_second
from pasi.province.terms import Terms

EARLIEST_DAY = date(2018, 9, 1)
STRETCH = 1000  # places written at once; even, so that no pair is torn
REFERENCE_FILES = ("organizations", "courses")


def write_province(
    directory: Path,
    students: int,
    seed: int,
    today: date,
    progress: Callable[[int], None] | None = None,
    *,
    with_statuses: bool = True,
) -> dict[str, int]:
    """Write a province of `students` ASNs into `directory`; returns the rows of each file.

    `students` counts every row of students.csv: persons, and with them the few secondary and
    deactivated numbers. The same students, seed and day give the same bytes. `progress` is called
    with the number of ASNs just written. Without `with_statuses` the calculator is left to say what
    marks, enrolments and nominations come to: of the requirement-set statuses only those stay that
    no record brings about. Files of an earlier province are replaced, all at the
    end. Raises ValueError for a number or a day that no province can have.
    """
    if not 1 <= students <= MOST_STUDENTS:
        raise ValueError(f"A province has 1 to {MOST_STUDENTS:,} students, not {students:,}.")
    if today < EARLIEST_DAY:
        raise ValueError(f"The day must be {EARLIEST_DAY} or later, not {today}.")
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = {name: directory / f"{name}.csv.unfinished" for name in COLUMNS}
    try:
        counts = {name: write_reference_file(unfinished[name], name) for name in REFERENCE_FILES}
        counts |= write_students(
            unfinished, students, seed, Terms(today), progress, with_statuses=with_statuses
        )
        for name, path in unfinished.items():
            os.replace(path, directory / f"{name}.csv")
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)
    return counts


def write_reference_file(path: Path, name: str) -> int:
    """A file that is the same in every province; returns its rows."""
    rows = read(f"{name}.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS[name])
        writer.writerows([row[column] for column in COLUMNS[name]] for row in rows)
    return len(rows)


def write_students(
    paths: dict[str, Path],
    students: int,
    seed: int,
    terms: Terms,
    progress: Callable[[int], None] | None,
    *,
    with_statuses: bool,
) -> dict[str, int]:
    counts = dict.fromkeys(Rows.__slots__, 0)
    with ExitStack() as stack:
        files = {}
        for name in counts:
            file = stack.enter_context(paths[name].open("w", encoding="utf-8", newline=""))
            file.write(",".join(COLUMNS[name]) + "\n")
            files[name] = file
        for start in range(0, students, STRETCH):
            end = min(start + STRETCH, students)
            rows = stretch(start, end, seed, terms, with_statuses=with_statuses)
            for name, file in files.items():
                lines = getattr(rows, name)
                counts[name] += len(lines)
                file.writelines(lines)
            if progress:
                progress(end - start)
    return counts


def stretch(start: int, end: int, seed: int, terms: Terms, *, with_statuses: bool) -> Rows:
    """The rows of the ASNs from `start` up to, not including, `end`; `start` is even."""
    rows = Rows()
    registry = Registry(reference(), terms, rows, with_statuses=with_statuses)
    rng = Random()
    for place in range(start, end, 2):
        rng.seed(seed << 32 | place)
        story = person_at(rng, place, terms)
        second = None
        if place + 1 < end:
            second = number_after(rng, place + 1, story, terms)
        registry.write_pair(rng, place, story, second)
        if place + 1 < end and second is None:
            rng.seed(seed << 32 | place + 1)
            registry.write_pair(rng, place + 1, person_at(rng, place + 1, terms), None)
    return rows


def person_at(rng: Random, place: int, terms: Terms) -> Story:
    if place < len(CAST):
        return story_of(place, terms)
    return draw_story(rng, reference(), terms)


def number_after(rng: Random, place: int, story: Story, terms: Terms) -> Story | None:
    """The number at an odd place if it is not a person's own: secondary or deactivated."""
    if place < len(CAST):
        second = story_of(place, terms)
        return None if second.status == ACTIVE else second
    chance = rng.random()
    if chance < SECONDARY_SHARE:
        return draw_second(rng, story)
    if chance < SECONDARY_SHARE + DEACTIVATED_SHARE:
        is_achieved = rng.random() < 0.1
        return Story(status=DEACTIVATED, traits=frozenset(["achieved"] if is_achieved else []))
    return None
