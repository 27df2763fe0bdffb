"""Awards changed by many at once: re-issued, deleted, brought back, awarded anew."""

import datetime
import random
from collections import Counter
from functools import partial

import pytest

from credentials.maturity import maturity
from credentials.models import ArchivedCredential, AwardedCredential, IssuedCredentialNumber
from students.models import Student
from tests.concurrency.sessions import at_once, deadlocks, held_up, lock_student, lock_table
from tests.credentials.officer import award as award
from tests.credentials.officer import make_officer, order, recalculated, submit_identity
from tests.province_builder import make_award, make_student, set_up

pytestmark = pytest.mark.concurrency

SENDERS, ROUNDS = 12, 12
YEAR, AGE = 2026, datetime.date(2027, 9, 1)


@pytest.fixture
def officer(committed_database):
    return make_officer()


def graduate(**values) -> Student:
    return make_student(
        **{
            "achieved": ["AHSD-2018", "GHSD"],
            "marks": [("ELA3105", YEAR, 5)],
            "maturity_date": AGE,
            "maturity_reason": "AGE",
            **values,
        }
    )


@pytest.fixture
def student(committed_database) -> Student:
    with set_up():
        return graduate()


def present(award) -> AwardedCredential:
    return AwardedCredential.objects.get(pk=award.pk)


def outcome(response) -> str:
    """The code of the first rejection or of the fault; "" for what was applied."""
    if response.status_code == 200:
        return ""
    body = response.json()
    return body["Rejections"][0]["Code"] if "Rejections" in body else body["code"]


def assert_maturity_is_right(student) -> None:
    now = Student.objects.get(pk=student.pk)
    awards = AwardedCredential.objects.filter(
        student__in=[now, *now.secondaries.all()], is_deleted=False
    )
    due = maturity(now.birth_date, awards.values_list("credential_type", "school_year"))
    assert (now.maturity_date, now.maturity_reason) == due


# --- One award ----------------------------------------------------------------------------------


def test_of_many_re_issues_one_wins(award, officer):
    """The others find that the number was replaced."""
    work = [partial(officer.re_issue, award, SchoolYear=2000 + n) for n in range(10, 10 + SENDERS)]
    with held_up(lock_student(award.student.asn), *work) as (session, calls):
        session.commit()
        found = Counter(outcome(call.result()) for call in calls)
    assert found == {"": 1, "44002": SENDERS - 1}
    assert ArchivedCredential.objects.get().number_id == award.number_id
    assert IssuedCredentialNumber.objects.count() == 2
    assert AwardedCredential.history.count() == 2
    assert_maturity_is_right(award.student)
    assert deadlocks() == 0


def test_of_many_deletions_one_wins(award, officer):
    """The others have seen another version; the number is still the present one."""
    work = [partial(officer.delete, award, f"Reason {n}") for n in range(SENDERS)]
    with held_up(lock_student(award.student.asn), *work) as (session, calls):
        session.commit()
        found = Counter(outcome(call.result()) for call in calls)
    assert found == {"": 1, "44001": SENDERS - 1}
    assert AwardedCredential.history.count() == 2
    assert_maturity_is_right(award.student)


def test_re_issue_against_delete_and_legacy_number(award, officer):
    """Whoever comes first is applied; what the others are told depends on what that was."""
    first = Counter()
    for turn in range(ROUNDS):
        now = present(award)
        found = at_once(
            partial(officer.re_issue, now, SchoolYear=2010 + turn),
            partial(officer.delete, now, "By mistake"),
            partial(officer.renumber, now, f"L-{turn}"),
        )
        results = [outcome(response) for response in found]
        assert results.count("") == 1, results
        if not results[0]:
            assert results == ["", "44002", "44002"]
        else:
            assert set(results) == {"", "44001"}
        first[results.index("")] += 1
        assert_maturity_is_right(award.student)
        if (gone := present(award)).is_deleted:
            assert outcome(officer.delete(gone, None)) == ""
    assert ArchivedCredential.objects.count() == first[0]
    assert deadlocks() == 0


@pytest.mark.parametrize("way", ["re-issue", "delete"])
def test_an_order_made_meanwhile_counts(award, officer, way):
    """Whoever orders holds the student; what decides is read after that."""
    re_issue = partial(officer.re_issue, award, SchoolYear=2025)
    work = re_issue if way == "re-issue" else partial(officer.delete, award)
    with held_up(lock_student(award.student.asn), work) as (session, [call]):
        order(award)
        session.commit()
        assert outcome(call.result()) == "44015"


def test_two_re_issues_that_have_their_numbers_take_turns(award, officer):
    """The second waits for the first to commit, though it was held up after all its reading."""
    first = partial(officer.re_issue, award, SchoolYear=2025)
    second = partial(officer.re_issue, award, SchoolYear=2024)
    with held_up(lock_table(IssuedCredentialNumber), first, second) as (session, calls):
        session.commit()
        found = sorted(outcome(call.result()) for call in calls)
    assert found == ["", "44002"]


# --- One student --------------------------------------------------------------------------------


