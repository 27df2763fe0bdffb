"""The published catalogue: every rule and fault code, what it means, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass

from pasi import rules
from pasi.faults import CERTIFICATE_FAULTS, FAULTS
from pasi.operations import SERVICES, services_of_rules
from pasi.rules import placeholders_of

FAULT = "Fault"
TYPES = (rules.REJECTION, rules.ADVICE, rules.WARNING, FAULT)
CERTAINTIES = ("confirmed", "inferred")
KNOWLEDGE_BASE = "PASI knowledge base"

# Faults whose code and title are public, but not exactly what raises them.
_INFERRED_FAULTS = {"1002", "1004", "1006", "2001", "4001", "4002"}
_VERSION_MISMATCH = "3004"


@dataclass(frozen=True)
class Entry:
    """One code. `services`: the operations that can answer it, or whose submits can raise the
    alert. `remark`: why it is never raised; one that is only switched off here has none.
    """

    code: str
    title: str
    kind: str
    services: tuple[str, ...]
    source: str
    certainty: str
    message: str
    placeholders: tuple[str, ...]
    from_school_year: int | None = None
    to_school_year: int | None = None
    is_raised: bool = True
    remark: str = ""


def entries() -> list[Entry]:
    """Every code, in order."""
    services = services_of_rules()
    found = [_of_rule(rule, services.get(rule.code, ())) for rule in rules.catalogue()]
    found += [_of_fault(code) for code in (*FAULTS, *CERTIFICATE_FAULTS)]
    return sorted(found, key=lambda entry: (len(entry.code), entry.code))


def _of_rule(rule: rules.Rule, services: Iterable[str]) -> Entry:
    return Entry(
        code=rule.code,
        title=str(rule.title),
        kind=rule.kind,
        services=tuple(services),
        source=rule.source,
        certainty=rule.certainty,
        message=str(rule.message),
        placeholders=tuple(rule.placeholders),
        from_school_year=rule.from_school_year,
        to_school_year=rule.to_school_year,
        is_raised=rule.is_raised,
        remark=str(rule.not_raised_because),
    )


def _of_fault(code: str) -> Entry:
    is_certificates = code in CERTIFICATE_FAULTS
    if is_certificates:
        title, message = CERTIFICATE_FAULTS[code], ""
        services: tuple[str, ...] = ()
    else:
        _status, title, message = FAULTS[code]
        services = tuple(
            service.operation
            for service in SERVICES
            if code != _VERSION_MISMATCH or (service.takes_version and service.mismatch_is_fault)
        )
    remark = ""
    if is_certificates:
        remark = "Belongs to client certificates; this system uses access tokens."
    return Entry(
        code=code,
        title=str(title),
        kind=FAULT,
        services=services,
        source=KNOWLEDGE_BASE,
        certainty="inferred" if code in _INFERRED_FAULTS else "confirmed",
        message=str(message),
        placeholders=tuple(placeholders_of(message)),
        is_raised=bool(services),
        remark=remark,
    )


def as_markdown() -> str:
    """The catalogue as docs/rules.md."""
    lines = [
        "# Rules and faults",
        "",
        "Made by `manage.py export_rules`; do not edit. `GET /api/rules/` answers the same.",
        "",
        "A *Rejection* refuses a request and stands in the response's `Rejections`. A *Fault*",
        "replaces the response (see [integrators.md](integrators.md)). A *Warning* or an *Advice*",
        "is a core alert: a processor finds it in stored data after the submit. *Inferred* means",
        "that the code is public but its exact meaning is our reading. Texts in braces are",
        "placeholders; those of an alert are its arguments.",
        "",
    ]
    for entry in entries():
        lines += [
            f"## {entry.code} {entry.title}",
            "",
            f"{entry.kind}, {entry.certainty}. Source: {entry.source}.",
            f"Services: {', '.join(entry.services) or 'none'}.",
        ]
        if entry.from_school_year or entry.to_school_year:
            first, last = entry.from_school_year or "", entry.to_school_year or ""
            lines.append(f"School years {first}–{last}.")
        if entry.remark:
            lines.append(f"Not raised. {entry.remark}")
        if entry.message:
            lines += ["", f"> {entry.message}"]
        lines.append("")
    return "\n".join(lines)
