"""How enrolments and their processors are shown."""

from rest_framework import serializers

from enrolments.processors import PROCESSORS
from pasi.fields import InstantField, IntegerField


class ProcessorSerializer(serializers.Serializer):
    """How far a background processor is behind."""

    Name = serializers.ChoiceField([each.name for each in PROCESSORS])
    OutstandingTriggers = IntegerField(lowest=0, help_text="Records still to be looked at again.")
    SetAside = IntegerField(lowest=0, help_text="Records whose processing failed.")
    OldestUtc = InstantField(
        allow_null=True, help_text="When the oldest outstanding trigger was raised."
    )
