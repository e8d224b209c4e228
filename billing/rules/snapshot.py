"""Everything an issued document says, frozen at issue.

The PDF is drawn from a snapshot and nothing else, so what a customer was sent can be drawn again
years later, whatever has happened since to the load, the customer or the rate card. Money is
`Decimal` here and a decimal string in JSON, dates are ISO 8601, instants carry their offset.
A snapshot whose figures do not add up cannot be built, and so is neither stored nor printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from rating.engine.money import minor_units

SNAPSHOT_VERSION = 1

Instant = Annotated[datetime, msgspec.Meta(tz=True)]

ZERO = Decimal("0.00")


class SnapshotError(ValueError):
    """A snapshot that cannot be read, or whose figures contradict each other."""


class DocumentKind(StrEnum):
    """What the document is to the customer's ledger; the kinds of `billing.Invoice`."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class StopKind(StrEnum):
    """The kinds of `dispatch.Stop`, by name, with the two letters printed for each."""

    PICKUP = "PU"
    STOP_OFF = "SO"
    DELIVERY = "DL"
    DROP = "DR"


class Category(StrEnum):
    """The total a line counts towards."""

    LINEHAUL = "LINEHAUL"
    FUEL = "FUEL"
    ACCESSORIAL = "ACCESSORIAL"


# The charges that are the freight itself; all others are accessorials.
CATEGORIES = {
    "LHS": Category.LINEHAUL,
    "DAA": Category.LINEHAUL,
    "DSC": Category.LINEHAUL,
    "FUE": Category.FUEL,
}


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Common shape: immutable, and strict about what it reads."""


class TaxId(_Part, frozen=True, kw_only=True):
    """A registration printed in the letterhead or the bill-to block, such as EIN 36-0000000."""

    label: str
    value: str


class Entity(_Part, frozen=True, kw_only=True):
    """Who sends the document.

    `logo_svg` is the source of the letterhead mark; empty prints the house mark.
    """

    name: str
    address: tuple[str, ...]
    scac: str = ""
    mc_number: str = ""
    usdot_number: str = ""
    tax_ids: tuple[TaxId, ...] = ()
    phone: str = ""
    email: str = ""
    logo_svg: str = ""


class BillTo(_Part, frozen=True, kw_only=True):
    """Who owes it. `account_code` is ours for the customer, such as PRFD-0042."""

    account_code: str
    name: str
    lines: tuple[str, ...] = ()
    tax_ids: tuple[TaxId, ...] = ()


class PaymentMethod(_Part, frozen=True, kw_only=True):
    """One way to pay: ("ACH, preferred", ("ABA 000000000", "Account 0000004471"))."""

    title: str
    lines: tuple[str, ...]


class RemitTo(_Part, frozen=True, kw_only=True):
    """Where the money goes, and the sentence that warns of forged bank details."""

    methods: tuple[PaymentMethod, ...] = ()
    advice_email: str = ""
    fraud_notice: str = ""


class Reference(_Part, frozen=True, kw_only=True):
    """A number the customer matches by. `kind` is one of `dispatch.Reference`: PRO, BOL, PO ..."""

    kind: str
    value: str


class Stop(_Part, frozen=True, kw_only=True):
    """A stop as it was served. Instants are printed in the local time of `timezone` (IANA name).

    Raises `SnapshotError` for a zone that does not exist or an instant without one: neither
    could be printed once the document is issued.
    """

    sequence: int
    kind: StopKind
    name: str
    city: str
    state: str = ""
    postal_code: str = ""
    country: str = ""
    timezone: str = "UTC"
    appointment_from: Instant | None = None
    appointment_to: Instant | None = None
    is_fcfs: bool = False
    arrived_at: Instant | None = None
    departed_at: Instant | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be printed in local time."""
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise SnapshotError(f"Stop {self.sequence}: no time zone {self.timezone!r}.") from error
        for name in ("appointment_from", "appointment_to", "arrived_at", "departed_at"):
            at: datetime | None = getattr(self, name)
            if at is not None and at.tzinfo is None:
                raise SnapshotError(f"Stop {self.sequence}: {name} has no time zone.")


