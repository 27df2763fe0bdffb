"""SubmitDocumentOrder and SubmitDocumentOrderStatus over HTTP."""

from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import ServiceResponse
from credentials.document_orders import ALLOWED_CHANGES, awards_with_open_orders
from credentials.models import (
    ArchivedCredential,
    AwardedCredential,
    DocumentOrderItem,
    IssuedCredentialNumber,
)
from credentials.services import SubmitDocumentOrder, SubmitDocumentOrderStatus
from pasi import bulk
from pasi.checks import CODES_OF_SERVICES
from pasi.services import recorded_call
from students.models import Student
from tests import invariants
from tests.http.conftest import errors, fault
from tests.province_builder import (
    COMMAND,
    caller_info,
    make_award,
    make_school,
    make_student,
    set_up,
)
from tests.rules.document_order_cases import STATUSES
from tests.students.calls import School, applied, make_caller

ORDER, STATUS = "SubmitDocumentOrder", "SubmitDocumentOrderStatus"
NUMBER, OTHER, NEWER = 1_000_000_008, 1_000_000_016, 1_000_000_024
ORDER_QUERIES, STATUS_QUERIES = 21, 17


@pytest.fixture
def ministry(db) -> School:
    with set_up():
        return make_caller("O.1", roles=["PASI System User"])


@pytest.fixture
def award(db) -> AwardedCredential:
    with set_up():
        return make_award(make_student(), "AHSD", NUMBER, 2026)


@pytest.fixture(autouse=True)
def database_stays_sound(db):
    yield
    invariants.assert_database_is_sound()


def an_order(number=NUMBER, **changes) -> dict:
    return {
        "CallerInfo": caller_info(),
        "CredentialNumber": number,
        "DeliveryMethod": "AutomatedPlusCardboard",
        "Language": "en",
        "Copies": 1,
        **changes,
    }


def a_status(item: DocumentOrderItem, status="Cancelled", **changes) -> dict:
    return {
        "CallerInfo": caller_info(),
        "OrderItemId": item.pk,
        "PASICoreVersion": item.version,
        "Status": status,
        **changes,
    }


def ordered(ministry, number=NUMBER, **changes) -> DocumentOrderItem:
    answer = applied(ministry.post(ORDER, an_order(number, **changes)))
    item = DocumentOrderItem.objects.get(pk=int(answer["Id"]))
    assert answer["PASICoreVersion"] == item.version
    return item


def become(ministry, item: DocumentOrderItem, *statuses: str) -> DocumentOrderItem:
    """Give the item one status after the other."""
    for status in statuses:
        item.refresh_from_db()
        answer = applied(ministry.post(STATUS, a_status(item, status)))
        before = item.version
        item.refresh_from_db()
        assert (answer["Id"], answer["PASICoreVersion"]) == (str(item.pk), item.version)
        assert item.version > before
        assert item.status == status
    return item


def renumber(award: AwardedCredential, number=NEWER) -> None:
    """What a re-issue does: the former number goes into the archive."""
    IssuedCredentialNumber.objects.create(number=number)
    with set_up() as call:
        ArchivedCredential.objects.create(
            award=award,
            credential_type=award.credential_type,
            number_id=award.number_id,
            school_year=award.school_year,
            first_name=award.first_name,
            last_name=award.last_name,
            awarded_on=award.awarded_on,
            version=award.version,
            call_id=call.message_id,
        )
        award.number_id, award.version = number, bulk.next_versions(1)[0]
        award.save()


# --- Ordering -----------------------------------------------------------------------------------


def test_the_codes_of_the_services():
    for service in (SubmitDocumentOrder, SubmitDocumentOrderStatus):
        assert {rule.code for rule in service.rules()} == CODES_OF_SERVICES[service.operation]


def test_an_order(ministry, award):
    response = ministry.post(
        ORDER, an_order(DeliveryMethod="CertificationAndCourier", Language="fr", Copies=10)
    )
    item = DocumentOrderItem.objects.get()
    assert response.json() == {
        "Id": str(item.pk),
        "PASICoreVersion": item.version,
        "Rejections": [],
    }
    assert (item.award_id, item.number_id, item.status) == (award.pk, NUMBER, "Ordered")
    assert (item.delivery_method, item.language, item.copies) == (
        *("CertificationAndCourier", "fr", 10),
    )
    [row] = DocumentOrderItem.history.all()
    message_id = response.headers["PASI-Message-Id"]
    assert (row.history_type, str(row.call_id), row.status) == ("+", message_id, "Ordered")
    kept = ServiceResponse.objects.get(call=message_id)
    assert (kept.outcome, kept.state_province_ids) == ("Applied", [award.student.asn])
    # Neither the award nor its student is another than before.
    assert AwardedCredential.objects.get().version == award.version
    assert Student.history.count() == AwardedCredential.history.count() == 1


