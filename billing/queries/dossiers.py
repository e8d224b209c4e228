"""Everything that an evaluation looks at, for any number of loads in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import Customer
from billing.models import BillingClaim, Blocker, Charge, LoadBilling, RatingRecord
from billing.queries.policies import read_policies
from billing.queries.taxes import Taxed, TaxTerms, read_tax_terms, tax_load_of
from billing.rules.facts import (
    BillingFacts,
    CaseFact,
    ChargeFact,
    DocumentFact,
    ProblemFact,
    StopFact,
)
from billing.rules.policy import Enforcement, Policy
from dispatch.models import Document, Load, Reference, Stop
from exceptions.models import Case
from exceptions.rules.kinds import KINDS

Row = TypeVar("Row", bound=Model)

OVER = frozenset({Stop.Status.COMPLETED, Stop.Status.SKIPPED})


@dataclass(slots=True)
class Dossier:
    """One load as evaluation found it under the lock of its billing row.

    `charges` are those that stand and change with the evaluation; `billed` names the invoice of
    each charge that is on a live document.
    """

    billing: LoadBilling
    load: Load
    rating: RatingRecord | None
    policy: Policy
    tax_terms: TaxTerms = field(init=False)
    stops: list[Stop] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    billed: dict[int, int] = field(default_factory=dict)
    blockers: list[Blocker] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    _taxed: dict[tuple[Any, ...], Taxed] = field(default_factory=dict, init=False, repr=False)

    @property
    def is_invoiced(self) -> bool:
        """Tell whether a live primary invoice bills the load."""
        return self.billing.status == LoadBilling.Status.INVOICED

    @property
    def is_over(self) -> bool:
        """Tell whether the load came to an end that leaves something to bill."""
        return self.load.status in {Load.Status.DELIVERED, Load.Status.TONU}

    @property
    def total(self) -> Decimal:
        """Return the sum of the charges that are or may be billed."""
        return sum((charge.amount for charge in self.owed), Decimal("0.00"))

    @property
    def owed(self) -> list[Charge]:
        """Return the charges that are or may be billed."""
        return [charge for charge in self.charges if charge.status != Charge.Status.WAIVED]

    @property
    def asks_person(self) -> bool:
        """Tell whether somebody has to look whatever the rules say."""
        mode = self.load.customer.billing_mode
        return bool(self.billing.review_reason) or mode == Customer.BillingMode.REVIEW

    @property
    def doubts(self) -> list[datetime]:
        """Return when each thing that asks for a look was opened."""
        return [b.opened_at for b in self.blockers if b.enforcement == Enforcement.REVIEW]

    def is_reviewed_since(self, doubts: Iterable[datetime]) -> bool:
        """Tell whether somebody approved the load as it is: after all charges and `doubts`."""
        reviewed_at = self.billing.reviewed_at
        if reviewed_at is None or self.billing.review_reason:
            return False
        return all(at <= reviewed_at for at in (*(c.changed_at for c in self.charges), *doubts))

    def tax(self, charges: Iterable[Charge]) -> Taxed:
        """Return the tax of `charges`, or why it cannot be told: preview and issue alike.

        Asked again about the same amounts it gives the same answer, which is worked out once.
        """
        asked = tuple(charges)
        key = tuple((each.pk, each.code, each.amount, each.stop_id) for each in asked)
        if key not in self._taxed:
            self._taxed[key] = tax_load_of(
                self.load, stops=self.stops, charges=asked, terms=self.tax_terms
            )
        return self._taxed[key]

    def facts(self, problems: Iterable[ProblemFact]) -> BillingFacts:
        """Return what the rules look at; `problems` are those of the newest rating."""
        load = self.load
        sequences = {stop.pk: stop.sequence for stop in self.stops}
        return BillingFacts(
            number=load.number,
            status=load.status,
            customer_name=load.customer.name,
            customer_status=load.customer.status,
            origin=f"{load.origin_city}, {load.origin_state}".strip(" ,"),
            destination=f"{load.destination_city}, {load.destination_state}".strip(" ,"),
            reference_kinds=frozenset(reference.kind for reference in self.references),
            stops=tuple(_stop(stop) for stop in self.stops),
            documents=tuple(_document(paper, sequences) for paper in self.documents),
            charges=tuple(_charge(charge, sequences) for charge in self.charges),
            problems=tuple(problems),
            tax_problems=self._tax_problems(),
            cases=tuple(_case(case) for case in self.cases if _blocks(case)),
            waived=frozenset(blocker.key for blocker in self.blockers if blocker.waived_at),
            hold_reason=self.billing.hold_reason if self.billing.held_at else "",
        )

    def _tax_problems(self) -> tuple[ProblemFact, ...]:
        """Return why the tax cannot be told; nobody asks before there is something to bill."""
        if not self.is_over or self.is_invoiced:
            return ()
        return tuple(
            ProblemFact(code=p.code, message=p.message, subject_key=p.subject_key)
            for p in self.tax(self.owed).answer.problems
        )


def read_dossiers(billings: Sequence[LoadBilling], *, at: datetime) -> list[Dossier]:
    """Read the dossiers of billing rows, in their order; a document would be dated by `at`.

    The rows are locked before and not with this: a joined row would be as old as the wait.
    """
    ids = [billing.load_id for billing in billings]
    loads = Load.objects.select_related("customer").in_bulk(ids)
    ratings = RatingRecord.objects.defer("facts", "lines").in_bulk(
        [billing.rating_id for billing in billings if billing.rating_id]
    )
    policies = read_policies()
    dossiers = {
        billing.load_id: Dossier(
            billing=billing,
            load=loads[billing.load_id],
            rating=ratings.get(billing.rating_id or 0),
            policy=policies.for_load(
                customer_id=billing.customer_id,
                shipment_type=loads[billing.load_id].shipment_type,
            ),
        )
        for billing in billings
    }
    _add_dispatched(dossiers)
    _add_tax_terms(dossiers, at=at)
    _add_billed(dossiers)
    _add_cases(dossiers)
    return list(dossiers.values())


def newest_ratings(load_ids: Collection[int]) -> dict[int, RatingRecord]:
    """Return the newest rating of each load that has one."""
    if not load_ids:
        return {}
    rows = RatingRecord.objects.filter(load_id__in=load_ids).defer("facts", "lines")
    return {row.load_id: row for row in rows.order_by("load_id", "-pk").distinct("load_id")}


def _add_dispatched(dossiers: dict[int, Dossier]) -> None:
    for load_id, stops in _by_load(Stop.objects.order_by("sequence"), dossiers).items():
        dossiers[load_id].stops = stops
    for load_id, papers in _by_load(Document.objects.order_by("pk"), dossiers).items():
        dossiers[load_id].documents = papers
    for load_id, numbers in _by_load(Reference.objects.order_by("pk"), dossiers).items():
        dossiers[load_id].references = numbers


def _add_tax_terms(dossiers: dict[int, Dossier], *, at: datetime) -> None:
    customers = {dossier.load.customer_id: dossier.load.customer for dossier in dossiers.values()}
    countries = {stop.country for dossier in dossiers.values() for stop in dossier.stops}
    terms = read_tax_terms(customers.values(), countries, at=at)
    for dossier in dossiers.values():
        dossier.tax_terms = terms


def _add_billed(dossiers: dict[int, Dossier]) -> None:
    standing = Charge.objects.exclude(status=Charge.Status.SUPERSEDED).order_by("pk")
    for load_id, charges in _by_load(standing, dossiers).items():
        dossiers[load_id].charges = charges
    for load_id, blockers in _by_load(
        Blocker.objects.filter(cleared_at=None).order_by("pk"), dossiers
    ).items():
        dossiers[load_id].blockers = blockers
    claims = BillingClaim.objects.filter(charge__load_id__in=dossiers)
    for load_id, charge_id, invoice_id in claims.values_list(
        "charge__load_id", "charge_id", "invoice_id"
    ):
        dossiers[load_id].billed[charge_id] = invoice_id


def _add_cases(dossiers: dict[int, Dossier]) -> None:
    """Add the open cases of each load, and those that concern its customer as a whole."""
    customers = {dossier.billing.customer_id for dossier in dossiers.values()}
    cases = Case.objects.filter(
        Q(load_id__in=dossiers) | Q(load=None, customer_id__in=customers), status=Case.Status.OPEN
    ).order_by("pk")
    of_customer: dict[int | None, list[Case]] = defaultdict(list)
    for case in cases:
        if case.load_id:
            dossiers[case.load_id].cases.append(case)
        else:
            of_customer[case.customer_id].append(case)
    for dossier in dossiers.values():
        dossier.cases.extend(of_customer[dossier.billing.customer_id])


def _by_load(rows: QuerySet[Row], dossiers: dict[int, Dossier]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows.filter(load_id__in=dossiers):
        found[row.load_id].append(row)  # type: ignore[attr-defined]
    return found


def _stop(stop: Stop) -> StopFact:
    return StopFact(
        sequence=stop.sequence, name=stop.name, kind=stop.kind, is_over=stop.status in OVER
    )


def _document(paper: Document, sequences: dict[int, int]) -> DocumentFact:
    return DocumentFact(
        kind=paper.kind,
        status=paper.status,
        stop_sequence=sequences.get(paper.stop_id or 0),
        reason=paper.reason,
    )


def _charge(charge: Charge, sequences: dict[int, int]) -> ChargeFact:
    return ChargeFact(
        key=str(charge.pk),
        code=charge.code,
        description=charge.description,
        amount=charge.amount,
        currency=charge.currency,
        status=charge.status,
        stop_sequence=sequences.get(charge.stop_id or 0),
        reason=charge.reason,
    )


def _case(case: Case) -> CaseFact:
    return CaseFact(number=case.number, title=case.title, value=case.value_amount)


def _blocks(case: Case) -> bool:
    """Tell whether a case blocks by itself, not as the mirror of a blocker."""
    return case.is_blocking and not KINDS[case.kind].mirrors
