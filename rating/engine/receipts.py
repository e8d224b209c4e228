"""Bills paid on the way and passed on: lumpers, scale tickets. No receipt, no charge."""

from decimal import Decimal

from rating.engine.charging import Desk, Outcome, Ruling
from rating.engine.choices import Basis
from rating.engine.facts import Receipt, Service
from rating.engine.money import HUNDRED, ONE
from rating.engine.pricing import Priced, bound
from rating.engine.quote import Evidence, ProblemCode, Step
from rating.engine.wording import money, number


def charge_receipts(desk: Desk) -> list[Outcome]:
    """A charge for each receipt of the rules' kind, and a problem for work without one."""
    outcomes: list[Outcome] = []
    seen: dict[tuple[str, str, int | None], Receipt] = {}
    for receipt in desk.facts.receipts:
        ruling = desk.ruling(desk.stop(receipt.stop_sequence), receipt_kind=receipt.kind)
        if ruling is None:
            continue
        twin = seen.get(_number(receipt)) if receipt.number else None
        seen.setdefault(_number(receipt), receipt)
        outcomes.append(_repeat(ruling, receipt, twin) if twin else _pass_on(ruling, receipt))
    return outcomes + _without_receipt(desk)


def _number(receipt: Receipt) -> tuple[str, str, int | None]:
    return receipt.kind, receipt.number, receipt.stop_sequence


def _pass_on(ruling: Ruling, receipt: Receipt) -> Outcome:
    currency = ruling.version.currency
    if receipt.amount is None:
        return _unreadable(ruling, receipt, "has no amount")
    if receipt.currency and receipt.currency != currency:
        return _unreadable(ruling, receipt, f"is in {receipt.currency}, the card in {currency}")
    if not receipt.amount:
        return ruling.nothing(f"receipt {receipt.number} is over 0", receipt.stop_sequence)
    return ruling.line(
        _priced(ruling, receipt.number, receipt.amount),
        summary=f"Receipt {receipt.number}".strip() + _cost_words(ruling),
        stop_sequence=receipt.stop_sequence,
        evidence=(
            Evidence(
                kind="receipt",
                text=f"Receipt {receipt.number}, {money(receipt.amount, currency)}",
                reference=receipt.reference,
            ),
        ),
    )


def _priced(ruling: Ruling, number_of_receipt: str, cost: Decimal) -> Priced:
    rule, rounder = ruling.rule, ruling.version.rounder
    paid = rounder.money(cost)
    share = rounder.money(paid * rule.fee_percent / HUNDRED)
    parts = (
        (f"Receipt {number_of_receipt}".strip(), paid),
        ("Fee for each receipt", rule.fee_amount),
        (f"Fee of {number(rule.fee_percent)} %", share),
    )
    steps = tuple(
        Step(text=text, value=money(part, rounder.currency)) for text, part in parts if part
    )
    amount = rounder.money(paid + rule.fee_amount + share)
    priced = Priced(
        basis=Basis.PASS_THROUGH,
        quantity=ONE,
        unit="receipt",
        rate=amount,
        amount=amount,
        steps=steps,
    )
    return bound(priced, ruling.bounds, rounder)


def _cost_words(ruling: Ruling) -> str:
    has_fee = ruling.rule.fee_amount or ruling.rule.fee_percent
    return ", cost and fee" if has_fee else ", at cost"


def _repeat(ruling: Ruling, receipt: Receipt, first: Receipt) -> Outcome:
    """The same receipt filed twice: charged once, or asked about when the amounts differ."""
    if receipt.amount == first.amount:
        reason = f"receipt {receipt.number} is already charged"
        return ruling.nothing(reason, receipt.stop_sequence)
    return _unreadable(ruling, receipt, "was filed before with another amount")


def _unreadable(ruling: Ruling, receipt: Receipt, what: str) -> Outcome:
    name = f"receipt {receipt.number}".strip()
    return ruling.problem(
        ProblemCode.RECEIPT_UNREADABLE,
        f"{name} {what}",
        subject=receipt.reference or f"receipt:{receipt.number}",
        stop_sequence=receipt.stop_sequence,
    )


def _without_receipt(desk: Desk) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for service in desk.facts.services:
        ruling = desk.ruling(desk.stop(service.stop_sequence), service=service.code)
        if ruling and not _has_receipt(desk, ruling, service):
            outcomes.append(_missing(ruling, service))
    return outcomes


def _has_receipt(desk: Desk, ruling: Ruling, service: Service) -> bool:
    return any(
        receipt.kind == ruling.rule.receipt_kind
        and receipt.stop_sequence in (None, service.stop_sequence)
        for receipt in desk.facts.receipts
    )


def _missing(ruling: Ruling, service: Service) -> Outcome:
    at = "" if service.stop_sequence is None else f" at stop {service.stop_sequence}"
    return ruling.problem(
        ProblemCode.RECEIPT_MISSING,
        f"{service.code} was done{at}, and no receipt is on file",
        subject=f"receipt:{service.code}:{service.stop_sequence or 'load'}",
        stop_sequence=service.stop_sequence,
    )