@pytest.mark.parametrize("values", [{"is_deleted": True}, None])
def test_a_number_that_is_none(ministry, award, values):
    """Unknown, or deleted."""
    if values:
        with set_up():
            award.is_deleted = True
            award.save()
    number = NUMBER if values else OTHER
    assert ministry.refused(ORDER, an_order(number)) == ["44020"]
    assert not DocumentOrderItem.objects.exists()
    kept = ServiceResponse.objects.latest("call")
    assert (kept.outcome, kept.codes) == ("Rejected", ["44020"])
    assert kept.state_province_ids == ([award.student.asn] if values else [])


def test_a_document_is_ordered_once_for_each_number(ministry, award):
    item = ordered(ministry)
    assert ministry.refused(ORDER, an_order(Copies=2)) == ["44017"]
    become(ministry, item, "ReadyForDelivery", "SentForDelivery", "Delivered")
    assert ministry.refused(ORDER, an_order()) == ["44017"]
    renumber(award)
    assert ministry.refused(ORDER, an_order()) == ["44020"]
    assert ordered(ministry, NEWER).award_id == award.pk


def test_what_was_cancelled_can_be_ordered_again(ministry, award):
    for _ in range(3):
        become(ministry, ordered(ministry), "Cancelled")
    ordered(ministry)
    statuses = DocumentOrderItem.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["Cancelled"] * 3 + ["Ordered"]


def test_legacy_credentials_are_reprinted_only(ministry, award):
    with set_up():
        award.legacy_number = "AB 12"
        award.save()
    assert ministry.refused(ORDER, an_order()) == ["44018"]


def test_an_import_is_data_conversion_until_somebody_changes_the_award(ministry):
    with recorded_call("ImportRecords", COMMAND, {}):
        imported = make_award(make_student(), "CHSA", OTHER, 2020)
    assert ministry.refused(ORDER, an_order(OTHER)) == ["44018"]
    with set_up():
        imported.school_year = 2021
        imported.save()
    ordered(ministry, OTHER)


def test_both_reasons_are_told_at_once(ministry, award):
    ordered(ministry)
    with set_up():
        award.legacy_number = "AB 12"
        award.save()
    assert ministry.refused(ORDER, an_order()) == ["44017", "44018"]


def test_a_repeated_request_orders_nothing_more(ministry, award):
    body = an_order()
    first, again = ministry.post(ORDER, body), ministry.post(ORDER, body)
    assert first.json() == again.json()
    assert again.headers["PASI-Replayed"] == first.headers["PASI-Message-Id"]
    assert DocumentOrderItem.objects.count() == 1


# --- Status -------------------------------------------------------------------------------------

WAYS = [
    ("ReadyForDelivery", "SentForDelivery", "Delivered"),
    ("UserHold", "Ordered", "SystemHold", "Ordered", "Cancelled"),
    ("ReadyForDelivery", "UserHold", "Cancelled"),
    ("ReadyForDelivery", "SystemHold", "Cancelled"),
    ("ReadyForDelivery", "Cancelled"),
    (
        *("ReadyForDelivery", "SentForDelivery", "FailedDelivery", "Ordered", "ReadyForDelivery"),
        *("SentForDelivery", "FailedDelivery", "Cancelled"),
    ),
]


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_ways_through_the_statuses(ministry, award, way):
    item = ordered(ministry)
    become(ministry, item, *way)
    rows = list(DocumentOrderItem.history.order_by("history_id"))
    assert [row.status for row in rows] == ["Ordered", *way]
    assert all(earlier.version < later.version for earlier, later in pairwise(rows))
    assert len({row.call_id for row in rows}) == len(rows)


