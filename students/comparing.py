"""Students side by side, part by part: what somebody typed, or one number, against others."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.models import AwardedCredential
from enrolments.models import SchoolEnrolment
from pasi.back_office.admins import record_url
from pasi.back_office.formats import NOTHING, asn_text, code_text
from pasi.calendar import school_year_text
from pasi.codes import read_once
from students.models import EmailAddress, MailingAddress, Name, PhoneNumber, Student
from students.name_keys import normalized

# What is compared, in this order.
PARTS = {
    "first_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "last_name": gettext_lazy("Last name"),
    "suffix": gettext_lazy("Suffix"),
    "birth_date": gettext_lazy("Birth date"),
    "gender": gettext_lazy("Gender"),
    "document": gettext_lazy("Source document"),
    "document_number": gettext_lazy("End of its number"),
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone number"),
    "email": gettext_lazy("E-mail address"),
    "other_names": gettext_lazy("Other names"),
    "enrolment": gettext_lazy("Latest school enrolment"),
    "credentials": gettext_lazy("Credentials"),
}
ONLY_SHOWN = {"other_names", "enrolment", "credentials"}
# Parts that are records of their own: whoever may not see those sees no such row.
RECORDS: Mapping[str, type[Model]] = {
    "address": MailingAddress,
    "phone": PhoneNumber,
    "email": EmailAddress,
    "other_names": Name,
    "enrolment": SchoolEnrolment,
    "credentials": AwardedCredential,
}

Facts = Mapping[str, str]
MaySee = Callable[[type[Model]], bool]


@dataclass(frozen=True)
class Other:
    """One of those that are compared: its column."""

    asn: str
    title: str
    url: str
    notices: Sequence[str]


@dataclass(frozen=True)
class Cell:
    text: str
    verdict: str  # "same", "differs", or "" where one of the two says nothing


@dataclass(frozen=True)
class Row:
    label: Any
    first: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Comparison:
    """`choices`: one of the others may be chosen, as the one that is meant."""

    first: str
    others: Sequence[Other]
    rows: Sequence[Row]
    choices: bool = False


def compare(
    title: str, first: Facts, found: QuerySet, *, may_see: MaySee, choices: bool = False
) -> Comparison:
    """`first` against the students who were found, as the admin of students reads them; in the
    order of their numbers. Seven queries at most.
    """
    students = list(found.select_related("legal_name", "preferred_name", "primary").order_by("asn"))
    with read_once():
        facts = facts_of(students, may_see)
    shown = {part: label for part, label in PARTS.items() if _is_shown(part, may_see)}
    rows = [
        Row(
            label,
            first.get(part) or NOTHING,
            [_cell(part, first.get(part, ""), facts[each.pk].get(part, "")) for each in students],
        )
        for part, label in shown.items()
        if first.get(part) or any(facts[each.pk].get(part) for each in students)
    ]
    others = [
        Other(asn_text(each.asn), asn_text(each.asn), record_url(each), _notices(each))
        for each in students
    ]
    return Comparison(title, others, rows, choices)


def _is_shown(part: str, may_see: MaySee) -> bool:
    return part not in RECORDS or may_see(RECORDS[part])


def facts_of(students: Sequence[Student], may_see: MaySee) -> Mapping[int, Facts]:
    """What is known of each, in words, as far as it may be seen. Six queries at most."""
    keys = [each.pk for each in students]
    texts = {part: text(keys) for part, text in _OF_RECORDS.items() if _is_shown(part, may_see)}
    return {
        each.pk: {
            "first_name": each.legal_name.first_name,
            "middle_name": each.legal_name.middle_name,
            "last_name": each.legal_name.last_name,
            "suffix": each.legal_name.suffix,
            "birth_date": each.birth_date.isoformat(),
            "gender": code_text("Gender", each.gender),
            "document": code_text("SourceDocumentType", each.document_type),
            "document_number": each.document_number,
            **{part: "; ".join(of.get(each.pk, ())) for part, of in texts.items()},
        }
        for each in students
    }


Texts = Mapping[int, Sequence[str]]  # of each student


def _texts(records: QuerySet, keys: Sequence[int], text: Any = str) -> Texts:
    """Of each student the records that are not deleted, in words. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    for each in records.filter(student__in=keys, is_deleted=False).order_by("pk"):
        found[each.student_id].append(text(each))
    return found


def _address(address: MailingAddress) -> str:
    return ", ".join(filter(None, (address.street, address.city, address.postal_code)))


def _latest_enrolments(keys: Sequence[int]) -> Texts:
    enrolments = (
        SchoolEnrolment.objects.filter(student__in=keys, is_deleted=False)
        .select_related("school")
        .order_by("school_year", "start_date")  # the last one counts
    )
    return {
        each.student_id: [f"{school_year_text(each.school_year)} {each.school}"]
        for each in enrolments
    }


def _credentials(keys: Sequence[int]) -> Texts:
    """How many are active."""
    awards = AwardedCredential.objects.filter(student__in=keys).values_list("student")
    active = dict(awards.annotate(active=Count("pk", filter=Q(is_deleted=False))))
    return {key: [str(active.get(key, 0))] for key in keys}


_OF_RECORDS: Mapping[str, Callable[[Sequence[int]], Texts]] = {
    "address": lambda keys: _texts(MailingAddress.objects.all(), keys, _address),
    "phone": lambda keys: _texts(PhoneNumber.objects.all(), keys),
    "email": lambda keys: _texts(EmailAddress.objects.all(), keys),
    "other_names": lambda keys: _texts(Name.objects.exclude(pk=F("student__legal_name")), keys),
    "enrolment": _latest_enrolments,
    "credentials": _credentials,
}


def _cell(part: str, first: str, other: str) -> Cell:
    verdict = ""
    if part not in ONLY_SHOWN and first and other:
        verdict = "same" if normalized(first) == normalized(other) else "differs"
    return Cell(other or NOTHING, verdict)


def _notices(student: Student) -> list[str]:
    found = []
    if student.is_restricted:
        found.append(_("Disclosure restriction"))
    if student.primary_id:
        found.append(_("Secondary of %s") % asn_text(student.primary.asn))
    if student.is_deactivated:
        found.append(_("Deactivated"))
    if student.is_deceased:
        found.append(_("Deceased"))
    return found
