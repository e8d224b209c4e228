"""Loads and what belongs to them."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from dispatch.models import Carrier, Document, Driver, Load, Location, Milestone, Stop
from tests.factories.accounts import CustomerFactory

PICKUP = datetime(2026, 11, 18, 13, tzinfo=UTC)


class LocationFactory(DjangoModelFactory):
    """A dock in Joliet."""

    class Meta:
        model = Location

    code = factory.Sequence(lambda n: f"LOC{n:03}")
    name = factory.Sequence(lambda n: f"Prairie Foods DC {n}")
    address = "3201 Channahon Rd"
    city = "Joliet"
    state = "IL"
    postal_code = "60436"
    timezone = "America/Chicago"


class CarrierFactory(DjangoModelFactory):
    """A carrier with a SCAC of its own."""

    class Meta:
        model = Carrier

    name = factory.Sequence(lambda n: f"Carrier {n}")
    scac = factory.Sequence(lambda n: f"C{n:03}")


class DriverFactory(DjangoModelFactory):
    """A driver of a carrier."""

    class Meta:
        model = Driver

    carrier = factory.SubFactory(CarrierFactory)
    name = "Marcus Okafor"
    truck = "4417"


class LoadFactory(DjangoModelFactory):
    """A planned truckload of 377 miles."""

    class Meta:
        model = Load

    number = factory.Sequence(lambda n: f"{900000 + n}")
    customer = factory.SubFactory(CustomerFactory)
    equipment = Load.Equipment.REEFER53
    commodity = "Chilled dairy"
    weight_lb = Decimal("38420.00")
    miles = Decimal("377.0")
    miles_source = "PC*MILER 38 practical"
    source = "desk"
    created_at = PICKUP - timedelta(days=2)
    changed_at = PICKUP - timedelta(days=2)


class StopFactory(DjangoModelFactory):
    """A stop of a load, an hour wide."""

    class Meta:
        model = Stop

    load = factory.SubFactory(LoadFactory)
    customer = factory.SelfAttribute("load.customer")
    sequence = factory.Sequence(lambda n: n + 1)
    kind = Stop.Kind.PICKUP
    name = "Prairie Foods DC 12"
    address = "3201 Channahon Rd"
    city = "Joliet"
    state = "IL"
    postal_code = "60436"
    timezone = "America/Chicago"
    appointment_from = PICKUP
    appointment_to = factory.LazyAttribute(lambda o: o.appointment_from + timedelta(hours=1))


class MilestoneFactory(DjangoModelFactory):
    """A fact about a load; does not fold."""

    class Meta:
        model = Milestone

    load = factory.SubFactory(LoadFactory)
    customer = factory.SelfAttribute("load.customer")
    kind = Milestone.Kind.TENDERED
    occurred_at = PICKUP
    received_at = PICKUP
    source = "tms"
    fact_key = factory.Sequence(lambda n: f"fact-{n}")
    recorded_by = "source:tms"


class DocumentFactory(DjangoModelFactory):
    """A received proof of delivery; its bytes are not stored."""

    class Meta:
        model = Document

    load = factory.SubFactory(LoadFactory)
    customer = factory.SelfAttribute("load.customer")
    kind = Document.Kind.POD
    filename = "pod.pdf"
    content_type = "application/pdf"
    size = 1024
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    source = "desk"
    received_at = PICKUP + timedelta(days=1)
