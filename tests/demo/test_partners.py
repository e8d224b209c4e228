"""The simulated partners speak the dialects that docs/integrations.md promises."""

import json
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest

from demo.partners.erp import Erp
from demo.partners.serving import PartnerServer
from demo.partners.tms import Tms
from demo.plan import Behaviour, plan

AT = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)
FOREVER = 10_000.0


def number_of(behaviour: Behaviour) -> int:
    return plan(42).index(behaviour)


@pytest.fixture
def tms():
    return Tms(seed=42, seconds_between_loads=5)


@pytest.mark.parametrize("behaviour", list(Behaviour))
def test_nothing_that_is_told_lies_in_the_future(tms, behaviour):
    tms.start_load(number_of(behaviour), at=AT, second=0)

    for message in tms.take_due(FOREVER):
        assert datetime.fromisoformat(message["occurred_at"]) <= AT


def test_a_faithful_load_is_told_once_and_in_order(tms):
    tms.start_load(number_of(Behaviour.FAITHFUL), at=AT, second=0)

    told = tms.take_due(FOREVER)
    assert max(Counter(message["id"] for message in told).values()) == 1
    instants = [datetime.fromisoformat(message["occurred_at"]) for message in told]
    assert instants == sorted(instants)


def test_a_load_told_twice_repeats_each_message_byte_for_byte(tms):
    tms.start_load(number_of(Behaviour.TWICE), at=AT, second=0)

    told = [json.dumps(message) for message in tms.take_due(FOREVER)]
    assert set(Counter(told).values()) == {2}


def test_out_of_order_means_out_of_order(tms):
    tms.start_load(number_of(Behaviour.OUT_OF_ORDER), at=AT, second=0)

    instants = [datetime.fromisoformat(m["occurred_at"]) for m in tms.take_due(FOREVER)]
    assert instants != sorted(instants)


def test_a_correction_names_what_it_corrects(tms):
    tms.start_load(number_of(Behaviour.CORRECTED), at=AT, second=0)

    told = tms.take_due(FOREVER)
    assert told[-1]["corrects"] in {message["id"] for message in told}


def test_the_poll_gives_every_message_page_by_page(tms):
    tms.start_load(0, at=AT, second=0)
    told = tms.take_due(FOREVER)

    got, cursor, more = [], "", True
    while more:
        _, page, _ = tms.handle("GET", "/events", {"after": cursor, "limit": "3"}, {}, b"")
        got += page["data"]
        cursor, more = page["next_cursor"], page["has_more"]

    assert got == told


def test_the_erp_takes_an_invoice_once():
    server = PartnerServer(0, Erp(seed=1).handle)
    server.start()
    url = f"http://127.0.0.1:{server.port}/invoices"
    invoice = {"external_reference": "abc", "currency": "USD", "total_amount": "10.00"}
    try:
        answers = [
            httpx.post(url, json=invoice, headers={"Idempotency-Key": "abc"}) for _ in range(20)
        ]
        listed = httpx.get(url, params={"external_reference": "abc"}).json()["data"]
    finally:
        server.stop()

    ids = {answer.json()["id"] for answer in answers if answer.status_code in {200, 201}}
    assert len(ids) == 1
    assert [document["id"] for document in listed] == list(ids)


def test_the_erp_refuses_another_amount_under_the_same_key():
    erp = Erp(seed=1)
    headers = {"Idempotency-Key": "abc"}
    body = {"external_reference": "abc", "currency": "USD", "total_amount": "10.00"}
    while erp.handle("POST", "/invoices", {}, headers, json.dumps(body).encode())[0] == 503:
        pass

    other = json.dumps(body | {"total_amount": "11.00"}).encode()

    assert erp.handle("POST", "/invoices", {}, headers, other)[0] == 409
