"""Rules about an official mark that is submitted. Numbers and titles are ours.

Facts: enrolments.official_marks.MarkChange.
"""

from django.utils.translation import gettext_lazy as _

from enrolments.official_marks import MarkChange
from enrolments.rules.submitted import deactivated_asn
from pasi.calendar import school_year_of, school_year_text
from pasi.rules import rejection
from students.rules.access import invalid_asn
from students.rules.names import empty_update

OURS = "number and title ours; inferred"


@rejection(
    "99050",
    _("No Official Mark to Delete"),
    _("Student {StateProvinceId} has no official mark in {CourseCode}."),
    source=OURS,
    certainty="inferred",
    is_essential=True,  # a mark would be made only to be deleted
)
def no_mark_to_delete(change: MarkChange):
    """Inferred. A mark is submitted as deleted that was never there."""
    if change.submitted.is_deleted and change.stored is None:
        yield {"StateProvinceId": change.access.asn, "CourseCode": change.course_code}


@rejection(
    "99051",
    _("Achievement Date Outside School Year"),
    _("Achievement date {AchievementDate} is not in school year {AchievementSchoolYear}."),
    source=OURS + " from the dates of a school year, 1 September to 31 August",
    certainty="inferred",
)
def date_outside_school_year(change: MarkChange):
    """Inferred (medium). A mark that is deleted is let pass."""
    mark = change.submitted
    if not mark.is_deleted and (
        school_year_of(mark.achievement_date) != mark.achievement_school_year
    ):
        yield {
            "AchievementDate": mark.achievement_date,
            "AchievementSchoolYear": school_year_text(mark.achievement_school_year),
        }


@rejection(
    "99052",
    _("Unreasonable Achievement Date"),
    _("Achievement date {AchievementDate} lies ahead, or before the student was born."),
    source=OURS,
    certainty="inferred",
)
def unreasonable_date(change: MarkChange):
    """Inferred (high). A mark that is deleted is let pass."""
    mark = change.submitted
    if not mark.is_deleted and not change.birth_date < mark.achievement_date <= change.today:
        yield {"AchievementDate": mark.achievement_date}


# A secondary number may hold marks of the time before it was linked, and the ministry, which alone
# submits marks, may mend them (9011 is not for it). Order inferred.
OFFICIAL_MARK_ACCESS_STAGES = ((invalid_asn,), (deactivated_asn,))
OFFICIAL_MARK_STAGES = (
    (no_mark_to_delete,),
    (date_outside_school_year, unreasonable_date),
    (empty_update,),
)
