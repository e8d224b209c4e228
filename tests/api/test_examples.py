"""Each operation has an example that was really asked and answered, and fits its schema.

`LADING_RECORD_EXAMPLES=1 pytest tests/api/test_examples.py` plays the scenes and writes them anew.
"""

import json
import os
import re
from typing import Any

import jsonschema_rs
import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator

from accounts.operations.scoping import enter_staff_scope
from config.openapi import EXAMPLES, METHODS, REFUSALS, examples, refusal
from tests.api.scenes import SCENES, Scene, send
from tests.api.world import World, a_world

pytestmark = pytest.mark.django_db

IS_RECORDING = os.environ.get("LADING_RECORD_EXAMPLES") == "1"
IN_BYTES = {"documents_content", "invoices_pdf_retrieve"}
IN_TEXT = {"backtests_differences_sheet", "rate_card_versions_export"}
JSON, FORM = "application/json", "multipart/form-data"


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def operations(description) -> dict[str, dict[str, Any]]:
    """The operations by their names."""
    found = {}
    for path, item in description["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                found[operation["operationId"]] = operation | {"path": path}
    return found


@pytest.fixture
def world(drain, now) -> World:
    return a_world(now=now, drain=drain)


def test_every_operation_has_a_scene_and_says_what_it_does(operations) -> None:
    assert {scene.operation for scene in SCENES} == set(operations)
    assert [name for name, told in operations.items() if not told.get("description")] == []


def test_every_scene_is_answered_as_its_example_says(operations, world) -> None:
    played = {scene.operation: play(scene, world, operations) for scene in SCENES}
    refused = [(name, each) for name, each in played.items() if int(each["status"]) >= 300]
    assert not refused, "\n".join(f"{name}: {told['response']}" for name, told in refused)
    if IS_RECORDING:
        EXAMPLES.write_text(json.dumps(played, indent=1, sort_keys=True) + "\n")
        examples.cache_clear()

    told = examples()

    assert {name: each["status"] for name, each in played.items()} == {
        name: each["status"] for name, each in told.items()
    }
    stale = [name for name, each in played.items() if shape(each) != shape(told[name])]
    assert stale == []


def play(scene: Scene, world: World, operations: Any) -> dict[str, Any]:
    """Play a scene of which nothing stays; return what was asked and answered."""
    with transaction.atomic():
        path, body, answer = send(scene, world)
        transaction.set_rollback(True)
    enter_staff_scope()
    return {
        "request": body,
        "status": str(answer.status_code),
        "response": content_of(scene, answer),
        "parameters": parameters_of(operations[scene.operation]["path"], path),
    }


def content_of(scene: Scene, answer: Any) -> Any:
    if scene.operation in IN_BYTES:
        return "%PDF-1.7 …"
    if scene.operation in IN_TEXT:
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return text.decode("utf-8-sig")[:400]
    return answer.json() if answer.content else None


def parameters_of(template: str, path: str) -> dict[str, str]:
    """Return the parameters of an address as somebody writes them."""
    address = path.partition("?")[0]
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", template.removeprefix("/api/v1/"))
    found = re.fullmatch(pattern, address)
    assert found, (pattern, address)
    return {name: typed(value) for name, value in found.groupdict().items()}


def typed(value: str) -> Any:
    return int(value) if value.isdecimal() and len(value) < 6 else value


def shape(told: Any) -> Any:
    """Return what an example is made of, without what differs from day to day."""
    if isinstance(told, dict):
        return {key: shape(value) for key, value in told.items()}
    return [] if isinstance(told, list) else ""


def test_every_example_fits_its_schema(description, operations) -> None:
    wrong = {}
    for name, operation in operations.items():
        told = examples()[name]
        pairs = [(operation["responses"][told["status"]], told["response"])]
        if JSON in operation.get("requestBody", {}).get("content", {}):
            pairs.append((operation["requestBody"], told["request"]))
        for holder, example in pairs:
            content = holder.get("content", {}).get(JSON)
            if content and (fault := fault_of(description, content["schema"], example)):
                wrong[name] = fault
    assert wrong == {}


def test_every_refusal_fits_its_schema(description) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}

    assert {fault_of(description, schema, refusal(status)) for status in REFUSALS} == {""}


def fault_of(description: Any, schema: Any, example: Any) -> str:
    whole = {**schema, "components": description["components"]}
    errors = jsonschema_rs.Draft202012Validator(whole).iter_errors(example)
    return "; ".join(f"{each.instance_path}: {each.message}"[:300] for each in errors)


def test_every_example_stands_in_the_description(operations) -> None:
    without = []
    for name, operation in operations.items():
        shown = [operation["responses"][examples()[name]["status"]], operation.get("requestBody")]
        for content in (c for each in shown if each for c in each.get("content", {}).values()):
            without += [name] if "example" not in content else []
    assert without == []
