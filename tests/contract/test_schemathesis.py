"""The published document against the running application: generated calls, every answer judged.

Schemathesis makes requests from /api/schema/, right ones and wrong ones. No answer may be a
mistake of ours, every answer must be as described, wrong input must be refused, and nothing may
be readable without a token. The same calls every time, so that a failure can be repeated.
"""

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pasi.schema_views import document
from pasi.wsgi import application
from tests import depth
from tests.province_builder import make_award, make_school, make_student, set_up
from tests.reading.conftest import make_caller

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TOKEN = "/oauth/token/"
OPERATIONS = sorted(
    (path, method.upper()) for path, item in document()["paths"].items() for method in item
)
READINGS = [(path, method) for path, method in OPERATIONS if method == "GET"]
# Nothing can be wrong with a request that has no parameters.
WITH_INPUT = [(path, method) for path, method in OPERATIONS if path != "/api/client/"]
with_operation = pytest.mark.parametrize(("path", "method"), OPERATIONS)


def examples(count: int):
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.PASI_TOKENS_PER_MINUTE = 0
    cache.clear()


@pytest.fixture
def schema(db):
    """The document, bound to the application; it takes part in the test's transaction."""
    # What Django's own test client does: otherwise each request ends the connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/schema/", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(db) -> dict[str, str]:
    """Records that exist, by the path parameters that name them."""
    with set_up() as call:
        student = make_student("100000001", enrolments=[(make_school(), 2999, None)])
        make_award(student, "AHSD", 1000000008, 2026)
        make_student("100000002", primary=student)
    return {"asn": "100000001", "number": "10000-00008", "message_id": str(call.message_id)}


@pytest.fixture
def bearer(db) -> dict[str, str]:
    with set_up():
        return {"Authorization": f"Bearer {make_caller().token}"}


def judged(schema, path, method, count, *, checks, headers, **fixed):
    """Call the operation with `count` generated requests; the statuses answered."""
    mode = fixed.pop("mode", GenerationMode.POSITIVE)
    statuses = []

    @examples(count)
    @given(case=schema[path][method].as_strategy(mode, **fixed))
    def each(case):
        response = case.call(headers=headers)
        case.validate_response(response, checks=checks)
        statuses.append(response.status_code)

    each()
    return statuses


@with_operation
def test_right_requests(schema, bearer, path, method):
    judged(schema, path, method, depth.examples(12, 4), checks=CHECKS, headers=bearer)


@pytest.mark.parametrize(("path", "method"), READINGS)
def test_readings_of_what_exists(schema, bearer, known, path, method):
    statuses = judged(
        schema,
        path,
        method,
        depth.examples(10, 4),
        checks=CHECKS,
        headers={**bearer, "PASI-Organization-Code": "O.1"},
        path_parameters={name: known[name] for name in known if f"{{{name}}}" in path},
    )
    assert 200 in statuses


@pytest.mark.parametrize(("path", "method"), WITH_INPUT)
def test_wrong_requests(schema, bearer, path, method):
    statuses = judged(
        schema,
        path,
        method,
        depth.examples(12, 4),
        checks=[*CHECKS, negative_data_rejection],
        headers=bearer,
        mode=GenerationMode.NEGATIVE,
    )
    assert set(statuses) - {200}


@with_operation
def test_nothing_without_a_token(schema, known, path, method):
    expected = {400, 401} if path == TOKEN else {401}
    assert set(judged(schema, path, method, 2, checks=CHECKS, headers={})) <= expected
