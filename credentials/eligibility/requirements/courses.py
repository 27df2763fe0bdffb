"""What requirements on courses share: enough credits in groups of courses."""

from collections.abc import Sequence

from credentials.eligibility.assessed import AssessedStudent, credits_of
from credentials.eligibility.facts import Mark
from credentials.eligibility.outcomes import (
    ACHIEVED,
    NOT_ACHIEVED,
    LeftOut,
    Message,
    Outcome,
)

NO_COURSE = Message("NoCourse")


def credits_in(student: AssessedStudent, group: str, needed: int) -> Outcome:
    """Achieved with `needed` credits in a group. If not, marks there without credit are named."""
    marks = student.marks(group)
    credits = credits_of(marks)
    if credits >= needed:
        return Outcome(ACHIEVED, Message("CourseCredits", {"credits": credits}), credits, marks)
    return too_few(credits, marks, student.not_counted(group))


def enough(marks: Sequence[Mark], needed: int, left_out: Sequence[LeftOut] = ()) -> Outcome:
    """Achieved if these marks carry `needed` credits."""
    credits = credits_of(marks)
    if credits >= needed:
        message = Message("CourseCredits", {"credits": credits})
        return Outcome(ACHIEVED, message, credits, marks, left_out)
    return too_few(credits, marks, left_out)


def too_few(credits: int, marks: Sequence[Mark], left_out: Sequence[LeftOut]) -> Outcome:
    message = Message("CourseCredits", {"credits": credits}) if credits else NO_COURSE
    return Outcome(NOT_ACHIEVED, message, credits, marks, left_out)


def additional_30_level(
    student: AssessedStudent, needed: int, excluded_groups: Sequence[str]
) -> Outcome:
    """Credits in 30-level courses that are in none of the excluded groups."""
    marks, left_out = [], []
    for mark in student.level_30:
        group = next((group for group in excluded_groups if student.is_in(mark, group)), None)
        if group is None:
            marks.append(mark)
        else:
            name = student.definitions.group_names[group]
            left_out.append(
                LeftOut(mark, mark.credits, Message("OtherRequirement", {"group": name}))
            )
    return enough(marks, needed, left_out)
