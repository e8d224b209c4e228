"""The hash chain over events: how a link is made, and where a chain breaks."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from journal.models import Anchor, Event, Seal

GENESIS = "0" * 64
FIELDS = (
    "id", "name", "subject_table", "subject_id", "customer_id", "occurred_at", "recorded_at",
    "actor", "reason", "old", "new", "payload", "cause_id", "correlation_id",
)  # fmt: skip


def link_hash(previous: str, event: Event) -> str:
    """Return SHA-256 over the link before and every field of the event."""
    row = {name: getattr(event, name) for name in FIELDS}
    canonical = json.dumps(row, cls=SealEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()


class SealEncoder(DjangoJSONEncoder):
    """Keeps microseconds, which Django's encoder cuts to milliseconds."""

    def default(self, o: object) -> object:
        """Encode an instant in full."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that does not hold, and why."""

    position: int
    why: str


def find_break() -> Break | None:
    """Walk the whole chain and return its first break, or None when it holds.

    Finds an altered event, a removed or inserted link, a tail cut below an anchor, and a chain
    grown anew over a cut one.
    """
    # Read before the links: the chain may grow meanwhile, an anchor never points beyond it.
    anchors = dict(Anchor.objects.values_list("position", "hash"))
    previous, position = GENESIS, 0
    for seal in Seal.objects.select_related("event").order_by("position").iterator(2000):
        position += 1
        if seal.position != position:
            return Break(position, "a link is missing")
        if seal.previous_hash != previous or seal.hash != link_hash(previous, seal.event):
            return Break(position, "the event is not the one that was sealed")
        if anchors.pop(position, seal.hash) != seal.hash:
            return Break(position, "the chain is not the one that was anchored")
        previous = seal.hash
    return Break(position + 1, "the tail is cut off") if anchors else None
