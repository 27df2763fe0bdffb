"""The time line of a student's number: all calls that concerned it, all changes of its records.

Calls are ordered by their message ids, which are ordered by time. One query finds the calls of a
page over all kinds of records, then one query for each kind fetches what they changed, with the
version before. How many queries that are depends on what the reader may see, not on the rows.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.filters import calls_about
from audit.models import ServiceCall, ServiceResponse
from credentials.models import (
    AwardedCredential,
    DocumentOrderItem,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from enrolments.models import (
    Acknowledgement,
    CourseEnrolment,
    ExamMark,
    OfficialMark,
    RecordType,
    SchoolEnrolment,
)
from pasi.back_office.formats import (
    NOTHING,
    asn_text,
    code_text,
    field_text,
    instant_text,
    through_what,
    who_called,
)
from pasi.models import Organization
from students.models import (
    CitizenshipStatus,
    DisclosureRestriction,
    EmailAddress,
    MailingAddress,
    Name,
    PhoneNumber,
    Student,
    StudentActivity,
)

CALLS_SHOWN = 20
MANY = 4  # new records of one kind, in one call
OF_STUDENT = (
    *(Name, MailingAddress, PhoneNumber, EmailAddress, StudentActivity, CitizenshipStatus),
    *(DisclosureRestriction, SchoolEnrolment, CourseEnrolment, OfficialMark, ExamMark),
    *(RequirementSetStatus, RequirementAchievement, RequirementExemption, AwardedCredential),
)
# What every change changes, and what only says whose record it is.
LEFT_OUT = {"id", "version", "created_at", "updated_at", "student", "award", "record"}
LEFT_OUT |= {"arguments_key", "record_type", "updated_by_organization"}
# Fields whose values are codes, by (model, field) or, where that is enough, by field alone.
CODES = {
    "gender": "Gender",
    "document_type": "SourceDocumentType",
    "section23_eligibility": "Section23Eligibility",
    "address_type": "AddressType",
    "phone_type": "PhoneType",
    "citizenship_status": "CitizenshipStatus",
    "guardian_citizenship_status": "CitizenshipStatus",
    "grade": "Grade",
    "programming_type": "ProgrammingType",
    "programming_timeframe": "ProgrammingTimeframe",
    "delete_reason": "CredentialDeleteReason",
    "credential_type": "CredentialType",
}
RESTRICTION_CODES = "DisclosureRestriction"


@dataclass(frozen=True)
class Value:
    """One field of a change."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What a call did to one record. `is_new`: it has not been there before."""

    what: str
    is_new: bool
    values: Sequence[Value]
    model: type[models.Model]


@dataclass
class Entry:
    """One call."""

    call: ServiceCall
    address: str = ""  # where the reader may see it
    changes: list[Change] = field(default_factory=list)

    @property
    def _answer(self) -> ServiceResponse | None:
        return getattr(self.call, "response", None)

    @property
    def when(self) -> str:
        return instant_text(self.call.received_at)

    @property
    def operation(self) -> str:
        return self.call.operation

    @property
    def outcome(self) -> str:
        return self._answer.get_outcome_display() if self._answer else ""

    @property
    def refused_by(self) -> str:
        """Codes of a call that was refused; those of a bulk award are other students' as well."""
        refused = (ServiceResponse.Outcome.REJECTED, ServiceResponse.Outcome.FAULT)
        if self._answer is None or self._answer.outcome not in refused:
            return ""
        return ", ".join(self._answer.codes)

    @property
    def who(self) -> str:
        return who_called(self.call)

    @property
    def organization(self) -> str:
        return self.call.organization_code or NOTHING

    @property
    def door(self) -> str:
        return through_what(self.call)


@dataclass(frozen=True)
class TimeLine:
    """A page of it. `older`: where the next page begins; None at the end."""

    entries: Sequence[Entry]
    older: UUID | None
    is_later: bool  # not the first page


Source = tuple[type[models.Model], QuerySet]  # a kind of record, and the keys of the student's own


def kinds() -> list[type[models.Model]]:
    """The records that have a place in the time line and a permission of their own."""
    shown = [model for model in OF_STUDENT if model is not StudentActivity]
    return [Student, *shown, DocumentOrderItem, Acknowledgement, ServiceCall]


def _sources(number: Student) -> Iterable[Source]:
    yield Student, Student.objects.filter(pk=number.pk).values("pk")
    for model in OF_STUDENT:
        yield model, model.objects.filter(student=number).values("pk")
    items = DocumentOrderItem.objects.filter(award__student=number)
    yield DocumentOrderItem, items.values("pk")
    records = {
        RecordType.STUDENT: [number.pk],
        RecordType.SCHOOL_ENROLMENT: SchoolEnrolment.objects.filter(student=number).values("pk"),
        RecordType.COURSE_ENROLMENT: CourseEnrolment.objects.filter(student=number).values("pk"),
    }
    for record_type, keys in records.items():  # one by one, each by the index
        said = Acknowledgement.objects.filter(record_type=record_type, record__in=keys)
        yield Acknowledgement, said.values("pk")


def time_line(
    number: Student,
    *,
    before: UUID | None,
    may_see: Callable[[type[models.Model]], bool],
) -> TimeLine:
    """The calls before `before`, or the newest ones."""
    sees_calls = may_see(ServiceCall)
    sources = [
        (model, _versions(model, keys))
        for model, keys in _sources(number)
        if may_see(Student if model is StudentActivity else model)
    ]
    messages = _messages(number, sources, before, sees_calls)
    shown = messages[:CALLS_SHOWN]
    calls = ServiceCall.objects.select_related("client", "staff", "response")
    calls = calls.defer("body", "response__body").filter(pk__any=shown)
    entries = {call.pk: Entry(call, address=call.address if sees_calls else "") for call in calls}
    changed = [
        (model, version, former)
        for model, versions in sources
        for version, former in _with_former(model, versions, shown)
    ]
    texts = Texts(each for _model, *both in changed for each in both if each is not None)
    for model, version, former in changed:
        if values := _values(model, version, former, texts):
            change = Change(_what(model, version), former is None, values, model)
            entries[version.call_id].changes.append(change)
    for entry in entries.values():
        entry.changes = list(_gathered(entry.changes))
    return TimeLine(
        [entries[key] for key in shown if key in entries],
        older=shown[-1] if len(messages) > CALLS_SHOWN else None,
        is_later=before is not None,
    )


