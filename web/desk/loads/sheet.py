"""All that the page of one load shows, read in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from billing.models import Blocker, Charge, Invoice, LoadBilling
from billing.queries.documents import tax_steps_of_load
from billing.queries.taxes import preview_tax
from billing.rules.margin import Margin, margin_of
from dispatch.models import Document, Load, LoadCost, Milestone, Reference, Stop
from dispatch.queries.costs import costs_of
from exceptions.models import Case
from journal.models import Event
from rating.engine.tax_facts import TaxAnswer, TaxCategory
from web.actors import Cast
from web.desk.loads.charges import ChargeRow, charge_rows, with_tax
from web.desk.loads.dwell import Bar, Stay, draw_bars
from web.desk.loads.history import SHOWN, Line, events_about, history_of
from web.desk.loads.milestones import LogEntry, log_entries
from web.desk.loads.readiness import Readiness, readiness_of

ON_TIME = timedelta(minutes=1)
# Large, and of no use on the page.
RATING_DETAILS = ("rating_record__facts", "rating_record__lines", "rating_record__problems")


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop with its punctuality and the drawing of its clocks."""

    stop: Stop
    bar: Bar | None
    dwell: timedelta | None
    over: timedelta | None
    detention: Charge | None
    lateness: timedelta | None

    @property
    def is_late(self) -> bool:
        """Tell whether the truck came after the appointment."""
        return self.lateness is not None and self.lateness >= ON_TIME

    @property
    def is_early(self) -> bool:
        """Tell whether the truck came before the appointment."""
        return self.lateness is not None and self.lateness <= -ON_TIME