class LineTax(_Part, frozen=True, kw_only=True):
    """One tax on a line or on a share of it: what is printed, where, and its UN/ECE 5305 code."""

    name: str
    category: str
    jurisdiction: str
    code: str
    rate: Decimal
    base: Decimal
    amount: Decimal


class Line(_Part, frozen=True, kw_only=True):
    """One charge. `amount` is before tax; `unit` is empty for a count of things.

    A share of other charges has the currency for its unit, their sum for its quantity and a
    fraction for its rate, as rating gives it: 0.185 prints as 18.50%. `stop_sequence` puts
    ", stop 3" behind the name. `tax_rate` is in percent, None where no tax applies at all, or
    several with different bases. `taxes` holds each of them and is left out where there is none.
    """

    code: str
    name: str
    category: Category
    basis: str = ""
    stop_sequence: int | None = None
    quantity: Decimal = Decimal(1)
    unit: str = ""
    rate: Decimal | None = None
    amount: Decimal
    tax_code: str = ""
    tax_rate: Decimal | None = None
    tax_amount: Decimal = ZERO
    taxes: tuple[LineTax, ...] | msgspec.UnsetType = msgspec.UNSET


class Load(_Part, frozen=True, kw_only=True):
    """A load on the document, with its own subtotal before tax."""

    number: str
    references: tuple[Reference, ...] = ()
    equipment: str = ""
    trailer: str = ""
    weight: Decimal | None = None
    weight_unit: str = "lb"
    pieces: int | None = None
    piece_unit: str = ""
    distance: Decimal | None = None
    distance_unit: str = "mi"
    stops: tuple[Stop, ...] = ()
    lines: tuple[Line, ...]
    subtotal: Decimal


class TaxTotal(_Part, frozen=True, kw_only=True):
    """Tax under one code and rate, with the amount it was worked out on."""

    code: str
    rate: Decimal | None
    base: Decimal
    amount: Decimal


class Totals(_Part, frozen=True, kw_only=True):
    """The figures at the foot. Make them with `add_up`."""

    linehaul: Decimal
    fuel: Decimal
    accessorials: Decimal
    taxes: tuple[TaxTotal, ...] = ()
    tax: Decimal
    total: Decimal


class Attachments(_Part, frozen=True, kw_only=True):
    """How many papers of one `dispatch.Document` kind go with the document."""

    kind: str
    count: int


class DocumentReference(_Part, frozen=True, kw_only=True):
    """The earlier document that this one corrects or adds to, and why."""

    number: str
    issued_on: date
    reason: str = ""


