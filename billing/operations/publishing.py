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
from billing.models import (
    Charge,
    Invoice,
    InvoiceLine,
    InvoiceLineTax,
    InvoiceState,
    LegalEntity,
    Series,
    TaxRecord,
)
from billing.operations.numbering import Numbers, reserve_ids, take_numbers
from billing.queries.taxes import Taxed
from billing.rules.snapshot import InvoiceSnapshot, Line, taxes_of, to_data, to_json
from journal.events import Entry
from journal.models import Event
from journal.operations.recording import entry_for, record_many
from journal.operations.writing import insert_rows
from rating.engine.storing import to_plain

# Codes of UN/ECE 5305.
OUT_OF_SCOPE, STANDARD = "O", "S"


@dataclass(slots=True)
class Paper:
    """A document on its way: everything but number and date, which `publish` adds.

    `charges` stand in the order of the snapshot's lines, which tell the tax of each. `taxed` is
    what that was decided on; a credit note mirrors what was decided before and has none.
    `sign` is -1 for a credit note whose lines mirror those it takes back; one that returns a part
    has negative charges of its own. `terms_days` is None where nothing falls due.
    """

    customer: Customer
    kind: str
    snapshot: InvoiceSnapshot
    charges: Sequence[Charge]
    terms_days: int | None
    corrects: Invoice | None = None
    cause: Event | None = None
    taxed: Sequence[Taxed] = ()
    is_mirror: bool = True
    id: int = field(default=0, init=False)

    @property
    def sign(self) -> int:
        """Return the sign of its amounts."""
        return -1 if self.is_credit and self.is_mirror else 1

    @property
    def is_credit(self) -> bool:
        """Tell whether it returns money."""
        return self.kind == Invoice.Kind.CREDIT_NOTE

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
    """Write lines, take the numbers, insert the documents and their states; return them.

    Nothing may be written by the caller afterwards that another transaction could hold: the
    counter is locked from here to the commit.
    """
    lines = [pair for paper in papers for pair in _lines(paper)]
    insert_rows([row for row, _ in lines])
    insert_rows([tax for pair in lines for tax in _taxes(*pair)])
    insert_rows([row for paper in papers for row in _tax_records(paper)])
    today = at.astimezone(ZoneInfo(entity.timezone)).date()
    numbers = take_numbers(series, count=len(papers), on=today)
    invoices = [
        _invoice(paper, entity, series, numbers, index, by=by, at=at)
        for index, paper in enumerate(papers)
    ]
    insert_rows(invoices)
    insert_rows([_state(*pair) for pair in zip(papers, invoices, strict=True)])
    record_many([_entry(*pair, by=by, at=at) for pair in zip(papers, invoices, strict=True)])
    return invoices


def _lines(paper: Paper) -> list[tuple[InvoiceLine, Line]]:
    """Return each line with what the snapshot says of it."""
    shown = [line for load in paper.snapshot.loads for line in load.lines]
    pairs = zip(paper.charges, shown, strict=True)
    return [
        (_line(paper, position, charge, line), line)
        for position, (charge, line) in enumerate(pairs, start=1)
    ]


def _line(paper: Paper, position: int, charge: Charge, line: Line) -> InvoiceLine:
    taxes = taxes_of(line)
    categories = {tax.category for tax in taxes} or {OUT_OF_SCOPE}
    return InvoiceLine(
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
        # A line that is taxed in one place and not in another is a taxed one.
        tax_category=STANDARD if STANDARD in categories else categories.pop(),
        tax_rate=line.tax_rate if taxes else Decimal(0),
        tax_amount=line.tax_amount,
    )


def _taxes(row: InvoiceLine, line: Line) -> list[InvoiceLineTax]:
    return [
        InvoiceLineTax(
            line=row,
            customer_id=row.customer_id,
            position=position,
            jurisdiction=tax.jurisdiction,
            category=tax.category,
            code=tax.code,
            name=tax.name,
            rate=tax.rate,
            base_amount=tax.base,
            tax_amount=tax.amount,
            currency=row.currency,
        )
        for position, tax in enumerate(taxes_of(line), start=1)
    ]


def _tax_records(paper: Paper) -> list[TaxRecord]:
    return [
        TaxRecord(
            invoice_id=paper.id,
            load=taxed.load,
            customer=paper.customer,
            facts=to_plain(taxed.facts),
            lines=to_plain(taxed.answer.lines),
        )
        for taxed in paper.taxed
    ]


def _state(paper: Paper, invoice: Invoice) -> InvoiceState:
    """An invoice is owed in full; a credit note has been set off against what it takes back."""
    owed = Decimal("0.00") if paper.is_credit else paper.snapshot.totals.total
    return InvoiceState(
        invoice_id=paper.id,
        customer=paper.customer,
        balance_amount=owed,
        currency=paper.snapshot.currency,
        issued_at=invoice.issued_at,
        due_on=None if paper.is_credit else invoice.due_on,
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
