"""What each line of an invoice rests on, told to the customer who pays it.

Only what is the customer's business is read: the steps of the calculation, the clocks of the stop
and the papers it may see. Reasons of our own people, sources and lanes that lost stay here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from billing.models import Charge, Invoice, InvoiceLine, InvoiceLineTax
from billing.queries.documents import tax_steps_of
from dispatch.models import Document, Stop

# Facts that say all in their own words; the clocks of a stop are told beside its appointment.
TOLD = frozenset({"date", "miles", "index", "receipt", "service", "stop"})
WAITING = frozenset({"DET", "LAY"})
# Which papers prove a charge without being named by it.
PROOF = {
    "LUM": Document.Kind.LUMPER_RECEIPT,
    "SCL": Document.Kind.SCALE_TICKET,
    "LHS": Document.Kind.POD,
}
CHARGE_FIELDS = ("code", "amount", "status", "origin", "explanation", "stop", "load")


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step of a calculation."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class ProvenLine:
    """A frozen line with what it rests on. Built from rows already read."""

    line: InvoiceLine
    steps: tuple[Step, ...]
    facts: tuple[str, ...]
    papers: tuple[Document, ...]
    taxes: tuple[InvoiceLineTax, ...]
    stop: Stop | None

    @property
    def is_counted(self) -> bool:
        """Tell whether quantity and rate say more than the amount alone."""
        return bool(self.line.unit)

    @property
    def is_waiting(self) -> bool:
        """Tell whether the line is for time at its stop."""
        return self.stop is not None and self.line.code in WAITING


def lines_by_load(
    invoice: Invoice, *, papers: Mapping[int, Iterable[Document]]
) -> dict[int, list[ProvenLine]]:
    """Return the lines of an invoice by load, in order, in three queries.

    `papers` are those of each load that the customer may see.
    """
    charges = Charge.objects.only(*CHARGE_FIELDS).select_related("stop")
    lines = invoice.lines.prefetch_related(
        Prefetch("charge", charges),
        Prefetch("taxes", InvoiceLineTax.objects.order_by("position")),
    ).order_by("position")
    taxed = tax_steps_of(invoice)
    found: dict[int, list[ProvenLine]] = defaultdict(list)
    for line in lines:
        shown = tuple(papers.get(line.load_id, ()))
        found[line.load_id].append(_proven(line, shown, taxed.get(line.charge_id, ())))
    return found


def _proven(
    line: InvoiceLine, papers: tuple[Document, ...], tax_steps: Iterable[dict[str, str]]
) -> ProvenLine:
    told: dict[str, Any] = line.charge.explanation if _is_of(line) else {}
    facts = told.get("evidence", [])
    steps = (*told.get("steps", []), *(tax_steps if line.tax_amount and told else ()))
    return ProvenLine(
        line=line,
        steps=tuple(Step(step["text"], step["value"]) for step in steps),
        facts=tuple(_words(fact) for fact in facts if fact.get("kind") in TOLD),
        papers=_proofs(line, papers, {fact.get("reference", "") for fact in facts}),
        taxes=tuple(line.taxes.all()),
        stop=line.charge.stop,
    )


def _is_of(line: InvoiceLine) -> bool:
    """Tell whether the charge still explains this line: a mirror, or a later price, does not."""
    return line.charge.amount == line.amount


def _words(fact: Mapping[str, str]) -> str:
    """Say a fact; of its source only when an index was published is for the customer."""
    published = fact.get("source", "") if fact["kind"] == "index" else ""
    return f"{fact['text']}, {published}" if published else fact["text"]


def _proofs(
    line: InvoiceLine, papers: tuple[Document, ...], named: set[str]
) -> tuple[Document, ...]:
    """Return the papers that prove a line: those its charge names, else those of its kind."""
    chosen = tuple(paper for paper in papers if f"document:{paper.pk}" in named)
    kind = PROOF.get(line.code)
    return chosen or tuple(paper for paper in papers if paper.kind == kind)
