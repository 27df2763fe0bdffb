"""Every call of a service and its answer, kept for ever and changed by nobody."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from pasi.text_search import Folded


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE of a table."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;",
        ),
    ]


class ServiceCall(models.Model):
    """One call as it was received, recorded before anything is judged.

    A ServiceCall without a ServiceResponse means exactly: nothing was applied.
    """

    class Door(models.TextChoices):
        HTTP = "http", "HTTP service"
        COMMAND = "command", "Command line"
        BACK_OFFICE = "back_office", "Back office"
        WORKER = "worker", "Background worker"
        MIGRATION = "migration", "Set-up of the database"

    IMPORT_RECORDS = "ImportRecords"  # operation of an import: data conversion, to credentials

    message_id = models.UUIDField(primary_key=True, help_text="UUIDv7, so ordered by time.")
    received_at = models.DateTimeField(db_default=Now())
    operation = models.CharField(max_length=80)
    door = models.CharField(max_length=12, choices=Door.choices)
    client = models.ForeignKey(
        "pasi.PasiClient", null=True, on_delete=models.PROTECT, related_name="service_calls"
    )
    staff = models.ForeignKey(
        "auth.User", null=True, on_delete=models.PROTECT, related_name="service_calls"
    )
    address = models.CharField(max_length=45, blank=True, help_text="Network address of the caller")
    body = models.TextField(help_text="The request body as it was received.")

    # Caller information, as far as it could be read: it is recorded before it is judged.
    client_message_id = models.CharField(max_length=50, blank=True)
    sent_at = models.DateTimeField(null=True)
    software_manufacturer = models.CharField(max_length=100, blank=True)
    software_product = models.CharField(max_length=100, blank=True)
    software_version = models.CharField(max_length=30, blank=True)
    software_build_number = models.CharField(max_length=30, blank=True)
    user_name = models.CharField(max_length=100, blank=True)
    user_local_id = models.CharField(max_length=50, blank=True)
    user_ip_address = models.CharField(max_length=50, blank=True)
    organization_code = models.CharField(max_length=6, blank=True)

    class Meta:
        triggers = append_only()
        permissions = [("view_bodies", "Can see the bodies of requests and responses")]
        indexes = [
            models.Index(fields=["operation", "message_id"], name="call_by_operation"),
            models.Index(fields=["client", "message_id"], name="call_by_client"),
            models.Index(fields=["client_message_id"], name="call_by_client_message"),
            models.Index(fields=["organization_code", "message_id"], name="call_by_organization"),
            models.Index(Folded("user_name"), "message_id", name="call_by_user"),
            # Nearly all calls come over HTTP: those pay nothing for it.
            models.Index(
                fields=["door", "message_id"], condition=~Q(door="http"), name="call_by_other_door"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.message_id}"


class ServiceResponse(models.Model):
    """What a call came to. Written in the transaction of the work; for a fault, alone."""

    class Outcome(models.TextChoices):
        APPLIED = "Applied"
        REJECTED = "Rejected"
        FAULT = "Fault"
        REPLAYED = "Replayed"

    call = models.OneToOneField(
        ServiceCall, primary_key=True, on_delete=models.PROTECT, related_name="response"
    )
    answered_at = models.DateTimeField(db_default=Now())
    duration_milliseconds = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    http_status = models.PositiveSmallIntegerField()
    codes = ArrayField(models.CharField(max_length=10), default=list, help_text="Sorted, distinct")
    state_province_ids = ArrayField(
        models.CharField(max_length=9),
        default=list,
        help_text="Students concerned; for a bulk award the first 100, the rest in its outcomes.",
    )
    body = models.JSONField(
        null=True,
        help_text="The answer; for a bulk award its run and counts, since the outcomes hold it.",
    )
    replay_of = models.ForeignKey(
        ServiceCall, null=True, on_delete=models.PROTECT, related_name="replays"
    )

    class Meta:
        triggers = append_only()
        indexes = [
            GinIndex(fields=["state_province_ids"], name="response_by_student"),
            models.Index(fields=["outcome", "call"], name="response_by_outcome"),
            GinIndex(fields=["codes"], condition=~Q(codes=[]), name="response_by_code"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.call_id}"


class AppliedCall(models.Model):
    """The key by which a repeated call finds its first, applied answer (kept 30 days).

    The primary key is the guarantee that one request is applied once; the advisory lock on the
    same key only saves the work of the losers.
    """

    replay_key = models.CharField(
        primary_key=True,
        max_length=64,
        help_text="SHA-256 of client, ClientMessageID, operation and canonical body.",
    )
    call = models.OneToOneField(ServiceCall, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.replay_key


class RecordRead(models.Model):
    """One read of personal data: who looked, for which organization, at whom."""

    message_id = models.UUIDField(primary_key=True)
    read_at = models.DateTimeField(db_default=Now())
    client = models.ForeignKey("pasi.PasiClient", null=True, on_delete=models.PROTECT)
    staff = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT)
    organization_code = models.CharField(max_length=6, blank=True)
    path = models.CharField(max_length=200)
    filters = models.JSONField(default=dict)
    state_province_ids = ArrayField(models.CharField(max_length=9), default=list)
    count = models.PositiveIntegerField()

    class Meta:
        triggers = append_only()
        verbose_name = "read of personal data"
        verbose_name_plural = "reads of personal data"
        indexes = [GinIndex(fields=["state_province_ids"], name="read_by_student")]

    def __str__(self) -> str:
        return f"{self.path} {self.message_id}"


class SignIn(models.Model):
    """One step of somebody's way into the back office, or out of it, and each that failed."""

    class Outcome(models.TextChoices):
        SIGNED_IN = "SignedIn", "Signed in"
        CODE_ACCEPTED = "CodeAccepted", "Code accepted"
        SIGNED_OUT = "SignedOut", "Signed out"
        REFUSED = "Refused", "Wrong name or password"
        WRONG_CODE = "WrongCode", "Wrong code"
        LOCKED_OUT = "LockedOut", "Locked out after too many failures"

    message_id = models.UUIDField(primary_key=True)
    happened_at = models.DateTimeField("when", db_default=Now())
    staff = models.ForeignKey("auth.User", null=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=150, help_text="As it was typed.")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    address = models.CharField(max_length=45, blank=True, help_text="Network address")
    software = models.CharField("browser", max_length=200, blank=True)

    class Meta:
        triggers = append_only()
        verbose_name = "sign-in"
        indexes = [
            models.Index(fields=["name", "message_id"], name="sign_in_by_name"),
            models.Index(fields=["outcome", "message_id"], name="sign_in_by_outcome"),
            models.Index(fields=["address", "message_id"], name="sign_in_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_outcome_display()}"
