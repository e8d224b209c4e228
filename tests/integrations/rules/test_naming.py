"""Which number names the load, and whose clocks a local time was read from."""

from dataclasses import dataclass

import pytest

from dispatch.models import Reference
from integrations.rules.naming import IDENTIFYING, STRENGTH, by_strength
from integrations.rules.retries import LONGEST_SECONDS, backoff
from integrations.rules.zones import stop_zone


@dataclass
class Stop:
    sequence: int
    kind: str
    city: str
    state: str
    timezone: str


STOPS = [
    Stop(1, "PICKUP", "Joliet", "IL", "America/Chicago"),
    Stop(2, "DELIVERY", "Columbus", "OH", "America/New_York"),
    Stop(3, "DELIVERY", "Denver", "CO", "America/Denver"),
]


def test_the_surest_kind_comes_first_and_each_number_once():
    told = [("PO", "1"), ("SHIPMENT_ID", "a"), ("PRO", "p"), ("SHIPMENT_ID", "b"), ("PO", "1")]

    assert list(by_strength(told)) == [
        (("SHIPMENT_ID", "a"), ("SHIPMENT_ID", "b")), (("PRO", "p"),), (("PO", "1"),),
    ]  # fmt: skip


def test_every_kind_of_reference_has_its_rank():
    assert set(STRENGTH) == set(Reference.Kind.values)


def test_an_order_of_the_customer_or_a_container_names_no_single_load():
    assert not IDENTIFYING & {"PO", "CONTAINER", "SEAL", "OTHER", "PICKUP_NO", "CUSTOMER_REF"}


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ({"sequence": 3}, "America/Denver"),
        ({"sequence": 9}, ""),
        ({"kind": "PICKUP"}, "America/Chicago"),
        ({"kind": "DELIVERY"}, ""),
        ({"kind": "DELIVERY", "city": "DENVER", "state": "co"}, "America/Denver"),
        ({"city": "Columbus", "state": "OH"}, "America/New_York"),
        ({"city": "Columbus", "state": "GA"}, ""),
        ({}, ""),
    ],
)
def test_a_local_time_belongs_to_the_stop_that_is_named_and_to_no_other(named, zone):
    told = {"sequence": None, "kind": "", "city": "", "state": ""} | named

    assert stop_zone(STOPS, **told) == zone


def test_pauses_grow_to_a_quarter_of_an_hour_and_differ():
    assert 3.75 <= backoff(1).total_seconds() <= 6.25
    assert backoff(3) < backoff(5)
    assert backoff(8).total_seconds() <= LONGEST_SECONDS * 1.25
    assert len({backoff(4) for _ in range(5)}) > 1
