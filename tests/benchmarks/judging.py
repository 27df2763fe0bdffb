"""How fast the eligibility of students is judged, without a database.

    python -m tests.benchmarks.judging [--students N]

The students have the transcripts of the generated province (about 30 marks each), three school
enrolments and a few course enrolments; a third of them have rows already.
"""

import argparse
import os
import random
import time
from datetime import date

KINDS = ("complete", "complete", "complete", "short", "failing", "knowledge", "equivalency")
TODAY = date(2024, 8, 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.judging",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--students", type=int, default=10_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasi.settings")
    import django

    django.setup()
    from credentials.eligibility.classify import Calculator
    from credentials.eligibility.definition_files import definitions

    facts = make_facts(options.students)
    calculator = Calculator(definitions())
    started, busy = time.perf_counter(), time.process_time()
    rows = sum(len(calculator.assess(each, TODAY)) for each in facts)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    marks = sum(len(each.marks) for each in facts) / len(facts)
    print(
        f"{len(facts):,} students with {marks:.1f} marks each, {rows:,} rows: {seconds:.2f} s, "
        f"{busy:.2f} s of the processor, {1e6 * busy / len(facts):.0f} µs for a student"
    )


def make_facts(number: int) -> list:
    from credentials.eligibility.facts import (
        CourseEnrolment,
        Mark,
        SchoolEnrolment,
        StoredStatus,
        StudentFacts,
    )
    from pasi.province.transcripts import plan_for

    rng = random.Random(1)
    years = {10: 2022, 11: 2023, 12: 2024, 13: 2024, 14: 2020}
    made = []
    for position in range(number):
        kind = KINDS[position % len(KINDS)]
        age = 30 if kind == "equivalency" else 17
        plan = plan_for(rng, kind, rng.randint(50, 95), age)
        made.append(
            StudentFacts(
                birth_date=date(2024 - age, 5, 1),
                marks=[
                    Mark(code, credits if is_passed else 0, years[when], "70")
                    for when, code, credits, is_passed in plan
                ],
                school_enrolments=[
                    SchoolEnrolment("S.7001", year, date(year - 1, 9, 5))
                    for year in (2022, 2023, 2024)
                ],
                course_enrolments=[
                    CourseEnrolment(code, 2024, "Completed", True)
                    for when, code, _credits, _passed in plan
                    if when == 12
                ],
                stored={"AHSD-2018": StoredStatus("NotAchieved")} if position % 3 == 0 else {},
            )
        )
    return made


if __name__ == "__main__":
    main()
