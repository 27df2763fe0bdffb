"""Two members of staff at one record, and the same press twice, where the request carries no
version or the form itself would refuse: told what changed, nothing lost, nothing done twice."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import ServiceResponse
from credentials.models import (
    AwardedCredential,
    DocumentOrderItem,
    RequirementAchievement,
    RequirementExemption,
)
from enrolments.models import CoreAlert
from students.models import Student
from tests.admin.conftest import signed_in, staff
from tests.admin.test_by_hand import CALM, NOMINATED
from tests.admin.test_credential_tasks import award_page
from tests.admin.test_credential_tasks import page as award_task
from tests.admin.test_orders import order_page, status_page
from tests.admin.test_service_forms import as_shown, errors
from tests.admin.test_student_page import text_of
from tests.admin.test_work_items import LIST, hidden, make_items, selected, status_of
from tests.credentials.calls import graduate
from tests.credentials.officer import award as award
from tests.credentials.officer import officer as officer
from tests.credentials.officer import recalculated, with_identity
from tests.province_builder import make_name, make_school, make_student, set_up


@pytest.fixture
def olive(db, settings) -> Client:
    settings.PASI_TODAY = datetime.date(2026, 7, 31)
    return signed_in(staff("olive", "Credential Officer"))


@pytest.fixture
def otto(db) -> Client:
    return signed_in(staff("otto", "Credential Officer"))


@pytest.fixture
def student(olive) -> Student:
    with set_up():
        return make_student("200000007", marks=[("ELA3105", 2026, 5)], achieved=["AHSD-PRE2010"])


def sent(client: Client, page: str, **typed):
    return client.post(page, as_shown(client, page, **typed))


def again(answer) -> dict[str, str]:
    """What the browser sends when the button of the form that came back is pressed."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def outcomes() -> list[str]:
    made = ServiceResponse.objects.filter(call__door="back_office").order_by("call")
    return list(made.values_list("outcome", flat=True))


# --- The request carries no version ---------------------------------------------------------------


def test_a_requirement_that_somebody_else_has_set_meanwhile(olive, otto, student):
    page = reverse("admin:set_requirement", args=[student.asn, "COSC", NOMINATED])
    mine = as_shown(olive, page, achievement="Achieved")
    assert sent(otto, page, achievement="NotAchieved").status_code == 302
    answer = olive.post(page, mine)
    [change] = answer.context["meanwhile"]
    assert (change.label, change.was, change.now) == ("What it shall say", "–", "Not Achieved")
    assert RequirementAchievement.objects.get().achievement == "NotAchieved"
    assert answer.context["form"]["achievement"].value() == "Achieved"
    assert outcomes() == ["Applied", "Fault"]
    assert olive.post(page, again(answer)).status_code == 302
    assert RequirementAchievement.objects.get().achievement == "Achieved"


def test_an_exemption_that_somebody_else_has_decided_meanwhile(olive, otto, student):
    page = reverse("admin:exempt", args=[student.asn, CALM])
    sent(otto, page, status="Requested")
    mine = as_shown(olive, page, status="Approved")
    sent(otto, page, status="Denied")
    answer = olive.post(page, mine)
    [change] = answer.context["meanwhile"]
    assert change.label == "Exemptions so far"
    assert change.was.endswith(": Requested")
    assert change.now.endswith(": Denied")
    assert RequirementExemption.objects.get().status == "Denied"
    assert olive.post(page, again(answer)).status_code == 302
    assert RequirementExemption.objects.get().status == "Approved"


def test_a_document_is_ordered_for_the_award_as_it_was_shown(olive, otto, award):
    mine = as_shown(olive, order_page(award))
    other = award_task(award, "legacy-number")
    assert sent(otto, other, legacy_number="77").status_code == 302
    answer = olive.post(order_page(award), mine)
    assert answer.context["came_too_late"]
    assert "otto" in answer.context["changed_by"]
    assert not DocumentOrderItem.objects.exists()
    assert olive.post(order_page(award), again(answer)).status_code == 200  # a legacy number: 44018


