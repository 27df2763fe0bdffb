"""School enrolments submitted by many at once."""

import datetime
import uuid
from functools import partial

import pytest

from enrolments.models import SchoolEnrolment, SchoolEnrolmentTrigger
from enrolments.processors import processor
from enrolments.reference_changes import organization_changed
from enrolments.reference_lock import reference_key
from pasi import bulk
from pasi.models import Organization
from students.models import CitizenshipStatus, Student
from tests.concurrency.sessions import at_once, deadlocks, held_up, lock_student
from tests.enrolments import bodies
from tests.enrolments.alert_fixtures import ENROLMENT
from tests.enrolments.calls import SERVICE, as_submitted, make_enrolment_caller, stored
from tests.province_builder import make_school, make_student, set_up
from tests.students.calls import make_caller, version_of

pytestmark = pytest.mark.concurrency

SENDERS = 8


@pytest.fixture(autouse=True)
def today(settings):
    settings.PASI_TODAY = datetime.date(2026, 11, 26)


@pytest.fixture
def school1(committed_database):
    with set_up():
        make_school()
        return make_enrolment_caller("S.0001")


@pytest.fixture
def students(school1):
    with set_up():
        return [make_student() for _ in range(2)]


def body_of(student, **changes):
    return bodies.enrolment_minimal(StateProvinceId=student.asn, **changes)


def statuses(responses) -> list[int]:
    return sorted(response.status_code for response in responses)


def test_one_reference_id_is_created_once(school1, students):
    """Whoever comes later finds the enrolment, and that its version is not 0."""
    responses = at_once(
        *(
            partial(
                school1.post, SERVICE, body_of(students[number % 2], LocalStudentId=str(number))
            )
            for number in range(SENDERS)
        )
    )
    assert statuses(responses) == [200] + [409] * (SENDERS - 1)
    assert {each.json()["code"] for each in responses if each.status_code == 409} == {"3004"}
    [one] = SchoolEnrolment.objects.all()
    assert SchoolEnrolment.history.count() == 1
    assert SchoolEnrolmentTrigger.objects.get().pk == one.pk
    assert deadlocks() == 0


def test_two_creations_while_the_first_is_under_way(school1, students):
    """The second waits at the reference id, before it has locked any student."""
    one, other = students
    with held_up(lock_student(one.asn), partial(school1.post, SERVICE, body_of(one))) as (
        session,
        [first],
    ):
        # The number of the other student is free all the while; the reference id is not.
        free = body_of(other, RefId=str(uuid.uuid4()))
        assert school1.post(SERVICE, free).status_code == 200
        assert not first.done()
        session.commit()
        assert first.result().status_code == 200
    assert school1.post(SERVICE, body_of(other)).status_code == 409


def test_the_key_of_a_reference_id_stays_below_the_announcements():
    for _ in range(100):
        assert 0 <= reference_key(uuid.uuid4()) < 2**62


def test_one_of_many_changes_is_applied(school1, students):
    one = school1.enrol(students[0])
    responses = at_once(
        *(
            partial(school1.post, SERVICE, as_submitted(one, LocalStudentId=str(number)))
            for number in range(SENDERS)
        )
    )
    assert statuses(responses) == [200] + [409] * (SENDERS - 1)
    assert SchoolEnrolment.history.count() == 2
    [applied] = [each for each in responses if each.status_code == 200]
    assert stored(one.reference_id).version == applied.json()["PASICoreVersion"]


def test_enrolments_that_change_students_crosswise_do_not_deadlock(school1, students):
    """Both calls need both students: they are locked in the order of their keys."""
    one, other = students
    for turn in range(6):
        first, second = (school1.enrol(each, Grade="11") for each in students)
        responses = at_once(
            partial(school1.post, SERVICE, as_submitted(first, StateProvinceId=other.asn)),
            partial(school1.post, SERVICE, as_submitted(second, StateProvinceId=one.asn)),
        )
        assert statuses(responses) == [200, 200], turn
        assert stored(first.reference_id).student_id == other.pk
        assert stored(second.reference_id).student_id == one.pk
    assert deadlocks() == 0


