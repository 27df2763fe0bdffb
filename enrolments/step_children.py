"""The citizenship of a step-child, which an enrolment of type 417 or 418 tells.

A student "other or unknown" (9) who is enrolled as a step-child is a temporary resident (5): with
417 the guardian is a Canadian citizen (1), with 418 a temporary resident (5). Decided when an
enrolment is submitted. Source: PASI knowledge base.

Inferred: the record that counts for the enrolment is corrected where it stands and keeps its dates,
as it says the same more exactly. The code going again leaves it. A status 9 submitted later stays
until an enrolment with the code is submitted again, changed; rule 10114 tells of it meanwhile.
"""

import datetime
from uuid import UUID

from enrolments.facts import EnrolmentFacts
from pasi.calendar import business_today
from students.citizenship import STEP_CHILDREN, counting_on, step_childs_citizenship
from students.models import CitizenshipStatus, Student
from students.writing_parts import write_part


def tell_citizenship(
    enrolment: EnrolmentFacts, person: Student, call: UUID
) -> datetime.date | None:
    """Correct the citizenship of a person, who is locked, as an enrolment tells it. The first day
    from which another citizenship counts; None where nothing has changed. At most two queries.
    """
    if enrolment.is_deleted or not enrolment.has_type(*STEP_CHILDREN):
        return None
    records = list(
        CitizenshipStatus.objects.filter(student=person, is_deleted=False).order_by(
            "effective_on", "pk"
        )
    )
    found = counting_on(min(business_today(), enrolment.exit_date), records)
    told = found and step_childs_citizenship(
        found.citizenship_status, enrolment.enrolment_type_codes
    )
    if not told:
        return None
    status, guardian = told
    values = {"citizenship_status": status, "guardian_citizenship_status": guardian}
    write_part(CitizenshipStatus, found.pk, person, values, call)
    # The first one of all counts for what was before it, too.
    return datetime.date.min if found is records[0] else found.effective_on
