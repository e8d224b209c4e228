"""Where carriage is supplied, and what that makes of its tax.

Two bodies of rules. In North America carriage is taxed where the freight ends, each destination
for itself (Canada Revenue Agency, GST/HST memorandum 28-2; Texas 34 TAC 3.303(b)). Between
businesses of the Union it is taxed where the customer is established (Directive 2006/112/EC).
"""

from dataclasses import dataclass
from datetime import date

from rating.engine.quote import Problem, Step
from rating.engine.tax_facts import Spot, TaxCategory, TaxFacts, TaxRate, VatCheck

UNION = "EU"
# For-hire carriage inside the country is not taxed unless a row says otherwise.
UNTAXED_BY_DEFAULT = "US"

REVERSE_CHARGE = (
    "Reverse charge: VAT is owed by the recipient (Directive 2006/112/EC, articles 44 and 196)."
)
EXPORT_LINKED = (
    "Zero-rated: carriage linked to export or import (Directive 2006/112/EC,"
    " articles 146(1)(e) and 144)."
)
INTERNATIONAL = "Zero-rated: international freight (Excise Tax Act, schedule VI, part VII)."
INTERLINED = "Zero-rated: interlined with another carrier (Excise Tax Act, schedule VI, part VII)."


class TaxProblemCode:
    """Names of tax problems."""

    NO_RULE = "no_tax_rule"
    NO_RATE = "no_tax_rate"
    FACT_MISSING = "tax_fact_missing"
    VAT_ID_MISSING = "vat_id_missing"
    VAT_ID_INVALID = "vat_id_invalid"
    NOT_REGISTERED = "tax_registration_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What is supplied in one place: the category, the rate rows, why, and what is printed."""

    place: str
    category: TaxCategory
    why: tuple[Step, ...]
    rows: tuple[TaxRate, ...] = ()
    note: str = ""


def supply_at(facts: TaxFacts, origin: Spot, destination: Spot) -> Supply | Problem:
    """The supply that ends at `destination`, or why it cannot be told."""
    if is_in_union(facts.seller.country, facts) or _is_inside_union(facts):
        return _supply_in_union(facts, origin)
    if origin.country != destination.country:
        return _supply_across(facts, origin, destination)
    return _supply_inside(facts, origin, destination)


def is_in_union(country: str, facts: TaxFacts) -> bool:
    """Whether the book holds the country, at whatever date, as a state of the Union."""
    return any(row.jurisdiction == country and row.area == UNION for row in facts.rates)


def _is_inside_union(facts: TaxFacts) -> bool:
    return all(is_in_union(spot.country, facts) for spot in facts.spots)


def _supply_inside(facts: TaxFacts, origin: Spot, destination: Spot) -> Supply | Problem:
    """Carriage inside one country of North America."""
    country = destination.country
    rows = _rows_of(destination.place, facts) or _rows_of(country, facts)
    why = (
        Step(text="Place of supply: where the freight ends", value=destination.place),
        Step(text="Carried inside the country", value=f"{origin.place} to {destination.place}"),
    )
    if not rows and country == UNTAXED_BY_DEFAULT:
        told = Step(text="For-hire carriage is not taxed (34 TAC 3.303(b) and the like)", value="O")
        return Supply(place=destination.place, category=TaxCategory.OUT_OF_SCOPE, why=(*why, told))
    if not destination.region:
        return _fact_missing(f"Stop {destination.sequence} names no state or province", destination)
    if facts.buyer.is_carrier:
        told = Step(text="The customer is a carrier: interlined freight", value="0 %")
        return Supply(
            place=destination.place,
            category=TaxCategory.ZERO,
            why=(*why, told),
            note=INTERLINED,
        )
    applying = tuple(
        row for row in rows if not row.is_within_only or origin.place == destination.place
    )
    kept_off = tuple(
        Step(text=f"{row.name} counts only for freight from {row.jurisdiction} as well", value="no")
        for row in rows
        if row not in applying and row.covers(facts.invoiced_on)
    )
    return _taxed(facts, destination.place, applying, facts.invoiced_on, (*why, *kept_off))


def _supply_across(facts: TaxFacts, origin: Spot, destination: Spot) -> Supply | Problem:
    """Carriage that crosses a border: zero-rated by a registered seller, else out of scope."""
    ends = {origin.country, destination.country}
    if not any(end == UNTAXED_BY_DEFAULT or _is_known(end, facts) for end in ends):
        return Problem(
            code=TaxProblemCode.NO_RULE,
            message=f"No tax rule is on file for {origin.country} to {destination.country}",
            subject_key=f"tax_rule:{origin.country}:{destination.country}",
        )
    why = (
        Step(text="Place of supply: where the freight ends", value=destination.place),
        Step(text="Crosses a border", value=f"{origin.place} to {destination.place}"),
    )
    if any(number.jurisdiction in ends for number in facts.seller.registrations):
        told = Step(text="International freight is zero-rated", value="0 %")
        return Supply(
            place=destination.place,
            category=TaxCategory.ZERO,
            why=(*why, told),
            note=INTERNATIONAL,
        )
    told = Step(text="The seller is registered at neither end", value="O")
    return Supply(place=destination.place, category=TaxCategory.OUT_OF_SCOPE, why=(*why, told))


