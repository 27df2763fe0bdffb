"""Behind every filter and search of a list that can be large is an index.

With other ways made dear, the planner reads a list by the index of its order or by one that serves
the filter too. What it then still has to filter has no index: where next to nothing fits, it would
look at every row there is.
"""

import json
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import QuerySet

from audit.models import RecordRead, ServiceCall, SignIn
from credentials.definition_models import (
    CourseGroup,
    CourseMapping,
    CourseSubject,
    CredentialRequirement,
    ExemptionReason,
)
from credentials.models import (
    AwardedCredential,
    AwardingOutcome,
    AwardingRun,
    DocumentOrderItem,
    RequirementExemption,
    RequirementSet,
    RequirementSetStatus,
)
from enrolments.models import (
    Acknowledgement,
    CoreAlert,
    Course,
    CourseEnrolment,
    OfficialMark,
    SchoolEnrolment,
)
from pasi.back_office.menu import TRIGGERS
from pasi.models import Code, Organization, PasiClient
from students.models import Student
from tests.admin.conftest import address
from tests.admin.population import populate

# Some thousands of rows at most, which staff or the set-up write.
SMALL = {
    *(PasiClient, Organization, Code, User, Course, AwardingRun, RequirementSet),
    *(CredentialRequirement, CourseMapping, ExemptionReason, CourseGroup, CourseSubject, Group),
}
# What so many rows are that the newest fifty are soon found.
FREQUENT = {
    Student: {"status=Active", "is_deceased__exact=0"},
    SchoolEnrolment: {"is_deleted__exact=0"},
    CourseEnrolment: {"is_deleted__exact=0"},
    OfficialMark: {"is_available__exact=1", "is_deleted__exact=0"},
    RequirementSetStatus: {
        *("status__exact=Achieved", "status__exact=NotAchieved", "is_calculated__exact=1"),
    },
    RequirementExemption: {"is_deleted__exact=0"},
    AwardedCredential: {"is_deleted__exact=0"},
    DocumentOrderItem: {"status__exact=Delivered", "language__exact=en"},
    CoreAlert: {"status=Unacknowledged"},
    ServiceCall: {"door__exact=http"},
}
GUID = "0b3b2a52-6b1e-4a7c-9a52-0a1b2c3d4e5f"
# What is typed, and filters that stand with another one.
TYPED = {
    ServiceCall: [
        *("since=2026-11-22", "until=2026-11-22", "client=1", "organization=S.0982", "user=Rita"),
        *("asn=100000007", "code=44012", f"q={GUID}", "q=abc-1", "q=100000007"),
    ],
    RecordRead: ["q=100000007", f"q={GUID}"],
    Student: ["q=100000007", "q=2008-05-17"],
    SignIn: ["q=rita", "q=192.0.2.7", "q=2001:db8::7"],
    CoreAlert: ["authority=A.0001", "school=S.0001", "code=10018", "q=100000007"],
    Acknowledgement: ["q=10018"],
    SchoolEnrolment: ["q=S.0001", f"q={GUID}", "q=100000007"],
    CourseEnrolment: ["q=S.0001", f"q={GUID}", "q=100000007"],
    AwardingOutcome: [
        *("q=100000007", "q=%231", "run__id__exact=1"),
        *("run__id__exact=1&rejection_code=44012", "run__id__exact=1&credential_type=CHSA"),
    ],
}


# What few rows are by nature: they are found by an index, then sorted.
FEW = {"work=aside"}
EVEN_SO = {CoreAlert: "&status=all"}  # open ones alone are shown otherwise, and most are open


@pytest.fixture
def large(db) -> None:
    """Tables of which the planner believes that they have ten million rows."""
    populate(5)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = 1e7, relpages = 1 WHERE relkind = 'r' AND"
            " relnamespace = 'public'::regnamespace"
        )
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def choices(shown) -> Iterator[str]:
    """Of every filter; of years and operations, alike but for their value, the first and last."""
    for each in shown.filter_specs:
        offered = [choice.get("query_string", "").lstrip("?") for choice in each.choices(shown)]
        offered = [query for query in offered if query]
        yield from offered if len(offered) < 10 else (offered[0], offered[-1])


def looked_through(rows: QuerySet, *, sorts: bool) -> list[str]:
    """What is read without an index that serves the condition; `sorts`: the order may be made
    afterwards."""
    with connection.cursor() as cursor:
        for way in ("sort", "incremental_sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = {sorts}")
    text = (rows.order_by() if sorts else rows).values("pk").explain(format="json")
    return list(_filtered(json.loads(text)[0]["Plan"]))


def _filtered(plan: dict) -> Iterator[str]:
    if "Relation Name" in plan and ("Filter" in plan or plan["Node Type"] == "Seq Scan"):
        yield f"{plan['Relation Name']}: {plan.get('Filter', 'all')}"
    for each in plan.get("Plans", ()):
        yield from _filtered(each)


def test_behind_every_filter_is_an_index(boss, large):
    without = []
    for model, pages in admin.site._registry.items():
        searched = pages.get_search_fields(None)
        if model in SMALL or not (pages.list_filter or searched or model in TYPED):
            continue
        page = address(model, "changelist")
        offered = [*choices(boss.get(page).context["cl"])]
        # Of a student what waits is a row for each processor, whose version is then looked at.
        searched = searched and model._meta.model_name not in TRIGGERS
        typed = TYPED.get(model, ["q=100000007"] if searched else ())
        for query in [*offered, *typed]:
            if query in FREQUENT.get(model, ()):
                continue
            rows = boss.get(f"{page}?{query}{EVEN_SO.get(model, '')}").context["cl"].queryset
            found = looked_through(rows, sorts=False)
            if found and (query in FEW or query not in offered):
                found = looked_through(rows, sorts=True)
            without += [(model.__name__, query, each) for each in found]
    assert not without, "\n".join(map(str, without))
