"""Students created and named by many at once."""

from functools import partial

import pytest
from django.db import connections

from students.identity_lock import _key
from students.models import Name, Student
from tests.concurrency.sessions import at_once, deadlocks, held_up
from tests.province_builder import make_school, make_student, set_up
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
    records = [
        bodies.identification_record(MiddleName=middle)
        for middle in [
            "Ann",
            "Bea",
            "Cam",
            "Dee",
            "Eve",
            "Fay",
            "Gem",
            "Hal",
            "Ian",
            "Jan",
            "Kim",
            "Lea",
            "Mia",
            "Nan",
            "Oda",
            "Pam",
        ]
    ]
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
    import datetime

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


def test_a_version_that_is_about_to_be_issued_is_waited_for(callers, settings):
    """9014 is for versions that do not come; the call waits without holding anything."""
    settings.PASI_VERSION_WAIT_SECONDS = 60
    asn = callers[0].create()
    with set_up():
        make_student()
    latest = version_of(asn)
    from pasi import bulk

    [now] = bulk.next_versions(1)
    body = callers[0].name(asn, PASICoreVersion=now + 2)

    def issue():
        bulk.next_versions(2)
        connections.close_all()

    refused, _issued = at_once(partial(callers[0].post, "SubmitName", body), issue)
    assert refused.status_code == 409
    assert str(latest) in refused.json()["detail"]
