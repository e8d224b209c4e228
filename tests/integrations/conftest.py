"""A TMS that pushes, a customer that tenders, and what every door needs."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from accounts.models import Customer
from integrations.models import EdiPartner, Source
from tests.factories import CustomerFactory

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ok!").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another one of thirty-two bytes!").decode()
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)

Message = dict[str, Any]


@pytest.fixture
def customer(db: None) -> Customer:
    return CustomerFactory(code="PRFD-0042", name="Prairie Foods")


@pytest.fixture
def tms(db: None) -> Source:
    return Source.objects.create(
        slug="tms", name="Cedar TMS", dialect="tms", owner="M. Ortiz", secret=SECRET,
        created_at=LONG_AGO,
    )  # fmt: skip


@pytest.fixture
def edi(customer: Customer) -> Source:
    """A source whose one partner is the sender of our own samples."""
    source = Source.objects.create(
        slug="edi", name="EDI mailbox", dialect="edi", owner="M. Ortiz", created_at=LONG_AGO
    )
    EdiPartner.objects.create(
        source=source, qualifier="ZZ", isa_id="PRAIRIE", name="Prairie Foods", customer=customer
    )
    return source


def tell(name: str, message_id: str = "evt-1", **fields: Any) -> Message:
    """Return a message of the TMS about shipment S-104879."""
    return {
        "id": message_id,
        "type": name,
        "occurred_at": "2026-03-04T09:12:00-06:00",
        "load": {"references": [{"kind": "SHIPMENT_ID", "value": "S-104879"}]},
    } | fields


def tell_load(message_id: str = "evt-0", **fields: Any) -> Message:
    """Return the tender of shipment S-104879: Joliet to Columbus."""
    load = {
        "references": [
            {"kind": "SHIPMENT_ID", "value": "S-104879"},
            {"kind": "PO", "value": "45-7781"},
        ],
        "customer": "PRFD-0042",
        "shipment_type": "TRUCKLOAD",
        "equipment": "REEFER53",
        "commodity": "Chilled dairy",
        "weight_lb": "38420",
        "pieces": 24,
        "miles": "377",
        "miles_source": "PC*MILER 38 practical",
        "stops": [
            {"sequence": 1, "kind": "PICKUP", "name": "Prairie DC", "city": "Joliet",
             "state": "IL", "postal_code": "60436", "timezone": "America/Chicago",
             "appointment_from": "2026-03-04T08:00:00-06:00"},
            {"sequence": 2, "kind": "DELIVERY", "name": "Buckeye Foods", "city": "Columbus",
             "state": "OH", "postal_code": "43085", "timezone": "America/New_York",
             "appointment_from": "2026-03-05T08:00:00-05:00"},
        ],
    }  # fmt: skip
    told = {
        "id": message_id, "type": "load.tendered", "occurred_at": "2026-03-02T10:00:00-06:00",
        "load": load,
    }  # fmt: skip
    return told | fields


def sign(body: bytes, *, message_id: str, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a signed webhook, made by the reference library."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode("latin-1"))
        if body.isascii()
        else "",
    }


@pytest.fixture
def push(client: Client, tms: Source) -> Callable[..., Any]:
    """Push a message, or raw bytes, through the webhook door, signed unless told otherwise."""

    def push_message(
        message: Message | bytes, *, message_id: str = "", headers: dict[str, str] | None = None,
        content_type: str = "application/json", at: datetime | None = None,
        secret: str = SECRET, slug: str = "tms",
    ) -> Any:  # fmt: skip
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        name = message_id or (message["id"] if isinstance(message, dict) else "evt-1")
        signed = sign(body, message_id=name, at=at or timezone.now(), secret=secret)
        return client.post(
            f"/in/webhooks/{slug}/", body, content_type=content_type,
            headers=signed if headers is None else headers,
        )  # fmt: skip

    return push_message
