"""Students created and named by many at once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from audit.models import ServiceCall
from pasi import bulk
from pasi.importing.load import import_directory
from students.identity_lock import _key
from students.models import Name, NameKey, Student
from tests.concurrency.sessions import (
    and_leave,
    at_once,
    deadlocks,
    held_up,
    lock_table,
    until,
    wait_until_blocked,
)
from tests.connections import another_connection
from tests.province_builder import make_school, set_up
from tests.students import bodies
from tests.students.calls import make_caller, version_of

pytestmark = pytest.mark.concurrency

SENDERS = 16
MIDDLE_NAMES = (
    *("Ann", "Bea", "Cam", "Dee", "Eve", "Fay", "Gem", "Hal"),
    *("Ian", "Jan", "Kim", "Lea", "Mia", "Nan", "Oda", "Pam"),
)


@pytest.fixture
def callers(committed_database):
    """Sixteen schools, each with a client of its own."""
    with set_up():
        codes = [f"S.{number:04d}" for number in range(1, SENDERS + 1)]
        for code in codes:
            make_school(code, "A.0001")
        return [make_caller(code) for code in codes]


def codes(response) -> list[str]:
    return [each["Code"] for each in response.json()["Rejections"]]


def test_the_same_student_sixteen_times_is_created_once(callers):
    """The identity lock lets one in; the others find what it has committed."""
    responses = at_once(
        *(
            partial(caller.post, "CreateStudent", bodies.create_student_minimal())
            for caller in callers
        )
    )
    created = [response for response in responses if response.status_code == 200]
    assert len(created) == Student.objects.count() == 1
    asn = created[0].json()["Id"]
    for response in responses:
        if response is not created[0]:
            assert "11404" in codes(response)
            assert asn in response.json()["Rejections"][-1]["Description"]
    assert deadlocks() == 0


def test_acknowledging_what_is_being_created_is_not_possible(callers):
    """Each has another middle name, so none is an exact duplicate, and all but one are asked."""
    records = [bodies.identification_record(MiddleName=middle) for middle in MIDDLE_NAMES]
    responses = at_once(
        *(
            partial(
                caller.post,
                "CreateStudent",
                bodies.create_student_minimal(IdentificationRecord=record),
            )
            for caller, record in zip(callers, records, strict=True)
        )
    )
    assert Student.objects.count() == 1
    assert sorted(map(str, map(codes, responses))) == ["['11401']"] * 15 + ["[]"]


def test_different_students_do_not_wait_for_each_other(callers):
    """While one identity is held, another is created."""
    held = bodies.create_student_minimal()["IdentificationRecord"]
    lock = f"SELECT pg_advisory_xact_lock({_identity_key(held)})"
    with held_up(
        lock, partial(callers[0].post, "CreateStudent", bodies.create_student_minimal())
    ) as (
        session,
        [waiting],
    ):
        other = bodies.create_student_minimal(
            IdentificationRecord=bodies.identification_record(LastName="Else")
        )
        assert callers[1].post("CreateStudent", other).status_code == 200
        assert not waiting.done()
        session.commit()
        assert waiting.result().status_code == 200
    assert Student.objects.count() == 2


def _identity_key(record: dict) -> int:
    born = datetime.date.fromisoformat(record["BirthDate"])
    return _key(born, record["FirstName"], record["LastName"])


def test_numbers_are_all_different(callers):
    def create(number: int):
        record = bodies.identification_record(LastName="Doe" + "e" * number)
        body = bodies.create_student_minimal(IdentificationRecord=record)
        return callers[number % SENDERS].post("CreateStudent", body).json()["Id"]

    asns = at_once(*(partial(create, number) for number in range(SENDERS)))
    assert len(set(asns)) == Student.objects.count() == SENDERS


def test_one_of_many_changes_to_a_name_is_applied(callers):
    """All saw the same version; one is first, the others see another version or the name."""
    asn = callers[0].create()
    sent = [
        callers[0].name(asn, "Mark" + "k" * number, PASICoreVersion=version_of(asn))
        for number in range(SENDERS)
    ]
    responses = at_once(*(partial(callers[0].post, "SubmitName", body) for body in sent))
    statuses = sorted(response.status_code for response in responses)
    assert statuses == [200] + [409] * 15
    assert Name.objects.filter(student__asn=asn).count() == 2


def test_a_legal_name_and_a_new_student_of_that_name_exclude_each_other(callers):
    """Whoever is first, the other is told: never two of the same identity."""
    asn = callers[0].create()
    record = bodies.identification_record(FirstName="Ann", MiddleName=None, LastName="Roy")
    change = bodies.identification_minimal(
        StateProvinceId=asn, PASICoreVersion=version_of(asn), IdentificationRecord=record
    )
    create = bodies.create_student_minimal(IdentificationRecord=record)
    one, other = at_once(
        partial(callers[0].post, "SubmitIdentificationInformation", change),
        partial(callers[1].post, "CreateStudent", create),
    )
    assert sorted([one.status_code, other.status_code]) == [200, 422]
    loser = one if one.status_code == 422 else other
    assert set(codes(loser)) <= {"11406", "11401", "11404"}
    assert Name.objects.filter(last_name="Roy").count() == 1


def test_identities_exchanged_crosswise_do_not_deadlock(callers):
    """Two students take each other's name at once: locks are taken in the order of their keys."""
    records = [
        bodies.identification_record(FirstName=first, LastName="Roy") for first in ("Ann", "Bea")
    ]
    asns = [
        callers[0].create(bodies.create_student_minimal(IdentificationRecord=record))
        for record in records
    ]
    changes = [
        bodies.identification_minimal(
            StateProvinceId=asn, PASICoreVersion=version_of(asn), IdentificationRecord=record
        )
        for asn, record in zip(asns, reversed(records), strict=True)
    ]
    responses = at_once(
        *(partial(callers[0].post, "SubmitIdentificationInformation", change) for change in changes)
    )
    assert [response.status_code for response in responses] == [422, 422]
    assert deadlocks() == 0


