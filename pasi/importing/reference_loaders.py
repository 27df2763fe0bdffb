"""organizations.csv and courses.csv: what the records of students refer to."""

from django.utils.translation import gettext as _

from enrolments.models import Course
from pasi import bulk
from pasi.importing.loader import Loader
from pasi.importing.reader import CellError, Chunk
from pasi.importing.session import NOWHERE, ImportSession, KnownOrganization
from pasi.models import MINISTRY_CODE, Organization

AUTHORITY, SCHOOL = Organization.Kind.AUTHORITY, Organization.Kind.SCHOOL


class OrganizationLoader(Loader):
    """Organizations are written together at the end of their file, for an authority may stand below
    its schools. There are at most 30,000 codes, so they can be held.

    The ministry is there from the start: its row renames it, and does nothing else.
    """

    def __init__(self, session: ImportSession) -> None:
        super().__init__(session)
        self.chunks: list[Chunk] = []
        self.ministry_name: str | None = None

    def load(self, chunk: Chunk) -> None:
        known = self.session.organizations
        for row, code in enumerate(chunk["code"]):
            is_school = chunk["kind"][row] == SCHOOL
            opened, closed = chunk["opened_on"][row], chunk["closed_on"][row]
            if is_school and not chunk["authority_code"][row]:
                chunk.refuse(row, "authority_code", _("is required for a school"))
            elif chunk["authority_code"][row] and not is_school:
                chunk.refuse(row, "authority_code", _("is for schools only"))
            elif opened and closed and closed < opened:
                chunk.refuse(row, "closed_on", _("must not be before opened_on"))
            elif code == MINISTRY_CODE and self.ministry_name is None:
                self.ministry_name = chunk["name"][row]
                chunk.leave_out(row)
            elif code in known:
                problem = _("exists already, in an earlier row or in the database: {code!r}")
                chunk.refuse(row, "code", problem.format(code=code))
            else:
                known[code] = NOWHERE
        chunk.keep_good()
        for code in chunk.lost:
            known.setdefault(code, NOWHERE)
        chunk["id"] = bulk.next_ids(Organization, len(chunk))
        for key, code, kind in zip(chunk["id"], chunk["code"], chunk["kind"], strict=True):
            known[code] = KnownOrganization(key, kind)
        self.chunks.append(chunk)

    def finish(self) -> list[CellError]:
        errors = [error for chunk in self.chunks for error in self._find_authorities(chunk)]
        columns = ("code", "name", "kind", "authority_id", "classification", "city")
        columns += ("opened_on", "closed_on", "access")
        with bulk.reference_checked_later(Organization, "authority_id"):
            for chunk in self.chunks:
                self.session.write(
                    Organization,
                    len(chunk),
                    {column: chunk[column] for column in columns},
                    ids=chunk["id"],
                    has_history=False,
                )
        for chunk in self.chunks:
            self.session.write_history(Organization, chunk["id"])
        self._rename_ministry()
        return errors

    def _find_authorities(self, chunk: Chunk) -> list[CellError]:
        """Add the column authority_id; refuse schools of something that is no authority."""
        chunk.errors = []
        known = self.session.organizations
        for row, code in enumerate(chunk["authority_code"]):
            if not code:
                continue
            if code not in known or known[code].kind not in (AUTHORITY, NOWHERE.kind):
                problem = _("is not a known authority: {code!r}").format(code=code)
                chunk.refuse(row, "authority_code", problem)
            elif known[code].id is None:
                chunk.leave_out(row)
        before = set(chunk["code"])
        chunk.keep_good()
        for code in before.difference(chunk["code"]):
            known[code] = NOWHERE
        chunk["authority_id"] = [
            known[code].id if code else None for code in chunk["authority_code"]
        ]
        return chunk.errors

    def _rename_ministry(self) -> None:
        ministry = Organization.objects.get(code=MINISTRY_CODE)
        if self.ministry_name not in (None, ministry.name):
            bulk.update_rows(
                Organization, ["name"], [(ministry.pk, self.ministry_name)], self.session.call
            )


class CourseLoader(Loader):
    def load(self, chunk: Chunk) -> None:
        years = zip(chunk["available_from"], chunk["available_to"], strict=True)
        for row, (first, last) in enumerate(years):
            if first and last and last < first:
                chunk.refuse(row, "available_to", _("must not be before available_from"))
        chunk.keep_good()
        self.session.refuse_existing(chunk, "code", Course, {"code": chunk["code"]})
        columns = ("code", "name", "level", "credits", "subject", "kind", "flags")
        columns += ("available_from", "available_to")
        self.session.write(
            Course,
            len(chunk),
            {column: chunk[column] for column in columns},
            ids=chunk["code"],
        )
        self.session.has_new_courses = True
