"""Numbers linked, deactivated and used by many at once."""

import datetime
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from credentials.maturity import maturity
from credentials.models import AwardedCredential
from enrolments.models import SchoolEnrolment
from pasi import bulk
from pasi.importing.load import import_directory
from students.models import Name, Student
from tests.concurrency.sessions import (
    and_leave,
    at_once,
    deadlocks,
    held_up,
    lock_student,
    lock_table,
    wait_until_blocked,
)
from tests.credentials.officer import DELETE, SINGLE, make_officer, named, recalculated
from tests.enrolments import bodies as enrolment_bodies
from tests.enrolments.calls import SERVICE as ENROL
from tests.enrolments.calls import make_enrolment_caller
from tests.province_builder import (
    caller_info,
    make_award,
    make_enrolment,
    make_school,
    make_student,
    set_up,
)
from tests.students import bodies
from tests.students.calls import make_caller, version_of
from tests.students.numbers import (
    DEACTIVATION,
    DEATH,
    LINK,
    a_deactivation,
    a_death,
    a_link,
    link,
    now,
)

pytestmark = pytest.mark.concurrency

ROUNDS = 8
BORN = datetime.date(2012, 5, 17)


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)


@pytest.fixture
def ministry(committed_database):
    with set_up():
        return make_caller("O.1", roles=("Submit Student User", "PASI System User"))


@pytest.fixture
def pair(ministry) -> tuple[Student, Student]:
    with set_up():
        return make_student("200000017"), make_student("200000025")


def outcome(response) -> str:
    """The codes of the rejections, or that of the fault; "" for what was applied."""
    if response.status_code == 200:
        return ""
    body = response.json()
    if "Rejections" in body:
        return " ".join(each["Code"] for each in body["Rejections"])
    return body["code"]


def outcomes(responses) -> list[str]:
    return [outcome(response) for response in responses]


# --- Links against links ------------------------------------------------------------------------


def test_of_two_links_that_cross_exactly_one_wins(pair, ministry):
    one, other = pair
    winners = Counter()
    for turn in range(ROUNDS):
        found = outcomes(
            at_once(
                partial(ministry.post, LINK, a_link(one, other)),
                partial(ministry.post, LINK, a_link(other, one)),
            )
        )
        assert sorted(found) == ["", "3004"], turn  # the primary has a new version as well
        first = found.index("")
        winners[first] += 1
        secondary = pair[first]
        assert now(secondary).primary_id == pair[1 - first].pk
        link(ministry, secondary, None)
    assert winners.total() == ROUNDS
    assert deadlocks() == 0


def test_links_that_cross_while_both_are_held_up(pair, ministry):
    """Both have read the keys before either has a lock."""
    one, other = pair
    work = [partial(ministry.post, LINK, a_link(*each)) for each in ((one, other), (other, one))]
    with held_up(lock_student(one.asn), *work) as (session, calls):
        session.commit()
        found = outcomes(call.result() for call in calls)
    assert sorted(found) == ["", "3004"]


def test_a_ring_of_links_is_not_closed(ministry):
    """A to B, B to C, C to A: whoever is second finds another version, or a link in its way."""
    for _turn in range(ROUNDS):
        with set_up():
            ring = [make_student() for _ in range(3)]
        found = outcomes(
            at_once(
                *(
                    partial(ministry.post, LINK, a_link(ring[n], ring[(n + 1) % 3]))
                    for n in range(3)
                )
            )
        )
        # Each link changes two of three numbers, so each other one has an end in common with it.
        assert found.count("") == 1, found
        assert set(found) <= {"", "3004", "99022", "99024"}
    assert deadlocks() == 0


