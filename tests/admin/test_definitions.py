"""Staff change the definitions of eligibility: what contradicts itself is refused, and who may be
concerned is looked at again.
"""

from audit.models import ServiceCall
from credentials.definition_models import (
    CourseMapping,
    CreditCap,
    EligibilityLimit,
    ExemptionReason,
    Recalculation,
    SetRequirement,
)
from credentials.definitions import current_definitions
from credentials.models import RequirementSet
from enrolments.models import Course
from tests.admin.conftest import address, save


def wanted() -> list[list[str]]:
    """The sets of each recalculation that is open."""
    open_ones = Recalculation.objects.filter(finished_at=None).order_by("pk")
    return [each.requirement_sets for each in open_ones]


def all_sets() -> list[str]:
    return sorted(each.code for each in current_definitions().sets)


def form_of(record) -> dict:
    """The form of a record as it stands."""
    values = {
        field.name: field.value_from_object(record)
        for field in record._meta.concrete_fields
        if field.editable and field.value_from_object(record) is not None
    }
    return {name: value for name, value in values.items() if value is not False}


def form_of_set(code: str, **changes) -> dict:
    """The form of a requirement set with its requirements. None takes a field away."""
    links = list(SetRequirement.objects.filter(requirement_set=code).order_by("sequence"))
    form = form_of(RequirementSet.objects.get(pk=code))
    form["set_requirements-TOTAL_FORMS"] = form["set_requirements-INITIAL_FORMS"] = len(links)
    for position, link in enumerate(links):
        prefix = f"set_requirements-{position}-"
        form |= {f"{prefix}{name}": value for name, value in form_of(link).items()}
        form[f"{prefix}id"] = link.pk
    return {name: value for name, value in (form | changes).items() if value is not None}


def post(boss, record, form) -> bool:
    """Whether the change was made."""
    before = ServiceCall.objects.filter(response__outcome="Applied").count()
    save(boss, record, form)
    return ServiceCall.objects.filter(response__outcome="Applied").count() > before


def test_a_limit_concerns_every_set(boss):
    limit = EligibilityLimit.objects.get(name="equivalency_age")
    assert post(boss, limit, {"value": "18", "source": limit.source})
    assert current_definitions().limits.equivalency_age == 18
    assert wanted() == [all_sets()]
    assert limit.history.first().call.operation == "ChangeSetUp"


def test_a_cap_concerns_the_sets_of_its_requirement(boss):
    cap = CreditCap.objects.get(requirement="100Credits-81105", course_group="SECONDLANG")
    assert post(boss, cap, {"most_credits": 30, "source": cap.source})
    assert wanted() == [["AHSD-2010-2018"]]


def test_what_decides_nothing_concerns_nobody(boss):
    limit = EligibilityLimit.objects.get(name="equivalency_age")
    assert post(boss, limit, {"value": limit.value, "source": "Another"})
    reason = ExemptionReason.objects.get(reason="ReligiousCALM")
    assert post(boss, reason, {**form_of(reason), "approved_by": "school"})
    assert wanted() == []


def test_a_mapping_and_a_course_concern_every_set(boss):
    mapping = {"course_group": "CALM", "by": "code", "value": "PED0771"}
    assert boss.post(address(CourseMapping, "add"), mapping).status_code == 302
    course = {"code": "XYZ3000", "name": "Something", "flags": "CTS"}
    assert boss.post(address(Course, "add"), course).status_code == 302
    assert wanted() == [all_sets(), all_sets()]
    assert "CALM" in current_definitions().courses.course("PED0771", 2024).groups


def test_a_requirement_is_taken_out_of_a_set(boss):
    cosc = RequirementSet.objects.get(code="COSC")
    position = 7
    link = SetRequirement.objects.get(requirement_set="COSC", requirement="SeventeenByMarch-X81345")
    form = form_of_set("COSC", **{f"set_requirements-{position}-DELETE": "on"})
    assert form[f"set_requirements-{position}-requirement"] == link.requirement_id
    assert post(boss, cosc, form)
    assert not SetRequirement.objects.filter(pk=link.pk).exists()
    assert SetRequirement.history.filter(id=link.pk).first().history_type == "-"
    assert wanted() == [["COSC"]]


def test_what_contradicts_itself_is_taken_back(boss):
    """A set without a trigger would give everybody a row."""
    cosc = RequirementSet.objects.get(code="COSC")
    answer = save(
        boss,
        RequirementSet.objects.get(pk="COSC"),
        form_of_set("COSC", **{"set_requirements-0-is_trigger": None}),
        follow=True,
    )
    assert "COSC has no trigger requirement" in answer.content.decode()
    assert SetRequirement.objects.filter(requirement_set="COSC", is_trigger=True).exists()
    assert wanted() == []
    call = ServiceCall.objects.filter(operation="ChangeSetUp").latest("message_id")
    assert (call.response.outcome, call.response.http_status) == ("Fault", 400)
    assert cosc.history.count() == 2  # as it was loaded


def test_a_mistake_in_a_requirement_of_a_set_is_named(boss):
    answer = save(
        boss,
        RequirementSet.objects.get(pk="COSC"),
        form_of_set("COSC", **{"set_requirements-0-sequence": "first"}),
    )
    assert answer.status_code == 200
    assert "Enter a whole number" in answer.content.decode()
    call = ServiceCall.objects.filter(operation="ChangeSetUp").latest("message_id")
    [error] = call.response.body["errors"]
    assert error["field"] == "set_requirements-0-sequence"


def test_a_form_without_its_own_particulars_is_refused(boss):
    cosc = RequirementSet.objects.get(code="COSC")
    answer = save(boss, cosc, {"name": cosc.name})
    assert answer.status_code == 200
    assert wanted() == []


def test_a_number_that_is_none_is_taken_back(boss):
    limit = EligibilityLimit.objects.get(name="completion_age")
    assert not post(boss, limit, {"value": "seventeen", "source": ""})
    assert current_definitions().limits.completion_age == 17
