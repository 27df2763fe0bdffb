"""Cases of the rules on birth date, source document, gender, citizenship and Section 23."""

import datetime

from students.rules import identity
from tests.rules.cases import breaking, passing
from tests.rules.student_facts import (
    BORN,
    DAY,
    TODAY,
    citizenship,
    identification,
    identity_change,
    new_student,
)

FIRST_DAY = datetime.date(1890, 1, 1)
QUALITIES = (100, 200, 250, 300)
EXPIRY = datetime.date(2029, 8, 31)


def both(case, rule, name, *violations, **changes):
    """The same identification, of a new student and of one who is known."""
    return [
        case(
            rule, f"new, {name}", new_student(identification=identification(**changes)), *violations
        ),
        case(rule, f"known, {name}", identity_change(**changes), *violations),
    ]


def source(before: int, after: int):
    return identity_change(
        stored=identification(quality=before), document_type="StudyPermit", quality=after
    )


def gender(before: str, after: str):
    return identity_change(stored_gender=before, gender=after)


def sent(submitted, status, guardian="", expiry=None):
    return new_student(citizenship=citizenship(submitted, status, guardian, expiry))


IDENTITY_CASES = [
    *(
        breaking(
            identity.source_got_worse,
            f"{before} to {after}",
            source(before, after),
            {"DocumentType": "StudyPermit"},
        )
        if after < before
        else passing(identity.source_got_worse, f"{before} to {after}", source(before, after))
        for before in QUALITIES
        for after in QUALITIES
    ),
    # ---
    *(
        breaking(
            identity.gender_became_unknown, f"from {known}", gender(known, "U"), {"Gender": known}
        )
        for known in "MFX"
    ),
    passing(identity.gender_became_unknown, "still unknown", gender("U", "U")),
    passing(identity.gender_became_unknown, "not sent", gender("M", "")),
    passing(identity.gender_became_unknown, "known now", gender("U", "X")),
    passing(identity.gender_became_unknown, "another", gender("M", "F")),
    # ---
    *both(
        breaking,
        identity.born_in_the_future,
        "tomorrow",
        {"BirthDate": TODAY + DAY},
        birth_date=TODAY + DAY,
    ),
    *both(passing, identity.born_in_the_future, "today", birth_date=TODAY),
    *both(passing, identity.born_in_the_future, "long ago", birth_date=FIRST_DAY),
    # ---
    *both(
        breaking,
        identity.born_before_1890,
        "the day before",
        {"BirthDate": FIRST_DAY - DAY},
        birth_date=FIRST_DAY - DAY,
    ),
    *both(
        breaking,
        identity.born_before_1890,
        "year 1",
        {"BirthDate": datetime.date.min},
        birth_date=datetime.date.min,
    ),
    *both(passing, identity.born_before_1890, "the first day", birth_date=FIRST_DAY),
    # ---
    *both(
        breaking,
        identity.document_issued_before_birth,
        "the day before",
        {"IssueDate": BORN - DAY},
        document_issue_date=BORN - DAY,
    ),
    *both(passing, identity.document_issued_before_birth, "same day", document_issue_date=BORN),
    *both(passing, identity.document_issued_before_birth, "no date", document_issue_date=None),
    *both(
        passing,
        identity.document_issued_before_birth,
        "in the future",
        document_issue_date=TODAY + DAY,
    ),
    # ---
    *both(breaking, identity.system_only_document, "system only", may_be_submitted=False),
    *both(passing, identity.system_only_document, "certificate"),
    passing(
        identity.system_only_document,
        "stored one system only, another sent",
        identity_change(stored=identification(may_be_submitted=False)),
    ),
    # ---
    breaking(
        identity.section23_cannot_be_submitted,
        "of older records",
        new_student(section23_eligibility="A", section23_may_be_submitted=False),
        {"Section23Eligibility": "A"},
    ),
    *(
        passing(
            identity.section23_cannot_be_submitted,
            value or "none",
            new_student(section23_eligibility=value),
        )
        for value in ("B", "C", "Y", "")
    ),
    # ---
    breaking(
        identity.missing_document_expiry_date,
        "temporary resident",
        sent("5", "5"),
        {"CitizenshipStatus": "5"},
    ),
    breaking(
        identity.missing_document_expiry_date,
        "guardian's status other or unknown",
        sent("7", "5", "9"),
        {"CitizenshipStatus": "7"},
    ),
    passing(identity.missing_document_expiry_date, "guardian a citizen", sent("6", "5", "1")),
    passing(identity.missing_document_expiry_date, "with date", sent("5", "5", expiry=EXPIRY)),
    passing(
        identity.missing_document_expiry_date,
        "past date",
        sent("7", "5", "9", expiry=datetime.date(1990, 1, 1)),
    ),
    *(
        passing(identity.missing_document_expiry_date, f"status {status}", sent(status, status))
        for status in ("1", "2", "9")
    ),
    passing(
        identity.missing_document_expiry_date, "date with a citizen", sent("1", "1", expiry=EXPIRY)
    ),
    passing(identity.missing_document_expiry_date, "no status", new_student()),
]