def test_many_numbers_to_one_primary(ministry):
    """None asks for the primary's version: they take turns, and each sees the awards of all."""
    with set_up():
        primary = make_student()
        others = [make_student() for _ in range(8)]
        for number, student in enumerate(others):
            make_award(student, ("AHSD", "GHSD", "ADEX", "ADVD")[number % 4], 100 + number, 2020)
    found = outcomes(at_once(*(partial(ministry.post, LINK, a_link(e, primary)) for e in others)))
    # Of each credential one is linked; the other finds it held.
    assert sorted(found) == [""] * 4 + ["99025"] * 4
    assert primary.secondaries.count() == 4
    assert now(primary).maturity_date == datetime.date(2020, 9, 1)
    assert deadlocks() == 0


# --- Links against everything else --------------------------------------------------------------


def assert_maturity_is_right(student: Student) -> None:
    person = now(student)
    if person.primary_id:
        return
    awards = AwardedCredential.objects.filter(
        student__in=[person, *person.secondaries.all()], is_deleted=False
    )
    due = maturity(person.birth_date, awards.values_list("credential_type", "school_year"))
    assert (person.maturity_date, person.maturity_reason) == due


def test_a_link_against_an_award_under_the_secondary_number(ministry):
    """The award is made before the link, or not at all; its maturity date is the person's."""
    officer, seen = make_officer(), Counter()
    for _turn in range(ROUNDS):
        with set_up():
            secondary = make_student(achieved=["AHSD-2018"])
            primary = make_student(achieved=["AHSD-2018"])
        award = {"StateProvinceId": secondary.asn, "CredentialType": "AHSD", "SchoolYear": 2026}
        sent = a_link(secondary, primary)
        linked, awarded = outcomes(
            at_once(
                partial(ministry.post, LINK, sent),
                partial(officer.post, SINGLE, {"CallerInfo": caller_info(), **award}),
            )
        )
        seen[linked, awarded] += 1
        if linked:
            assert (linked, awarded) == ("3004", "")  # a maturity date has moved: another version
            link(ministry, secondary, primary)
        for each in (secondary, primary):
            assert_maturity_is_right(each)
        recalculated()
        held = "44010" if not awarded else ""
        award["StateProvinceId"] = primary.asn
        response = officer.post(SINGLE, {"CallerInfo": caller_info(), **award})
        assert outcome(response) == held
    # 4001: found unlinked, linked by the time it was locked.
    assert set(seen) <= {("", "44014"), ("3004", ""), ("", "4001")}
    assert deadlocks() == 0


def test_an_award_that_waits_for_a_link_finds_it(pair, ministry):
    secondary, primary = pair
    officer = make_officer()
    with set_up():
        award = make_award(secondary, "AHSD", 4321, 2025)
    award = {"StateProvinceId": secondary.asn, "CredentialType": "CHSA", "SchoolYear": 2026}
    with held_up(lock_student(secondary.asn), partial(officer.post, SINGLE, award)) as (
        session,
        [call],
    ):
        session.execute(
            "UPDATE students_student SET primary_id = %s WHERE id = %s", [primary.pk, secondary.pk]
        )
        session.commit()
        assert outcome(call.result()) == "44014"
    with set_up():
        Student.objects.filter(pk=secondary.pk).update(primary=None)


def test_a_link_against_bringing_an_award_back(ministry):
    """The same credential is never held under both numbers."""
    officer, seen = make_officer(), Counter()
    for turn in range(ROUNDS):
        with set_up():
            secondary, primary = make_student(), make_student()
            make_award(primary, "AHSD", 1000 + 2 * turn, 2025)
            gone = make_award(secondary, "AHSD", 1001 + 2 * turn, 2025, is_deleted=True)
        linked, back = outcomes(
            at_once(
                partial(ministry.post, LINK, a_link(secondary, primary)),
                partial(officer.post, DELETE, {"CallerInfo": caller_info(), **named(gone)}),
            )
        )
        seen[linked, back] += 1
        gone.refresh_from_db()
        assert bool(now(secondary).primary_id) is gone.is_deleted
    assert set(seen) <= {("", "44010"), ("", "4001"), ("3004", ""), ("99025", "")}
    assert deadlocks() == 0


