"""Rows of dispatch."""

from dispatch.models.carrier import Carrier, Driver
from dispatch.models.cost import LoadCost
from dispatch.models.document import Document
from dispatch.models.item import LoadItem
from dispatch.models.load import Load
from dispatch.models.location import Location
from dispatch.models.milestone import Milestone
from dispatch.models.plan import Plan
from dispatch.models.reference import Reference
from dispatch.models.stop import Stop
from dispatch.models.watch import Watch

__all__ = [
    "Carrier",
    "Document",
    "Driver",
    "Load",
    "LoadCost",
    "LoadItem",
    "Location",
    "Milestone",
    "Plan",
    "Reference",
    "Stop",
    "Watch",
]
