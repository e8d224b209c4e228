"""Figures of money: accessorials billed and leaked, receivables, DSO, credits.

Amounts of several currencies are never added: every reading is of one.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing.models import Charge, Invoice, InvoiceState, LoadBilling, PaymentApplication
from billing.models.charge import NOT_ACCESSORIAL
from billing.queries.statements import BUCKETS, OLDEST, OWED
from dispatch.models import Load
from insights.queries.figures.measuring import (
    ZERO,
    Measure,
    Split,
    UnknownPart,
    on_lane,
    share,
)
from insights.rules.figures import BY_KEY, FEWEST, Reading, Unit
from insights.rules.frames import Frame, midnight
from rating.engine.money import round_rate

OFF = (Load.Status.CANCELLED, Load.Status.DECLINED)
IS_BILLED = Q(claim__isnull=False)
IS_WAIVED = Q(claim=None, status=Charge.Status.WAIVED)
IS_LEAKED = Q(claim=None) & (
    Q(status=Charge.Status.WAIVED) | Q(load__billing__status=LoadBilling.Status.INVOICED)
)
DSO_DAYS = 90


def arisen(frame: Frame) -> QuerySet[Charge]:
    """Return the accessorial charges that arose in the period and stand."""
    period = frame.period
    rows = Charge.objects.exclude(code__in=NOT_ACCESSORIAL)
    rows = rows.filter(created_at__gte=period.since, created_at__lt=period.until)
    rows = rows.exclude(status=Charge.Status.SUPERSEDED).exclude(load__status__in=OFF)
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    return rows.filter(on_lane(frame.lane, prefix="load__"))


def accessorial_rows(frame: Frame, part: str) -> QuerySet[Charge]:
    """Return the accessorials of a currency; those billed, waived or still open of it."""
    currency, _, state = part.partition("-")
    rows = arisen(frame).filter(currency=currency) if currency else arisen(frame)
    states = {
        "": Q(), "billed": IS_BILLED, "waived": IS_WAIVED, "open": ~IS_BILLED & ~IS_WAIVED,
    }  # fmt: skip
    if state not in states:
        raise UnknownPart(part)
    return rows.filter(states[state])


def read_accessorials(frame: Frame) -> list[Reading]:
    """Read what arose and what became of it, by currency, in one statement."""
    rows = arisen(frame).order_by().values("currency")
    found = rows.annotate(
        n=Count("*"), arisen=_sum(),
        billed_n=Count("pk", filter=IS_BILLED), billed=_sum(IS_BILLED),
        waived_n=Count("pk", filter=IS_WAIVED), waived=_sum(IS_WAIVED),
    )  # fmt: skip
    return [each for row in found.order_by("currency") for each in _billed(row)]


def _sum(condition: Q | None = None) -> Coalesce:
    return Coalesce(Sum("amount", filter=condition), ZERO)


def _billed(row: Mapping[str, Any]) -> Iterable[Reading]:
    currency, left = row["currency"], row["arisen"] - row["billed"] - row["waived"]
    yield Reading(
        part=currency, words=currency, currency=currency, n=row["n"],
        value=share(row["billed"], row["arisen"], n=row["n"]),
        more={"arisen": row["arisen"], "billed": row["billed"]},
    )  # fmt: skip
    for state, n, amount in (
        ("billed", row["billed_n"], row["billed"]),
        ("waived", row["waived_n"], row["waived"]),
        ("open", row["n"] - row["billed_n"] - row["waived_n"], left),
    ):
        yield _amount(f"{currency}-{state}", state.capitalize(), currency, n, amount)


def _amount(part: str, words: str, currency: str, n: int, amount: Decimal, **more: Any) -> Reading:
    return Reading(
        part=part, words=words, currency=currency, n=n, value=amount, unit=Unit.MONEY, **more
    )


def leakage_rows(frame: Frame, part: str) -> QuerySet[Charge]:
    """Return the leaked charges: of a currency, or of one code in it."""
    currency, _, code = part.partition("-")
    rows = arisen(frame).filter(IS_LEAKED)
    rows = rows.filter(currency=currency) if currency else rows
    return rows.filter(code=code) if code else rows


def read_leakage(frame: Frame) -> list[Reading]:
    """Read what leaked by currency and code, the dearest first."""
    rows: Any = leakage_rows(frame, "").order_by().values("currency", "code")
    found = list(rows.annotate(n=Count("*"), amount=Sum("amount")).order_by("-amount", "code"))
    readings = []
    for currency in sorted({row["currency"] for row in found}):
        own = [row for row in found if row["currency"] == currency]
        n, amount = sum(row["n"] for row in own), sum((row["amount"] for row in own), ZERO)
        readings.append(_amount(currency, currency, currency, n, amount))
        readings.extend(
            _amount(f"{currency}-{row['code']}", row["code"], currency, row["n"], row["amount"])
            for row in own
        )
    return readings


def open_invoices(frame: Frame, part: str) -> QuerySet[Invoice]:
    """Return the open invoices: of a currency, or of one age in it."""
    currency, _, place = part.partition("-")
    rows = Invoice.objects.filter(
        kind=Invoice.Kind.INVOICE, state__status__in=OWED, state__balance_amount__gt=0
    )
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    rows = rows.filter(currency=currency) if currency else rows
    if not place:
        return rows
    if place not in map(str, range(len(BUCKETS) + 1)):
        raise UnknownPart(part)
    return rows.filter(_due(int(place), frame.today))


def _due(place: int, today: date) -> Q:
    """Say that an invoice has been due for as long as an age of the statement says."""
    ends = [today - timedelta(days=last) for _, last in BUCKETS]
    condition = Q(due_on__lt=ends[place - 1]) if place else Q()
    return condition & Q(due_on__gte=ends[place]) if place < len(ends) else condition


def read_receivables(frame: Frame) -> list[Reading]:
    """Read what is owed by currency and age, in one statement."""
    ages = [*(words for words, _ in BUCKETS), OLDEST]
    values: dict[str, Any] = {"n": Count("*"), "amount": Sum("balance_amount")}
    for place, _ in enumerate(ages):
        due = _due(place, frame.today)
        values[f"n{place}"] = Count("pk", filter=due)
        values[f"amount{place}"] = Coalesce(Sum("balance_amount", filter=due), ZERO)
    rows: Any = open_states(frame).order_by().values("currency").annotate(**values)
    readings = []
    for row in rows.order_by("currency"):
        currency = row["currency"]
        readings.append(_amount(currency, currency, currency, row["n"], row["amount"]))
        readings.extend(
            _amount(f"{currency}-{place}", words, currency, row[f"n{place}"], row[f"amount{place}"])
            for place, words in enumerate(ages)
        )
    return readings


def open_states(frame: Frame) -> QuerySet[InvoiceState]:
    """Return the states of the open invoices: what is owed without reading the documents.

    A credit note has a state as well, but no day on which it is due.
    """
    rows = InvoiceState.objects.filter(status__in=OWED, due_on__isnull=False, balance_amount__gt=0)
    return rows if frame.customer_id is None else rows.filter(customer=frame.customer_id)


def dso_rows(frame: Frame, part: str) -> QuerySet[Invoice]:
    """Return the open invoices, of a currency."""
    if "-" in part:
        raise UnknownPart(part)
    return open_invoices(frame, part)


def read_dso(frame: Frame) -> list[Reading]:
    """Read DSO by currency as of now."""
    return [reading for each in split_dso(frame, "") for reading in each.readings]


def split_dso(frame: Frame, by: str) -> list[Split]:
    """Read DSO by currency, for each customer where asked for."""
    keys = ("customer_id", "currency") if by else ("currency",)
    billed = _sums(_documents(frame, frame.today - timedelta(days=DSO_DAYS), frame.today), keys)
    owed: Any = open_states(frame).order_by().values_list(*keys)
    found: dict[Any, list[Reading]] = {}
    for *group, currency, n, balance in owed.annotate(n=Count("*"), balance=Sum("balance_amount")):
        count, total = billed.get((*group, currency), (0, ZERO))
        found.setdefault(group[0] if group else "", []).append(
            _days(currency, n, balance=balance, billed=total, count=count)
        )
    return [Split(group, tuple(readings)) for group, readings in found.items()]


def _documents(frame: Frame, after: date, until: date) -> QuerySet[Invoice]:
    """Return invoices and credit notes issued after one day and until another."""
    rows = Invoice.objects.filter(issued_on__gt=after, issued_on__lte=until)
    return rows if frame.customer_id is None else rows.filter(customer=frame.customer_id)


def _sums(rows: QuerySet[Invoice], keys: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    found: Any = rows.order_by().values_list(*keys)
    found = found.annotate(n=Count("*"), total=Sum("total_amount"))
    return {tuple(key): (n, total) for *key, n, total in found}


def _days(currency: str, n: int, *, balance: Decimal, billed: Decimal, count: int) -> Reading:
    is_enough = count >= FEWEST and billed > 0
    value = round_rate(balance / billed * DSO_DAYS, 1) if is_enough else None
    return Reading(
        part=currency, words=currency, currency=currency, n=n, value=value,
        more={"owed": balance, "billed": billed, "documents": count},
    )  # fmt: skip


def read_dso_before(frame: Frame) -> list[Reading]:
    """Read DSO as of the day before the period began, from today's balances rolled back.

    Documents and applications are never changed, so what was owed then is what is owed now, less
    what was issued since, plus what was applied since.
    """
    day = frame.period.first_on - timedelta(days=1)
    owed = open_states(frame).order_by().values_list("currency")
    balances = dict(owed.annotate(total=Sum("balance_amount")))
    issued = _sums(_documents(frame, day, frame.today), ("currency",))
    applied = _applied_since(frame, day)
    billed = _sums(_documents(frame, day - timedelta(days=DSO_DAYS), day), ("currency",))
    return [
        _days(
            currency, 0, count=count, billed=total,
            balance=balances.get(currency, ZERO)
            - issued.get((currency,), (0, ZERO))[1]
            + applied.get(currency, ZERO),
        )
        for (currency,), (count, total) in billed.items()
    ]  # fmt: skip


def _applied_since(frame: Frame, day: date) -> dict[str, Decimal]:
    instant = midnight(day + timedelta(days=1), frame.period.zone)
    rows = PaymentApplication.objects.filter(applied_at__gte=instant)
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    return dict(rows.order_by().values_list("currency").annotate(total=Sum("amount")))


def issued_rows(frame: Frame, part: str) -> QuerySet[Invoice]:
    """Return the documents issued in the period: of a currency, or its credit notes only."""
    currency, _, kind = part.partition("-")
    if kind not in ("", "notes"):
        raise UnknownPart(part)
    period = frame.period
    rows = Invoice.objects.filter(issued_on__gte=period.first_on, issued_on__lte=period.last_on)
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    rows = rows.filter(currency=currency) if currency else rows
    return rows.filter(kind=Invoice.Kind.CREDIT_NOTE) if kind else rows


def read_credits(frame: Frame) -> list[Reading]:
    """Read credited of billed, by currency, in one statement."""
    notes, bills = (Q(kind=kind) for kind in (Invoice.Kind.CREDIT_NOTE, Invoice.Kind.INVOICE))
    rows = issued_rows(frame, "").order_by().values("currency")
    found = rows.annotate(
        n=Count("*"), notes=Count("pk", filter=notes),
        credited=Coalesce(Sum("total_amount", filter=notes), ZERO),
        billed=Coalesce(Sum("total_amount", filter=bills), ZERO),
    )  # fmt: skip
    return [each for row in found.order_by("currency") for each in _credited(row)]


def _credited(row: Mapping[str, Any]) -> Iterable[Reading]:
    currency, credited = row["currency"], -row["credited"]
    yield Reading(
        part=currency, words=currency, currency=currency, n=row["n"],
        value=share(credited, row["billed"], n=row["n"] - row["notes"]),
        more={"credited": credited, "billed": row["billed"]},
    )  # fmt: skip
    yield _amount(f"{currency}-notes", "Credit notes", currency, row["notes"], credited)


MEASURES = (
    Measure(figure=BY_KEY["accessorials-billed"], read=read_accessorials, rows=accessorial_rows),
    Measure(figure=BY_KEY["leakage"], read=read_leakage, rows=leakage_rows),
    Measure(figure=BY_KEY["receivables"], read=read_receivables, rows=open_invoices),
    Measure(
        figure=BY_KEY["dso"], read=read_dso, rows=dso_rows, split=split_dso, before=read_dso_before
    ),
    Measure(figure=BY_KEY["credit-rate"], read=read_credits, rows=issued_rows),
)
