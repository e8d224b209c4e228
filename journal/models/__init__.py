"""Rows of the journal."""

from journal.models.delivery import Delivery
from journal.models.event import Event
from journal.models.lifecycle import LegalMove, Lifecycle
from journal.models.seal import Anchor, Seal

__all__ = ["Anchor", "Delivery", "Event", "LegalMove", "Lifecycle", "Seal"]
