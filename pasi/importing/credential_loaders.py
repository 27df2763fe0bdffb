"""requirement_set_statuses.csv, requirement_achievements.csv, requirement_exemptions.csv and
awarded_credentials.csv.
"""

from collections import defaultdict
from itertools import repeat

from django.conf import settings
from django.utils.translation import gettext as _

from credentials.definitions import current_calculator
from credentials.maturity import maturity
from credentials.models import (
    AwardedCredential,
    IssuedCredentialNumber,
    RequirementAchievement,
    RequirementExemption,
    RequirementSetStatus,
)
from credentials.writing_awards import store_maturity_dates
from pasi import bulk
from pasi.importing.loader import Loader
from pasi.importing.reader import Chunk
from students.models import NAME_PARTS, Student


class SetStatusLoader(Loader):
    """Where students stand in requirement sets. An import causes no transcript trigger."""

    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        keys = {
            "student_id": chunk["student_id"],
            "requirement_set_id": chunk["requirement_set"],
        }
        self.session.refuse_existing(
            chunk,
            "requirement_set",
            RequirementSetStatus,
            keys,
            _("the student has a status in this requirement set already"),
        )
        self.session.write(
            RequirementSetStatus,
            len(chunk),
            {
                "student_id": chunk["student_id"],
                "requirement_set_id": chunk["requirement_set"],
                "status": chunk["status"],
                "is_calculated": chunk["calculated"],
            },
        )


class RequirementAchievementLoader(Loader):
    """What was said of manual requirements, by whom and when. It causes no transcript trigger."""

    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        self.session.find_organizations(chunk, "organization_id", "organization_code")
        keys = {"student_id": chunk["student_id"], "requirement": chunk["requirement"]}
        self.session.refuse_existing(
            chunk,
            "requirement",
            RequirementAchievement,
            keys,
            _("something is said of this requirement of the student already"),
        )
        self.session.write(
            RequirementAchievement,
            len(chunk),
            {
                "student_id": chunk["student_id"],
                "requirement": chunk["requirement"],
                "achievement": chunk["achievement"],
                "organization_id": chunk["organization_id"],
                "created_at": chunk["updated_on"],
                "updated_at": chunk["updated_on"],
            },
        )


class RequirementExemptionLoader(Loader):
    """Requirements that were lifted, or shall be. It causes no transcript trigger."""

    def load(self, chunk: Chunk) -> None:
        reasons = {
            (row.requirement, row.reason)
            for rows in current_calculator().definitions.exemption_reasons.values()
            for row in rows
        }
        for row, (requirement, reason) in enumerate(
            zip(chunk["requirement"], chunk["reason"], strict=True)
        ):
            if (requirement, reason) not in reasons:
                problem = _("is no reason for an exemption from {requirement}: {reason!r}")
                chunk.refuse(row, "reason", problem.format(requirement=requirement, reason=reason))
        chunk.keep_good()
        self.session.find_students(chunk)
        self.session.find_organizations(chunk, "organization_id", "organization_code")
        keys = {
            "student_id": chunk["student_id"],
            "requirement": chunk["requirement"],
            "reason": chunk["reason"],
        }
        self.session.refuse_existing(
            chunk,
            "reason",
            RequirementExemption,
            keys,
            _("the student has an exemption for this reason already"),
        )
        self.session.write(
            RequirementExemption,
            len(chunk),
            {
                **{column: chunk[column] for column in keys},
                "status": chunk["status"],
                "organization_id": chunk["organization_id"],
                "is_deleted": repeat(False),
            },
        )


class AwardLoader(Loader):
    """Awards made elsewhere, with their numbers, which need not follow our own formula.

    Numbers of our own range are skipped when new ones are allocated; the sequence stays where it
    is, or one number near its end would use it up.
    """

    def load(self, chunk: Chunk) -> None:
        self.session.find_students(chunk)
        numbers = {"number": chunk["credential_number"]}
        self.session.refuse_existing(chunk, "credential_number", IssuedCredentialNumber, numbers)
        primaries = self._lock(set(chunk["student_id"]))
        types = {"student_id": chunk["student_id"], "credential_type": chunk["credential_type"]}
        self.session.refuse_existing(
            chunk,
            "credential_type",
            AwardedCredential,
            types,
            _("the student has an award of this type already"),
        )
        numbers = chunk["credential_number"]
        self.session.write(IssuedCredentialNumber, len(numbers), {}, ids=numbers, has_history=False)
        columns = ("student_id", "credential_type", "credential_number", "school_year")
        columns += (*NAME_PARTS, "awarded_on", "legacy_number", "is_deleted")
        self.session.write(
            AwardedCredential,
            len(chunk),
            {**{column: chunk[column] for column in columns}, "delete_reason": repeat("")},
        )
        self._move_maturity_dates(chunk, primaries)

    def _lock(self, students: set[int]) -> dict[int, int]:
        """Lock the students and their primaries; which primary (or itself) stands for each."""
        primaries = {
            key: primary or key
            for key, primary in Student.objects.filter(id__any=list(students)).values_list(
                "id", "primary_id"
            )
        }
        self.session.lock_known_students(students.union(primaries.values()))
        return primaries

    def _move_maturity_dates(self, chunk: Chunk, primaries: dict[int, int]) -> None:
        """Store the maturity dates that these awards move, those under linked numbers included."""
        concerned = {
            primaries[student]
            for student, credential_type, is_deleted in zip(
                chunk["student_id"], chunk["credential_type"], chunk["is_deleted"], strict=True
            )
            if credential_type in settings.PASI_MATURITY_CREDENTIALS and not is_deleted
        }
        awards = _active_awards(concerned)
        moved = []
        for key, birth_date, before in Student.objects.filter(id__any=list(concerned)).values_list(
            "id", "birth_date", "maturity_date"
        ):
            after = maturity(birth_date, awards[key])
            if after.date != before:
                moved.append((key, before, after))
        bulk.complete_rows(
            Student,
            ["maturity_date", "maturity_reason"],
            [(key, *after) for key, _before, after in moved if self.session.is_new(key)],
        )
        store_maturity_dates(
            [move for move in moved if not self.session.is_new(move[0])], self.session.call
        )


def _active_awards(students: set[int]) -> dict[int, list[tuple[str, int]]]:
    """(type, school year) of the active awards of each student, under any of its numbers."""
    holder_of = {student: student for student in students}
    holder_of.update(
        Student.objects.filter(primary__any=list(students)).values_list("id", "primary_id")
    )
    found = defaultdict(list)
    for holder, credential_type, school_year in AwardedCredential.objects.filter(
        student__any=list(holder_of), is_deleted=False
    ).values_list("student_id", "credential_type", "school_year"):
        found[holder_of[holder]].append((credential_type, school_year))
    return found
