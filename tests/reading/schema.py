"""The published OpenAPI document as a judge of answers."""

from functools import cache

from jsonschema import Draft202012Validator

from pasi.schema_views import document


@cache
def _validator(path: str, status: int) -> Draft202012Validator:
    response = document()["paths"][path]["get"]["responses"][str(status)]
    [media] = response["content"].values()
    return Draft202012Validator(
        {**media["schema"], "components": document()["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def check(path: str, response) -> None:
    """The answer is exactly what the document says of this path: no property more or less."""
    errors = [
        f"{error.json_path}: {error.message}"
        for error in _validator(path, response.status_code).iter_errors(response.json())
    ]
    assert errors == []
