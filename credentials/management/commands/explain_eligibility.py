"""manage.py explain_eligibility ASN: what a student has earned, what is missing, what would be
awarded and why.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit.models import RecordRead
from credentials.explaining import (
    ExplainedAwarding,
    ExplainedMark,
    ExplainedRequirement,
    ExplainedSet,
    Explanation,
    explain,
)
from credentials.explanation_json import explanation_json
from pasi.calendar import business_today, school_year_text
from pasi.caller_info import of_operator
from pasi.fields import ASN
from pasi.http import new_message_id
from pasi.models import MINISTRY_CODE

NAME = "explain_eligibility"


class Command(BaseCommand):
    help = (
        "Explain what a student has earned, what is missing, and what would be awarded. "
        "Exit status: 0 done, 1 nobody has the number, 2 usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("asn", metavar="ASN", help="with or without hyphens")
        parser.add_argument(
            "--json",
            dest="as_json",
            action="store_true",
            help="print one JSON object, with every mark",
        )

    def handle(self, *, asn: str, as_json: bool, **options: Any) -> None:
        number = asn.replace("-", "")
        if not ASN.fullmatch(number):
            problem = _("{asn!r} is not an ASN: nine digits, 000000001 to 999999999.")
            raise CommandError(problem.format(asn=asn[:40]), returncode=2)
        found = explain(number, business_today())
        _record_read(number, found)
        if found is None:
            raise CommandError(_("No student has the number {asn}.").format(asn=number))
        lines = [_as_json(found)] if as_json else _as_text(found)
        for line in lines:
            self.stdout.write(line)


def _record_read(asn: str, found: Explanation | None) -> None:
    """Who looks through a shell leaves a trace as well."""
    shown = list(dict.fromkeys((asn, found.person))) if found else []
    RecordRead.objects.create(
        message_id=new_message_id(),
        organization_code=MINISTRY_CODE,
        path=f"manage.py {NAME}",
        filters={"Operator": of_operator(NAME)["User"]["Name"]},
        state_province_ids=shown,
        count=len(shown),
    )


def _as_json(found: Explanation) -> str:
    return json.dumps(explanation_json(found, with_marks=True))


# --- In words -----------------------------------------------------------------------------------


def _as_text(found: Explanation) -> list[str]:
    who = f"{found.asn} {found.name}"
    if found.person != found.asn:
        who += " " + _("(secondary number of {primary})").format(primary=found.person)
    lines = [who, _("As of {day}").format(day=found.as_of)]
    if found.is_recalculating:
        lines.append(_("Something has changed: the statuses below are being worked out anew."))
    lines += ["", *_awarding(found.awarding)]
    closed: list[str] = []
    for credential in found.credentials:
        shown = [each for each in credential.sets if each.status]
        if not shown and not credential.is_awarded:
            closed += [each.code for each in credential.sets]
            continue
        progress = credential.progress or _("not assessed")
        awarded = ", " + _("awarded") if credential.is_awarded else ""
        lines += ["", f"{credential.code} {credential.name}: {progress}{awarded}"]
        for each in shown:
            lines += _set(each)
    if closed:
        lines += ["", _("Not open to the student: {sets}").format(sets=", ".join(closed))]
    return lines


def _awarding(each: ExplainedAwarding) -> list[str]:
    if each.credential:
        return [
            _("Would be awarded now: {code} {name}, for {year}.").format(
                code=each.credential,
                name=each.credential_name,
                year=school_year_text(each.school_year),
            )
        ]
    lines = [
        _("Nothing would be awarded now, by rule {code} {title}.").format(
            code=each.code, title=each.title
        ),
        f"  {each.description}",
    ]
    return lines + [f"  {block}" for block in each.blocks]


def _set(each: ExplainedSet) -> list[str]:
    share = "" if each.percentage is None else f", {each.percentage} %"
    lines = [f"  {each.code} {each.name}: {each.status}{share}"]
    for requirement in each.requirements:
        lines += _requirement(requirement)
    return lines


def _requirement(each: ExplainedRequirement) -> list[str]:
    mark = "x" if each.is_met else " "
    exemption = "" if each.exemption == "None" else f" {_('Exemption')}: {each.exemption}."
    lines = [f"    [{mark}] {each.name}: {each.message}{exemption}"]
    if each.counted:
        lines.append(f"          {_('counts')}: {_listed(each.counted)}")
    for mark in each.left_out:
        lines.append(f"          {_('does not count')}: {_listed([mark])}: {mark.reason}")
    return lines


def _listed(marks: list[ExplainedMark] | tuple[ExplainedMark, ...]) -> str:
    return ", ".join(f"{mark.course} {mark.credits} ({mark.school_year})" for mark in marks)
