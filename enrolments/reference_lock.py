"""The lock under which nobody else can bring in, or change, a school enrolment of a reference id.

Reference ids are chosen by the clients, so two of them may create the same enrolment at once.
"""

import hashlib
from uuid import UUID

from pasi import bulk


def lock_reference(reference_id: UUID) -> None:
    """Hold a reference id until the transaction ends. Take this lock before any student's."""
    bulk.advisory_lock(reference_key(reference_id))


def reference_key(reference_id: UUID) -> int:
    digest = hashlib.sha256(f"school enrolment\x1f{reference_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") & (bulk.ANNOUNCEMENT_OFFSET - 1)