def test_every_allowed_change_is_on_one_of_the_ways():
    assert set(ALLOWED_CHANGES) == set(STATUSES)
    walked = {pair for way in WAYS for pair in pairwise(["Ordered", *way])}
    assert walked == {(a, b) for a, allowed in ALLOWED_CHANGES.items() for b in allowed}


@pytest.mark.parametrize(
    ("way", "status", "code"),
    [
        ((), "Ordered", "9023"),
        ((), "SentForDelivery", "99003"),
        ((), "Delivered", "99003"),
        (("UserHold",), "ReadyForDelivery", "99003"),
        (("ReadyForDelivery", "SentForDelivery"), "Cancelled", "99003"),
        (("Cancelled",), "Ordered", "99003"),
        (("Cancelled",), "Cancelled", "9023"),
        (("ReadyForDelivery", "SentForDelivery", "Delivered"), "FailedDelivery", "99003"),
    ],
)
def test_a_change_that_is_refused(ministry, award, way, status, code):
    item = become(ministry, ordered(ministry), *way)
    item.refresh_from_db()
    before = DocumentOrderItem.objects.values().get()
    assert ministry.refused(STATUS, a_status(item, status)) == [code]
    assert DocumentOrderItem.objects.values().get() == before


@pytest.mark.parametrize("how", ["deleted", "re-issued"])
def test_what_came_back_is_not_sent_for_an_award_that_is_gone(ministry, award, how):
    item = become(
        ministry, ordered(ministry), "ReadyForDelivery", "SentForDelivery", "FailedDelivery"
    )
    if how == "deleted":
        with set_up():
            award.is_deleted = True
            award.save()
    else:
        renumber(award)
    assert ministry.refused(STATUS, a_status(item, "Ordered")) == ["99004"]
    become(ministry, item, "Cancelled")


def test_an_item_that_is_none(ministry, award):
    item = ordered(ministry)
    item.pk += 1
    # The version is not looked at, but it must have been issued.
    assert ministry.refused(STATUS, a_status(item, PASICoreVersion=0)) == ["99002"]
    assert ministry.refused(STATUS, a_status(item, PASICoreVersion=2**62)) == ["9014"]


def test_versions(ministry, award):
    item = ordered(ministry)
    assert ministry.refused(STATUS, a_status(item, PASICoreVersion=2**62)) == ["9014"]
    # Before any rule on the status: what the caller has not seen is not judged.
    for version in (0, item.version - 1):
        response = ministry.post(STATUS, a_status(item, "Delivered", PASICoreVersion=version))
        assert fault(response) == (409, "3004")
    stale = a_status(item, "UserHold")
    become(ministry, item, "SystemHold")
    assert fault(ministry.post(STATUS, stale)) == (409, "3004")


def test_a_repeated_change_is_answered_from_the_record(ministry, award):
    item = ordered(ministry)
    body = a_status(item, "UserHold")
    first = applied(ministry.post(STATUS, body))
    become(ministry, item, "Ordered")
    assert applied(ministry.post(STATUS, body)) == first
    item.refresh_from_db()
    assert item.status == "Ordered"


@pytest.mark.parametrize("status", STATUSES)
def test_which_orders_are_open(ministry, award, status):
    with set_up():
        other = make_award(make_student(), "AHSD", OTHER, 2026)
        item = DocumentOrderItem.objects.create(
            award=award,
            number_id=NUMBER,
            status=status,
            delivery_method="Courier",
            language="en",
            copies=1,
            version=bulk.next_versions(1)[0],
        )
    is_open = status in ("Ordered", "ReadyForDelivery", "UserHold", "SystemHold")
    with CaptureQueriesContext(connection) as captured:
        found = awards_with_open_orders([award.pk, other.pk, 0])
    assert found == ({award.pk} if is_open else set())
    assert len(captured) == 1
    assert item.status in DocumentOrderItem.OPEN or not is_open
    assert awards_with_open_orders([other.pk]) == awards_with_open_orders([]) == set()


# --- Who may, and the contract ------------------------------------------------------------------


def test_only_the_ministry_orders(ministry, award):
    with set_up():
        make_school("S.0001", "A.0001")
        school = make_caller("S.0001", roles=["PASI System User"])
        without = make_caller("A.0001", roles=["Submit Transcript User"])
    item = ordered(ministry)
    for caller in (school, without):
        assert fault(caller.post(ORDER, an_order())) == (403, "1007")
        assert fault(caller.post(STATUS, a_status(item))) == (403, "1007")