def _versions(model: type[models.Model], keys: QuerySet) -> QuerySet:
    return model.history.filter(**{f"{model._meta.pk.attname}__in": keys})


def _messages(
    number: Student, sources: Iterable[Source], before: UUID | None, sees_calls: bool
) -> list[UUID]:
    """Message ids of the page, the newest first, and one more if there is another page. One
    query."""
    parts = [versions.order_by().values_list("call_id", flat=True) for _model, versions in sources]
    concerned = ServiceResponse.objects.filter(call__in=calls_about([number.asn]))
    if before is not None:
        parts = [part.filter(call_id__lt=before) for part in parts]
        concerned = concerned.filter(call_id__lt=before)
    parts = [part.distinct().order_by("-call_id")[: CALLS_SHOWN + 1] for part in parts]
    if sees_calls:
        # All of them: asked for the newest, the planner may walk through everybody's calls.
        parts.append(concerned.values_list("call_id", flat=True))
    first, *others = parts
    return list(first.union(*others).order_by("-call_id")[: CALLS_SHOWN + 1])


def _with_former(
    model: type[models.Model], versions: QuerySet, calls: Collection[UUID]
) -> list[tuple[models.Model, models.Model | None]]:
    """What these calls wrote, each with the version before. One query."""
    key = model._meta.pk.attname
    wrote = versions.order_by().filter(call__any=list(calls))
    former = model.history.filter(
        **{key: OuterRef(key)}, history_id__lt=OuterRef("history_id")
    ).order_by("-history_id")
    formers = model.history.order_by().filter(
        history_id__in=wrote.values(former=Subquery(former.values("history_id")[:1]))
    )
    rows = {row.history_id: row for row in wrote.union(formers, all=True)}
    by_record: dict[Any, list[models.Model]] = defaultdict(list)
    for row in sorted(rows.values(), key=lambda row: row.history_id):
        by_record[getattr(row, key)].append(row)
    shown = set(calls)
    return [
        (row, history[at - 1] if at else None)
        for history in by_record.values()
        for at, row in enumerate(history)
        if row.call_id in shown
    ]


def _gathered(changes: Sequence[Change]) -> Iterable[Change]:
    """New records of one kind are one line where they are many, as after an import."""
    for (model, is_new), same in groupby(changes, key=lambda each: (each.model, each.is_new)):
        some = list(same)
        if not is_new or len(some) < MANY:
            yield from some
            continue
        values = [
            Value(each.what, "", "; ".join(f"{value.label}: {value.new}" for value in each.values))
            for each in some
        ]
        what = f"{capfirst(model._meta.verbose_name_plural)} ({len(some)})"
        yield Change(what, True, values, model)


# --- In words -------------------------------------------------------------------------------------


class Texts:
    """What stands for the names, organizations and numbers that versions refer to. Three queries,
    whatever there is."""

    def __init__(self, versions: Iterable[models.Model]) -> None:
        wanted: dict[type[models.Model], set] = {Name: set(), Organization: set(), Student: set()}
        for version in versions:
            for each in version.tracked_fields:
                if each.related_model in wanted and each.name not in LEFT_OUT:
                    wanted[each.related_model].add(getattr(version, each.attname))
        self._texts: Mapping[type[models.Model], dict] = {
            model: {
                record.pk: asn_text(record.asn) if model is Student else str(record)
                for record in model.objects.filter(pk__any=list(keys - {None}))
            }
            for model, keys in wanted.items()
        }

    def of(self, model: type[models.Model], each: models.Field, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if each.related_model in self._texts:
            return self._texts[each.related_model].get(value, str(value))
        code_type = CODES.get(each.name)
        if model is DisclosureRestriction and each.name == "code":
            code_type = RESTRICTION_CODES
        if code_type:
            return code_text(code_type, value)
        return field_text(each, value)


def _values(
    model: type[models.Model], version: models.Model, former: models.Model | None, texts: Texts
) -> list[Value]:
    """The fields that differ from the version before; of a new record, those that say something."""
    values = []
    for each in version.tracked_fields:
        if each.name in LEFT_OUT:
            continue
        new = getattr(version, each.attname)
        old = getattr(former, each.attname) if former is not None else None
        if new == old or (former is None and new in (None, "", False, [], {})):
            continue
        values.append(
            Value(
                capfirst(each.verbose_name),
                texts.of(model, each, old),
                texts.of(model, each, new),
            )
        )
    return values


def _what(model: type[models.Model], version: models.Model) -> str:
    """Which record it is: "Name Ada King", "School enrolment 2025/2026"."""
    kind = capfirst(model._meta.verbose_name)
    if model is Student:
        return str(_("Student"))
    if model is Acknowledgement:
        return f"{kind}, {version.alert_code}"
    for name in ("course_code", "requirement_set_id", "requirement", "credential_type"):
        if hasattr(version, name):
            return f"{kind} {getattr(version, name)}"
    if isinstance(school_year := getattr(version, "school_year", None), int):
        each = version._meta.get_field("school_year")
        return f"{kind} {field_text(each, school_year)}"
    return f"{kind} {version.instance}"
