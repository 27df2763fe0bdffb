"""What every address of the API has in common: who comes in, what is recorded, what it costs."""

import datetime
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from audit.models import RecordRead
from credentials.definitions import current_calculator
from tests.province_builder import (
    make_alert,
    make_award,
    make_client,
    make_school,
    make_student,
    make_token,
    set_up,
)
from tests.reading.conftest import EVERY_ROLE, make_caller
from tests.reading.schema import check

OPEN = {"/api/schema/", "/api/docs/"}
STUDENT, ENROLMENT = "Submit Student User", "Submit Enrolment User"
SYSTEM, TRANSCRIPT = "PASI System User", "Submit Transcript User"
VIEW, AUDIT = "View Enrolment User", "View Audit User"
EVERYONE = set(EVERY_ROLE)
# address -> roles of which one is needed (everyone: none is)
ROLES = {
    "/api/students/": {STUDENT, ENROLMENT, SYSTEM},
    "/api/students/{asn}/": {STUDENT, ENROLMENT, SYSTEM},
    "/api/students/{asn}/credentials/": {SYSTEM, TRANSCRIPT},
    "/api/credentials/": {SYSTEM, TRANSCRIPT},
    "/api/credentials/{number}/": {SYSTEM, TRANSCRIPT},
    "/api/service-calls/": {AUDIT},
    "/api/service-calls/{message_id}/": {AUDIT},
    "/api/school-enrolments/": {VIEW, SYSTEM},
    "/api/core-alerts/": {VIEW, SYSTEM},
    "/api/processors/": {VIEW, SYSTEM},
    "/api/codes/": EVERYONE,
    "/api/rules/": EVERYONE,
    "/api/organizations/": EVERYONE,
    "/api/client/": EVERYONE,
}
EXAMPLES = {"asn": "100000001", "number": "10000-00008", "message_id": str(uuid.UUID(int=1))}


def addresses(resolver: URLResolver, before: str = "/"):
    """Every address of the project, with its parameters in braces."""
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path)
        elif isinstance(pattern, URLPattern):
            for name in pattern.pattern.converters:
                path = path.replace(f"<str:{name}>", f"{{{name}}}")
            yield path


API = sorted(path for path in addresses(get_resolver()) if path.startswith("/api/"))
SERVICES = [path for path in API if path.startswith("/api/services/")]


def filled(path: str) -> str:
    for name, value in EXAMPLES.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def test_every_address_is_known_here():
    assert set(API) == set(ROLES) | OPEN | set(SERVICES)
    assert SERVICES


@pytest.mark.parametrize("path", [path for path in API if path not in OPEN])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer \x00\xff"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
    ],
    ids=["none", "unknown", "junk", "basic", "empty"],
)
def test_nothing_is_readable_without_a_token(db, path, headers):
    call = Client().post if path in SERVICES else Client().get
    response = call(filled(path), headers=headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["code"], body["messageId"]) == ("1001", response["PASI-Message-Id"])
    assert not RecordRead.objects.exists()


@pytest.mark.parametrize("path", ROLES)
def test_an_expired_token_is_no_token(db, path):
    with set_up():
        client = make_client(roles=EVERY_ROLE)
        token = make_token(client, lifetime=datetime.timedelta(seconds=-1))
    response = Client().get(filled(path), headers={"Authorization": f"Bearer {token}"})
    assert response.json()["code"] == "1001"


@pytest.mark.parametrize("path", sorted(OPEN))
def test_the_description_is_open(db, path):
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("path", ROLES)
@pytest.mark.parametrize("role", EVERY_ROLE)
def test_roles(db, path, role):
    with set_up():
        caller = make_caller(roles=[role])
    response = caller.get(filled(path))
    if role in ROLES[path]:
        assert response.status_code in {200, 404}
        if response.status_code == 200:
            assert response["Cache-Control"] == "no-store"
    else:
        assert (response.status_code, response.json()["code"]) == (403, "1007")
        check(path, response)
        assert not RecordRead.objects.exists()


