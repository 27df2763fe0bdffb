"""What people set of a student's requirements, from the page of what the student has earned: manual
requirements, the status of a whole set, exemptions.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.awarding import lock_students
from credentials.definitions import current_calculator
from credentials.eligibility.definitions import ExemptionReason
from credentials.manual_requirements import MANUAL_REQUIREMENTS, REQUESTED
from credentials.models import (
    RequirementAchievement,
    RequirementExemption,
    RequirementSet,
    RequirementSetStatus,
)
from credentials.requirement_achievements import EQUIVALENCY_AGE
from credentials.services import (
    SubmitCredentialRequirementAchievement,
    SubmitCredentialRequirementExemption,
)
from pasi.back_office.admins import BackOfficeAdmin
from pasi.back_office.formats import asn_text
from pasi.back_office.service_forms import ServiceForm, ServiceFormPage, page_urls
from pasi.back_office.theme import Radio, Select
from pasi.staff_roles import may_send
from students.models import Student

Label = gettext_lazy
SET_REQUIREMENT, SET_STATUS, EXEMPT = "set_requirement", "set_requirement_set", "exempt"
DELETE = "Delete"  # among the statuses of an exemption


class OfStudentPage(ServiceFormPage):
    """About the requirements of one student. `pages`: the admin class of students."""

    def load(self) -> Student | None:
        students = Student.objects.select_related("legal_name", "primary")
        return students.filter(asn=self.kwargs["asn"]).first()

    def asns(self) -> list[str]:
        return [self.record.asn]

    def version(self) -> None:
        """The requests carry none: what the form showed is compared."""
        return None

    def lock(self) -> None:
        primary = self.record.primary
        lock_students([self.record.asn, *([primary.asn] if primary else [])])

    def student_text(self) -> str:
        return f"{self.record.legal_name.full_name} ({asn_text(self.record.asn)})"

    def back(self) -> str:
        return reverse("admin:explain_eligibility", args=[self.record.asn])

    def stale(self) -> list[str]:
        return [_("Eligibility is worked out again; until that is done, this page says so.")]


# --- Achievements -------------------------------------------------------------------------------


class AchievementForm(ServiceForm):
    properties = {"Achievements[0].Achievement": "achievement"}
    codes = {"43018": "achievement", "9023": "achievement"}

    asn = forms.CharField(label=Label("ASN"), widget=forms.HiddenInput)
    requirement_set = forms.CharField(label=Label("Requirement set"), widget=forms.HiddenInput)
    requirement = forms.CharField(
        label=Label("Requirement"), widget=forms.HiddenInput, required=False
    )
    achievement = forms.ChoiceField(label=Label("What it shall say"), widget=Radio)

    def __init__(self, *given, achievements: list[tuple[str, str]], **named) -> None:
        super().__init__(*given, **named)
        self.fields["achievement"].choices = achievements

    def request(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        element = {
            "RequirementSet": chosen["requirement_set"],
            "Requirement": chosen["requirement"],
            "Achievement": chosen["achievement"],
        }
        named = {name: value for name, value in element.items() if value}
        return {"StateProvinceId": chosen["asn"], "Achievements": [named]}


class SetRequirementPage(OfStudentPage):
    """A manual requirement of a set: a nomination, a request, a review."""

    service = SubmitCredentialRequirementAchievement
    form_class = AchievementForm
    button = gettext_lazy("Save")
    requirement_set: RequirementSet

    def load(self) -> Student | None:
        code, requirement = self.kwargs["set"], self.kwargs.get("requirement", "")
        self.requirement_set = RequirementSet.objects.filter(code=code).first()
        known = not requirement or requirement in MANUAL_REQUIREMENTS.get(code, ())
        return super().load() if self.requirement_set and known else None

    @property
    def requirement(self) -> str:
        return self.kwargs["requirement"]

    def requirement_text(self) -> str:
        known = current_calculator().definitions.requirements.get(self.requirement)
        return known.name if known else self.requirement

    def heading(self) -> str:
        return _("%(requirement)s of %(student)s") % {
            "requirement": self.requirement_text(),
            "student": self.student_text(),
        }

    def consequences(self) -> list[str]:
        found = [
            _("Achieved: the requirement is met, in %s.") % self.requirement_set.name,
            _("Not achieved, or not assessed: it is not met, unless the student is exempted."),
            *self.stale(),
            _("It is kept with its history under Requirement achievements, for the ministry."),
        ]
        if self.requirement == REQUESTED:
            found.append(
                _("It can be Achieved only for who is %s on 1 September of this school year.")
                % EQUIVALENCY_AGE
            )
        return found

    def form_of(self, *given, **named) -> AchievementForm:
        choices = [(value, _(label)) for value, label in RequirementAchievement.Achievement.choices]
        return self.form_class(*given, achievements=choices, **named)

    def initial(self) -> dict[str, Any]:
        stored = RequirementAchievement.objects.filter(
            student=self.record, requirement=self.requirement
        ).first()
        return {
            "asn": self.record.asn,
            "requirement_set": self.requirement_set.code,
            "requirement": self.requirement,
            "achievement": stored.achievement if stored else "",
        }

    def done(self, answer):
        return _("%s is saved.") % self.heading(), self.back()


class SetStatusPage(SetRequirementPage):
    """The status of a whole set that is not calculated for the student."""

    @property
    def requirement(self) -> str:
        return ""

    def heading(self) -> str:
        return _("%(set)s of %(student)s") % {
            "set": self.requirement_set.name,
            "student": self.student_text(),
        }

    def warnings(self) -> list[str]:
        stored = self.stored()
        if stored is None or not stored.is_calculated:
            return []
        return [_("The status of this set is worked out by the calculator for this student.")]

    def stored(self) -> RequirementSetStatus | None:
        of = RequirementSetStatus.objects.filter(student=self.record)
        return of.filter(requirement_set=self.requirement_set).first()

    def consequences(self) -> list[str]:
        return [
            _(
                "The set says this from then on: it is set by hand, and the calculator leaves it "
                "alone."
            ),
            _("Achieved: the credential can be awarded, whatever the requirements say."),
            *self.stale(),
        ]

    def form_of(self, *given, **named) -> AchievementForm:
        choices = [(value, _(label)) for value, label in RequirementSetStatus.Status.choices]
        return self.form_class(*given, achievements=choices, **named)

    def initial(self) -> dict[str, Any]:
        stored = self.stored()
        return {
            "asn": self.record.asn,
            "requirement_set": self.requirement_set.code,
            "requirement": "",
            "achievement": stored.status if stored else "",
        }


# --- Exemptions ---------------------------------------------------------------------------------


class ExemptionForm(ServiceForm):
    properties = {"Reason": "reason", "Status": "status", "IsDeleted": "status"}
    codes = {
        "43003": "reason",
        "99057": "status",
        "99058": "status",
        "99056": "status",
        "99055": "status",
        "9023": "status",
    }

    asn = forms.CharField(label=Label("ASN"), widget=forms.HiddenInput)
    requirement = forms.CharField(label=Label("Requirement"), widget=forms.HiddenInput)
    so_far = forms.CharField(
        label=Label("Exemptions so far"), widget=forms.HiddenInput, required=False
    )
    reason = forms.ChoiceField(label=Label("Reason"), widget=Select)
    status = forms.ChoiceField(
        label=Label("What it shall say"),
        choices=[
            (RequirementExemption.Status.REQUESTED, Label("Requested: somebody has asked for it")),
            (RequirementExemption.Status.PENDING, Label("Pending: it is being looked at")),
            (RequirementExemption.Status.APPROVED, Label("Approved: the requirement is met")),
            (RequirementExemption.Status.DENIED, Label("Denied")),
            (DELETE, Label("Delete the exemption")),
        ],
        widget=Radio,
    )

    def __init__(self, *given, reasons: list[tuple[str, str]], **named) -> None:
        super().__init__(*given, **named)
        self.fields["reason"].choices = reasons

    def request(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        is_deleted = chosen["status"] == DELETE
        return {
            "StateProvinceId": chosen["asn"],
            "Requirement": chosen["requirement"],
            "Reason": chosen["reason"],
            # What is deleted keeps its status, whatever is sent.
            "Status": RequirementExemption.Status.REQUESTED if is_deleted else chosen["status"],
            "IsDeleted": is_deleted,
        }


class ExemptPage(OfStudentPage):
    """Request an exemption from a requirement, decide on it, or delete it."""

    service = SubmitCredentialRequirementExemption
    form_class = ExemptionForm
    template_name = "admin/exempt.html"
    decisions = frozenset({"reason", "status"})
    button = gettext_lazy("Save the exemption")

    def load(self) -> Student | None:
        self.definitions = current_calculator().definitions
        return super().load() if self.reasons() else None

    def reasons(self) -> tuple[ExemptionReason, ...]:
        return tuple(self.definitions.exemption_reasons.get(self.kwargs["requirement"], ()))

    def reason_text(self, reason: str) -> str:
        """What a reason is called; one of former times, or without a name, by its code."""
        return {each.reason: each.name for each in self.reasons()}.get(reason) or reason

    def stored(self) -> list[RequirementExemption]:
        """Those of the requirement that are not deleted."""
        of = RequirementExemption.objects.filter(student=self.record, is_deleted=False)
        requirement = self.kwargs["requirement"]
        those = of.filter(requirement=requirement).order_by("pk")
        return list(those.select_related("organization"))

    def heading(self) -> str:
        requirement = self.definitions.requirements[self.kwargs["requirement"]]
        return _("Exemption of %(student)s from %(requirement)s") % {
            "student": self.student_text(),
            "requirement": requirement.name,
        }

    def consequences(self) -> list[str]:
        return [
            _("Approved: the requirement counts as met. Otherwise the exemption changes nothing."),
            _("Who may ask and who may decide hangs on the reason; the ministry may do both."),
            *self.stale(),
        ]

    def form_of(self, *given, **named) -> ExemptionForm:
        reasons = [(each.reason, each.name or each.reason) for each in self.reasons()]
        return self.form_class(*given, reasons=reasons, **named)

    def initial(self) -> dict[str, Any]:
        stored = self.stored()
        so_far = [
            f"{self.reason_text(each.reason)}: {each.get_status_display()}" for each in stored
        ]
        return {
            "asn": self.record.asn,
            "requirement": self.kwargs["requirement"],
            "so_far": "; ".join(sorted(so_far)),
            "reason": stored[0].reason if stored else self.reasons()[0].reason,
            "status": "",
        }

    def own_context(self) -> dict[str, Any]:
        return {
            "stored": [(self.reason_text(each.reason), each) for each in self.stored()],
            "reasons": self.reasons(),
        }

    def done(self, answer):
        return _("%s is saved.") % self.heading(), self.back()


# --- Where they are -----------------------------------------------------------------------------


def by_hand_urls(students: BackOfficeAdmin) -> list:
    """The addresses, below those of the page that explains a student's eligibility."""
    pages = (
        ("of/<str:asn>/sets/<str:set>/", SetStatusPage, SET_STATUS),
        ("of/<str:asn>/sets/<str:set>/<str:requirement>/", SetRequirementPage, SET_REQUIREMENT),
        ("of/<str:asn>/exemptions/<str:requirement>/", ExemptPage, EXEMPT),
    )
    return page_urls(students, pages)


