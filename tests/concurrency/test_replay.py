"""The same request sent many times at once."""

from functools import partial

import pytest

from audit.models import AppliedCall, ServiceCall, ServiceResponse
from credentials.models import AwardedCredential, AwardingRun
from tests.concurrency.calls import answers, body_for, make_authorization, submit
from tests.concurrency.sessions import at_once, deadlocks

pytestmark = pytest.mark.concurrency

SENDERS = 16


def outcomes() -> dict[str, int]:
    found = ServiceResponse.objects.filter(call__client__isnull=False)
    return {
        outcome: found.filter(outcome=outcome).count()
        for outcome in found.values_list("outcome", flat=True)
    }


def test_the_same_request_sixteen_times_is_done_once_and_answered_alike(students):
    asns = students(100)
    client, body = make_authorization(), body_for([*asns, "999999999"])

    responses = at_once(*[partial(submit, client, body)] * SENDERS)

    assert [response.status_code for response in responses] == [200] * SENDERS
    assert len({response.content for response in responses}) == 1
    assert answers(responses[0].json()) == {"": 100, "9002": 1}
    assert outcomes() == {"Applied": 1, "Replayed": SENDERS - 1}
    assert AwardingRun.objects.count() == AppliedCall.objects.count() == 1
    assert AwardedCredential.history.count() == AwardedCredential.objects.count() == 100
    first = ServiceResponse.objects.get(outcome="Applied", call__client__isnull=False)
    said = [response.headers.get("PASI-Replayed") for response in responses]
    assert said.count(None) == 1
    assert said.count(str(first.call_id)) == SENDERS - 1
    assert deadlocks() == 0


def test_the_same_request_of_different_clients_is_carried_out_for_each(students):
    asns = students(50)
    body = body_for(asns)
    clients = [make_authorization(f"Client {n}") for n in range(8)]

    responses = at_once(*(partial(submit, client, body) for client in clients))

    found = sorted(tuple(answers(response.json())) for response in responses)
    assert found == [("",)] + [("44010",)] * 7
    assert outcomes() == {"Applied": 1, "Rejected": 7}


def test_other_requests_under_one_message_id_are_all_carried_out(students):
    """A ClientMessageID alone is no key: the body counts too."""
    asns = students(80)
    client = make_authorization()
    bodies = [body_for(asns[n : n + 10], ClientMessageID="again") for n in range(0, 80, 10)]

    responses = at_once(*(partial(submit, client, body) for body in bodies))

    assert [answers(response.json()) for response in responses] == [{"": 10}] * 8
    assert outcomes() == {"Applied": 8}
    assert ServiceCall.objects.filter(client_message_id="again").count() == 8