def test_a_link_against_a_name_under_the_secondary_number(ministry):
    with set_up():
        school = make_school()
        clerk = make_caller("S.0001")
    seen = Counter()
    for _turn in range(ROUNDS):
        with set_up():
            secondary, primary = make_student(), make_student()
            make_enrolment(secondary, school, 2027)
        linked, name = outcomes(
            at_once(
                partial(ministry.post, LINK, a_link(secondary, primary)),
                partial(clerk.post, "SubmitName", clerk.name(secondary.asn)),
            )
        )
        seen[linked, name] += 1
        assert (Name.objects.filter(student=secondary).count() == 2) is (name == "")
    assert set(seen) <= {("3004", ""), ("", "9011"), ("", "4001")}
    assert deadlocks() == 0


def test_a_link_against_enrolments_under_both_numbers(ministry):
    """Each enrolment is judged beside the others of its person: whoever is last has them all
    looked at again."""
    with set_up():
        make_school()
        clerk = make_enrolment_caller("S.0001")
    for turn in range(ROUNDS):
        with set_up():
            secondary, primary = make_student(), make_student()
            make_enrolment(primary, make_school("S.0002"), 2027)
        enrol = enrolment_bodies.enrolment_minimal
        sent = [
            enrol(StateProvinceId=each.asn, RefId=f"00000000-0000-0000-{turn:04d}-{each.pk:012d}")
            for each in (secondary, primary)
        ]
        linked, of_secondary, of_primary = outcomes(
            at_once(
                partial(ministry.post, LINK, a_link(secondary, primary)),
                *(partial(clerk.post, ENROL, body) for body in sent),
            )
        )
        assert linked == of_primary == ""
        assert of_secondary in ("", "9011", "4001")
        stored = SchoolEnrolment.objects.filter(student__in=[secondary, primary])
        linked_at = now(secondary).version
        for enrolment in stored:
            # Those that were there by the link were looked at again after it; of those that came
            # later the submit has seen to all others.
            assert enrolment.schoolenrolmenttrigger.version > min(linked_at, enrolment.version)
    assert deadlocks() == 0


def test_a_link_and_a_new_student_of_the_same_identity(ministry):
    """Numbers are found while they are linked: the same person is not created once more."""
    with set_up():
        make_school()
        clerk = make_caller("S.0001")
    record = bodies.create_student_minimal()["IdentificationRecord"]
    for turn in range(ROUNDS):
        name = {"first_name": record["FirstName"], "last_name": "Roy" + "y" * turn}
        with set_up():
            secondary, primary = (make_student(birth_date=BORN, **name) for _ in range(2))
        identity = {**record, "LastName": name["last_name"]}
        create = bodies.create_student_minimal(IdentificationRecord=identity)
        linked, created = at_once(
            partial(ministry.post, LINK, a_link(secondary, primary)),
            partial(clerk.post, "CreateStudent", create),
        )
        assert outcomes([linked, created]) == ["", "11401 11404"]
        for each in (secondary, primary):
            assert each.asn in created.json()["Rejections"][0]["Description"]
    assert deadlocks() == 0


def test_a_link_against_a_death_and_a_deactivation(ministry):
    """Whatever is first: no primary is deactivated, no number dies out of sight."""
    seen = Counter()
    for _turn in range(ROUNDS):
        with set_up():
            secondary, primary = make_student(), make_student()
        found = outcomes(
            at_once(
                partial(ministry.post, LINK, a_link(secondary, primary)),
                partial(ministry.post, DEATH, a_death(secondary)),
                partial(ministry.post, DEACTIVATION, a_deactivation(primary)),
            )
        )
        seen[tuple(found)] += 1
        after = now(secondary)
        assert not (after.primary_id and (after.is_deceased or now(primary).is_deactivated))
    for linked, died, closed in seen:
        if linked:
            assert linked in ("3004", "99021", "99027")
            assert "" in (died, closed)
        else:
            assert died in ("99030", "3004", "4001") and closed in ("99024", "3004")
    assert deadlocks() == 0


