"""Show which invoices a selection of loads makes, by the very code that issues them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import Customer
from billing.models import LegalEntity, LoadBilling
from billing.operations.causes import NO_CAUSES
from billing.operations.guarding import NotBillable, guard, read_claims
from billing.operations.holding import hold_billings
from billing.operations.invoicing import Draft, draft_invoice, find_invoiced
from billing.operations.readiness import examine
from billing.queries.dossiers import Dossier
from billing.queries.entities import billing_entity
from billing.rules.grouping import Groupable, group_loads
from billing.rules.snapshot import Load as FrozenLoad

# As many as one run takes; more are asked for in a second one.
MOST_LOADS = 500


class TooManyLoads(Exception):
    """More loads are selected than one click takes."""

    status = 422
    code = "too_many_loads"

    def __init__(self, count: int) -> None:
        many = f"More than {MOST_LOADS:,}" if count == MOST_LOADS + 1 else f"{count:,}"
        super().__init__(f"{many} loads are selected; at most {MOST_LOADS:,} go at once.")


@dataclass(frozen=True, slots=True)
class ProposedInvoice:
    """One invoice that would be issued now."""

    customer: Customer
    load_ids: tuple[int, ...]
    loads: tuple[FrozenLoad, ...]
    terms: str
    tax: Decimal
    total: Decimal
    currency: str

    @property
    def is_consolidated(self) -> bool:
        """Tell whether it bills more than one load."""
        return len(self.loads) > 1


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A load that would be on no invoice, and why."""

    load_id: int
    number: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What issuing a selection would make."""

    invoices: tuple[ProposedInvoice, ...]
    left_out: tuple[LeftOut, ...]


def propose_invoices(load_ids: Iterable[int], *, by: str, at: datetime) -> Proposal:
    """Return the invoices that issuing these loads would make now; leaves no trace.

    The loads are locked, priced and judged as for an issue, the invoices drafted, and all of it
    taken back.

    Raises:
        TooManyLoads: more than one run takes.
        NoEntity: nobody is set up to bill.
        Load.DoesNotExist: one of the loads does not exist.
    """
    wanted = sorted(set(load_ids))
    if len(wanted) > MOST_LOADS:
        raise TooManyLoads(len(wanted))
    with transaction.atomic():
        proposal = _propose(wanted, billing_entity(), by=by, at=at)
        transaction.set_rollback(True)
    return proposal


def _propose(load_ids: Sequence[int], entity: LegalEntity, *, by: str, at: datetime) -> Proposal:
    held = hold_billings(load_ids)
    left_out = [_left_out(billing) for billing in held if _is_invoiced(billing)]
    good: list[Dossier] = []
    free = [billing for billing in held if not _is_invoiced(billing)]
    claims = read_claims([billing.load_id for billing in free])
    for dossier in examine(free, by=by, at=at):
        try:
            guard(dossier, claims)
            good.append(dossier)
        except NotBillable as refusal:
            left_out.append(LeftOut(dossier.load.pk, dossier.load.number, refusal.reasons))
    invoices = []
    for group in group_loads((_groupable(dossier), dossier) for dossier in good):
        draft = draft_invoice(group, entity, claims, NO_CAUSES, at=at)
        if isinstance(draft, Draft):
            invoices.append(_proposed(draft))
        else:
            left_out += [LeftOut(d.load.pk, d.load.number, draft.reasons) for d in group]
    return Proposal(tuple(invoices), tuple(left_out))


def _is_invoiced(billing: LoadBilling) -> bool:
    return billing.status == LoadBilling.Status.INVOICED


def _left_out(billing: LoadBilling) -> LeftOut:
    found = find_invoiced([billing])
    reason = f"It is on {found.invoice.number} already." if found else "It is invoiced already."
    return LeftOut(billing.load_id, billing.load.number, (reason,))


def _groupable(dossier: Dossier) -> Groupable:
    load = dossier.load
    return Groupable(
        load_id=load.pk,
        customer_id=load.customer_id,
        currency=dossier.billing.currency,
        grouping=load.customer.invoice_grouping,
        orders=tuple(each.value for each in dossier.references if each.kind == "PO"),
        over_at=load.delivered_at or load.ended_at,
        timezone=load.customer.timezone,
    )


def _proposed(draft: Draft) -> ProposedInvoice:
    snapshot = draft.paper.snapshot
    return ProposedInvoice(
        customer=draft.paper.customer,
        load_ids=tuple(dossier.load.pk for dossier in draft.dossiers),
        loads=snapshot.loads,
        terms=snapshot.terms,
        tax=snapshot.totals.tax,
        total=snapshot.totals.total,
        currency=snapshot.currency,
    )
