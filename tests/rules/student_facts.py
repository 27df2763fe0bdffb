"""Facts of the student services, made without a database: all well unless told otherwise."""

import datetime

from students.facts import (
    Citizenship,
    FullName,
    Identification,
    IdentityChange,
    NameChange,
    NewAddress,
    NewPhone,
    NewStudent,
    Restriction,
    StoredName,
    StudentAccess,
    StudentNames,
)

ASN = "100000009"
TODAY = datetime.date(2026, 11, 26)
BORN = datetime.date(2012, 5, 17)
DAY = datetime.timedelta(days=1)

# RefIds of the stored names of name_change().
LEGAL, PREFERRED, ORIGINAL, OTHER, DELETED = 1, 2, 3, 4, 5


def full_name(first="Fred", middle="", last="Flintstone", suffix="") -> FullName:
    return FullName(first, middle, last, suffix)


def identification(**changes) -> Identification:
    return Identification(
        **{
            "name": full_name(),
            "birth_date": BORN,
            "document_type": "AlbertaBirthCertificate",
            "document_number": "4711",
            "document_issue_date": None,
            "is_name_exact": True,
            "quality": 300,
            "may_be_submitted": True,
            **changes,
        }
    )


# --- CreateStudent ------------------------------------------------------------------------------


def new_student(**changes) -> NewStudent:
    return NewStudent(**{"today": TODAY, "identification": identification(), **changes})


def address(**changes) -> NewAddress:
    """A Canadian one."""
    return NewAddress(
        **{
            "label": "Preferred Mailing",
            "address_type": "Mailing",
            "street": "10155 102 Street NW",
            "city": "Edmonton",
            "state_province": "AB",
            "postal_code": "T5J 2R7",
            "country": "Canada",
            "effective_on": BORN,
            "expires_on": None,
            **changes,
        }
    )


def us_address(**changes) -> NewAddress:
    there = {"country": "United States", "state_province": "MT", "postal_code": "59401"}
    return address(**{**there, **changes})


def international_address(**changes) -> NewAddress:
    there = {"country": "France", "city": "", "state_province": "", "postal_code": ""}
    return address(**{**there, **changes})


def phone(number="4035551234", **changes) -> NewPhone:
    return NewPhone(
        **{
            "phone_type": "Home",
            "number": number,
            "extension": "",
            "is_listable": "N",
            "effective_on": BORN,
            "expires_on": None,
            **changes,
        }
    )


def restriction(**changes) -> Restriction:
    return Restriction(
        **{
            "code": "Caution",
            "details": "",
            "effective_on": BORN,
            "expires_on": None,
            "is_active": True,
            **changes,
        }
    )


def citizenship(submitted, status, guardian="", expiry=None) -> Citizenship:
    return Citizenship(submitted, status, guardian, expiry)


# --- SubmitName ---------------------------------------------------------------------------------

STORED = StudentNames(
    names=(
        StoredName(LEGAL, full_name("Fred")),
        StoredName(PREFERRED, full_name("Freddy")),
        StoredName(ORIGINAL, full_name("Frederic")),
        StoredName(OTHER, full_name("Fritz", "Tom", "Flintstone", "Jr")),
        StoredName(DELETED, full_name("Alfred"), is_deleted=True),
    ),
    legal=LEGAL,
    preferred=PREFERRED,
    original=ORIGINAL,
)


def name_change(ref_id=0, name=None, *, delete=False, **changes) -> NameChange:
    """A correction leaves the record's parts as they are unless there is a `name`."""
    stored = changes.get("stored", STORED)
    record = stored.get(ref_id)
    return NameChange(
        **{
            "access": StudentAccess(ASN),
            "stored": stored,
            "ref_id": ref_id,
            "is_delete": delete,
            "name": name or (record.name if record else full_name("Newton")),
            **changes,
        }
    )


def stored_once(name: FullName) -> StudentNames:
    """All three references point at one name."""
    return StudentNames((StoredName(LEGAL, name),), LEGAL, LEGAL, LEGAL)


# --- SubmitIdentificationInformation ------------------------------------------------------------


def identity_change(*, stored=None, gender="", stored_gender="F", **changes) -> IdentityChange:
    """`changes`: of the submitted identification, or of the facts themselves."""
    facts = {
        name: changes.pop(name)
        for name in ("access", "names", "may_change_original", "duplicates")
        if name in changes
    }
    return IdentityChange(
        **{
            "access": StudentAccess(ASN),
            "today": TODAY,
            "stored": stored or identification(),
            "stored_gender": stored_gender,
            "names": STORED,
            "identification": identification(**changes),
            "gender": gender,
            **facts,
        }
    )
