"""Two presses of a button at the same moment: of one form, one change and two answers that say so;
of two, the second is told."""

from functools import partial

import pytest
from django.urls import reverse

from audit.models import ServiceResponse
from credentials.models import RequirementAchievement
from pasi.models import Code
from tests.admin.conftest import signed_in, staff
from tests.admin.test_by_hand import NOMINATED
from tests.admin.test_service_forms import as_shown, page
from tests.concurrency.sessions import at_once
from tests.credentials.calls import graduate
from tests.credentials.officer import make_officer
from tests.province_builder import make_student, set_up

pytestmark = pytest.mark.concurrency


def test_two_presses_at_once_are_one_change(committed_database):
    with set_up():
        student = graduate()
    award = make_officer().awarded(student)
    user = staff("olive", "Credential Officer")
    reason = Code.objects.filter(code_type="CredentialDeleteReason").first().code
    form = as_shown(signed_in(user), page(award), reason=reason)
    browsers = [signed_in(user) for _ in range(2)]

    answers = at_once(*(partial(browser.post, page(award), form) for browser in browsers))

    assert [answer.status_code for answer in answers] == [302, 302]
    outcomes = ServiceResponse.objects.filter(call__door="back_office")
    assert sorted(each.outcome for each in outcomes) == ["Applied", "Replayed"]
    assert award.history.count() == 2


def test_two_officers_at_one_requirement_at_once(committed_database):
    """The request carries no version: the lock of the student lets one page look after the other
    has written.
    """
    with set_up():
        student = make_student(achieved=["AHSD-PRE2010"])
    where = reverse("admin:set_requirement", args=[student.asn, "COSC", NOMINATED])
    browsers = [signed_in(staff(name, "Credential Officer")) for name in ("olive", "otto")]
    wanted = ["Achieved", "NotAchieved"]
    forms = [
        as_shown(browser, where, achievement=each)
        for browser, each in zip(browsers, wanted, strict=True)
    ]

    answers = at_once(
        *(partial(browser.post, where, form) for browser, form in zip(browsers, forms, strict=True))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    by_status = {answer.status_code: each for answer, each in zip(answers, wanted, strict=True)}
    assert RequirementAchievement.objects.get().achievement == by_status[302]
    [told] = [answer for answer in answers if answer.status_code == 200]
    assert told.context["came_too_late"]
    assert told.context["form"]["achievement"].value() == by_status[200]