def test_a_number_is_not_deactivated_while_somebody_enrols(ministry):
    with set_up():
        make_school()
        clerk = make_enrolment_caller("S.0001")
    seen = Counter()
    for turn in range(ROUNDS):
        with set_up():
            student = make_student()
        body = enrolment_bodies.enrolment_minimal(
            StateProvinceId=student.asn, RefId=f"00000000-0000-0000-0000-{turn:012d}"
        )
        closed, enrolled = outcomes(
            at_once(
                partial(ministry.post, DEACTIVATION, a_deactivation(student)),
                partial(clerk.post, ENROL, body),
            )
        )
        seen[closed, enrolled] += 1
    assert set(seen) <= {("", "9009"), ("99029", "")}
    assert deadlocks() == 0


# --- Imports ------------------------------------------------------------------------------------


STUDENTS = "asn,first_name,last_name,birth_date,gender,status,primary_asn\n"


def test_an_import_of_a_secondary_number_waits_for_a_link_of_its_primary(pair, ministry, tmp_path):
    """The primary is locked before it is looked at: it is itself secondary by then."""
    secondary, primary = pair
    (tmp_path / "students.csv").write_text(
        f"{STUDENTS}300000003,Ada,Byron,2012-05-17,F,Secondary,{secondary.asn}\n"
    )
    refused = []

    def bring() -> None:
        try:
            import_directory(tmp_path, operator="test", progress=False)
        except Exception as error:
            refused.append(str(error))

    with held_up(lock_student(secondary.asn), bring) as (session, [importing]):
        session.execute(
            "UPDATE students_student SET primary_id = %s WHERE id = %s", [primary.pk, secondary.pk]
        )
        session.commit()
        importing.result()
    assert "is itself secondary" in refused[0]
    assert not Student.objects.filter(asn="300000003").exists()
    with set_up():
        Student.objects.filter(pk=secondary.pk).update(primary=None)


def test_an_import_of_an_award_waits_for_a_link(pair, ministry, tmp_path):
    """The maturity date is the new primary's."""
    secondary, primary = pair
    (tmp_path / "awarded_credentials.csv").write_text(
        "credential_number,asn,credential_type,school_year,first_name,last_name,awarded_on\n"
        f"1000000008,{secondary.asn},AHSD,2020,Ada,Byron,2020-07-31\n"
    )
    bring = partial(import_directory, tmp_path, operator="test", progress=False)
    submit = partial(ministry.post, LINK, a_link(secondary, primary))
    # The link holds both students; the import comes to them while it does.
    with held_up(lock_table(Student.history.model), submit) as (session, [linking]):
        with ThreadPoolExecutor(1) as pool:
            importing = pool.submit(and_leave, bring)
            wait_until_blocked(session, 2)
            session.commit()
            importing.result()
        assert linking.result().status_code == 200
    assert now(primary).maturity_date == datetime.date(2020, 9, 1)
    assert now(secondary).primary_id == primary.pk


# --- Those who keep a copy ----------------------------------------------------------------------


def test_both_numbers_have_changed_for_those_who_keep_a_copy(pair, ministry):
    """A school that knew the secondary number only gets the primary one with the link."""
    secondary, primary = pair
    with set_up():
        make_enrolment(secondary, make_school(), 2027)
        make_enrolment(primary, make_school("S.0002", "A.0002"), 2027)
        school = make_caller("S.0001")

    def changed(caller, since: int) -> list[str]:
        rows = caller.get("/api/students/", ChangedSinceVersion=since)["results"]
        return [each["StateProvinceId"] for each in rows]

    since = bulk.latest_version()
    both = [secondary.asn, primary.asn]
    for to in (primary, None):
        link(ministry, secondary, to)
        assert changed(ministry, since) == both
        assert changed(school, since) == (both if to else [secondary.asn])
        since = bulk.latest_version()
    assert version_of(primary.asn) > primary.version