class LoadSheet:
    """The page of one load; every part is read once, when a template first asks for it."""

    def __init__(self, load: Load, *, at: datetime) -> None:
        self.load = load
        self.at = at

    @cached_property
    def billing(self) -> LoadBilling | None:
        """Return where the load stands on its way to an invoice."""
        return getattr(self.load, "billing", None)

    @cached_property
    def stops(self) -> list[StopRow]:
        """Return the stops in order."""
        stops = list(self.load.stops.order_by("sequence"))
        detention = {row.charge.stop_id: row for row in self.charges if row.is_detention}
        stays = [_stay(stop, detention.get(stop.pk), self.at) for stop in stops]
        bars = draw_bars(stays)
        return [
            _stop_row(stop, stay, bar, detention.get(stop.pk))
            for stop, stay, bar in zip(stops, stays, bars, strict=True)
        ]

    @cached_property
    def charges(self) -> list[ChargeRow]:
        """Return the charges that stand, each with its explanation."""
        charges = Charge.objects.filter(load=self.load).exclude(status=Charge.Status.SUPERSEDED)
        charges = charges.select_related("stop", "rating_record__version").defer(*RATING_DETAILS)
        return charge_rows(charges.order_by("pk"))

    @cached_property
    def rated_at(self) -> datetime | None:
        """Return when the charges that stand were last computed."""
        ratings = (row.charge.rating_record for row in self.charges)
        return max((rating.rated_at for rating in ratings if rating), default=None)

    @cached_property
    def total(self) -> Decimal:
        """Return the sum of the charges that are or may be billed."""
        amounts = (r.charge.amount for r in self.charges if r.charge.status != Charge.Status.WAIVED)
        return sum(amounts, Decimal(0))

    @cached_property
    def taxes(self) -> TaxAnswer | None:
        """Return the tax of a rated load that is not invoiced yet, or why it cannot be told."""
        owed = [row.charge for row in self.charges if row.charge.status != Charge.Status.WAIVED]
        is_billed = self.billing and self.billing.status == LoadBilling.Status.INVOICED
        if is_billed or not owed:
            return None
        stops = [row.stop for row in self.stops]
        return preview_tax(self.load, stops=stops, charges=owed, at=self.at).answer

    @cached_property
    def explained(self) -> list[ChargeRow]:
        """Return the charges, each explained on to its tax: as billed, or as it would be now."""
        steps = self._tax_steps
        return [with_tax(row, steps.get(row.charge.pk, [])) for row in self.charges]

    @property
    def _tax_steps(self) -> dict[int, list[dict[str, str]]]:
        if self.billing and self.billing.status == LoadBilling.Status.INVOICED:
            return tax_steps_of_load(self.load)
        lines = self.taxes.lines if self.taxes else ()
        return {
            int(line.key): [{"text": step.text, "value": step.value} for step in line.steps]
            for line in lines
            if any(part.category != TaxCategory.OUT_OF_SCOPE for part in line.parts)
        }

    @cached_property
    def change(self) -> Decimal | None:
        """Return how far the charges moved from what was quoted at tender."""
        quoted = self.load.quoted_amount
        return None if quoted is None else self.total - quoted

    @property
    def per_mile(self) -> Decimal | None:
        """Return what the charges come to per mile; for reading, not for the books."""
        return self.total / self.load.miles if self.load.miles and self.total else None

    @cached_property
    def costs(self) -> list[LoadCost]:
        """Return what the load costs; only for those who may see it."""
        return costs_of(self.load)

    @cached_property
    def margin(self) -> Margin:
        """Return what the charges leave after the costs, tax apart."""
        return margin_of(
            self.total if self.charges else None,
            currency=self.load.currency,
            costs=[(cost.amount, cost.currency) for cost in self.costs],
        )

    @cached_property
    def references(self) -> list[Reference]:
        """Return the numbers by which others know the load."""
        return list(self.load.references.order_by("pk"))

    @cached_property
    def documents(self) -> list[Document]:
        """Return the papers, newest first."""
        return list(self.load.documents.select_related("stop").order_by("-received_at", "-pk"))

    @cached_property
    def blockers(self) -> list[Blocker]:
        """Return what keeps the load from being billed, what is due first on top."""
        standing = self.load.blockers.filter(cleared_at=None, waived_at=None)
        return list(standing.order_by("due_at", "pk"))

    @cached_property
    def cases(self) -> list[Case]:
        """Return the load's open cases, most urgent first."""
        cases = self.load.cases.filter(status=Case.Status.OPEN)
        return list(cases.select_related("assignee").order_by("due_at", "pk"))

    @cached_property
    def readiness(self) -> Readiness:
        """Return the checklist of what billing asks for."""
        return readiness_of(self.billing, self.blockers, self.cases)

    @cached_property
    def invoices(self) -> list[Invoice]:
        """Return the invoices that bill the load."""
        invoices = Invoice.objects.filter(load_claims__load=self.load)
        return list(invoices.select_related("state").defer("snapshot").order_by("pk"))

    @cached_property
    def milestones(self) -> list[Milestone]:
        """Return what was told about the load, newest first."""
        return list(self.load.milestones.select_related("stop").order_by("-occurred_at", "-pk"))

    @cached_property
    def log(self) -> list[LogEntry]:
        """Return the event log."""
        return log_entries(self.milestones)

    @cached_property
    def events(self) -> Sequence[Event]:
        """Return the newest journal entries about the load and its parts."""
        parts = [self.load, *self.documents, *(row.charge for row in self.charges), *self.invoices]
        if self.billing:
            parts.append(self.billing)
        return list(events_about(parts)[:SHOWN])

    @cached_property
    def history(self) -> list[Line]:
        """Return the audit history in words."""
        cast = Cast(event.actor for event in self.events)
        return history_of(self.events, cast, names=self.names)

    @property
    def names(self) -> dict[tuple[str, int], str]:
        """Return how the parts of the load are called in its history."""
        charges = [(row.charge, row.charge.description.lower()) for row in self.charges]
        papers = [(paper, paper.filename) for paper in self.documents]
        invoices = [(invoice, invoice.number) for invoice in self.invoices]
        return {
            (part._meta.db_table, part.pk): name for part, name in (*charges, *papers, *invoices)
        }


def _stay(stop: Stop, detention: ChargeRow | None, at: datetime) -> Stay:
    is_there = stop.arrived_at is not None and stop.departed_at is None
    return Stay(
        appointment_from=stop.appointment_from,
        appointment_to=stop.appointment_to,
        arrived_at=stop.arrived_at,
        left_at=at if is_there else stop.departed_at,
        free_until=detention.free_until if detention else None,
        timezone=stop.timezone,
    )


def _stop_row(stop: Stop, stay: Stay, bar: Bar | None, detention: ChargeRow | None) -> StopRow:
    dwell = over = None
    if stop.arrived_at and stay.left_at:
        dwell = stay.left_at - stop.arrived_at
    if stay.free_until and stay.left_at and stay.left_at > stay.free_until:
        over = stay.left_at - stay.free_until
    return StopRow(
        stop=stop,
        bar=bar,
        dwell=dwell,
        over=over,
        detention=detention.charge if detention else None,
        lateness=_lateness(stop),
    )


def _lateness(stop: Stop) -> timedelta | None:
    """Return how long after its window the truck came; negative before it, zero inside."""
    if stop.arrived_at is None or stop.appointment_from is None:
        return None
    if stop.arrived_at < stop.appointment_from:
        return timedelta(0) if stop.is_fcfs else stop.arrived_at - stop.appointment_from
    closes = stop.appointment_to or stop.appointment_from
    return max(timedelta(0), stop.arrived_at - closes)