def test_the_enrolments_of_one_student_at_several_schools(school1, students):
    """Each raises the triggers of all the others."""
    with set_up():
        callers = []
        for number in range(2, 2 + SENDERS):
            make_school(f"S.{number:04d}", "A.0001")
            callers.append(make_enrolment_caller(f"S.{number:04d}"))
    responses = at_once(
        *(
            partial(
                caller.post,
                SERVICE,
                body_of(
                    students[0],
                    RefId=str(uuid.uuid4()),
                    SchoolCode=caller.code,
                    EnrolmentTypeCodes=["417"],
                ),
            )
            for caller in callers
        )
    )
    assert statuses(responses) == [200] * SENDERS
    assert SchoolEnrolmentTrigger.objects.count() == SENDERS
    assert deadlocks() == 0


def test_a_number_that_is_linked_meanwhile(school1, students):
    """The call that saw it unlinked does not go on as if it were."""
    second, primary = students
    with held_up(lock_student(second.asn), partial(school1.post, SERVICE, body_of(second))) as (
        session,
        [call],
    ):
        session.execute(
            "UPDATE students_student SET primary_id = %s WHERE id = %s", [primary.pk, second.pk]
        )
        session.commit()
        response = call.result()
    assert (response.status_code, response.json()["code"]) == (503, "4001")
    with set_up():
        Student.objects.filter(pk=second.pk).update(primary=None)


def test_a_name_and_an_enrolment_of_one_student_take_turns(school1, students):
    """Both raise the student's version; neither is lost."""
    student = students[0]
    one = school1.enrol(student)
    with set_up():
        clerk = make_caller("O.1")
    sent = clerk.name(student.asn)
    name, enrolment = at_once(
        partial(clerk.post, "SubmitName", sent),
        partial(school1.post, SERVICE, as_submitted(one, EnrolmentTypeCodes=["418"])),
    )
    assert enrolment.status_code == 200
    assert name.status_code in (200, 409)  # 409: the enrolment was first
    rows = Student.history.filter(id=student.pk).count()
    assert rows == 1 + 1 + (name.status_code == 200)
    assert version_of(student.asn) > student.version
    assert deadlocks() == 0


def test_a_citizenship_and_the_enrolment_that_tells_it_take_turns(school1, students):
    """Both lock the student. Whoever is second sees what the first has made of the citizenship."""
    student = students[0]
    with set_up():
        CitizenshipStatus.objects.create(
            student=student, citizenship_status="9", effective_on=datetime.date(2025, 9, 1)
        )
        clerk = make_caller("O.1")
    body = {
        "CallerInfo": {},
        "StateProvinceId": student.asn,
        "PASICoreVersion": version_of(student.asn),
        "CitizenshipStatus": "1",
    }
    citizenship, enrolment = at_once(
        partial(clerk.post, "SubmitStudentCitizenshipStatus", body),
        partial(school1.post, SERVICE, body_of(student, EnrolmentTypeCodes=["417"])),
    )
    assert enrolment.status_code == 200
    records = CitizenshipStatus.objects.order_by("effective_on").values_list(
        "citizenship_status", "guardian_citizenship_status"
    )
    if citizenship.status_code == 200:
        assert list(records) == [("9", ""), ("1", "")]  # a citizen was enrolled
    else:
        assert citizenship.json()["code"] == "3004"
        assert list(records) == [("5", "1")]
    assert deadlocks() == 0


def test_a_school_that_changes_while_enrolments_are_submitted_there(school1):
    """Both raise the same triggers, each in the order of the keys."""
    with set_up():
        many = [make_student() for _ in range(12)]
    made = [school1.enrol(student) for student in many]

    def change() -> None:
        for day in range(1, 9):
            with set_up():
                school = Organization.objects.get(code="S.0001")
                school.opened_on = datetime.date(2026, 10, day)
                school.save()
                assert organization_changed(school, ["opened_on"]) == len(made)

    def submit(mine) -> None:
        for one in mine:
            school1.change(one, Grade="06")

    at_once(change, partial(submit, made[0::2]), partial(submit, made[1::2]))
    assert SchoolEnrolment.objects.filter(grade="06").count() == len(made)
    enrolments = processor(ENROLMENT)
    assert bulk.outstanding_count(enrolments.trigger, enrolments.status) == len(made)
    assert deadlocks() == 0
