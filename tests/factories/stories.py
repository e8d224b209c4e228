"""The load of the pictures as its shipper's TMS tells it: twelve messages, 1,652.01 dollars."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demo.partners import dialect
from demo.plan import Behaviour
from demo.world.lanes import Lane
from demo.world.papers import paper
from demo.world.stories import Story
from dispatch.events import DocumentFacts, LoadFacts, MilestoneFacts, StopFacts

Message = dict[str, Any]

LANE = Lane("PRFD-0042", "PRF-DC12", "LKS-DC3", "REEFER53", "Chilled dairy", "LKS-RDC")
CENTRAL, EASTERN = "America/Chicago", "America/New_York"

# What the load of the pictures costs, line by line.
LINES = [
    ("LHS", None, Decimal("912.34")),
    ("FUE", None, Decimal("173.42")),
    ("SOC", 2, Decimal("75.00")),
    ("DET", 2, Decimal("93.75")),
    ("DET", 3, Decimal("112.50")),
    ("LUM", 3, Decimal("285.00")),
]
TOTAL = Decimal("1652.01")

# What happened, in minutes after the pickup's appointment, and at which stop.
DAY = (
    ("TENDERED", -1800, None),
    ("ACCEPTED", -1740, None),
    ("DISPATCHED", -300, None),
    ("ARRIVED", -8, 1),
    ("DEPARTED", 91, 1),
    ("ARRIVED", 348, 2),
    ("DEPARTED", 552, 2),
    ("ARRIVED", 1344, 3),
    ("DEPARTED", 1540, 3),
    ("DELIVERED", 1540, 3),
)


def tell_story(number: int, *, pickup_at: datetime) -> Story:
    """Return the story of a load with an appointment for pickup at `pickup_at`.

    Three stops, detention at two of them, a lumper's receipt and a signed proof of delivery.
    """
    happenings = tuple(
        MilestoneFacts(
            kind=kind,
            occurred_at=pickup_at + timedelta(minutes=minutes),
            stop_sequence=stop,
            source_offset_minutes=0,
            source_reference=f"cr{number}-{n:02}",
        )
        for n, (kind, minutes, stop) in enumerate(DAY, start=1)
    )
    return Story(
        number=number,
        behaviour=Behaviour.FAITHFUL,
        lane=LANE,
        facts=_facts(number, pickup_at),
        happenings=happenings,
        papers=(lumper(number, at=happenings[-1].occurred_at), pod(number)),
        corrections=(),
    )


def messages(story: Story) -> list[Message]:
    """Return what the TMS sends, in order: the tender first, the papers last."""
    return list(dialect.messages(story))


def without(told: list[Message], *kinds: str) -> list[Message]:
    """Return the messages without papers of these kinds."""
    return [each for each in told if each.get("document", {}).get("kind") not in kinds]


def only(told: list[Message], kind: str) -> list[Message]:
    """Return the messages that carry a paper of this kind."""
    return [each for each in told if each.get("document", {}).get("kind") == kind]


def corrected_departure(story: Story, *, minutes: int) -> Message:
    """Return the later word that the truck left the last stop `minutes` after the first word."""
    left = next(fact for fact in reversed(story.happenings) if fact.kind == "DEPARTED")
    message = dialect.happening(story, left)
    return message | {
        "id": f"{left.source_reference}b",
        "occurred_at": (left.occurred_at + timedelta(minutes=minutes)).isoformat(),
        "corrects": left.source_reference,
        "reason": "The dock's clock was read wrongly.",
    }


def pod(number: int) -> DocumentFacts:
    """Return a signed proof of delivery."""
    return DocumentFacts(
        kind="POD",
        filename=f"POD_CR{number}.pdf",
        content=paper("Proof of delivery", [f"Shipment CR{number}", "Signed J. Alvarez"]),
        stop_sequence=3,
        signed_by="J. Alvarez",
    )


def lumper(number: int, *, at: datetime) -> DocumentFacts:
    """Return a lumper's receipt over 285.00."""
    return DocumentFacts(
        kind="LUMPER_RECEIPT",
        filename=f"lumper_{number}.pdf",
        content=paper("Lumper receipt", [f"Shipment CR{number}", "Paid USD 285.00"]),
        occurred_at=at,
        stop_sequence=3,
        amount=Decimal("285.00"),
        currency="USD",
        receipt_number=f"R{number}",
    )


def _facts(number: int, pickup_at: datetime) -> LoadFacts:
    return LoadFacts(
        references=(
            ("SHIPMENT_ID", f"CR{number}"),
            ("PRO", f"7741{number}"),
            ("BOL", f"PF-{number}"),
            ("PO", f"45{number}"),
        ),
        stops=_stops(pickup_at),
        customer_code="PRFD-0042",
        shipment_type="TRUCKLOAD",
        equipment="REEFER53",
        trailer="R5318",
        commodity="Chilled dairy",
        weight_lb=Decimal(38420),
        pieces=24,
        piece_unit="PLT",
        miles=Decimal(377),
        miles_source="PC*MILER 38 practical",
        currency="USD",
        carrier_scac="CDRF",
    )


def _stops(pickup_at: datetime) -> tuple[StopFacts, ...]:
    def due(hours: int) -> datetime:
        return pickup_at + timedelta(hours=hours)

    return (
        StopFacts(
            sequence=1, kind="PICKUP", name="Prairie Foods DC 12", address="3201 Channahon Rd",
            city="Joliet", state="IL", postal_code="60436", timezone=CENTRAL,
            location_code="PRF-DC12", appointment_from=due(0), appointment_to=due(1),
        ),
        StopFacts(
            sequence=2, kind="STOP_OFF", name="Lakeshore Grocers RDC", address="4450 S Tibbs Ave",
            city="Indianapolis", state="IN", postal_code="46241", timezone=EASTERN,
            location_code="LKS-RDC", appointment_from=due(6), appointment_to=due(6),
        ),
        StopFacts(
            sequence=3, kind="DELIVERY", name="Lakeshore Grocers DC 3",
            address="2200 Creekside Pkwy", city="Columbus", state="OH", postal_code="43137",
            timezone=EASTERN, location_code="LKS-DC3", appointment_from=due(22),
            appointment_to=due(22),
        ),
    )  # fmt: skip