class ByHand:
    """What the reader may set of one student by hand: addresses of the forms, "" for none."""

    def __init__(self, request: HttpRequest, asn: str, student: int) -> None:
        self.asn = asn
        self.may_set = may_send(request.user, SubmitCredentialRequirementAchievement)
        self.may_exempt = may_send(request.user, SubmitCredentialRequirementExemption)
        self.reasons = current_calculator().definitions.exemption_reasons
        rows = RequirementSetStatus.objects.filter(student=student, is_calculated=True)
        self.calculated = set(rows.values_list("requirement_set_id", flat=True))
        manual = RequirementSet.objects.filter(category=RequirementSet.Category.MANUAL)
        self.manual = set(manual.values_list("code", flat=True))

    def set_url(self, code: str, *, has_status: bool) -> str:
        """Of a set whose status nobody calculates for the student: one that was imported or set by
        hand, or that only people assess.
        """
        is_by_hand = code not in self.calculated and (has_status or code in self.manual)
        if not (self.may_set and is_by_hand):
            return ""
        return reverse(f"admin:{SET_STATUS}", args=[self.asn, code])

    def requirement_url(self, code: str, requirement: str) -> str:
        if not self.may_set or requirement not in MANUAL_REQUIREMENTS.get(code, ()):
            return ""
        return reverse(f"admin:{SET_REQUIREMENT}", args=[self.asn, code, requirement])

    def exemption_url(self, requirement: str) -> str:
        if not self.may_exempt or not self.reasons.get(requirement):
            return ""
        return reverse(f"admin:{EXEMPT}", args=[self.asn, requirement])
