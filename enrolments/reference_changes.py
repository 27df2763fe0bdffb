"""Enrolments that must be looked at again because an organization or a code value has changed.

Those of the school year before the current one and of later ones (ours): nobody works on older ones
any more; `process_triggers --school` has them judged too. Source: a trigger is raised when
something relevant changes (PASI knowledge base); what is relevant: what the alert rules look at.
"""

from collections.abc import Collection

from django.db.models import QuerySet

from enrolments.models import SchoolEnrolment
from enrolments.triggers import raise_triggers
from pasi.calendar import current_school_year
from pasi.models import Code, Organization

ORGANIZATION_OBJECT, CODE_OBJECT = "Organization", "Code"
# What alert rules look at; the code, which never changes, stands for a new one.
OF_ORGANIZATIONS = frozenset({"code", "authority", "classification", "opened_on", "closed_on"})
OF_CODES = frozenset({"code", "effective_school_year", "expiry_school_year"})


def organization_changed(organization: Organization, fields: Collection[str]) -> int:
    """After a change of these fields of an organization, or its making; how many enrolments are
    looked at again. At most five statements.

    Those at the school, or at the authority's schools, and those that name the authority as their
    resident board. Where a school goes to another authority, all of its students': overlaps are
    judged within an authority and across.
    """
    if OF_ORGANIZATIONS.isdisjoint(fields):
        return 0
    if organization.kind == Organization.Kind.AUTHORITY:
        concerned = (
            _late().filter(school__authority=organization),
            _late().filter(resident_board=organization.code.removeprefix("A.")),
        )
    elif "authority" in fields:
        there = _late().filter(school=organization)
        concerned = (_late().filter(student__in=there.values("student")),)
    else:
        concerned = (_late().filter(school=organization),)
    return _look_again(concerned, ORGANIZATION_OBJECT)


def code_changed(code: Code, fields: Collection[str]) -> int:
    """The same for a code value: the years of grants program codes are judged (10029)."""
    if code.code_type != "GrantsProgram" or OF_CODES.isdisjoint(fields):
        return 0
    return _look_again([_late().filter(grants_program_codes__contains=code.code)], CODE_OBJECT)


def _late() -> QuerySet:
    return SchoolEnrolment.objects.filter(
        school_year__gte=current_school_year() - 1, is_deleted=False
    )


def _look_again(concerned: Collection[QuerySet], object_name: str) -> int:
    keys = {key for rows in concerned for key in rows.values_list("pk", flat=True)}
    raise_triggers("StudentSchoolEnrolment", sorted(keys), object_name)
    return len(keys)
