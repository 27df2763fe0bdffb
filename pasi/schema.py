"""How the contract appears in the OpenAPI document."""

from drf_spectacular.openapi import AutoSchema


class PasiSchema(AutoSchema):
    """Operations are named after the services; every answer may be problem details."""
