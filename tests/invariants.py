"""What must hold of the whole database after any test that writes."""

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef

from audit.models import ServiceCall, ServiceResponse
from credentials.models import ArchivedCredential, AwardedCredential, AwardingOutcome, AwardingRun
from enrolments.processors import PROCESSORS

# What the history leaves out on purpose: model -> columns.
LEFT_OUT = {"pasi.PasiClient": {"client_secret"}}


def assert_database_is_sound() -> None:
    assert_history_is_complete()
    assert_history_belongs_to_applied_calls()
    assert_numbers_are_used_once()
    assert_outcomes_are_contiguous()
    assert_triggers_have_a_status()


def tracked_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    ]


def assert_history_is_complete() -> None:
    """The latest history row of every record says what the record says, and the reverse."""
    for model in tracked_models():
        recorded = model.history.model._meta
        shared = {f.column for f in model._meta.concrete_fields} - LEFT_OUT.get(
            model._meta.label, set()
        )
        missing = shared - {field.column for field in recorded.concrete_fields}
        assert not missing, f"{model._meta.label}: no history of {missing}"
        columns = ", ".join(f'"{name}"' for name in sorted(shared))
        key = f'"{model._meta.pk.column}"'
        current = f'SELECT {columns} FROM "{model._meta.db_table}"'
        latest = (
            f"SELECT {columns} FROM (SELECT DISTINCT ON ({key}) * "
            f'FROM "{recorded.db_table}" ORDER BY {key}, history_id DESC) AS latest '
            f"WHERE history_type <> '-'"
        )
        for left, right in ((current, latest), (latest, current)):
            with connection.cursor() as cursor:
                cursor.execute(f"({left}) EXCEPT ({right})")
                assert cursor.fetchall() == [], f"{model._meta.label}: {left} EXCEPT {right}"


def assert_history_belongs_to_applied_calls() -> None:
    """No change without a call that was applied (or is still being carried out)."""
    not_applied = ServiceResponse.objects.filter(call=OuterRef("call")).exclude(outcome="Applied")
    for model in tracked_models():
        history = model.history.model
        assert not history.objects.filter(Exists(not_applied)).exists(), model._meta.label


def assert_numbers_are_used_once() -> None:
    """A credential number stands on one award, current or archived."""
    current = set(AwardedCredential.objects.values_list("number", flat=True))
    archived = list(ArchivedCredential.objects.values_list("number", flat=True))
    assert len(archived) == len(set(archived))
    assert current.isdisjoint(archived)


def assert_outcomes_are_contiguous() -> None:
    """A finished run has one outcome per requested position, from 0."""
    for run in AwardingRun.objects.exclude(finished_at=None):
        positions = AwardingOutcome.objects.filter(run=run).order_by("position")
        assert list(positions.values_list("position", flat=True)) == list(range(run.requested))


def assert_triggers_have_a_status() -> None:
    """A trigger without a status row would never be outstanding."""
    for each in PROCESSORS:
        alone = each.trigger.objects.filter(
            ~Exists(each.status.objects.filter(pk=OuterRef("pk")))
        ).count()
        assert alone == 0, each.name


def assert_every_call_is_answered() -> None:
    unanswered = ServiceCall.objects.filter(response=None).values_list("operation", flat=True)
    assert list(unanswered) == []
