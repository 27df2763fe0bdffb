"""import_records --calculate: the students of an import are handed over to the calculator."""

from credentials.definition_models import Recalculation
from credentials.models import RequirementSetStatus
from enrolments.models import TranscriptTrigger
from tests import invariants
from tests.importing.conftest import ADA, ORGANIZATIONS, run_import, the_call
from tests.province_files import BEN, write_files


def triggered() -> set[str]:
    return set(TranscriptTrigger.objects.values_list("student__asn", flat=True))


def rows() -> dict[str, bool]:
    """Requirement set -> whether its row is calculated."""
    return dict(RequirementSetStatus.objects.values_list("requirement_set_id", "is_calculated"))


def load_and_calculate(directory, **files) -> None:
    files["organizations"] = list(ORGANIZATIONS)
    outcome = run_import(write_files(directory, **files), "--calculate")
    assert outcome.status == 0, outcome.err
    invariants.assert_database_is_sound()


FILES = {
    "students": [{}, {"asn": BEN, "status": "Secondary", "primary_asn": ADA}],
    "official_marks": [{"asn": BEN}],
    "requirement_set_statuses": [{}, {"requirement_set": "HHSD"}],
}


def test_without_it_nothing_is_calculated(tmp_path, db):
    files = write_files(tmp_path, organizations=list(ORGANIZATIONS), **FILES)
    assert run_import(files).status == 0
    assert triggered() == set()
    assert rows() == {"AHSD-2018": False, "HHSD": False}


def test_new_students(tmp_path, db):
    """A secondary number is its primary's. The honorary diploma is never calculated."""
    load_and_calculate(tmp_path, **FILES)
    assert triggered() == {ADA}
    assert rows() == {"AHSD-2018": True, "HHSD": False}
    assert RequirementSetStatus.history.count() == 3


def test_students_who_were_there_before(tmp_path, load, db):
    load(**FILES)
    outcome = run_import(
        write_files(tmp_path / "more", official_marks=[{"asn": BEN, "course_code": "SCN1270"}]),
        "--calculate",
    )
    assert outcome.status == 0, outcome.err
    assert triggered() == {ADA}
    assert rows() == {"AHSD-2018": True, "HHSD": False}
    invariants.assert_database_is_sound()


def test_new_courses_concern_everybody(tmp_path, db):
    load_and_calculate(tmp_path, courses=[{}], **FILES)
    [wanted] = Recalculation.objects.filter(finished_at=None)
    assert "AHSD-2018" in wanted.requirement_sets
    assert wanted.cause == f"Import {the_call().pk}"


def test_a_dry_run_hands_nobody_over(tmp_path, db):
    files = write_files(tmp_path, organizations=list(ORGANIZATIONS), **FILES)
    assert run_import(files, "--calculate", "--dry-run").status == 0
    assert triggered() == set()