def test_both_identities_of_a_change_are_held(callers):
    """The new one and the one given up: who holds either keeps the change waiting."""
    records = [bodies.identification_record(LastName=name) for name in ("Roy", "Lee")]
    asn = callers[0].create(bodies.create_student_minimal(IdentificationRecord=records[0]))
    for held in (*records, *reversed(records)):
        change = bodies.identification_minimal(
            StateProvinceId=asn,
            PASICoreVersion=version_of(asn),
            IdentificationRecord=_other(records, asn),
        )
        lock = f"SELECT pg_advisory_xact_lock({_identity_key(held)})"
        submit = partial(callers[0].post, "SubmitIdentificationInformation", change)
        with held_up(lock, submit) as (session, [waiting]):
            session.commit()
            assert waiting.result().status_code == 200


def _other(records: list[dict], asn: str) -> dict:
    last_name = Student.objects.get(asn=asn).legal_name.last_name
    return next(record for record in records if record["LastName"] != last_name)


def test_an_import_of_names_and_a_new_birth_date_take_turns(callers, tmp_path):
    """The import holds the student from before it reads the birth date: the key is right."""
    asn = callers[0].create()
    (tmp_path / "student_names.csv").write_text(f"asn,first_name,last_name\n{asn},Zed,Tremblay\n")
    change = bodies.identification_minimal(
        StateProvinceId=asn,
        PASICoreVersion=version_of(asn),
        IdentificationRecord={
            **bodies.create_student_minimal()["IdentificationRecord"],
            "BirthDate": "2010-01-01",
        },
    )
    bring = partial(import_directory, tmp_path, operator="test", progress=False)
    # Held up at the names: the import has read what it needs of the student by then.
    with held_up(lock_table(NameKey), bring) as (session, [importing]):
        submit = partial(callers[0].post, "SubmitIdentificationInformation", change)
        with ThreadPoolExecutor(1) as pool:
            changing = pool.submit(and_leave, submit)
            wait_until_blocked(session, 2)  # behind the import's lock, not before it
            session.commit()
            importing.result()
            assert changing.result().status_code == 200
    assert set(NameKey.objects.values_list("birth_date", flat=True)) == {datetime.date(2010, 1, 1)}


def test_a_version_that_does_not_come_is_waited_for_without_holding_anything(callers, settings):
    settings.PASI_VERSION_WAIT_SECONDS = 60
    asn = callers[0].create()
    [now] = bulk.next_versions(1)
    body = callers[0].name(asn, PASICoreVersion=now + 2)

    def watch_and_issue() -> list[tuple]:
        with another_connection(autocommit=True) as observer:
            until(lambda: ServiceCall.objects.filter(operation="SubmitName").exists())
            held = observer.execute(
                "SELECT a.state, l.locktype, l.mode FROM pg_stat_activity a"
                " LEFT JOIN pg_locks l USING (pid)"
                " WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"
                " AND a.backend_type = 'client backend'"
                " AND (a.xact_start IS NOT NULL OR l.pid IS NOT NULL) AND a.state <> 'active'"
            ).fetchall()
            bulk.next_versions(2)
        return held

    refused, held = at_once(partial(callers[0].post, "SubmitName", body), watch_and_issue)
    assert held == []
    # It was waited for, and is now merely not the student's.
    assert (refused.status_code, refused.json()["code"]) == (409, "3004")
