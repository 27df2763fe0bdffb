"""A button pressed twice at the same moment: one change, two answers that say so."""

from functools import partial

import pytest

from audit.models import ServiceResponse
from pasi.models import Code
from tests.admin.conftest import signed_in, staff
from tests.admin.test_service_forms import as_shown, page
from tests.concurrency.sessions import at_once
from tests.credentials.calls import graduate
from tests.credentials.officer import make_officer
from tests.province_builder import set_up

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
