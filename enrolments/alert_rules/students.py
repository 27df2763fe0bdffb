"""Alert rules of students."""

from django.utils.translation import gettext_lazy as _

from enrolments.facts import StudentFacts
from pasi.rules import advice
from students.rules.sources import KNOWLEDGE_BASE

LAST_NAME_UNKNOWN = "LNU"


@advice(
    "11205",
    _("Name not in mixed case"),
    _(
        "Unusual case in a name. Check the {NameDescriptor} name {FirstName} {MiddleName} "
        "{LastName} {Suffix}: capitals and small letters are expected unless the student wants "
        "otherwise (name {RefId})."
    ),
    source=KNOWLEDGE_BASE + "; title from its message; exemption of LNU and suffix: inferred",
)
def name_not_in_mixed_case(student: StudentFacts):
    """A first, middle or last name with three letters or more is all upper case or all lower case.
    Only letters count towards the three: J.P. passes. One alert per name.

    Inferred: LNU (last name unknown) is exempt, in any of the parts; the suffix is not tested.
    """
    for name in student.names:
        if any(map(_is_in_one_case, (name.first_name, name.middle_name, name.last_name))):
            yield {
                "NameDescriptor": name.descriptor,
                "FirstName": name.first_name,
                "MiddleName": name.middle_name,
                "LastName": name.last_name,
                "Suffix": name.suffix,
                "RefId": name.ref_id,
            }


def _is_in_one_case(part: str) -> bool:
    """Letters of scripts that have no case are neither."""
    letters = sum(map(str.isalpha, part))
    return letters >= 3 and (part.isupper() or part.islower()) and part != LAST_NAME_UNKNOWN
