"""IdentifyStudent: which students may be meant by a name and a birth date or an approximate age.

Role Submit Student User, for any organization: it is asked before anything is known of a student.
Source: technical documentation of Identify Student; request and answer are ours.
"""

import datetime
from collections.abc import Collection
from typing import Any

from django.db.models import Q

from audit.models import RecordRead
from pasi import bulk
from pasi.calendar import business_today
from pasi.garbage import no_garbage_collection
from pasi.models import Organization, Role
from pasi.reading import MOST_ASNS_RECORDED
from pasi.services import Call, Outcome, Result, Service
from students.associations import (
    Association,
    KnownStudent,
    Periods,
    View,
    association,
    effective_access,
    known_students,
    view_of,
)
from students.identify import Criteria, Found, Match, search
from students.models import DisclosureRestriction, Name
from students.requests import IdentifyStudentRequest
from students.serializers import (
    IdentifyStudentResponseSerializer,
    ShownName,
    identified_json,
)


class IdentifyStudent(Service):
    """Find the students who may be meant, best first; at most 20, otherwise Ambiguous.

    Where there are High matches only these are given, unless IncludeAllQualities is true.
    """

    operation = "IdentifyStudent"
    roles = frozenset({Role.SUBMIT_STUDENT_USER})
    request_serializer = IdentifyStudentRequest
    response_serializer = IdentifyStudentResponseSerializer
    may_be_rejected_whole = False
    changes_records = False

    def carry_out(self, call: Call) -> Result:
        today = business_today()
        with no_garbage_collection():
            found = search(_criteria(call.request, today), Sight(call, today).visible)
        body = {"Status": _status(found), "Students": _students(found)}
        shown = [match.asn for match in found.matches]
        _record(call, shown)
        return Result(
            body=body, stored_body=body, outcome=Outcome.APPLIED, state_province_ids=shown
        )


class Sight:
    """Whom the caller may see among students who match."""

    def __init__(self, call: Call, today: datetime.date) -> None:
        self._organization = call.organization
        self._asks_for_restricted = call.request["IncludeDisclosureRestricted"]
        self._today = today
        self._is_limited = (
            call.organization.kind != Organization.Kind.MINISTRY
            and effective_access(call.organization, today) != Organization.Access.NORMAL
        )

    def visible(self, matches: Collection[Match]) -> list[Match]:
        """Without those under an active disclosure restriction, unless the caller asks for them and
        is associated; for limited access, only those who are associated. At most four queries.
        """
        restricted = self._restricted(matches)
        judged = {
            match.number.student
            for match in matches
            if match.number.student not in restricted or self._asks_for_restricted
        }
        if not self._is_limited:
            judged &= restricted
        facts = known_students(judged) if judged else {}
        return [
            match
            for match in matches
            if self._may_see(facts.get(match.number.student), match.number.student in restricted)
        ]

    def _may_see(self, facts: KnownStudent | None, is_restricted: bool) -> bool:
        """`facts`: of those who have to be judged by them."""
        if facts is None:
            return not is_restricted
        periods = Periods.on(self._today)
        if is_restricted and (
            association(facts, self._organization, periods) > Association.LAST_ENROLMENT
        ):
            return False
        return not self._is_limited or (view_of(facts, [self._organization], periods) is View.FULL)

    def _restricted(self, matches: Collection[Match]) -> set[int]:
        """A restriction of the primary counts for its secondaries, and theirs for it: neither
        betrays the other. One query."""
        person_of = {match.number.student: match.person.student for match in matches}
        restrictions = DisclosureRestriction.objects.filter(
            Q(expires_on=None) | Q(expires_on__gte=self._today),
            student__any=list({*person_of, *person_of.values()}),
            is_active=True,
            is_deleted=False,
        ).values_list("student_id", flat=True)
        persons = {person_of.get(student, student) for student in restrictions}
        return {student for student, person in person_of.items() if person in persons}


def _criteria(request: dict[str, Any], today: datetime.date) -> Criteria:
    return Criteria(
        first_name=request["FirstName"],
        middle_name=request.get("MiddleName", ""),
        last_name=request["LastName"],
        birth_date=request.get("BirthDate"),
        approximate_age=request.get("ApproximateAge"),
        asn=request.get("StateProvinceId", ""),
        include_all=request["IncludeAllQualities"],
        today=today,
    )


def _status(found: Found) -> str:
    if found.is_ambiguous:
        return "Ambiguous"
    return "Found" if found.matches else "NotFound"


def _students(found: Found) -> list[dict[str, Any]]:
    """One query: the names, the newest first."""
    if not found.matches:
        return []
    names: dict[int, list[ShownName]] = {match.number.student: [] for match in found.matches}
    rows = (
        Name.objects.filter(student__any=list(names), is_deleted=False)
        .order_by("-effective_on", "-pk")
        .values_list("student_id", *ShownName.columns())
    )
    for student, *columns in rows:
        names[student].append(ShownName._make(columns))
    return [identified_json(match, names[match.number.student]) for match in found.matches]


def _record(call: Call, shown: list[str]) -> None:
    """A read like a GET's, besides the record of the call. Source: decision 86."""
    bulk.insert_one(
        RecordRead,
        {
            "message_id": call.message_id,
            "client_id": call.caller.client.pk if call.caller.client else None,
            "staff_id": call.caller.staff.pk if call.caller.staff else None,
            "organization_code": call.organization.code,
            "path": f"/api/services/{IdentifyStudent.operation}",
            "filters": bulk.json_value(
                {
                    name: value.isoformat() if isinstance(value, datetime.date) else value
                    for name, value in call.request.items()
                    if name != "CallerInfo"
                }
            ),
            "state_province_ids": shown[:MOST_ASNS_RECORDED],
            "count": len(shown),
        },
    )
