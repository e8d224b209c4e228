"""Requests made from the description of the API, and answers held against it."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    ensure_resource_availability,
    positive_data_acceptance,
    use_after_free,
)

from accounts.operations.scoping import enter_staff_scope
from tests.api.world import World, a_world

pytestmark = pytest.mark.django_db

EXAMPLES = 3


@pytest.fixture(scope="module")
def description() -> Any:
    """The description of the API, as it is served."""
    application = get_wsgi_application()
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the connection of the test open: a server would close it after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(_one_connection, drain, now) -> World:
    return a_world(now=now, drain=drain)


@pytest.fixture
def _with_key(description, world) -> Iterator[None]:
    """Let requests carry the key of the world."""

    @description.auth(refresh_interval=None)
    class Bearer:
        def get(self, _case: Any, _context: Any) -> str:
            return world.system.secret

        def set(self, case: Any, data: str, _context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}

    yield
    description.auth.unregister()


@pytest.mark.usefixtures("_with_key")
def test_every_operation_keeps_to_the_description(description, world) -> None:
    broken: dict[str, list[str]] = {}
    for found in description.get_all_operations():
        operation = found.ok()
        label = f"{operation.method.upper()} {operation.path}"
        try:
            run(operation, world)
        except BaseExceptionGroup as error:
            broken[label] = [str(each)[:600] for each in error.exceptions]
        except Exception as error:  # noqa: BLE001
            broken[label] = [f"{type(error).__name__}: {error}"[:900]]
    assert not broken, "\n".join(f"===== {label}: {told}" for label, told in broken.items())


# Some of what a schema allows makes no sense as a load or an amount, and is refused in a sentence;
# what is sent in the addresses of the world makes ids of other kinds meaningless.
LEFT_OUT = [positive_data_acceptance, use_after_free, ensure_resource_availability]


def run(operation: Any, world: World) -> None:
    """Send a few requests, good and bad ones, always the same; nothing of them stays."""

    @hypothesis.seed(20261122)
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        place_in(world, case)
        with transaction.atomic():
            response = case.call()
            transaction.set_rollback(True)
        enter_staff_scope()
        case.validate_response(response, excluded_checks=LEFT_OUT)

    ask()


def place_in(world: World, case: Any) -> None:
    """Let the address lead to something that is there, unless it is meant to be wrong."""
    part = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    if not case.path_parameters or (part and part.mode == GenerationMode.NEGATIVE):
        return
    known = world.names.get(case.path.strip("/").split("/")[2], {})
    case.path_parameters |= {
        name: value for name, value in known.items() if name in case.path_parameters
    }
