"""SubmitName over HTTP, with schools as real clients: the document's example, every operation, the
order in which its rules are judged."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceCall
from enrolments.models import StudentTrigger
from students.models import Name, NameKey, Student
from tests import invariants
from tests.province_builder import make_enrolment, make_school, make_student, set_up
from tests.students import bodies
from tests.students.calls import applied, version_of

QUERIES = 30


@pytest.fixture
def student(school1, school2) -> Student:
    """Enrolled at both schools this year, so that both may change the names."""
    with set_up():
        made = make_student(first_name="John", last_name="Smith")
        for code in ("S.0001", "S.0002"):
            make_enrolment(made, make_school(code, f"A.{code[2:]}"), 2027)
    return made


def stored(student) -> dict[int, tuple]:
    """RefId -> full name, who made it, who changed it."""
    names = Name.objects.filter(student=student, is_deleted=False).order_by("pk")
    return {
        name.pk: (
            name.full_name,
            name.created_by_organization and name.created_by_organization.code,
            name.updated_by_organization and name.updated_by_organization.code,
        )
        for name in names
    }


def preferred(student) -> int:
    return Student.objects.get(pk=student.pk).preferred_name_id


# --- The example of the document ----------------------------------------------------------------


def test_the_worked_example(student, school1, school2):
    legal = student.legal_name_id
    one = school1.submit_name(student.asn, "John", "Doe")
    assert stored(student)[one] == ("John Doe", "S.0001", "S.0001")

    assert school1.submit_name(student.asn, "Johnny", "Doe", ref_id=one) == one
    assert stored(student)[one] == ("Johnny Doe", "S.0001", "S.0001")

    two = school2.submit_name(student.asn, "Mark", "Doe")
    assert two != one
    assert stored(student) == {
        legal: ("John Smith", None, None),
        one: ("Johnny Doe", "S.0001", "S.0001"),
        two: ("Mark Doe", "S.0002", "S.0002"),
    }
    history = Name.history.filter(id=one).order_by("history_id")
    assert [(row.first_name, row.history_type) for row in history] == [
        ("John", "+"),
        ("Johnny", "~"),
    ]
    invariants.assert_database_is_sound()


def test_a_school_corrects_and_deletes_what_another_added(student, school1, school2):
    one = school1.submit_name(student.asn, "John", "Doe")
    school2.submit_name(student.asn, "Jack", "Doe", ref_id=one)
    assert stored(student)[one] == ("Jack Doe", "S.0001", "S.0002")
    school2.submit_name(student.asn, ref_id=one, DeleteName=True)
    assert one not in stored(student)


# --- Add, correct, delete, prefer ---------------------------------------------------------------


def test_every_change_gives_the_student_a_new_version_and_a_trigger(student, school1):
    seen = [student.version]
    one = None
    for change in ({}, {"first": "Marc", "ref_id": 1}, {"ref_id": 1, "DeleteName": True}):
        if "ref_id" in change:
            change["ref_id"] = one
        answer = applied(school1.post("SubmitName", school1.name(student.asn, **change)))
        one = int(answer["Id"])
        assert answer["PASICoreVersion"] == version_of(student.asn) > seen[-1]
        assert StudentTrigger.objects.get(pk=student.pk).version > answer["PASICoreVersion"]
        seen.append(answer["PASICoreVersion"])
    assert Student.history.filter(id=student.pk).count() == 4


def test_parts_are_stored_to_the_letter(student, school1):
    one = school1.submit_name(student.asn, "mARK", "van der Béè", middle="J.", suffix="iii")
    name = Name.objects.get(pk=one)
    assert (name.first_name, name.middle_name, name.last_name, name.suffix) == (
        *("mARK", "J.", "van der Béè", "iii"),
    )
    assert NameKey.objects.get(pk=one).last_key == "VAN DER BEE"
    school1.submit_name(student.asn, "Mark", "Other", ref_id=one)
    name.refresh_from_db()
    assert (name.middle_name, name.suffix) == ("", "")
    assert NameKey.objects.get(pk=one).last_key == "OTHER"


def test_a_deleted_name_is_gone_from_the_search_and_its_refid_refused(student, school1):
    one = school1.submit_name(student.asn)
    school1.submit_name(student.asn, ref_id=one, DeleteName=True)
    assert not NameKey.objects.filter(pk=one).exists()
    assert Name.objects.get(pk=one).is_deleted
    for change in ({"DeleteName": True}, {"first": "Else"}):
        sent = school1.name(student.asn, ref_id=one, **change)
        assert school1.refused("SubmitName", sent) == ["9006"]


def test_adding_a_deleted_name_again_brings_its_record_back(student, school1, school2):
    one = school1.submit_name(student.asn)
    school1.submit_name(student.asn, ref_id=one, DeleteName=True)
    assert school2.submit_name(student.asn) == one
    assert stored(student)[one] == ("Mark Doe", "S.0001", "S.0002")
    assert NameKey.objects.filter(pk=one).exists()


def test_correcting_into_a_deleted_name_leaves_that_deleted(student, school1):
    deleted = school1.submit_name(student.asn, "Old")
    school1.submit_name(student.asn, ref_id=deleted, DeleteName=True)
    one = school1.submit_name(student.asn, "New")
    assert school1.submit_name(student.asn, "Old", ref_id=one) == one
    assert Name.objects.get(pk=deleted).is_deleted
    assert stored(student)[one][0] == "Old Doe"
    invariants.assert_database_is_sound()


def test_preferring(student, school1):
    legal = student.legal_name_id
    one = school1.submit_name(student.asn, IsPreferred=True)
    assert preferred(student) == one
    two = school1.submit_name(student.asn, "Jim", IsPreferred=False)
    assert preferred(student) == one
    school1.submit_name(student.asn, "Jim", ref_id=two, IsPreferred=True)
    assert preferred(student) == two
    # False on the preferred name gives the legal one back its place; elsewhere it does nothing.
    school1.submit_name(student.asn, "Jim", ref_id=two, IsPreferred=False)
    assert preferred(student) == legal
    school1.submit_name(student.asn, "Tim", ref_id=two, IsPreferred=False)
    assert preferred(student) == legal


def test_the_legal_name_may_be_preferred_again_by_its_own_record(student, school1):
    legal = student.legal_name_id
    school1.submit_name(student.asn, IsPreferred=True)
    school1.submit_name(student.asn, "John", "Smith", ref_id=legal, IsPreferred=True)
    assert preferred(student) == legal


def test_why_it_was_changed_stands_in_the_audit_only(student, school1):
    sent = school1.name(student.asn, SourceChangeCode=42)
    response = school1.post("SubmitName", sent)
    call = ServiceCall.objects.get(pk=applied(response) and response.headers["PASI-Message-Id"])
    assert '"SourceChangeCode": 42' in call.body


# --- Rejections, in their order -----------------------------------------------------------------


def test_unknown_number(school1):
    sent = school1.name("999999999", PASICoreVersion=1)
    assert school1.refused("SubmitName", sent) == ["9002"]


def test_a_version_never_issued_comes_before_everything(student, school1):
    for asn in (student.asn, "999999999"):
        sent = school1.name(asn, PASICoreVersion=2**62)
        assert school1.refused("SubmitName", sent) == ["9014"]


def test_limited_access_cannot_tell_a_stranger_from_nobody(student, limited):
    answers = [
        limited.post("SubmitName", limited.name(asn, PASICoreVersion=version_of(asn)))
        for asn in (student.asn, "999999999")
    ]
    texts = [
        answer.json()["Rejections"][0]["Description"].replace(asn, "")
        for answer, asn in zip(answers, (student.asn, "999999999"), strict=True)
    ]
    assert texts[0] == texts[1]
    assert {answer.json()["Rejections"][0]["Code"] for answer in answers} == {"9002"}


def test_a_school_without_association_may_not(student):
    from tests.students.calls import make_caller

    with set_up():
        make_school("S.0003", "A.0003")
        stranger = make_caller("S.0003")
    # Also with a wrong version: access comes first.
    sent = stranger.name(student.asn, PASICoreVersion=1)
    assert stranger.refused("SubmitName", sent) == ["9065"]


def test_secondary_numbers_are_for_the_ministry(student, school1, ministry):
    with set_up():
        secondary = make_student(primary=student)
    response = school1.post("SubmitName", school1.name(secondary.asn))
    [rejection] = response.json()["Rejections"]
    assert rejection["Code"] == "9011"
    assert student.asn in rejection["Description"]
    one = ministry.submit_name(secondary.asn)
    assert Name.objects.get(pk=one).student_id == secondary.pk


def test_deactivated_numbers_are_for_the_ministry(school1, ministry):
    with set_up():
        gone = make_student(is_deactivated=True)
    assert school1.refused("SubmitName", school1.name(gone.asn)) == ["9065"]
    ministry.submit_name(gone.asn)


@pytest.mark.parametrize("version", [-1, 0, 1])
def test_another_version_is_a_fault(student, school1, version):
    # Judged before the name is looked for.
    sent = school1.name(student.asn, ref_id=999_999, PASICoreVersion=version)
    response = school1.post("SubmitName", sent)
    assert response.status_code == 409
    problem = response.json()
    assert problem["code"] == "3004"
    assert str(student.version) in problem["detail"]
    assert str(version) in problem["detail"]


def test_names_of_other_students_and_of_nobody(student, school1):
    with set_up():
        other = make_student()
    for ref_id in (other.legal_name_id, 2_000_000_000, -5):
        sent = school1.name(student.asn, ref_id=ref_id)
        assert school1.refused("SubmitName", sent) == ["9006"]


def test_legal_original_and_preferred_names_are_protected(student, school1):
    legal = student.legal_name_id
    sent = school1.name(student.asn, ref_id=legal, DeleteName=True)
    # It is the preferred one as well; 11216 speaks of legal and original.
    assert set(school1.refused("SubmitName", sent)) == {"11215", "11216"}
    sent = school1.name(student.asn, "John", "Smyth", ref_id=legal)
    # School 1 did not create the student.
    assert school1.refused("SubmitName", sent) == ["9049", "11227"]
    one = school1.submit_name(student.asn, IsPreferred=True)
    sent = school1.name(student.asn, ref_id=one, DeleteName=True)
    assert school1.refused("SubmitName", sent) == ["11215"]


def test_characters_are_judged_before_the_rest_and_all_at_once(student, school1):
    one = school1.submit_name(student.asn, "Mark", "Doe")
    bad = {"first": " Bob", "last": "Mary  Ann-", "middle": "J.P."}
    for ref_id in (0, one):
        codes = school1.refused("SubmitName", school1.name(student.asn, ref_id=ref_id, **bad))
        assert codes == ["11203", "11204", "11207", "11223"]


def test_a_bad_old_name_can_be_deleted(student, school1):
    with set_up():
        bad = Name.objects.create(student=student, first_name="Bad..", last_name="Doe")
    school1.submit_name(student.asn, "Bad..", ref_id=bad.pk, DeleteName=True)
    assert Name.objects.get(pk=bad.pk).is_deleted


def test_nothing_to_do(student, school1):
    one = school1.submit_name(student.asn, IsPreferred=True)
    for change in ({}, {"IsPreferred": True}, {"middle": ""}):
        sent = school1.name(student.asn, ref_id=one, **change)
        assert school1.refused("SubmitName", sent) == ["9023"]
    sent = school1.name(student.asn, "John", "Smith", ref_id=student.legal_name_id)
    assert school1.refused("SubmitName", sent) == ["9023"]


def test_the_same_name_twice(student, school1):
    one = school1.submit_name(student.asn, "Fred", "Flintstone", middle="Tom")
    two = school1.submit_name(student.asn, "Fred", "Flintstone")
    add = school1.name(student.asn, "Fred", "Flintstone", middle="Tom")
    assert school1.refused("SubmitName", add) == ["11201"]
    sent = school1.name(student.asn, "Fred", "Flintstone", ref_id=one)
    assert school1.refused("SubmitName", sent) == ["11201"]
    assert school1.refused("SubmitName", school1.name(student.asn, "John", "Smith")) == ["11201"]
    school1.submit_name(student.asn, "Fréd", "Flintstone", middle="Tom")
    school1.submit_name(student.asn, "Fred", "Flintstone", ref_id=two, suffix="Jr")


def test_rejections_write_nothing(student, school1):
    before = (stored(student), version_of(student.asn), Name.history.count())
    school1.refused("SubmitName", school1.name(student.asn, "J.P."))
    assert (stored(student), version_of(student.asn), Name.history.count()) == before


# --- The original name --------------------------------------------------------------------------


def test_who_created_the_student_may_correct_the_original_name_for_thirty_days(
    school1, ministry, settings
):
    import datetime

    asn = school1.create()
    born = bodies.create_student_minimal()["IdentificationRecord"]
    sent = ministry.name(
        asn, "Amelia", "Tremblay", ref_id=Student.objects.get(asn=asn).legal_name_id
    )
    # The original name is still the legal one: that is what hinders, for everybody.
    assert ministry.refused("SubmitName", sent) == ["11227"]
    identification = bodies.identification_minimal(
        StateProvinceId=asn,
        PASICoreVersion=version_of(asn),
        IdentificationRecord={**born, "LastName": "Roy"},
    )
    applied(ministry.post("SubmitIdentificationInformation", identification))
    original = Student.objects.get(asn=asn).original_name_id
    real_today = datetime.datetime.now(tz=datetime.UTC).date()
    settings.PASI_TODAY = real_today + datetime.timedelta(days=33)
    sent = school1.name(asn, "Amelia", "Tremblay", ref_id=original)
    assert school1.refused("SubmitName", sent) == ["9049"]
    settings.PASI_TODAY = real_today
    school1.submit_name(asn, "Amelia", "Tremblay", ref_id=original)
    settings.PASI_TODAY = real_today + datetime.timedelta(days=33)
    school1.submit_name(asn, "Amelia", "Tremblay", ref_id=original, IsPreferred=True)
    ministry.submit_name(asn, "Amalia", "Tremblay", ref_id=original)


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [1, 30])
def test_queries(student, school1, names):
    for number in range(names):
        school1.submit_name(student.asn, "Mark" + "k" * number)
    one = school1.submit_name(student.asn, "Zoe")
    for change in (
        {"first": "Max"},
        {"first": "Marc", "ref_id": one},
        {"ref_id": one, "DeleteName": True},
    ):
        sent = school1.name(student.asn, **change)
        with CaptureQueriesContext(connection) as captured:
            applied(school1.post("SubmitName", sent))
        count = sum("SAVEPOINT" not in query["sql"] for query in captured)
        assert count <= QUERIES + 2, "\n".join(query["sql"][:100] for query in captured)
