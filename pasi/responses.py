"""The answers that several services give."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from pasi import fields
from pasi.rules import Rejection


class RejectionSerializer(serializers.Serializer):
    """Why a request was refused."""

    Code = fields.TextField()
    Description = fields.TextField()


class SubmitResponseSerializer(serializers.Serializer):
    """What a submit came to. Rejected: Id "0", version 0."""

    Id = fields.TextField()
    PASICoreVersion = fields.IntegerField(lowest=0)
    Rejections = RejectionSerializer(many=True)


def submit_response(
    record_id: str, version: int, rejections: Sequence[Rejection] = ()
) -> dict[str, Any]:
    return {
        "Id": record_id,
        "PASICoreVersion": version,
        "Rejections": [rejection.as_json() for rejection in rejections],
    }
