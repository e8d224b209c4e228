"""What a load came to, in words that do not depend on when or how often it was told."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from billing.models import BillingClaim, Charge, Invoice, InvoiceLine, LoadBilling
from dispatch.models import Load, Milestone, Stop

LOAD = (
    "shipment_type", "equipment", "trailer", "commodity", "weight_lb", "pieces", "piece_unit",
    "miles", "miles_source", "status", "currency", "picked_up_at", "delivered_at", "ended_at",
    "last_milestone_at", "origin_city", "destination_city",
)  # fmt: skip
STOP = (
    "sequence", "kind", "name", "city", "state", "timezone", "appointment_from", "appointment_to",
    "status", "arrived_at", "departed_at",
)  # fmt: skip
CHARGE = (
    "code", "stop__sequence", "occurrence", "description", "basis", "quantity", "unit", "rate",
    "amount", "currency", "status",
)  # fmt: skip
LINE = ("position", "code", "description", "basis", "quantity", "rate", "amount", "currency")


def load_of(shipment: str) -> Load:
    """Return the one load that a partner knows by its shipment id."""
    return Load.objects.get(references__kind="SHIPMENT_ID", references__value=shipment)


def invoices_of(load: Load) -> list[Invoice]:
    """Return every invoice that bills the load."""
    return list(Invoice.objects.filter(load_claims__load=load).order_by("pk"))


def lines_of(invoice: Invoice) -> list[tuple[Any, ...]]:
    """Return the lines of an invoice as (code, stop, amount), in their order."""
    rows = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    return list(rows.values_list("code", "charge__stop__sequence", "amount"))


def ending_of(load: Load) -> dict[str, Any]:
    """Return the state of a load, its stops, charges and invoices, without ids and receipts."""
    charges = Charge.objects.filter(load=load).exclude(status=Charge.Status.SUPERSEDED)
    return {
        "load": Load.objects.values(*LOAD).get(pk=load.pk),
        "stops": list(Stop.objects.filter(load=load).order_by("sequence").values(*STOP)),
        "facts": sorted(
            Milestone.objects.filter(load=load).values_list("kind", "stop_sequence", "occurred_at"),
            key=str,
        ),
        "charges": list(charges.order_by("code", "stop__sequence").values(*CHARGE)),
        "billing": list(
            LoadBilling.objects.filter(load=load).values("status", "total_amount", "blocker_count")
        ),
        "claims": BillingClaim.objects.filter(charge__load=load).count(),
        "invoices": [
            {
                "total": invoice.total_amount,
                "lines": list(invoice.lines.order_by("position").values(*LINE)),
            }
            for invoice in invoices_of(load)
        ],
    }


def digest(ending: dict[str, Any]) -> str:
    """Return one hash over an ending."""
    text = json.dumps(ending, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