@pytest.mark.parametrize("path", ROLES)
def test_a_disabled_client_and_a_foreign_address(ministry, path):
    with set_up():
        ministry.client.addresses = ["10.0.0.0/8"]
        ministry.client.save()
    assert ministry.get(filled(path)).json()["code"] == "1006"
    with set_up():
        ministry.client.is_enabled = False
        ministry.client.save()
    assert ministry.get(filled(path)).json()["code"] == "1003"


@pytest.mark.parametrize("path", ROLES)
def test_only_reading_is_possible(ministry, path):
    for method in ("post", "put", "patch", "delete", "options"):
        response = getattr(Client(), method)(
            filled(path), headers={"Authorization": f"Bearer {ministry.token}"}
        )
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"
        assert (response["Content-Type"], response.json()["code"]) == (
            "application/problem+json",
            None,
        )


def test_answers_are_json_only(ministry):
    assert ministry.get("/api/codes/", Accept="text/html").status_code == 406


@pytest.mark.parametrize("path", ROLES)
def test_every_problem_with_the_parameters_is_named(ministry, path):
    response = ministry.get(f"{filled(path)}?Nonsense=1&N%00ul=x")
    check(path, response)
    assert [each["field"] for each in response.json()["errors"]] == ["Nonsense", "N\ufffdul"]
    assert response.json()["code"] == "3001"
    assert not RecordRead.objects.exists()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("StateProvinceId=1", "StateProvinceId"),
        ("StateProvinceId=100000001,", "StateProvinceId"),
        ("StateProvinceId=", "StateProvinceId"),
        ("StateProvinceId=100000001&StateProvinceId=100000002", "StateProvinceId"),
        ("StateProvinceId=" + ",".join(["100000001"] * 101), "StateProvinceId"),
        ("stateprovinceid=100000001", "stateprovinceid"),
        ("Status=active", "Status"),
        ("BirthDate=2001-02-29", "BirthDate"),
        ("BirthDate=20010228", "BirthDate"),
        ("LastName=*", "LastName"),
        ("LastName=a*b", "LastName"),
        ("LastName=a%00", "LastName"),
        ("ChangedSinceVersion=-1", "ChangedSinceVersion"),
        ("ChangedSinceVersion=1,2", "ChangedSinceVersion"),
        ("ChangedSinceVersion=9223372036854775808", "ChangedSinceVersion"),
        ("ChangedSinceVersion=1.0", "ChangedSinceVersion"),
        ("PageSize=0", "PageSize"),
        ("PageSize=501", "PageSize"),
        ("PageSize=%D9%A1", "PageSize"),
        ("Cursor=nonsense", "Cursor"),
        ("Cursor=WyI-IiwiMSIsIjIiXQ", "Cursor"),  # of another list
        ("format=json", "format"),
    ],
)
def test_bad_values_are_refused(ministry, query, field):
    response = ministry.get(f"/api/students/?{query}")
    check("/api/students/", response)
    assert [each["field"] for each in response.json()["errors"]] == [field]


# --- The record of a read -----------------------------------------------------------------------


def test_a_read_is_recorded(ministry):
    with set_up():
        make_student("100000001")
        make_student("100000002")
    response = ministry.get("/api/students/", {"LastName": "byron", "PageSize": "1"})
    read = RecordRead.objects.get()
    assert str(read.message_id) == response["PASI-Message-Id"]
    assert (read.client, read.staff, read.organization_code) == (ministry.client, None, "O.1")
    assert read.path == "/api/students/"
    assert read.filters == {"LastName": "byron", "PageSize": "1"}
    assert (read.state_province_ids, read.count) == (["100000001"], 1)


