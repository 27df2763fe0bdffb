"""How the contract appears in the OpenAPI document: one AutoSchema for services and readings."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from pasi.faults import PROBLEM_JSON
from pasi.fields import GuidField, IntegerField, TextField
from pasi.http import MESSAGE_ID_HEADER

JSON = "application/json"


# --- Problem details ----------------------------------------------------------------------------


class ProblemEntrySerializer(serializers.Serializer):
    field = serializers.CharField(help_text="Full property name, or name of the parameter.")
    problem = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """What replaces an answer that can not be given (RFC 9457)."""

    type = TextField(help_text="urn:pasi:fault:<code>, or about:blank.")
    title = TextField()
    status = IntegerField(lowest=400, highest=599)
    detail = TextField()
    code = TextField(allow_null=True, help_text="Code of the fault; /api/rules/ explains it.")
    messageId = GuidField(help_text="Quote it to support.")
    errors = ProblemEntrySerializer(
        many=True, required=False, help_text="With 3001: everything that is wrong."
    )


PROBLEMS = {
    400: "The request does not meet its contract (3001) or cannot be read (3002).",
    401: "No valid access token (1001).",
    403: "The client is disabled (1003), calls from elsewhere (1006), lacks the role (1007) or "
    "may not act for the organization (1008).",
    404: "There is nothing here that you may see.",
    409: "The PASI core version is not that of the record (3004).",
    413: "The body is too large.",
    415: "The body is not application/json.",
    429: "Too many calls; Retry-After says how long to wait.",
    500: "A mistake of ours (9001).",
    503: "Closed (2001), the data could not be saved (4001) or a time-out (4002): try again.",
}
OF_READINGS = (400, 401, 403, 429, 500, 503)
OF_SERVICES = (400, 401, 403, 413, 415, 429, 500, 503)


def _problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    return {
        (status, PROBLEM_JSON): OpenApiResponse(ProblemSerializer, PROBLEMS[status])
        for status in statuses
    }


def _header(name: str, schema: dict, description: str, statuses: list[int]) -> OpenApiParameter:
    return OpenApiParameter(
        name, schema, OpenApiParameter.HEADER, description=description, response=statuses
    )


class PasiSchema(AutoSchema):
    """Operations of services are called as the services are; readings by their views."""

    @property
    def _service(self):
        return getattr(self.view, "service", None)

    @property
    def _is_list(self) -> bool:
        return hasattr(self.view, "page")

    def get_operation_id(self) -> str:
        return self._service.operation if self._service else self.view.operation

    def get_description(self) -> str:
        """Of a service only the first paragraph: the rest is for those who read the code."""
        description = super().get_description()
        return description.partition("\n\n")[0] if self._service else description

    def get_summary(self) -> str:
        return " ".join(self.get_description().partition("\n\n")[0].split()).rstrip(".")

    def get_tags(self) -> list[str]:
        if self._service:
            return ["Services"]
        app = type(self.view).__module__.partition(".")[0]
        return [{"pasi": "Reference"}.get(app, app.capitalize())]

    def get_request_serializer(self):
        return {JSON: self._service.request_serializer} if self._service else None

    def get_response_serializers(self) -> dict:
        if self._service:
            return self._service_responses()
        problems = (*OF_READINGS, *([404] if hasattr(self.view, "path_fields") else []))
        answer = self._list_schema() if self._is_list else self.view.answer
        return {(200, JSON): OpenApiResponse(answer, "What was found."), **_problems(*problems)}

    def _service_responses(self) -> dict:
        service = self._service
        problems = (*OF_SERVICES, *([409] if service.takes_version else []))
        responses: dict = {
            (200, JSON): OpenApiResponse(service.response_serializer, "The call was carried out.")
        }
        if service.may_be_rejected_whole:
            responses[(422, JSON)] = OpenApiResponse(
                service.response_serializer, "Rules refused the call; nothing was changed."
            )
        return {**responses, **_problems(*problems)}

    def _list_schema(self) -> dict:
        item = self.resolve_serializer(self.view.answer, "response")
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "properties": {
                "next": link,
                "previous": link,
                "results": {"type": "array", "items": item.ref},
            },
            "required": ["next", "previous", "results"],
            "additionalProperties": False,
        }

    def get_override_parameters(self) -> list[OpenApiParameter]:
        return [*self._request_parameters(), *self._response_headers()]

    def _request_parameters(self) -> Iterator[OpenApiParameter]:
        if self._service:
            return
        yield OpenApiParameter(
            "PASI-Organization-Code",
            {"type": "string"},
            OpenApiParameter.HEADER,
            description="Read for this one of the client's organizations; otherwise for all.",
        )
        for name, field in getattr(self.view, "path_fields", {}).items():
            schema = self._map_serializer_field(field, "request")
            yield OpenApiParameter(name, schema, OpenApiParameter.PATH, required=True)
        for name, parameter in self.view.parameters.base_filters.items():
            value = self._map_serializer_field(parameter.kind.field, "request")
            if parameter.several:
                value = {"type": "array", "items": value, "minItems": 1, "maxItems": 100}
            yield OpenApiParameter(
                name,
                value,
                OpenApiParameter.QUERY,
                description=parameter.help_text,
                style="form" if parameter.several else None,
                explode=False if parameter.several else None,
            )

    def _response_headers(self) -> Iterator[OpenApiParameter]:
        statuses = [int(code) for code, _media in self.get_response_serializers()]
        yield _header(
            MESSAGE_ID_HEADER,
            {"type": "string", "format": "uuid"},
            "The id of this call in the audit.",
            statuses,
        )
        yield _header("WWW-Authenticate", {"type": "string"}, "What is asked for.", [401])
        yield _header("Retry-After", {"type": "integer"}, "Seconds to wait.", [429])
        if self._service:
            yield _header(
                "PASI-Replayed",
                {"type": "string", "format": "uuid"},
                "The message id of the first call, if this one repeats it and did nothing.",
                [200],
            )


# --- The document as a whole --------------------------------------------------------------------


def close_objects(result: dict[str, Any], **kwargs) -> dict[str, Any]:
    """Every object has exactly the properties that are described."""
    for schema in result["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    _drop(result, "x-spec-enum-id")  # left for a hook that we do without: enums stay in place
    return result


def _drop(node: Any, key: str) -> None:
    if isinstance(node, dict):
        node.pop(key, None)
    for inner in node.values() if isinstance(node, dict) else node:
        if isinstance(inner, dict | list):
            _drop(inner, key)


def add_token_endpoint(result: dict[str, Any], **kwargs) -> dict[str, Any]:
    """POST /oauth/token/, which belongs to a library that describes nothing."""
    text = {"type": "string"}
    token = {
        "type": "object",
        "properties": {
            "access_token": text,
            "expires_in": {"type": "integer", "description": "Seconds."},
            "token_type": {"type": "string", "const": "Bearer"},
            "scope": text,
        },
        "required": ["access_token", "expires_in", "token_type", "scope"],
    }
    error = {
        "type": "object",
        "properties": {"error": text, "error_description": text},
        "required": ["error"],
    }
    problem = {"$ref": "#/components/schemas/Problem"}

    def answer(status: int, schema: dict, description: str, media: str = JSON) -> dict:
        return {str(status): {"description": description, "content": {media: {"schema": schema}}}}

    result["paths"]["/oauth/token/"] = {
        "post": {
            "operationId": "GetToken",
            "summary": "Get an access token",
            "description": "OAuth 2.0 client credentials (RFC 6749). The client's id and secret "
            "are given in the body, or with HTTP Basic authentication.",
            "tags": ["Token"],
            "security": [],
            "requestBody": {
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "grant_type": {"type": "string", "const": "client_credentials"},
                                "client_id": text,
                                "client_secret": text,
                                "scope": {"type": "string", "const": "pasi"},
                            },
                            "required": ["grant_type"],
                        }
                    }
                },
            },
            "responses": {
                **answer(200, token, "A token, for the header Authorization: Bearer …"),
                **answer(400, error, "The request is wrong (RFC 6749, 5.2)."),
                **answer(401, error, "The client is not known, or its secret is wrong."),
                **answer(429, problem, PROBLEMS[429], PROBLEM_JSON),
                **answer(503, problem, PROBLEMS[503], PROBLEM_JSON),
            },
        }
    }
    return result
