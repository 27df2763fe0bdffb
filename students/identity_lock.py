"""The lock under which nobody else can bring a person of the same name and birth date in."""

import datetime
import hashlib

from pasi import bulk
from students.name_keys import normalized

# Birth date, first name, last name.
Identity = tuple[datetime.date, str, str]


def lock_identities(*identities: Identity) -> None:
    """Hold the identities until the transaction ends, in the order of their keys.

    Everything that the rules on duplicates could take for the same person has the same key: birth
    date and normalized legal first and last name. Take this lock before any student's.
    """
    for key in sorted({_key(*identity) for identity in identities}):
        bulk.advisory_lock(key)


def _key(birth_date: datetime.date, first_name: str, last_name: str) -> int:
    text = "\x1f".join((birth_date.isoformat(), normalized(first_name), normalized(last_name)))
    digest = hashlib.sha256(f"identity\x1f{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big") & (bulk.ANNOUNCEMENT_OFFSET - 1)
