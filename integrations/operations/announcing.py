"""What is worth a letter, to whom, in which words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from babel.dates import format_date
from babel.numbers import format_currency

from accounts.models import User
from accounts.rules import Role
from accounts.rules.notices import Topic
from billing.models import Invoice
from dispatch.models import Document
from exceptions.models import Case
from integrations.operations.notifying import Told, tell
from journal.models import Event

BY = "rule:notices"
LOCALE = "en_US"


def announce_invoices(events: Sequence[Event], *, at: datetime) -> int:
    """Tell each customer's people of its own documents, once their PDF is there."""
    ids = [event.subject_id for event in events]
    invoices = Invoice.objects.filter(pk__in=ids).select_related("customer").order_by("pk")
    return _tell_customers([(row.customer_id, _invoice(row)) for row in invoices], at=at)


def announce_papers(events: Sequence[Event], *, at: datetime) -> int:
    """Tell each customer's people of the proofs of delivery of its own loads."""
    ids = [event.subject_id for event in events]
    papers = Document.objects.filter(
        pk__in=ids, kind=Document.Kind.POD, status=Document.Status.ACCEPTED
    )
    rows = papers.select_related("load").order_by("pk")
    return _tell_customers([(row.customer_id, _paper(row)) for row in rows], at=at)


def announce_overdue(events: Sequence[Event], *, at: datetime) -> int:
    """Tell whoever a late case is with; a case that nobody took, the whole team it waits for."""
    ids = [event.subject_id for event in events]
    cases = Case.objects.filter(pk__in=ids, status=Case.Status.OPEN).select_related("assignee")
    late: dict[User, list[Case]] = defaultdict(list)
    for case in cases.order_by("due_at", "pk"):
        for person in _owners(case):
            late[person].append(case)
    for person, theirs in late.items():
        tell([person], _overdue(theirs), by=BY, at=at)
    return len(late)


def _tell_customers(told: Iterable[tuple[int, Told]], *, at: datetime) -> int:
    found = list(told)
    people = _people_of({customer for customer, _ in found})
    for customer, one in found:
        tell(people[customer], one, by=BY, at=at)
    return len(found)


def _people_of(customers: set[int]) -> dict[int, list[User]]:
    """Return the people who work for each of the customers now."""
    people: dict[int, list[User]] = defaultdict(list)
    rows = User.objects.filter(memberships__customer__in=customers, is_active=True)
    for person in rows.prefetch_related("memberships").distinct().order_by("pk"):
        for membership in person.memberships.all():
            if membership.customer_id in customers:
                people[membership.customer_id].append(person)
    return people


def _owners(case: Case) -> list[User]:
    if case.assignee is not None and case.assignee.is_active:
        return [case.assignee]
    team = User.objects.filter(groups__name=case.owner_group, is_active=True)
    return list(team.exclude(groups__name=Role.CUSTOMER).order_by("pk"))


def _invoice(invoice: Invoice) -> Told:
    is_credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    kind = "Credit note" if is_credit else "Invoice"
    amount = format_currency(invoice.total_amount, invoice.currency, locale=LOCALE)
    facts = [("Customer", invoice.customer.name), ("Amount", amount)]
    if not is_credit:
        facts.append(("Due", format_date(invoice.due_on, "MMM d, y", locale=LOCALE)))
    return Told(
        topic=Topic.INVOICE_ISSUED,
        subject_key=f"invoice:{invoice.uid}",
        headline=f"{kind} {invoice.number} over {amount}",
        facts=tuple(facts),
        path=f"/portal/invoices/{invoice.number}/",
        words="Open it, with its PDF and proofs",
        customer=invoice.customer_id,
    )


def _paper(paper: Document) -> Told:
    return Told(
        topic=Topic.POD_AVAILABLE,
        subject_key=f"paper:{paper.pk}",
        headline=f"Proof of delivery of shipment {paper.load.number}",
        facts=(("To", f"{paper.load.destination_city}, {paper.load.destination_state}"),),
        path=f"/portal/shipments/{paper.load.number}/",
        words="Open the shipment",
        customer=paper.customer_id,
    )


def _overdue(cases: Sequence[Case]) -> Told:
    first = cases[0]
    one = len(cases) == 1
    return Told(
        topic=Topic.CASE_OVERDUE,
        subject_key=f"overdue:{first.pk}:{first.due_at:%Y%m%dT%H%M}",
        headline=f"{first.number} is overdue: {first.title}"
        if one
        else f"{len(cases)} exceptions are overdue",
        facts=tuple((case.number, case.title) for case in cases[:20]),
        path=f"/exceptions/{first.number}/" if one else "/exceptions/",
        words="Decide it" if one else "Open the queue",
    )