class InvoiceSnapshot(_Part, frozen=True, kw_only=True):
    """One issued document.

    `corrects` names the invoice that a credit note takes back from, with negative amounts, or
    that a supplemental invoice adds to. `tax_notes` are the sentences the law asks for. Raises
    `SnapshotError` when lines, subtotals and totals do not agree to the cent.
    """

    version: int = SNAPSHOT_VERSION
    kind: DocumentKind = DocumentKind.INVOICE
    number: str
    issued_on: date
    issued_at: Instant
    due_on: date | None = None
    terms: str = ""
    batch_note: str = ""
    currency: str
    entity: Entity
    bill_to: BillTo
    remit_to: RemitTo = RemitTo()
    loads: tuple[Load, ...]
    totals: Totals
    attachments: tuple[Attachments, ...] = ()
    rate_card_note: str = ""
    dispute_note: str = ""
    corrects: DocumentReference | None = None
    tax_notes: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Refuse figures that contradict each other: an independent guard before issue."""
        if self.issued_at.tzinfo is None:
            raise SnapshotError(f"{self.number}: issued_at has no time zone.")
        try:
            minor_units(self.currency)
        except ValueError as error:
            raise SnapshotError(f"{self.number}: {error}.") from error
        for load in self.loads:
            _check(self.number, f"subtotal of load {load.number}", load.subtotal, load_sum(load))
            for line in load.lines:
                if told := taxes_of(line):
                    tax = sum((each.amount for each in told), ZERO)
                    _check(self.number, f"tax of {line.name}", line.tax_amount, tax)
        expected = add_up(self.loads)
        for field in ("linehaul", "fuel", "accessorials", "tax", "total"):
            _check(self.number, field, getattr(self.totals, field), getattr(expected, field))


def taxes_of(line: Line) -> tuple[LineTax, ...]:
    """The taxes of a line, none for one outside any tax."""
    return line.taxes if isinstance(line.taxes, tuple) else ()


def notes_of(snapshot: InvoiceSnapshot) -> tuple[str, ...]:
    """The sentences that the law has printed, such as that of the reverse charge."""
    return snapshot.tax_notes if isinstance(snapshot.tax_notes, tuple) else ()


def load_sum(load: Load) -> Decimal:
    """The lines of a load, before tax."""
    return sum((line.amount for line in load.lines), ZERO)


def add_up(loads: Iterable[Load]) -> Totals:
    """Total the rounded lines of all loads; taxes in order of first appearance."""
    lines = [line for load in loads for line in load.lines]
    amounts = dict.fromkeys(Category, ZERO)
    for line in lines:
        amounts[line.category] += line.amount
    tax = sum((line.tax_amount for line in lines), ZERO)
    return Totals(
        linehaul=amounts[Category.LINEHAUL],
        fuel=amounts[Category.FUEL],
        accessorials=amounts[Category.ACCESSORIAL],
        taxes=_tax_totals(lines),
        tax=tax,
        total=sum(amounts.values(), ZERO) + tax,
    )


def to_json(snapshot: InvoiceSnapshot) -> bytes:
    """The one spelling of a snapshot: `to_json(from_json(raw)) == raw`."""
    return msgspec.json.encode(snapshot)


def from_json(raw: bytes | str) -> InvoiceSnapshot:
    """Read back what `to_json` wrote. Raises `SnapshotError` for anything else."""
    try:
        return from_data(msgspec.json.decode(raw))
    except msgspec.DecodeError as error:
        raise SnapshotError(f"Not a snapshot: {error}") from error


def to_data(snapshot: InvoiceSnapshot) -> dict[str, Any]:
    """The snapshot as plain dicts, lists and strings, for a JSON column."""
    data: dict[str, Any] = msgspec.to_builtins(snapshot)
    return data


def from_data(data: Any) -> InvoiceSnapshot:
    """Read back what `to_data` wrote, whatever the order of its keys."""
    version = data.get("version") if isinstance(data, dict) else None
    if version != SNAPSHOT_VERSION:
        raise SnapshotError(f"Not a snapshot of version {SNAPSHOT_VERSION}: version {version!r}.")
    try:
        return msgspec.convert(data, InvoiceSnapshot)
    except msgspec.ValidationError as error:
        raise SnapshotError(f"Not a snapshot: {error}") from error


def _tax_totals(lines: Iterable[Line]) -> tuple[TaxTotal, ...]:
    """One total per tax and rate; lines outside any tax are left out."""
    found: dict[tuple[str, Decimal], TaxTotal] = {}
    for name, rate, base, amount in (each for line in lines for each in _named_taxes(line)):
        before = found.get((name, rate)) or TaxTotal(code=name, rate=rate, base=ZERO, amount=ZERO)
        found[name, rate] = msgspec.structs.replace(
            before, base=before.base + base, amount=before.amount + amount
        )
    return tuple(found.values())


def _named_taxes(line: Line) -> Iterable[tuple[str, Decimal, Decimal, Decimal]]:
    """Name, rate, base and amount of each tax; of the one tax of a line that tells no parts."""
    if told := taxes_of(line):
        return [(each.name, each.rate, each.base, each.amount) for each in told]
    if line.tax_rate is None:
        return []
    return [(line.tax_code, line.tax_rate, line.amount, line.tax_amount)]


def _check(number: str, what: str, stated: Decimal, computed: Decimal) -> None:
    """Raise unless both are the same finite figure."""
    if not computed.is_finite() or stated != computed:
        raise SnapshotError(f"{number}: {what} says {stated}, its lines make {computed}.")
