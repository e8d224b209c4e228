"""Every operation of the API as those who may not: a new one fails here until it is decided.

The scenes of the description are played by a customer's own key and by another customer's, both
with every scope there is. What each may do stands below, operation by operation; whatever is not
named there is refused.
"""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from tests.api.scenes import SCENES, Scene, send
from tests.api.world import World, a_world
from tests.factories.asking import Asker, an_asker
from tests.factories.billing import a_customer

pytestmark = pytest.mark.django_db

# What a customer's key may ask of its own, and how it is answered.
OWN = {
    "backtests_list": 200,  # always empty
    "cases_list": 200,  # always empty
    "changes_list": 200,
    "invoices_list": 200,
    "invoices_pdf_retrieve": 200,
    "invoices_retrieve": 200,
    "loads_billing_retrieve": 200,
    "loads_charges_list": 200,
    "loads_create": 201,
    "loads_documents_list": 200,
    "loads_list": 200,
    "loads_retrieve": 200,
    "quotes_ask": 200,
    "statement_retrieve": 200,
}
# What answers another customer's key at all: lists of its own, and what it asks by a wrong name.
FOREIGN = {
    "backtests_list": 200,
    "cases_list": 200,
    "changes_list": 200,
    "invoices_list": 200,
    "loads_create": 400,
    "loads_list": 200,
    "quotes_ask": 400,
    "statement_retrieve": 400,
}
EVENTS = {"events_create", "events_batch_create"}
CLOSED = {403, 404}


@pytest.fixture
def world(drain, now) -> World:
    return a_world(now=now, drain=drain)


@pytest.fixture
def played(world):
    """Play a scene as somebody else, after the carrier's own system did what it needs."""

    def play(scene: Scene, asker: Asker) -> tuple[int, str]:
        with transaction.atomic():
            names: dict[str, Any] = dict(world.words)
            if scene.before:
                scene.before(world, names)
            _, _, answer = send(
                replace(scene, before=None), replace(world, system=asker, words=names)
            )
            told = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        enter_staff_scope()
        return answer.status_code, told.decode("utf-8", "replace")

    return play


def test_a_customers_key_does_what_is_written_down_and_nothing_else(world, played, now) -> None:
    own = an_asker(customer=world.customer, at=now)

    answered = {scene.operation: played(scene, own)[0] for scene in SCENES}

    opened = {name: code for name, code in answered.items() if code not in CLOSED}
    assert opened == OWN


def test_another_customers_key_learns_nothing(world, played, now) -> None:
    foreign = an_asker(customer=a_customer(), at=now)
    words = world.words
    hidden = [
        world.customer.name, *[str(words[name]) for name in ("planned", "ready", "invoice", "case")]
    ]  # fmt: skip

    answered = {scene.operation: played(scene, foreign) for scene in SCENES}

    opened = {name: code for name, (code, _) in answered.items() if code not in CLOSED}
    told = [name for name, (_, text) in answered.items() if any(each in text for each in hidden)]
    assert (opened, told) == (FOREIGN, [])


def test_a_key_without_scopes_of_its_kind_opens_nothing(world, played, now) -> None:
    narrow = an_asker(scopes=[Scope.EVENTS_WRITE], at=now)

    answered = {scene.operation: played(scene, narrow)[0] for scene in SCENES}

    assert {code for name, code in answered.items() if name not in EVENTS} == {403}


def test_without_a_key_nothing_is_answered(world, played, now) -> None:
    nobody = Asker(world.system.key, "lk_no-such-key-at-all")

    assert {played(scene, nobody)[0] for scene in SCENES} == {401}