def test_who_was_not_found_is_recorded_as_well(ministry):
    ministry.get("/api/students/100000001/")
    read = RecordRead.objects.get()
    assert (read.path, read.state_province_ids, read.count) == ("/api/students/100000001/", [], 0)


@pytest.mark.parametrize("path", ROLES)
def test_every_get_leaves_one_record(ministry, path):
    with set_up():
        student = make_student("100000001")
        make_award(student, "AHSD", 1000000008, 2026)
    ministry.get(filled(path))
    read = RecordRead.objects.get()
    asns = ["100000001"] if "student" in path or "credential" in path else []
    assert (read.path, read.state_province_ids) == (filled(path), asns)


def test_at_most_a_hundred_students_are_named(ministry):
    with set_up():
        for _ in range(101):
            make_student()
    ministry.get("/api/students/", {"PageSize": "500"})
    read = RecordRead.objects.get()
    assert (len(read.state_province_ids), read.count) == (100, 101)


# --- What it costs ------------------------------------------------------------------------------

# address -> queries for the ministry, for a school
QUERIES = {
    "/api/students/": (5, 9),
    "/api/students/?LastName=byron&FirstName=a*": (6, 10),
    "/api/students/?SchoolCode=S.0001": (7, 11),
    "/api/students/100000001/": (11, 14),
    "/api/credentials/": (6, 10),
    "/api/credentials/?CredentialNumber=10000-00008": (7, 11),
    "/api/credentials/10000-00008/": (7, 11),
    "/api/students/100000001/credentials/": (24, 28),
    "/api/school-enrolments/": (5, 11),
    "/api/school-enrolments/?SchoolCode=S.0001&SchoolYear=2999": (6, 12),
    "/api/core-alerts/": (5, 11),
    "/api/core-alerts/?AuthorityCode=A.0001&AlertType=Advice": (6, 12),
    "/api/service-calls/": (5, 5),
    "/api/codes/": (5, 5),
    "/api/rules/": (3, 3),
    "/api/organizations/": (5, 5),
    "/api/processors/": (20, 20),
    "/api/client/": (3, 3),
}


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("reader", [0, 1], ids=["ministry", "school"])
def test_the_number_of_queries_does_not_grow(db, path, reader):
    with set_up():
        school, other = make_school(), make_school("S.0002", "A.0002")
        caller = make_caller(organizations=[["O.1"], ["S.0001"]][reader])

    def populate(asn: str, credential_type: str, number: int) -> None:
        enrolments = [(school, 2999, None), (other, 2027, None)]
        student = make_student(asn, enrolments=enrolments)
        make_award(student, credential_type, number, 2026)
        make_alert(student, 11205)
        for enrolment in student.school_enrolments.all():
            make_alert(enrolment)

    with set_up():
        for number in range(2):
            populate(f"10000000{number + 1}", "AHSD", 1000000008 + number)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(path).status_code == 200
        return len(queries)

    current_calculator()  # reads the definitions, once for each process
    before = cost()
    with set_up():
        for number in range(20):
            populate(f"2000000{number:02d}", "CHSA", 2000000000 + number)
    assert (before, cost()) == (QUERIES[path][reader],) * 2


# --- How often ----------------------------------------------------------------------------------


@pytest.fixture
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


def test_a_client_may_be_limited(ministry, settings, fresh_counts):
    settings.PASI_CLIENT_CALLS_PER_MINUTE = 2
    with set_up():
        other = make_caller("Other")
        second_token = make_token(ministry.client)
    assert ministry.get("/api/client/").status_code == 200
    assert ministry.get("/api/codes/").status_code == 200
    ministry.token = second_token  # the limit is the client's, whatever its tokens
    response = ministry.get("/api/client/")
    check("/api/client/", response)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 61
    assert response.json()["code"] is None
    posted = Client().post(SERVICES[0], headers={"Authorization": f"Bearer {second_token}"})
    assert posted.status_code == 429
    assert other.get("/api/client/").status_code == 200
