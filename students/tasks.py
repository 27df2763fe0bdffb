"""Where the forms on students are, and whose buttons stand where."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from pasi.back_office.admins import may_view
from pasi.back_office.service_forms import ServiceFormPage, page_urls
from pasi.back_office.tables import Table, link
from pasi.staff_roles import may_send
from students import tab_tables
from students.identity_pages import ChangeIdentityPage, CreateStudentPage
from students.models import CitizenshipStatus, DisclosureRestriction, Name, Student
from students.name_pages import (
    AddNamePage,
    CorrectNamePage,
    DeleteNamePage,
    PreferNamePage,
    deletable,
)
from students.number_pages import (
    AlivePage,
    DeactivatePage,
    DeathPage,
    LinkPage,
    ReactivatePage,
    UnlinkPage,
)
from students.part_pages import AddRestrictionPage, ChangeRestrictionPage, CitizenshipPage
from students.services import (
    CreateStudent,
    SubmitIdentificationInformation,
    SubmitName,
    SubmitStudentCitizenshipStatus,
    SubmitStudentDeactivation,
    SubmitStudentDeath,
    SubmitStudentDisclosureRestriction,
    SubmitStudentLink,
)

PAGES: tuple[tuple[str, type[ServiceFormPage], str], ...] = (
    ("create/", CreateStudentPage, "create_student"),
    ("<int:student>/identity/", ChangeIdentityPage, "change_identity"),
    ("<int:student>/citizenship/", CitizenshipPage, "change_citizenship"),
    ("<int:student>/restrictions/add/", AddRestrictionPage, "add_restriction"),
    (
        "<int:student>/restrictions/<int:restriction>/",
        ChangeRestrictionPage,
        "change_restriction",
    ),
    ("<int:student>/names/add/", AddNamePage, "add_name"),
    ("<int:student>/names/<int:name>/correct/", CorrectNamePage, "correct_name"),
    ("<int:student>/names/<int:name>/delete/", DeleteNamePage, "delete_name"),
    ("<int:student>/names/<int:name>/prefer/", PreferNamePage, "prefer_name"),
    ("<int:student>/link/", LinkPage, "link_student"),
    ("<int:student>/unlink/", UnlinkPage, "unlink_student"),
    ("<int:student>/deactivate/", DeactivatePage, "deactivate_student"),
    ("<int:student>/reactivate/", ReactivatePage, "reactivate_student"),
    ("<int:student>/death/", DeathPage, "record_death"),
    ("<int:student>/alive/", AlivePage, "take_death_back"),
)


class StudentTasks:
    """Adds the forms to the admin of students, and their buttons to its list and pages."""

    def get_urls(self):
        return [*page_urls(self, PAGES), *super().get_urls()]

    def list_tasks(self, request: HttpRequest) -> list[tuple[str, str]]:
        if not may_send(request.user, CreateStudent):
            return []
        return [(_("Create a student"), reverse("admin:create_student"))]

    def tasks(self, request: HttpRequest, record: Student) -> list[tuple[str, str]]:
        """Of the identity. Under a secondary number nobody dies: the primary's page is for that."""
        wanted = [
            (
                SubmitIdentificationInformation,
                _("Change name, birth date or document"),
                "change_identity",
            ),
            (
                SubmitStudentLink,
                *(
                    (_("Undo the link"), "unlink_student")
                    if record.primary_id
                    else (_("Link to another number"), "link_student")
                ),
            ),
            (
                SubmitStudentDeactivation,
                *(
                    (_("Use the number again"), "reactivate_student")
                    if record.is_deactivated
                    else (_("Deactivate"), "deactivate_student")
                ),
            ),
            (
                SubmitStudentDeath,
                *(
                    (_("Take the death back"), "take_death_back")
                    if record.is_deceased
                    else (_("Record a death"), "record_death")
                ),
            ),
        ]
        left_out = {SubmitStudentDeactivation, SubmitStudentDeath} if record.primary_id else set()
        if record.is_deactivated:
            left_out |= {SubmitStudentLink}
        return [
            (label, reverse(f"admin:{name}", args=[record.pk]))
            for service, label, name in wanted
            if service not in left_out and may_send(request.user, service)
        ]

    # --- Tables with what can be done ---

    def tables_of_identity(self, request: HttpRequest, student: Student) -> list[Table]:
        tables = []
        if may_view(request, DisclosureRestriction):
            may = may_send(request.user, SubmitStudentDisclosureRestriction)
            add = (_("Add a disclosure restriction"), _to("add_restriction", student))
            change = _change_restriction if may else None
            tables.append(tab_tables.restrictions(student, [add] if may else [], change))
        if may_view(request, CitizenshipStatus):
            may = may_send(request.user, SubmitStudentCitizenshipStatus)
            change = (_("Change the citizenship"), _to("change_citizenship", student))
            tables.append(tab_tables.citizenship(student, [change] if may else []))
        return tables

    def table_of_names(self, request: HttpRequest, student: Student) -> Table:
        if not may_send(request.user, SubmitName):
            return tab_tables.names(student)
        add = (_("Add a name"), _to("add_name", student))
        return tab_tables.names(student, _todo_with_name, [add])


def _to(name: str, student: Student) -> str:
    return reverse(f"admin:{name}", args=[student.pk])


def _change_restriction(each: DisclosureRestriction) -> str:
    if each.is_deleted:
        return ""
    address = reverse("admin:change_restriction", args=[each.student_id, each.pk])
    return link(address, _("Change or end"))


def _todo_with_name(name: Name) -> str:
    """Links; what the service would refuse anyway is left out."""
    if name.is_deleted:
        return ""
    student = name.student
    is_legal = name.pk == student.legal_name_id
    wanted = (
        (not is_legal, _("Correct"), "correct_name"),
        (name.pk != student.preferred_name_id, _("Prefer"), "prefer_name"),
        (deletable(name), _("Delete"), "delete_name"),
    )
    links = [
        (reverse(f"admin:{page}", args=[student.pk, name.pk]), label)
        for applies, label, page in wanted
        if applies
    ]
    if is_legal:
        links.insert(0, (_to("change_identity", student), _("Change the legal name")))
    return format_html_join(" · ", '<a href="{}">{}</a>', links)
