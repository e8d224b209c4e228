"""What a tax is decided on: who sells to whom, where the freight went, and the rates on file.

The facts of a taxed load are stored with the rate rows they were taxed by, so taxing them again
gives the same cents for ever. Countries are two letters, regions the state or province.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rating.engine import storing
from rating.engine.money import ZERO
from rating.engine.quote import Problem, Step


class TaxCategory(StrEnum):
    """Why a tax is what it is: the codes of UN/ECE 5305 that carriage meets."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUT_OF_SCOPE = "O"


class VatCheck(StrEnum):
    """What VIES answered about a VAT id."""

    NOT_ASKED = ""
    VALID = "VALID"
    INVALID = "INVALID"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """One row of the tax book: the percentage of one code in one place, from day to day.

    `jurisdiction` is a country or a part of one ("NL", "CA-ON"), `area` whose rules hold there
    ("EU", "CA"), `scheme` the registration that lets a seller charge it ("GST/HST", "VAT").
    `is_within_only` limits it to carriage that also begins in the place (QST). Both ends of the
    period belong to it.
    """

    jurisdiction: str
    area: str
    scheme: str
    code: str
    name: str
    rate: Decimal
    effective_from: date
    effective_to: date | None = None
    source: str = ""
    is_within_only: bool = False

    def covers(self, day: date) -> bool:
        """Whether the row counts on `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A number under which the seller charges a tax."""

    scheme: str
    jurisdiction: str
    number: str

    def allows(self, rate: TaxRate) -> bool:
        """Whether a seller with this number may charge `rate`."""
        is_inside = f"{rate.jurisdiction}-".startswith(f"{self.jurisdiction}-")
        return self.scheme == rate.scheme and (is_inside or self.jurisdiction == rate.area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A customer's exemption: in one country or part of it, from day to day."""

    jurisdiction: str
    number: str
    valid_from: date
    valid_to: date | None = None

    def covers(self, place: str, day: date) -> bool:
        """Whether it exempts what is supplied in `place` on `day`."""
        is_inside = f"{place}-".startswith(f"{self.jurisdiction}-")
        return (
            is_inside and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The carrier that bills, where it is established."""

    country: str
    name: str = ""
    registrations: tuple[Registration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The customer that is billed, where it is established.

    `is_carrier` says that it sells the carriage on: its loads are interlined.
    """

    country: str
    name: str = ""
    vat_id: str = ""
    vat_check: VatCheck = VatCheck.NOT_ASKED
    vat_checked_on: date | None = None
    is_business: bool = True
    is_carrier: bool = False
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where freight was taken or handed over. `weight_lb` is what was delivered there."""

    sequence: int
    country: str
    region: str = ""
    weight_lb: Decimal | None = None

    @property
    def place(self) -> str:
        """The jurisdiction's name: "CA-ON", or the country alone."""
        return f"{self.country}-{self.region}" if self.region else self.country


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxable:
    """One line before tax. `key` is the caller's name for it."""

    key: str
    amount: Decimal
    stop_sequence: int | None = None
    is_accessorial: bool = False


@dataclass(frozen=True, kw_only=True)
class TaxFacts:
    """Everything the tax of one load depends on, the rate rows included.

    `delivered_on` is the local day of delivery, `invoiced_on` the day of the document in the
    seller's time. `destinations` are the stops where freight was handed over.
    """

    load: str
    currency: str
    seller: Seller
    buyer: Buyer
    origin: Spot | None
    destinations: tuple[Spot, ...]
    delivered_on: date | None
    invoiced_on: date
    lines: tuple[Taxable, ...] = ()
    rates: tuple[TaxRate, ...] = ()

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Origin and destinations."""
        return ((self.origin,) if self.origin else ()) + self.destinations


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPart:
    """One tax on one line, or on the share of it that is supplied in one place.

    `name` is what a document prints ("HST ON"); `rate` is in percent, 0 where none is charged.
    `amount` is the rate of the base, rounded once.
    """

    jurisdiction: str
    category: TaxCategory
    code: str
    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedLine:
    """The taxes of one line with their explanation; the last step is the amount."""

    key: str
    parts: tuple[TaxPart, ...]
    steps: tuple[Step, ...]

    @property
    def amount(self) -> Decimal:
        """The sum of the rounded parts."""
        return sum((part.amount for part in self.parts), ZERO)


@dataclass(frozen=True, kw_only=True)
class TaxAnswer:
    """The taxed lines in their order, or the problems; `notes` are what the law has printed."""

    lines: tuple[TaxedLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The tax of the whole load."""
        return sum((line.amount for line in self.lines), ZERO)


def to_json(facts: TaxFacts) -> dict[str, Any]:
    """The facts as plain JSON values. `from_json` gives them back."""
    plain: dict[str, Any] = storing.to_plain(facts)
    return plain


def from_json(data: dict[str, Any]) -> TaxFacts:
    """The facts that `to_json` wrote. Raises storing.Unreadable."""
    return storing.from_plain(TaxFacts, data)
