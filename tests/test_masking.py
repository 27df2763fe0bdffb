"""What is hidden in requests and answers from those who may not see personal data."""

import json

import pytest

from audit.masking import OPEN_OF_CALLERS, PERSONAL, masked
from pasi.schema_views import document

HIDDEN = "[hidden]"


def shown(document: dict) -> dict:
    return json.loads(masked(json.dumps(document)))


@pytest.mark.parametrize("name", sorted(PERSONAL))
@pytest.mark.parametrize("value", ["Byron", 7, True, ["Byron"], {"StateProvinceId": "x"}], ids=str)
def test_what_is_personal_is_hidden_whatever_its_value(name, value):
    assert shown({"Outer": 1, name: value})[name] == HIDDEN
    assert shown({"PersonalInfo": {"List": [{name: value}]}}) == {
        "PersonalInfo": {"List": [{name: HIDDEN}]}
    }


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ({"StateProvinceId": "100000007"}, {"StateProvinceId": "100000007"}),
        ({"StateProvinceIds": ["100000007"]}, {"StateProvinceIds": ["100000007"]}),
        ({"Grade": None, "LastName": None}, {"Grade": None, "LastName": None}),
        ({"Surname": "Byron"}, {"Surname": HIDDEN}),  # under a name of the caller's own
        ({"Form": {"last_name": ["Byron"]}}, {"Form": HIDDEN}),
        ({"Name": "Ada"}, {"Name": HIDDEN}),
        (
            {"CallerInfo": {"User": {"Name": "Rita", "LastName": "Clerk", "LocalID": "rita"}}},
            {"CallerInfo": {"User": {"Name": "Rita", "LastName": HIDDEN, "LocalID": "rita"}}},
        ),
        (
            {"Values": [{"Key": "BirthDate", "Value": "2008"}, {"Key": "Grade", "Value": "06"}]},
            {"Values": [{"Key": "BirthDate", "Value": HIDDEN}, {"Key": "Grade", "Value": "06"}]},
        ),
        ({"Key": ["x"], "Value": "Byron"}, {"Key": ["x"], "Value": HIDDEN}),
        ({"Value": "Byron"}, {"Value": HIDDEN}),
        (
            {"Rejections": [{"Code": "11217", "Description": "Birth date 2099-01-01 is …"}]},
            {"Rejections": [{"Code": "11217", "Description": "Birth Date in the Future"}]},
        ),
        ({"Code": "none", "Description": "Byron"}, {"Code": "none", "Description": HIDDEN}),
        ({"Code": [], "Description": "Byron"}, {"Code": [], "Description": HIDDEN}),
        (
            {"code": "3001", "detail": "x: 'Byron'", "title": "T"},
            {"code": "3001", "detail": HIDDEN, "title": "T"},
        ),
        (
            {"code": None, "title": "Conflict", "detail": "Byron"},
            {"code": None, "title": "Conflict", "detail": HIDDEN},
        ),
        ({"code": ["3004"], "detail": "Byron"}, {"code": ["3004"], "detail": HIDDEN}),
        (
            {"Requirement": "CALM-81160", "Reason": "ReligiousCALM"},
            {"Requirement": "CALM-81160", "Reason": HIDDEN},
        ),
        (
            {"Values": [{"Key": "ExceptionCodes", "Value": ["640"]}]},
            {"Values": [{"Key": "ExceptionCodes", "Value": HIDDEN}]},
        ),
        ({"code": "3004", "detail": "out of date"}, {"code": "3004", "detail": "out of date"}),
        (
            {"errors": [{"field": "Names[0].LastName", "problem": "'Byron' is too long"}]},
            {"errors": [{"field": "Names[0].LastName", "problem": HIDDEN}]},
        ),
        (
            {"errors": [{"field": "StateProvinceIds[3]", "problem": "has no nine digits"}]},
            {"errors": [{"field": "StateProvinceIds[3]", "problem": "has no nine digits"}]},
        ),
        ({"errors": [{"field": 1, "problem": "x"}]}, {"errors": [{"field": 1, "problem": HIDDEN}]}),
    ],
)
def test_what_is_shown_of_what_was_sent(sent, seen):
    assert shown(sent) == seen


@pytest.mark.parametrize("body", ["Byron {", "", "[" * 100_000, '["Byron"]', '"Byron"', "NaN"])
def test_what_is_no_object_is_hidden_whole(body):
    assert "Byron" not in masked(body)
    assert "hidden" in masked(body)


def test_nothing_is_both_personal_and_open():
    assert not PERSONAL & OPEN_OF_CALLERS


def properties(value, found: set[str], schemas: dict, seen: set[str]) -> None:
    """Every property of a schema and of those that it refers to."""
    if isinstance(value, list):
        for each in value:
            properties(each, found, schemas, seen)
    elif isinstance(value, dict):
        found.update(value.get("properties") or {})
        name = str(value.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            properties(schemas[name], found, schemas, seen)
        for each in value.values():
            properties(each, found, schemas, seen)


def test_every_property_of_the_services_is_known_as_one_or_the_other():
    published = document()
    services = [
        each for path, each in published["paths"].items() if path.startswith("/api/services/")
    ]
    found: set[str] = set()
    properties(services, found, published["components"]["schemas"], set())
    assert len(found) > 100
    judged = {"Value", "Description", "detail", "problem"}  # by what stands beside them
    assert found - PERSONAL - OPEN_OF_CALLERS - judged == set()
