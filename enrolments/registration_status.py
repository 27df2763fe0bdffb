"""The registration status of a school enrolment: calculated, never stored."""

import datetime

from enrolments.models import SchoolEnrolment

CREATED_IN_ERROR = "CreatedInError"
REGISTERED = "Registered"
ACTIVE = "Active"
COMPLETED = "Completed"
WITHDRAWN = "Withdrawn"


def registration_status(
    is_deleted: bool,
    start: datetime.date,
    exit_date: datetime.date,
    exit_date_type: str,
    today: datetime.date,
) -> str:
    """The status on a day. The start date counts as started, the exit date as still active.

    Source: PASI knowledge base; both boundaries inferred.
    """
    if is_deleted:
        return CREATED_IN_ERROR
    if today < start:
        return REGISTERED
    if today <= exit_date:
        return ACTIVE
    is_completion = exit_date_type == SchoolEnrolment.ExitDateType.COMPLETION
    return COMPLETED if is_completion else WITHDRAWN