def test_award_against_re_issue_and_delete_of_the_same_student(award, officer):
    """One award of another type, bulk or single, beside changes of the first."""
    student = award.student
    for turn in range(ROUNDS):
        now = present(award)
        ways = [partial(officer.award, student.asn), partial(officer.single, student, "GHSD")]
        re_issued, deleted, awarded = at_once(
            partial(officer.re_issue, now, SchoolYear=2010 + turn),
            partial(officer.delete, now, "By mistake"),
            ways[turn % 2],
        )
        assert (outcome(re_issued), outcome(deleted)) in {("", "44002"), ("44001", "")}
        if turn % 2:
            # Not while the student is recalculated: that is, after either of the others.
            assert outcome(awarded) in {"", "44000", "44010"}
        else:
            [answer] = awarded
            assert [each["Code"] for each in answer["Rejections"]] in (
                *([], ["44010"], ["44012"], ["44000"]),
            )
        assert_maturity_is_right(student)
        recalculated()
        if (gone := present(award)).is_deleted:
            assert outcome(officer.delete(gone, None)) == ""
            recalculated()
    assert deadlocks() == 0


def test_awarding_anew_what_was_deleted_against_bringing_it_back(award, officer):
    """Either the old number is active again, or a new one is, and the old one is archived."""
    student, ways = award.student, Counter()
    for _turn in range(ROUNDS):
        assert outcome(officer.delete(present(award), "By mistake")) == ""
        recalculated()
        gone = present(award)
        back, anew = at_once(
            partial(officer.delete, gone, None), partial(officer.single, student, "AHSD", YEAR)
        )
        now = present(award)
        assert now.is_deleted is False
        if not outcome(back):
            # The student is recalculated, but what is held is held.
            assert outcome(anew) == "44010"
            assert now.number_id == gone.number_id
            ways["back"] += 1
        else:
            assert (outcome(back), outcome(anew)) == ("44002", "")
            assert now.number_id == anew.json()["CredentialNumber"] != gone.number_id
            assert ArchivedCredential.objects.filter(number=gone.number_id).exists()
            ways["anew"] += 1
        assert_maturity_is_right(student)
        recalculated()
    assert ArchivedCredential.objects.count() == ways["anew"]


def test_a_bulk_award_and_changes_of_the_same_students(officer):
    """Two bulk awards, students in any order, beside changes of what some of them hold."""
    with set_up():
        students = [
            graduate(achieved=["AHSD-2018"], awards=[("CHSA", 500 + n, 2020, False)])
            for n in range(24)
        ]
    awards = list(AwardedCredential.objects.filter(credential_type="CHSA"))
    asns = [student.asn for student in students]
    shuffled = random.Random(1).sample(asns, len(asns))
    first, second, *changes = at_once(
        partial(officer.award, *shuffled),
        partial(officer.award, *reversed(shuffled)),
        *(partial(officer.re_issue, each, SchoolYear=2019) for each in awards[:6]),
        *(partial(officer.delete, each) for each in awards[6:12]),
    )
    assert [outcome(each) for each in changes] == [""] * 12
    codes = Counter(
        each["Rejections"][0]["Code"] if each["Rejections"] else "" for each in (*first, *second)
    )
    # Whoever was changed first is recalculated when the awards come.
    assert codes[""] == AwardedCredential.objects.filter(credential_type="AHSD").count() >= 12
    assert set(codes) <= {"", "44000", "44010"}
    for student in students:
        assert_maturity_is_right(student)
    assert deadlocks() == 0


# --- Linked numbers -----------------------------------------------------------------------------


@pytest.fixture
def linked(committed_database) -> tuple[Student, AwardedCredential, AwardedCredential]:
    """A person with two numbers, each with a diploma."""
    with set_up():
        person = graduate(maturity_date=datetime.date(2020, 9, 1), maturity_reason="CREDENTIAL")
        second = make_student(primary=person)
        return (
            person,
            make_award(second, "AHSD", 501, 2020),
            make_award(person, "GHSD", 502, 2021),
        )


def test_an_award_under_a_secondary_number_waits_for_the_primary(linked, officer):
    person, award, _own = linked
    work = partial(officer.re_issue, award, SchoolYear=2024)
    with held_up(lock_student(person.asn), work) as (session, [call]):
        session.commit()
        assert outcome(call.result()) == ""
    assert_maturity_is_right(person)


def test_changes_under_both_numbers_leave_the_right_maturity_date(linked, officer):
    """Each would compute it from what it sees of the other's award."""
    person, one, other = linked
    for turn in range(ROUNDS):
        years = 2015 + turn, 2016 + (turn * 7) % 10
        found = at_once(
            *(
                partial(officer.re_issue, present(award), SchoolYear=year)
                for award, year in zip((one, other), years, strict=True)
            )
        )
        assert [outcome(each) for each in found] == ["", ""], turn
        assert_maturity_is_right(person)
    assert deadlocks() == 0


def test_a_birth_date_and_an_award_changed_at_once(linked, officer):
    person, award, _own = linked
    for turn in range(6):
        born = f"{1995 + 2 * turn}-03-04"
        re_issued, identified = at_once(
            partial(officer.re_issue, present(award), SchoolYear=2012 + turn),
            partial(submit_identity, person, BirthDate=born),
        )
        assert outcome(re_issued) == ""
        # The student's version rises with the maturity date.
        assert outcome(identified) in ("", "3004")
        assert_maturity_is_right(person)


def test_a_number_that_is_linked_meanwhile(award, officer):
    """The call that saw it unlinked does not go on as if it were."""
    with set_up():
        primary = graduate()
    work = partial(officer.re_issue, award, SchoolYear=2025)
    with held_up(lock_student(award.student.asn), work) as (session, [call]):
        session.execute(
            "UPDATE students_student SET primary_id = %s WHERE id = %s",
            [primary.pk, award.student_id],
        )
        session.commit()
        assert outcome(call.result()) == "4001"
    with set_up():
        Student.objects.filter(pk=award.student_id).update(primary=None)
