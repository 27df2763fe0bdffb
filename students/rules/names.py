"""Rules about a student's name records. Those on characters: name_characters.py."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from pasi.rules import rejection
from students.facts import IdentityChange, NameChange, NewStudent, RestrictionChange
from students.rules.sources import KNOWLEDGE_BASE


class MayChangeNothing(Protocol):
    """The facts of a request that changes a record, if there is anything to change."""

    @property
    def changes_nothing(self) -> bool: ...


@rejection(
    "9006",
    _("Invalid Reference ID"),
    _("Student {StateProvinceId} has no {Type} record with reference {RefId}."),
    source=KNOWLEDGE_BASE + "; deleted records: inferred",
)
def unknown_record(change: NameChange | RestrictionChange):
    """The record to change or delete is not one of the student's, or is deleted already. RefId 0,
    a new record, passes.
    """
    if change.ref_id != 0 and (change.record is None or change.record.is_deleted):
        yield {
            "StateProvinceId": change.access.asn,
            "Type": change.record_kind,
            "RefId": change.ref_id,
        }


@rejection(
    "9049",
    _("Student Association for Original Name"),
    _("You may not change the student's original name; contact Student Records."),
    source=KNOWLEDGE_BASE + "; that the ministry passes: inferred",
)
def original_name_is_protected(change: NameChange | IdentityChange):
    """At least one part of the original name's record would change, and the caller is neither the
    ministry nor, up to the thirtieth day, who created the student or its authority. A request that
    leaves the parts as they are passes, so does a deletion (11216).
    """
    if change.alters_original and not change.may_change_original:
        yield {}


@rejection(
    "11215",
    _("Cannot Delete Preferred Name"),
    _(
        "Name {RefId} is the student's preferred name; choose another preferred name before "
        "deleting it."
    ),
    source=KNOWLEDGE_BASE,
)
def preferred_name_stays(change: NameChange):
    """The name to delete is the preferred one."""
    if change.is_delete and change.ref_id == change.stored.preferred:
        yield {"RefId": change.ref_id}


@rejection(
    "11216",
    _("Cannot Delete Legal or Original Name"),
    _("Name {RefId} is the student's {NameKind} name and cannot be deleted."),
    source="number: seed document SubmitName; title and meaning inferred from rule 11215",
    certainty="inferred",
    is_essential=True,  # a student always has a legal and an original name
)
def legal_and_original_names_stay(change: NameChange):
    """Inferred (medium). The name to delete is the legal or the original one; legal where it is
    both.
    """
    if not change.is_delete:
        return
    if change.ref_id == change.stored.legal:
        yield {"RefId": change.ref_id, "NameKind": "legal"}
    elif change.ref_id == change.stored.original:
        yield {"RefId": change.ref_id, "NameKind": "original"}


@rejection(
    "11227",
    _("Current Identity Name Cannot Be Updated"),
    _(
        "Name {RefId} is the student's legal name; change it through the student's identity "
        "information."
    ),
    source=KNOWLEDGE_BASE + "; unchanged parts: inferred",
)
def legal_name_is_not_corrected(change: NameChange):
    """A correction would change a part of the legal name. With all parts as they are it passes, to
    choose the preferred name (inferred, low). Former legal names are ordinary names.
    """
    if change.alters_record and change.ref_id == change.stored.legal:
        yield {"RefId": change.ref_id}


@rejection(
    "9023",
    _("Empty Update"),
    _("Nothing to do: the stored record already holds these values."),
    source=KNOWLEDGE_BASE,
)
def empty_update(change: MayChangeNothing):
    """Everything sent is stored already, to the letter. A record is never added or deleted in
    vain.
    """
    if change.changes_nothing:
        yield {}


@rejection(
    "11201",
    _("Duplicate Student Name"),
    _(
        "The student already has the name {FirstName} {MiddleName} {LastName} {Suffix} on record.",
    ),
    source=KNOWLEDGE_BASE + "; deleted names: inferred",
)
def duplicate_name(change: NameChange):
    """A name to add or correct equals another one of the student, the legal one included, in all
    four parts, case and accents included. Deleted names do not count.
    """
    if not change.is_delete and any(
        stored.name == change.name and stored.ref_id != change.ref_id and not stored.is_deleted
        for stored in change.stored.names
    ):
        yield change.name.placeholders()


@rejection(
    "11218",
    _("Identity Name is a Duplicate"),
    _(
        "The name {FirstName} {MiddleName} {LastName} {Suffix} is already recorded for this "
        "student."
    ),
    source=KNOWLEDGE_BASE + "; that the alias is compared: inferred",
)
def alias_is_the_legal_name(student: NewStudent):
    """A new student's alias equals the legal name in all four parts, case and accents included.
    One part more or less makes them different.
    """
    if student.alias == student.identification.name:
        yield student.alias.placeholders()
