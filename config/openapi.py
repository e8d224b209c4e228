"""Completes the description of the API: examples, and what all operations have in common."""

import json
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).with_name("openapi_examples.json")
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
PROBLEM = "application/problem+json"
# What a refusal with each status looks like; the code names the reason for a program.
REFUSALS = {
    400: ("unknown_field", "'colour' is no field here.", "colour"),
    401: ("authentication_failed", "The API key is unknown.", None),
    403: ("scope", "The key lacks the scope loads:write.", None),
    404: ("not_found", "Not found.", None),
    409: ("stale", "Load 100042 was changed by Rita Moss at 2026-11-19 20:20 UTC since you read it."
          " Read it again.", None),
    413: ("file_too_large", "The file is larger than 25 MB.", None),
    415: ("unsupported_media_type", "Unsupported media type \"text/plain\" in request.", None),
    422: ("idempotency_key_reused", "This Idempotency-Key was used for another request.", None),
    429: ("too_many_requests", "This key may ask 600 times a minute. Ask again in 34 seconds.",
          None),
}  # fmt: skip
LIMIT_HEADERS = {
    "RateLimit-Limit": "Requests that the key may make in a minute.",
    "RateLimit-Remaining": "Requests that are left of them.",
    "RateLimit-Reset": "Seconds until they begin anew.",
    "Retry-After": "Seconds to wait before asking again.",
}


def complete(result: dict[str, Any], **_told: Any) -> dict[str, Any]:
    """Return the description with examples and the refusals that every operation has."""
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                _limit(operation)
                _exemplify(operation)
    return result


def _limit(operation: dict[str, Any]) -> None:
    """Describe what a caller that asks too often is told."""
    schema = {"$ref": "#/components/schemas/Problem"}
    operation["responses"]["429"] = {
        "description": "The key, or an address without one, asks too often.",
        "headers": {
            name: {"description": text, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
            for name, text in LIMIT_HEADERS.items()
        },
        "content": {PROBLEM: {"schema": schema}},
    }


def _exemplify(operation: dict[str, Any]) -> None:
    """Add what was asked and answered once, and a refusal for each status."""
    if example := examples().get(operation["operationId"]):
        _show(operation.get("requestBody"), example["request"])
        _show(operation["responses"][example["status"]], example["response"])
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in example["parameters"]:
                parameter["example"] = example["parameters"][parameter["name"]]
    for status, response in operation["responses"].items():
        if PROBLEM in response.get("content", {}) and int(status) in REFUSALS:
            _show(response, refusal(int(status)))


def _show(holder: dict[str, Any] | None, example: Any) -> None:
    """Put an example beside each media type."""
    for content in (holder or {}).get("content", {}).values():
        content["example"] = example


def refusal(status: int) -> dict[str, Any]:
    """Return an example of a refusal."""
    code, detail, field = REFUSALS[status]
    return {
        "type": "about:blank",
        "status": status,
        "code": code,
        "title": code.replace("_", " ").capitalize(),
        "detail": detail,
        "field": field,
        "errors": [{"field": field, "code": code, "detail": detail}] if field else [],
        "request_id": "8d1f4c1e-6f5e-4b8e-9a43-1c2f0a7f5d20",
    }


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Return what was asked and answered, by operation; `tests/api` records it."""
    if not EXAMPLES.exists():
        return {}
    told: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text())
    return told
