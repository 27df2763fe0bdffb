"""A province without statuses, worked out: every set achieved, nearly and far; every code."""

import datetime
from collections import defaultdict

import pytest

from credentials.eligibility.definition_files import definitions
from pasi.province import examples, write_province
from pasi.province.cast import CAST
from pasi.province.identifiers import student_number
from tests.province.calculating import CalculatedProvince
from tests.province.conftest import SEED, TODAY
from tests.province.reading import Province
from tests.province.test_believable import IN_RUN, TYPES

STUDENTS = 6000
FAR = 50  # per cent: met less than half


@pytest.fixture(scope="module")
def calculated(tmp_path_factory) -> CalculatedProvince:
    directory = tmp_path_factory.mktemp("calculated")
    write_province(directory, STUDENTS, SEED, TODAY, with_statuses=False)
    return CalculatedProvince(Province(directory, TODAY))


def worked_out(found: CalculatedProvince) -> Province:
    """The province with the statuses that it comes to, beside those set by hand."""
    province = found.province
    for asn, sets in found.assessed.items():
        for code, each in sets.items():
            province.statuses[asn][code] = each.status
    return province


def test_only_statuses_that_no_record_brings_about(calculated):
    rows = calculated.province.rows("requirement_set_statuses")
    assert {row["calculated"] for row in rows} == {"false"}
    assert len(rows) < 100


def test_every_set_occurs_achieved_nearly_and_far(calculated):
    """Not in the fixed cast alone: among those drawn by chance. Requirement by requirement it is
    tested on the cast, in test_one_short.py."""
    drawn = {student_number(place) for place in range(len(CAST), STUDENTS)}
    percentages = defaultdict(set)
    missing = defaultdict(set)
    for asn in drawn & calculated.assessed.keys():
        for code, each in calculated.assessed[asn].items():
            percentages[code].add(each.percentage)
            unmet = [result.requirement for result in each.results if not result.is_met]
            if len(unmet) == 1:
                missing[code].add(unmet[0])
    every = {each.code: each for each in definitions().sets if each.is_calculated}
    assert set(percentages) == set(every)
    for code, seen in percentages.items():
        assert 100 in seen, code
        assert missing[code] or code == "IOPC", code  # rare: the fixed cast has it
    # Each requirement alone is what somebody lacks, but for those that open the set.
    all_but_triggers = {
        link.requirement for link in every["AHSD-2018"].requirements if not link.is_trigger
    }
    assert missing["AHSD-2018"] >= all_but_triggers
    for code in ("AHSD-2018", "AHSD-2010-2018", "HSED-ALT1", "HSED-ALT2"):
        assert min(percentages[code]) < FAR, code


def test_every_type_and_rejection_still_occurs(calculated):
    province = worked_out(calculated)
    assert {province.judge(asn) for asn in province.in_run()} == TYPES | IN_RUN


@pytest.mark.parametrize("today", [TODAY, datetime.date(2026, 7, 31), datetime.date(2027, 3, 1)])
def test_the_example_of_each_code_still_brings_it(tmp_path, today):
    write_province(tmp_path, 80, 1, today, with_statuses=False)
    province = worked_out(CalculatedProvince(Province(tmp_path, today)))
    named = examples(80, 1, today)
    judged = {code: province.judge(asn) for code, asn in named.items()}
    assert judged == {code: code for code in named}
