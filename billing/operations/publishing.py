"""The last move of every document: lines under a reserved id, then the number, then the row.

Lines and states are written before their invoice (the foreign keys are checked at commit), so
that the counter of the series is locked last. The invoice row closes the door behind its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from accounts.models import Customer
from billing.models import Charge, Invoice, InvoiceLine, InvoiceState, LegalEntity, Series
from billing.operations.numbering import Numbers, reserve_ids, take_numbers
from billing.rules.snapshot import InvoiceSnapshot, to_data, to_json
from journal.events import Entry
from journal.models import Event
from journal.operations.recording import entry_for, record_many

NO_TAX = "EXEMPT"


@dataclass(slots=True)
class Paper:
    """A document on its way: everything but number and date, which `publish` adds.

    `sign` is -1 for a credit note, whose lines mirror those it takes back. `terms_days` is None
    where nothing falls due.
    """

    customer: Customer
    kind: str
    snapshot: InvoiceSnapshot
    charges: Sequence[Charge]
    terms_days: int | None
    corrects: Invoice | None = None
    cause: Event | None = None
    id: int = field(default=0, init=False)

    @property
    def sign(self) -> int:
        """Return the sign of its amounts."""
        return -1 if self.kind == Invoice.Kind.CREDIT_NOTE else 1

    @property
    def net(self) -> Decimal:
        """Return the sum of the lines before tax."""
        return self.snapshot.totals.total - self.snapshot.totals.tax


def reserve(papers: Sequence[Paper]) -> None:
    """Give each document its row id."""
    for paper, reserved in zip(papers, reserve_ids(len(papers)), strict=True):
        paper.id = reserved


def publish(
    papers: Sequence[Paper], entity: LegalEntity, series: Series, *, by: str, at: datetime
) -> list[Invoice]:
    """Write lines and states, take the numbers, insert the documents; return them.

    Nothing may be written by the caller afterwards that another transaction could hold: the
    counter is locked from here to the commit.
    """
    InvoiceLine.objects.bulk_create([line for paper in papers for line in _lines(paper)])
    InvoiceState.objects.bulk_create([_state(paper) for paper in papers])
    today = at.astimezone(ZoneInfo(entity.timezone)).date()
    numbers = take_numbers(series, count=len(papers), on=today)
    invoices = [
        _invoice(paper, entity, series, numbers, index, by=by, at=at)
        for index, paper in enumerate(papers)
    ]
    Invoice.objects.bulk_create(invoices)
    record_many([_entry(*pair, by=by, at=at) for pair in zip(papers, invoices, strict=True)])
    return invoices


def _lines(paper: Paper) -> list[InvoiceLine]:
    return [
        InvoiceLine(
            invoice_id=paper.id,
            position=position,
            customer=paper.customer,
            load_id=charge.load_id,
            charge=charge,
            code=charge.code,
            description=charge.description,
            basis=charge.basis,
            quantity=paper.sign * charge.quantity,
            unit=charge.unit,
            rate=charge.rate,
            amount=paper.sign * charge.amount,
            currency=charge.currency,
            tax_category=NO_TAX,
        )
        for position, charge in enumerate(paper.charges, start=1)
    ]


def _state(paper: Paper) -> InvoiceState:
    """An invoice is owed in full; a credit note has been set off against what it takes back."""
    owed = paper.snapshot.totals.total if paper.sign > 0 else Decimal("0.00")
    return InvoiceState(
        invoice_id=paper.id,
        customer=paper.customer,
        balance_amount=owed,
        currency=paper.snapshot.currency,
    )


def _invoice(
    paper: Paper,
    entity: LegalEntity,
    series: Series,
    numbers: Numbers,
    index: int,
    *,
    by: str,
    at: datetime,
) -> Invoice:
    issued_on = numbers.issued_on
    due_on = issued_on + timedelta(days=paper.terms_days or 0)
    snapshot = _numbered(
        paper.snapshot,
        number=numbers.number(index),
        issued_on=issued_on,
        due_on=None if paper.terms_days is None else due_on,
    )
    return Invoice(
        pk=paper.id,
        entity=entity,
        series=series,
        sequence=numbers.sequence(index),
        number=snapshot.number,
        kind=paper.kind,
        customer=paper.customer,
        corrects=paper.corrects,
        issued_on=issued_on,
        due_on=due_on,
        issued_at=at,
        issued_by=by,
        currency=snapshot.currency,
        net_amount=paper.net,
        tax_amount=snapshot.totals.tax,
        total_amount=snapshot.totals.total,
        load_count=len(snapshot.loads),
        snapshot=to_data(snapshot),
        snapshot_sha256=sha256(to_json(snapshot)).hexdigest(),
    )


def _numbered(
    snapshot: InvoiceSnapshot, *, number: str, issued_on: date, due_on: date | None
) -> InvoiceSnapshot:
    return msgspec.structs.replace(snapshot, number=number, issued_on=issued_on, due_on=due_on)


def _entry(paper: Paper, invoice: Invoice, *, by: str, at: datetime) -> Entry:
    return entry_for(
        "invoice.issued",
        subject=invoice,
        by=by,
        at=at,
        new={"number": invoice.number, "total_amount": invoice.total_amount},
        payload={
            "number": invoice.number,
            "kind": invoice.kind,
            "currency": invoice.currency,
            "loads": [load.number for load in paper.snapshot.loads],
        },
        cause=paper.cause.pk if paper.cause else None,
        correlation_id=paper.cause.correlation_id if paper.cause else None,
    )
