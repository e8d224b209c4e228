"""What the tax of a load is decided on, read for a whole block of loads, and the decision.

Readiness asks it, the load page previews it and issuing writes it: one function, `tax_load_of`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Customer, ExemptionCertificate, TaxProfile
from billing.models import Charge, Invoice, LegalEntity, TaxRecord, TaxRegistration
from billing.rules.snapshot import CATEGORIES, Category
from dispatch.models import Load, Stop
from rating.engine.storing import from_plain
from rating.engine.tax import tax_load
from rating.engine.tax_facts import (
    Buyer,
    Certificate,
    Registration,
    Seller,
    Spot,
    Taxable,
    TaxAnswer,
    TaxFacts,
    TaxRate,
    VatCheck,
)
from rating.queries.tax_rates import tax_rates

HOME = "US"
HANDED_OVER = frozenset({Stop.Kind.STOP_OFF, Stop.Kind.DELIVERY, Stop.Kind.DROP})


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """Who sells, who buys and which rates are on file, for one block of loads."""

    seller: Seller
    invoiced_on: date
    rates: tuple[TaxRate, ...] = ()
    buyers: Mapping[int, Buyer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taxed:
    """The tax of one load, with everything it was decided on."""

    load: Load
    facts: TaxFacts
    answer: TaxAnswer


def read_tax_terms(
    customers: Collection[Customer], countries: Collection[str], *, at: datetime
) -> TaxTerms:
    """Return what the tax of loads that stop in `countries` depends on.

    Carriage inside the United States by one of its carriers asks two queries and no more.
    """
    entity = LegalEntity.objects.order_by("pk").first()
    zone = ZoneInfo(entity.timezone) if entity else ZoneInfo("UTC")
    today = at.astimezone(zone).date()
    home = entity.country if entity else ""
    seller = Seller(country=home, name=entity.name if entity else "")
    everywhere = {*countries, home, *(customer.country for customer in customers)}
    if set(countries) <= {HOME} and home in {"", HOME}:
        return TaxTerms(seller, today, tax_rates(countries), _plain_buyers(customers))
    profiles = _profiles(customers)
    everywhere |= {profile.country for profile in profiles.values()}
    return TaxTerms(
        seller=_seller(entity, today) if entity else seller,
        invoiced_on=today,
        rates=tax_rates(everywhere),
        buyers=_buyers(customers, profiles),
    )


def tax_load_of(
    load: Load, *, stops: Sequence[Stop], charges: Iterable[Charge], terms: TaxTerms
) -> Taxed:
    """Return the tax of `charges`, each by its id as text, or why it cannot be told."""
    sequences = {stop.pk: stop.sequence for stop in stops}
    made = [stop for stop in stops if stop.status != Stop.Status.SKIPPED]
    spots = [_spot(stop) for stop in made]
    handed_over = tuple(
        spot for stop, spot in zip(made, spots, strict=True) if stop.kind in HANDED_OVER
    )
    buyer = terms.buyers[load.customer_id]
    facts = TaxFacts(
        load=load.number,
        currency=load.currency,
        seller=terms.seller,
        buyer=buyer,
        origin=spots[0] if spots else None,
        # A truck that was sent away got no further than its last stop.
        destinations=handed_over or tuple(spots[-1:]),
        delivered_on=_delivered_on(load, stops),
        invoiced_on=terms.invoiced_on,
        lines=tuple(_taxable(charge, sequences) for charge in charges),
        rates=_rates_for(terms, {*(spot.country for spot in spots), buyer.country}),
    )
    return Taxed(load, facts, tax_load(facts))


def preview_tax(
    load: Load, *, stops: Sequence[Stop], charges: Collection[Charge], at: datetime
) -> Taxed:
    """Return what an invoice of the load would charge on top if it were issued at `at`."""
    terms = read_tax_terms([load.customer], {stop.country for stop in stops}, at=at)
    return tax_load_of(load, stops=stops, charges=charges, terms=terms)


def tax_as_billed(
    load: Load, *, stops: Sequence[Stop], charges: Iterable[Charge], invoice: Invoice
) -> Taxed | None:
    """Return the tax of charges that take back part of `invoice`: by what that was taxed on.

    Rates, numbers and profiles may have changed since; a credit follows the document it corrects.
    None where the invoice keeps no record.
    """
    record = TaxRecord.objects.filter(invoice=invoice, load=load).first()
    if record is None:
        return None
    sequences = {stop.pk: stop.sequence for stop in stops}
    lines = tuple(_taxable(charge, sequences) for charge in charges)
    facts = replace(from_plain(TaxFacts, record.facts), lines=lines)
    return Taxed(load, facts, tax_load(facts))


def _rates_for(terms: TaxTerms, countries: set[str]) -> tuple[TaxRate, ...]:
    """Keep with a load the rates that may concern it, not the whole book."""
    wanted = countries | {terms.seller.country}
    return tuple(row for row in terms.rates if row.jurisdiction[:2] in wanted)


def _spot(stop: Stop) -> Spot:
    return Spot(
        sequence=stop.sequence,
        country=stop.country.upper(),
        region=stop.state.upper(),
        weight_lb=stop.weight_lb,
    )


def _taxable(charge: Charge, sequences: Mapping[int, int]) -> Taxable:
    category = CATEGORIES.get(charge.code, Category.ACCESSORIAL)
    return Taxable(
        key=str(charge.pk),
        amount=charge.amount,
        stop_sequence=sequences.get(charge.stop_id or 0),
        is_accessorial=category is Category.ACCESSORIAL,
    )


def _delivered_on(load: Load, stops: Sequence[Stop]) -> date | None:
    """Return the day the load ended, on the clock of its last stop."""
    ended_at = load.delivered_at or load.ended_at
    if ended_at is None:
        return None
    zone = ZoneInfo(stops[-1].timezone) if stops else ZoneInfo("UTC")
    return ended_at.astimezone(zone).date()


def _seller(entity: LegalEntity, today: date) -> Seller:
    numbers = TaxRegistration.objects.filter(entity=entity, valid_from__lte=today)
    valid = numbers.filter(Q(valid_to=None) | Q(valid_to__gte=today)).order_by("pk")
    return Seller(
        country=entity.country,
        name=entity.name,
        registrations=tuple(
            Registration(scheme=row.scheme, jurisdiction=row.jurisdiction, number=row.number)
            for row in valid
        ),
    )


def _plain_buyers(customers: Iterable[Customer]) -> dict[int, Buyer]:
    return {
        customer.pk: Buyer(country=customer.country, name=customer.name) for customer in customers
    }


def _profiles(customers: Collection[Customer]) -> dict[int, TaxProfile]:
    rows = TaxProfile.objects.filter(customer__in=[customer.pk for customer in customers])
    return {profile.customer_id: profile for profile in rows}


def _buyers(
    customers: Collection[Customer], profiles: Mapping[int, TaxProfile]
) -> dict[int, Buyer]:
    """Return the buyers; one without a profile is a business at home, without a VAT id."""
    certificates: dict[int, list[Certificate]] = {}
    rows = ExemptionCertificate.objects.filter(customer__in=[each.pk for each in customers])
    for row in rows.order_by("pk"):
        certificates.setdefault(row.customer_id, []).append(
            Certificate(
                jurisdiction=row.jurisdiction,
                number=row.number,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
        )
    return {
        customer.pk: _buyer(
            customer, profiles.get(customer.pk), tuple(certificates.get(customer.pk, ()))
        )
        for customer in customers
    }


def _buyer(
    customer: Customer, profile: TaxProfile | None, certificates: tuple[Certificate, ...]
) -> Buyer:
    if profile is None:
        return Buyer(country=customer.country, name=customer.name, certificates=certificates)
    checked_at = profile.vat_checked_at
    return Buyer(
        country=profile.country,
        name=customer.name,
        vat_id=profile.vat_id,
        vat_check=VatCheck(profile.vat_check),
        vat_checked_on=checked_at.date() if checked_at else None,
        is_business=profile.is_business,
        is_carrier=profile.is_carrier,
        certificates=certificates,
    )
