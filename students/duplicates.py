"""Who in the Core has an identity already: the search behind 11401 to 11407.

Deactivated students and deleted names are never candidates. Source: PASI knowledge base; the
normalization, that suffixes do not count and that letter case does not: inferred.
"""

import datetime
from collections.abc import Collection

from students.models import NameKey
from students.name_keys import normalized


def find_duplicates(
    first_name: str,
    middle_name: str,
    last_name: str,
    birth_date: datetime.date,
    *,
    leaving_out: Collection[int] = (),
) -> tuple[list[str], list[str]]:
    """Numbers of similar students and of exact duplicates, each ascending. One query.

    Similar: the same birth date and normalized first and last legal name, now or once; a secondary
    number brings its primary. Exact: the same first and last name but for case, and the same middle
    name where one is given. `leaving_out`: keys of students who do not count.
    """
    similar: set[str] = set()
    exact: set[str] = set()
    rows = NameKey.objects.filter(
        birth_date=birth_date,
        last_key=normalized(last_name),
        first_key=normalized(first_name),
        was_legal=True,
        student__is_deactivated=False,
    ).values_list(
        "student_id",
        "student__asn",
        "student__primary__asn",
        "name__first_name",
        "name__middle_name",
        "name__last_name",
    )
    wanted = _folded(first_name), _folded(last_name)
    for student, asn, primary, first, middle, last in rows:
        if student in leaving_out:
            continue
        similar.add(asn)
        if primary:
            similar.add(primary)
        if (_folded(first), _folded(last)) == wanted and (
            not middle_name or _folded(middle) == _folded(middle_name)
        ):
            exact.add(asn)
    return sorted(similar), sorted(exact)


def _folded(text: str) -> str:
    return text.upper()
