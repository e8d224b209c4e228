"""The carrier: its entity, people, customers, fleet and docks."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import Customer
from accounts.operations.enrolling import create_customer, create_person
from accounts.rules import Role
from billing.models import LegalEntity, Series
from billing.operations.policymaking import activate_policy, draft_policy
from billing.rules.policy import Enforcement, Setting
from demo.world.company import CREDIT_SERIES, ENTITY, PEOPLE, SERIES
from demo.world.customers import CUSTOMERS, CustomerSpec
from demo.world.fleet import CARRIERS
from demo.world.places import PLACES
from dispatch.models import Carrier, Driver, Location

BY = "system:demo"
APPROVER = "system:demo-approver"

# A driver's app sends the proof seconds after the delivery: nobody is asked for it in that minute.
GENERAL = {"pod_accepted": Setting(Enforcement.BLOCK, "1")}


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one person signs in; printed by `up`."""

    role: Role
    name: str
    email: str
    password: str


def seed_company(*, at: datetime) -> dict[str, Customer]:
    """Make the entity, customers, fleet and docks; return the customers by code."""
    entity = LegalEntity.objects.create(**ENTITY)
    for series in (SERIES, CREDIT_SERIES):
        Series.objects.create(entity=entity, **series)
    _enforce(GENERAL, at=at)
    _seed_fleet()
    _seed_places()
    return {spec.code: _seed_customer(spec, at=at) for spec in CUSTOMERS}


def seed_people(customers: dict[str, Customer], *, at: datetime) -> list[SignIn]:
    """Make one person of each role with a password nobody else has."""
    people = []
    for role, name, email, code in PEOPLE:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        members = (customers[code],) if code else ()
        create_person(
            email, name=name, role=role, by=BY, at=at, password=password, customers=members,
            is_administrator=bool(code),
        )  # fmt: skip
        people.append(SignIn(role, name, email, password))
    return people


def _seed_customer(spec: CustomerSpec, *, at: datetime) -> Customer:
    customer = create_customer(
        spec.code,
        name=spec.name,
        by=BY,
        at=at,
        bill_to_lines=spec.lines,
        email=f"ap@{spec.name.split()[0].lower()}.example",
        terms_days=spec.terms_days,
        billing_mode=Customer.BillingMode.REVIEW
        if spec.is_reviewed
        else Customer.BillingMode.STRAIGHT_THROUGH,
    )
    if spec.required:
        wanted = Setting(Enforcement.BLOCK, spec.required)
        _enforce({**GENERAL, "required_references": wanted}, customer=customer, at=at)
    return customer


def _enforce(
    settings: dict[str, Setting], *, customer: Customer | None = None, at: datetime
) -> None:
    policy = draft_policy(settings, customer=customer, by=BY, at=at)
    activate_policy(policy, by=APPROVER, at=at)


def _seed_fleet() -> None:
    for scac, name, mc_number, drivers in CARRIERS:
        carrier = Carrier.objects.create(scac=scac, name=name, mc_number=mc_number)
        for driver, truck in drivers:
            Driver.objects.create(carrier=carrier, name=driver, truck=truck)


def _seed_places() -> None:
    for place in PLACES:
        Location.objects.create(
            code=place.code,
            name=place.name,
            address=place.address,
            city=place.city,
            state=place.state,
            postal_code=place.postal_code,
            timezone=place.timezone,
            latitude=Decimal(place.latitude),
            longitude=Decimal(place.longitude),
        )