def _supply_in_union(facts: TaxFacts, origin: Spot) -> Supply | Problem:
    """Carriage sold by a seller of the Union, or inside it."""
    buyer, seller = facts.buyer, facts.seller
    if not buyer.is_business:
        return _supply_to_consumer(facts, origin)
    if not buyer.country:
        return _buyer_problem(
            facts, TaxProblemCode.FACT_MISSING, "has no country of establishment on file"
        )
    place = Step(text="Place of supply: where the customer is established", value=buyer.country)
    if not is_in_union(buyer.country, facts):
        why = (place, Step(text="Outside the Union (article 44)", value="O"))
        return Supply(place=buyer.country, category=TaxCategory.OUT_OF_SCOPE, why=why)
    if buyer.country != seller.country:
        return _reverse_charged(facts, place)
    if not _is_inside_union(facts):
        return _export_linked(buyer.country, place)
    rows = _rows_of(buyer.country, facts)
    return _taxed(facts, buyer.country, rows, _delivered_on(facts), (place,))


def _supply_to_consumer(facts: TaxFacts, origin: Spot) -> Supply | Problem:
    place = Step(text="Place of supply: where a consumer's freight departs", value=origin.country)
    if not _is_inside_union(facts):
        return _export_linked(origin.country, place)
    rows = _rows_of(origin.country, facts)
    return _taxed(facts, origin.country, rows, _delivered_on(facts), (place,))


def _reverse_charged(facts: TaxFacts, place: Step) -> Supply | Problem:
    buyer = facts.buyer
    if not buyer.vat_id:
        return _buyer_problem(
            facts, TaxProblemCode.VAT_ID_MISSING, "has no VAT id for the reverse charge"
        )
    if buyer.vat_check == VatCheck.INVALID:
        words = f"has a VAT id that VIES does not know: {buyer.vat_id}"
        return _buyer_problem(facts, TaxProblemCode.VAT_ID_INVALID, words)
    checked = f"VIES {buyer.vat_check.value.lower()}" if buyer.vat_check else "not checked"
    when = f" on {buyer.vat_checked_on}" if buyer.vat_checked_on else ""
    why = (
        place,
        Step(text="The carrier is established in another state", value=facts.seller.country),
        Step(text=f"Customer's VAT id {buyer.vat_id}", value=f"{checked}{when}"),
        Step(text="Reverse charge: the customer owes the VAT", value="AE"),
    )
    return Supply(
        place=buyer.country, category=TaxCategory.REVERSE_CHARGE, why=why, note=REVERSE_CHARGE
    )


def _export_linked(place: str, step: Step) -> Supply:
    told = Step(text="Linked to export or import", value="0 %")
    return Supply(place=place, category=TaxCategory.ZERO, why=(step, told), note=EXPORT_LINKED)


def _taxed(
    facts: TaxFacts, place: str, rows: tuple[TaxRate, ...], day: date, why: tuple[Step, ...]
) -> Supply | Problem:
    """The supply under the rows in force, or under a certificate that exempts it."""
    in_force = tuple(row for row in rows if row.covers(day))
    lapsed = sorted({row.code for row in rows if _has_lapsed(row, rows, day)})
    if lapsed or not in_force:
        named = f"{', '.join(lapsed)} in {place}" if lapsed else place
        return Problem(
            code=TaxProblemCode.NO_RATE,
            message=f"No tax rate is on file for {named} on {day}",
            subject_key=f"tax_rate:{place}",
        )
    for certificate in facts.buyer.certificates:
        if certificate.covers(place, day):
            told = Step(text=f"Exempt by certificate {certificate.number}", value="E")
            return Supply(
                place=place,
                category=TaxCategory.EXEMPT,
                why=(*why, told),
                note=f"Exempt by certificate {certificate.number}.",
            )
    for row in in_force:
        if not any(number.allows(row) for number in facts.seller.registrations):
            return _not_registered(facts, row)
    return Supply(place=place, category=TaxCategory.STANDARD, why=why, rows=in_force)


def _has_lapsed(row: TaxRate, rows: tuple[TaxRate, ...], day: date) -> bool:
    """Whether the row has ended by `day` and nothing has taken its place since."""
    ended = row.effective_to
    if ended is None or ended >= day:
        return False
    return not any(ended < other.effective_from <= day for other in rows)


def _rows_of(place: str, facts: TaxFacts) -> tuple[TaxRate, ...]:
    return tuple(row for row in facts.rates if row.jurisdiction == place)


def _is_known(country: str, facts: TaxFacts) -> bool:
    """Whether the book has rules of North America for the country."""
    known = (row for row in facts.rates if row.area != UNION)
    return any(row.jurisdiction.partition("-")[0] == country for row in known)


def _delivered_on(facts: TaxFacts) -> date:
    """The day the service was done: of the delivery, or of the document where nothing moved."""
    return facts.delivered_on or facts.invoiced_on


def _fact_missing(message: str, spot: Spot) -> Problem:
    return Problem(
        code=TaxProblemCode.FACT_MISSING,
        message=message,
        subject_key=f"tax:stop:{spot.sequence}",
        stop_sequence=spot.sequence,
    )


def _buyer_problem(facts: TaxFacts, code: str, words: str) -> Problem:
    who = facts.buyer.name or "The customer"
    return Problem(code=code, message=f"{who} {words}", subject_key="tax:customer")


def _not_registered(facts: TaxFacts, row: TaxRate) -> Problem:
    who = facts.seller.name or "The seller"
    return Problem(
        code=TaxProblemCode.NOT_REGISTERED,
        message=f"{who} has no {row.scheme} registration, and {row.name} is owed",
        subject_key=f"tax:registration:{row.scheme}",
    )