def test_a_selection_leaves_alone_what_somebody_has_said_otherwise(db):
    with set_up():
        first, second = make_items(2, make_school("S.0982", "A.3020"))
    alice = signed_in(staff("alice", "Alerts Officer"))
    shown = alice.post(LIST, selected([first, second], "Acknowledged"))
    bob = signed_in(staff("bob", "Alerts Officer"))
    page = f"{LIST}{first.pk}/say/InProgress/"
    assert sent(bob, page).status_code == 302
    answer = alice.post(shown.context["action"], hidden(shown), follow=True)
    assert answer.context["title"] == "1 done, 1 refused"
    assert "Somebody else has changed it since it was shown." in text_of(answer)
    assert (status_of(first), status_of(second)) == ("InProgress", "Acknowledged")


# --- The form itself refuses ----------------------------------------------------------------------


def test_awarding_twice_by_the_same_press_leads_to_the_award_twice(olive, officer):
    """Once it is awarded, the credential is no choice of the form any more."""
    with set_up():
        graduated = graduate()
    form = as_shown(olive, award_page(graduated))
    first, second = (olive.post(award_page(graduated), form) for _press in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert AwardedCredential.objects.count() == 1
    corrected = olive.post(award_page(graduated), {**form, "school_year": "2025"})
    assert corrected.status_code == 200, "another press than the one that was carried out"


def test_closing_an_order_twice_by_the_same_press(olive, award):
    sent(olive, order_page(award))
    page = status_page(DocumentOrderItem.objects.get())
    form = as_shown(olive, page, status="Cancelled")
    assert [olive.post(page, form).status_code for _press in range(2)] == [302, 302]
    assert outcomes() == ["Applied", "Applied"]


def test_a_choice_that_somebody_else_has_taken_away_is_said_to_be_so(olive, otto, award):
    sent(olive, order_page(award))
    page = status_page(DocumentOrderItem.objects.get())
    mine = as_shown(olive, page, status="OnHold")
    sent(otto, page, status="Cancelled")
    answer = olive.post(page, mine)
    [change] = answer.context["meanwhile"]
    assert (change.was, change.now) == ("Ordered", "Cancelled")
    assert answer.context["form"]["status"].value() == "OnHold"
    assert outcomes() == ["Applied", "Applied"]


def test_a_name_that_cannot_be_chosen_any_more_on_re_issue(olive, award):
    """The legal name has changed, so what was chosen is no choice; the award has not changed."""
    page = award_task(award, "re-issue")
    with_identity(award.student, LastName="King")
    recalculated()
    form = as_shown(olive, page)
    form["name"] = olive.get(page).context["form"].fields["name"].choices[1][0]
    with_identity(award.student, LastName="Lovelace")
    assert list(errors(olive.post(page, form))) == ["name"]


# --- A record that is deleted meanwhile -----------------------------------------------------------


def test_a_correction_of_a_name_that_is_deleted_meanwhile_keeps_what_was_typed(student):
    with set_up():
        name = make_name(student, last_name="Kng")
    rita, ruth = (signed_in(staff(user, "Registry Clerk")) for user in ("rita", "ruth"))
    page = reverse("admin:correct_name", args=[student.pk, name.pk])
    mine = as_shown(rita, page, last_name="King")
    delete = reverse("admin:delete_name", args=[student.pk, name.pk])
    form = as_shown(ruth, delete)
    assert [ruth.post(delete, form).status_code for _press in range(2)] == [302, 302]
    answer = rita.post(page, mine)
    assert answer.context["came_too_late"]
    assert answer.context["form"]["last_name"].value() == "King"
    assert "is deleted. To have it back, add it again." in text_of(answer)
    refused = rita.post(page, again(answer))
    assert refused.status_code == 200
    name.refresh_from_db()
    assert (name.is_deleted, name.last_name) == (True, "Kng")


def test_the_page_of_an_item_that_is_gone_when_its_button_is_pressed(db):
    with set_up():
        [item] = make_items(1, make_school("S.0982", "A.3020"))
    alice = signed_in(staff("alice", "Alerts Officer"))
    page = f"{LIST}{item.pk}/say/InProgress/"
    form = as_shown(alice, page)
    CoreAlert.objects.filter(pk=item.pk).delete()
    assert "no longer there" in text_of(alice.post(page, form, follow=True))


def test_what_was_left_alone_shows_what_somebody_else_has_made_of_it(student):
    rita, ruth = (signed_in(staff(user, "Registry Clerk")) for user in ("rita", "ruth"))
    page = reverse("admin:change_identity", args=[student.pk])
    mine = as_shown(rita, page, first_name="Augusta")
    assert sent(ruth, page, birth_date="2008-03-02", is_name_exact="").status_code == 302
    answer = rita.post(page, mine)
    changes = {change.label: (change.was, change.now) for change in answer.context["meanwhile"]}
    assert changes["The name is exactly as on the document"] == ("Yes", "No")
    form = answer.context["form"]
    assert (form["first_name"].value(), form["birth_date"].value()) == ("Augusta", "2008-03-02")
    assert not form["is_name_exact"].value()
    typed = {name: text for name, text in again(answer).items() if name != "is_name_exact"}
    assert rita.post(page, typed).status_code == 302
    student.refresh_from_db()
    assert (student.legal_name.first_name, str(student.birth_date)) == ("Augusta", "2008-03-02")


# --- What a form says on its page -----------------------------------------------------------------


def test_a_rejection_at_a_hidden_field_is_read_on_the_page(db):
    with set_up():
        gone = make_student(is_deactivated=True)
        make_school("S.0982", "A.3020")
    alice = signed_in(staff("alice", "Alerts Officer"))
    page = reverse("admin:add_enrolment", args=[gone.asn])
    typed = {"school": "S.0982", "grade": "12", "start_date": "2026-09-01"}
    more = {"exit_date": "2027-06-28", "exit_date_type": "Expected", "programming_type": "R"}
    choices = alice.get(page).context["form"].fields
    for name in ("exit_date_type", "programming_type", "programming_timeframe"):
        more[name] = next(value for value, _label in choices[name].choices if value)
    answer = sent(alice, page, **typed, **more)
    [text] = errors(answer)["__all__"]
    assert text.endswith("(9009)")
    assert "(9009)" in text_of(answer).replace("( 9009 )", "(9009)")


def test_a_form_for_a_new_enrolment_never_makes_two(db):
    with set_up():
        student = make_student()
        make_school("S.0982", "A.3020")
    alice = signed_in(staff("alice", "Alerts Officer"))
    page = reverse("admin:add_enrolment", args=[student.asn])
    form = as_shown(alice, page, school="S.0982", start_date="2026-09-01", exit_date="2027-06-28")
    choices = alice.get(page).context["form"].fields
    for name in ("grade", "exit_date_type", "programming_type", "programming_timeframe"):
        form[name] = next(value for value, _label in choices[name].choices if value)
    assert alice.post(page, form).status_code == 302
    answer = alice.post(page, {**form, "exit_date": "2027-06-27"})  # back, corrected, pressed
    assert "was added with this form already" in text_of(answer)
    for _press in range(2):
        assert alice.post(page, again(answer)).status_code == 200
    assert student.school_enrolments.count() == 1


def test_the_press_that_awarded_leads_to_the_award_whatever_its_number_is_now(olive, officer):
    with set_up():
        graduated = graduate()
    form = as_shown(olive, award_page(graduated))
    first = olive.post(award_page(graduated), form)
    recalculated()
    award = AwardedCredential.objects.get()
    page = award_task(award, "re-issue")
    assert sent(olive, page, school_year=award.school_year - 1).status_code == 302
    assert olive.post(award_page(graduated), form)["Location"] == first["Location"]


def test_what_was_chosen_stays_chosen_or_nothing_is(olive, otto, officer):
    """A credential that somebody else has awarded is not replaced by the next one."""
    with set_up():
        graduated = graduate()
    mine = as_shown(olive, award_page(graduated))
    assert sent(otto, award_page(graduated)).status_code == 302
    answer = olive.post(award_page(graduated), mine)
    assert answer.context["form"]["credential"].value() == mine["credential"]
    assert list(errors(answer)) == ["credential"]


@pytest.mark.parametrize("version", ["x", ""])
def test_a_tampered_version_is_no_error_of_ours(db, version):
    with set_up():
        [item] = make_items(1, make_school("S.0982", "A.3020"))
    alice = signed_in(staff("alice", "Alerts Officer"))
    page = f"{LIST}{item.pk}/say/InProgress/"
    form = as_shown(alice, page)
    assert alice.post(page, {**form, "core_version": version}).status_code == 200
    assert alice.post(page, {**form, "as_shown": "[" * 100_000}).status_code == 200
