"""Two officers say the same of the same selection at the same moment: one change of each work
item, and both are told that it is so."""

from functools import partial

import pytest

from audit.models import ServiceResponse
from enrolments.models import Acknowledgement, CoreAlert
from tests.admin.conftest import signed_in, staff
from tests.admin.test_work_items import LIST, hidden, make_items, selected
from tests.concurrency.sessions import at_once
from tests.province_builder import make_school, set_up

pytestmark = pytest.mark.concurrency


def test_two_officers_acknowledge_the_same_selection(committed_database):
    with set_up():
        items = make_items(6, make_school("S.0982", "A.3020"))
    browsers = [signed_in(staff(name, "Alerts Officer")) for name in ("alice", "otto")]
    # Each takes the work items in the order of their keys, whatever was ticked first.
    chosen = (items, items[::-1])
    asked = [
        browser.post(LIST, selected(alerts, "Acknowledged"))
        for browser, alerts in zip(browsers, chosen, strict=True)
    ]

    answers = at_once(
        *(
            partial(browser.post, page.context["action"], hidden(page))
            for browser, page in zip(browsers, asked, strict=True)
        )
    )

    for browser, answer in zip(browsers, answers, strict=True):
        assert browser.get(answer["Location"]).context["headline"] == "6 done"
    outcomes = ServiceResponse.objects.filter(call__door="back_office")
    assert [each.outcome for each in outcomes] == ["Applied"] * 12
    assert set(CoreAlert.objects.values_list("acknowledgement_status")) == {("Acknowledged",)}
    assert Acknowledgement.objects.count() == Acknowledgement.history.count() == 6