INTEGER = "must be an integer"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"CredentialNumber": "1000000008"}, {"CredentialNumber": INTEGER}),
        (
            {"CredentialNumber": 0},
            {"CredentialNumber": "must be between 1 and 2147483647"},
        ),
        (
            {"CredentialNumber": 2**31},
            {"CredentialNumber": "must be between 1 and 2147483647"},
        ),
        ({"CredentialNumber": None}, {"CredentialNumber": "is required"}),
        ({"Copies": 0}, {"Copies": "must be between 1 and 10"}),
        ({"Copies": 11}, {"Copies": "must be between 1 and 10"}),
        ({"Copies": True}, {"Copies": INTEGER}),
        ({"Language": "EN"}, {"Language": "must be one of en, fr"}),
        ({"Language": ""}, {"Language": "is required and must not be empty"}),
        (
            {"DeliveryMethod": "Pigeon"},
            {
                "DeliveryMethod": "must be one of AutomatedPlusCardboard, ManualMail, "
                "Certification, Courier, CertificationAndCourier"
            },
        ),
        ({"PASICoreVersion": 1}, {"PASICoreVersion": "is not a property of the contract"}),
        (
            {"DeliveryMethod": 1, "Language": None, "Copies": "1"},
            {
                "DeliveryMethod": "must be a text",
                "Language": "is required",
                "Copies": INTEGER,
            },
        ),
    ],
)
def test_the_contract_of_an_order(ministry, award, changes, said):
    assert errors(ministry.post(ORDER, an_order(**changes))) == said
    assert not DocumentOrderItem.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"OrderItemId": "1"}, {"OrderItemId": INTEGER}),
        ({"OrderItemId": 0}, {"OrderItemId": "must be between 1 and 9223372036854775807"}),
        ({"PASICoreVersion": None}, {"PASICoreVersion": "is required"}),
        (
            {"PASICoreVersion": -1},
            {"PASICoreVersion": "must be between 0 and 9223372036854775807"},
        ),
        ({"Status": "Printed"}, {"Status": "must be one of " + ", ".join(STATUSES)}),
        ({"Copies": 1}, {"Copies": "is not a property of the contract"}),
    ],
)
def test_the_contract_of_a_status(ministry, award, changes, said):
    item = ordered(ministry)
    assert errors(ministry.post(STATUS, a_status(item, **changes))) == said


# --- Queries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [0, 12])
def test_queries(ministry, award, before):
    """However much was ordered, changed and awarded before."""
    for number in range(before):
        become(ministry, ordered(ministry, award.number_id), "UserHold", "Ordered", "Cancelled")
        renumber(award, NEWER + number)
        with set_up():
            make_award(award.student, f"T{number:03}", 2 * OTHER + number, 2020)
    number = award.number_id
    with CaptureQueriesContext(connection) as captured:
        item = applied(ministry.post(ORDER, an_order(number)))
    assert len(captured) == ORDER_QUERIES, "\n".join(q["sql"][:120] for q in captured)
    body = {
        "CallerInfo": caller_info(),
        "OrderItemId": int(item["Id"]),
        "PASICoreVersion": item["PASICoreVersion"],
        "Status": "UserHold",
    }
    with CaptureQueriesContext(connection) as captured:
        applied(ministry.post(STATUS, body))
    assert len(captured) == STATUS_QUERIES, "\n".join(q["sql"][:120] for q in captured)


def test_what_no_service_does_the_database_refuses_as_well(award):
    values = {
        "award": award,
        "number_id": NUMBER,
        "status": "Ordered",
        "delivery_method": "Courier",
        "language": "en",
        "copies": 1,
        "version": bulk.next_versions(1)[0],
    }
    with set_up():
        DocumentOrderItem.objects.create(
            **{**values, "status": "Cancelled", "version": bulk.next_versions(1)[0]}
        )
        DocumentOrderItem.objects.create(**values)
        for wrong, constraint in (
            ({}, "document_ordered_once_per_number"),
            ({"status": "Cancelled", "copies": 0}, "document_copies_1_to_10"),
            ({"status": "Cancelled", "copies": 11}, "document_copies_1_to_10"),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                DocumentOrderItem.objects.create(**{**values, **wrong})
