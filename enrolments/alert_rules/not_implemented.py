"""Alert rules whose meaning is public but which this system cannot judge, and why."""

from django.utils.translation import gettext_lazy as _

from pasi.rules import ADVICE, WARNING, not_raised
from students.rules.sources import KNOWLEDGE_BASE

TITLE_OURS = KNOWLEDGE_BASE + "; title ours"
NEEDS_CALENDARS = _("Needs school calendars, which are not in this system yet.")
NEEDS_SCHEDULES = _("Needs operating schedules, which are not in this system yet.")


def _not_implemented(code: str, title, message, *, because, source=TITLE_OURS, **options):
    options = {"kind": WARNING, "certainty": "confirmed", **options}
    return not_raised(code, title, message, because=because, source=source, **options)


# --- Calendars and operating schedules ----------------------------------------------------------

_not_implemented(
    "10003",
    _("Enrolment Period Outside Calendar"),
    _(
        "School not open. {SchoolCode} is not open all the time from {RegistrationStartDate} to "
        "{RegistrationExitDate}."
    ),
    because=NEEDS_CALENDARS,
)
_not_implemented(
    "10035",
    _("School Not Open On Start Date"),
    _("School not open. {SchoolCode} has no school day on {RegistrationStartDate}."),
    because=NEEDS_CALENDARS,
    source=TITLE_OURS + "; that the start date is meant: inferred",
)
_not_implemented(
    "10108",
    _("Summer Enrolment Outside Schedule"),
    _(
        "Outside summer school. No summer schedule of {SchoolCode} covers {RegistrationStartDate} "
        "to {RegistrationExitDate}."
    ),
    because=NEEDS_SCHEDULES,
)
_not_implemented(
    "10023",
    _("Regular Programming Not Offered"),
    _("No regular programming. {SchoolCode} has none for grade {Grade}."),
    because=NEEDS_SCHEDULES,
    source=KNOWLEDGE_BASE,
    to_school_year=2016,
)
_not_implemented(
    "10129",
    _("Regular Programming Not Offered"),
    _("No regular programming. {SchoolCode} has none for grade {Grade}."),
    because=NEEDS_SCHEDULES,
    source="number: PASI knowledge base; title and meaning inferred from rule 10023",
    certainty="inferred",
    from_school_year=2017,
)
_not_implemented(
    "10028",
    _("Special Education Not Offered"),
    _("No special education. {SchoolCode} has none for grade {Grade}."),
    because=NEEDS_SCHEDULES,
    source=KNOWLEDGE_BASE,
    to_school_year=2016,
)
_not_implemented(
    "10128",
    _("Special Education Not Offered"),
    _("No special education. {SchoolCode} has none for grade {Grade}."),
    because=NEEDS_SCHEDULES,
    source=KNOWLEDGE_BASE,
    from_school_year=2017,
)
_not_implemented(
    "10024",
    _("Summer School Not Offered"),
    _("No summer school. {SchoolCode} has none for grade {Grade}."),
    because=NEEDS_SCHEDULES,
)
_not_implemented(
    "10038",
    _("Outreach Program Not Offered"),
    _("No outreach program. Code 630 is used, but {SchoolCode} has none."),
    because=NEEDS_SCHEDULES,
    source=KNOWLEDGE_BASE,
)
_not_implemented(
    "10049",
    _("French as a Second Language Not Offered"),
    _("No French as a second language. Code 230 is used, but {SchoolCode} has none."),
    because=NEEDS_SCHEDULES,
    source=KNOWLEDGE_BASE,
)
_not_implemented(
    "10116",
    _("Bilingual Not Offered"),
    _(
        "No bilingual program. Code {CodeText} {CodeDescription} is used, but {SchoolName} "
        "({SchoolCode}) has none."
    ),
    because=NEEDS_SCHEDULES,
)

# --- Other data that are not kept, and conditions that are not public ---------------------------

_not_implemented(
    "10009",
    _("Collegiate Only"),
    _("Not a collegiate school. Code 810 cannot be used at {SchoolCode}."),
    because=_("Needs to know which schools are collegiate, which is not in this system yet."),
)
_not_implemented(
    "10027",
    _("Inconsistent Grants Identity Documentation for Foreign Student"),
    _(
        "Identity document differs. Student {StateProvinceID} has a Canadian identity document "
        "(reference {RefID}), so use the code for students born in Canada."
    ),
    because=_("The list of identity documents that it looks at is not public."),
    source=KNOWLEDGE_BASE + "; title from its message",
    kind=ADVICE,
)
_not_implemented(
    "10102",
    _("FNMI Cannot Submit ETC 330"),
    _(
        "Code 330 not allowed. It marks tuition agreements, not students of a First Nation's own "
        "school."
    ),
    because=_("Needs an authority's earlier classifications; only the present one is kept."),
    source=KNOWLEDGE_BASE,
    from_school_year=2012,
)
_not_implemented(
    "10100",
    _("Francophone Hours"),
    _(
        "Too few French hours. {SchoolYear}: {TotalFrenchHoursOfInstruction} of "
        "{FrenchHoursOfInstruction} hours."
    ),
    because=_("The minimum hours are not public."),
    kind=ADVICE,
)
_not_implemented(
    "10143",
    _("Country of Citizenship is Mandatory for ETC 413 and 416"),
    _("Country missing. Student {ASN} needs a country of citizenship for codes 413, 414, 416."),
    because=_("Citizenship records hold no country in this system."),
    source=KNOWLEDGE_BASE,
    from_school_year=2020,
)
_not_implemented(
    "10152",
    _("Missing Hours of Instruction"),
    _("Hours missing. Hours of instruction decide on funding."),
    because=_("When the hours are needed is not public, and enrolments do not keep them."),
    from_school_year=2021,
)

# --- Rules of changing generations --------------------------------------------------------------

_GENERATIONS = _(
    "Three rules on resident boards replace one another; the school years of each are not public."
)
_not_implemented(
    "10040",
    _("Resident Board Missing For Grants Program Code"),
    _(
        "Resident board and codes differ. Codes 110, 140, 150 go together with a resident board.",
    ),
    because=_GENERATIONS,
)
_not_implemented(
    "10041",
    _("Resident Board Without Grants Program Code"),
    _(
        "Resident board and codes differ. Codes 110, 140, 150 go together with a resident board.",
    ),
    because=_GENERATIONS,
)
_not_implemented(
    "10123",
    _("Resident Board Without Grants Program Code 110"),
    _("Resident board and codes differ. A resident board goes together with code 110."),
    because=_GENERATIONS,
)
_not_implemented(
    "10013",
    _("Conflicting Grants Program Codes 500 and 550"),
    _("Conflicting codes. Student {StateProvinceId} has both 500 and 550."),
    because=_("Not in force since 2016/2017; earlier school years are not judged by it here."),
    to_school_year=2016,
)
_not_implemented(
    "10054",
    _("Exception Code Missing For Special Education"),
    _("Exception code missing. Code 500 needs one."),
    because=_("Not in force since 2016/2017; earlier school years are not judged by it here."),
    to_school_year=2016,
)
_not_implemented(
    "10071",
    _("Francophone Board Missing"),
    _("Francophone board missing. Code 145 needs one."),
    because=_("Not in force since 2011/2012, and francophone boards are not kept."),
    to_school_year=2011,
)
