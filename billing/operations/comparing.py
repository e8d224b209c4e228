"""What was billed against what is known now: a late fact becomes a case, never a silent change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import Charge, Invoice
from billing.operations.rerating import Identity
from billing.queries.credits import returned_charges
from billing.queries.dossiers import Dossier
from exceptions.models import Case
from exceptions.operations.closing import close_cases
from exceptions.operations.opening import open_case
from rating.engine.quote import Line

KIND = "late_change"
RULE = "rule:late-change"
ZERO = Decimal("0.00")
# Ways to end the case that bill the difference; the others let it go.
BILLED = frozenset({"bill", "approve_bill", "credit"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One charge as billed and as it would be billed now; None where there is none.

    `identity` is the charge's, `line` what charges it now.
    """

    description: str
    billed: Decimal | None
    now: Decimal | None
    identity: Identity = ("", None, 1)
    line: Line | None = None

    @property
    def amount(self) -> Decimal:
        """Return what is owed beyond what was billed; negative when too much was."""
        return (self.now or ZERO) - (self.billed or ZERO)

    def told(self) -> dict[str, Any]:
        """Return it as plain values."""
        amounts = {"billed": self.billed, "now": self.now, "difference": self.amount}
        return {"description": self.description} | {
            name: None if value is None else str(value) for name, value in amounts.items()
        }


def compare_billed(dossier: Dossier, lines: Iterable[Line], *, by: str, at: datetime) -> None:
    """Open a case when `lines` are not what the load was billed; close it when they are again.

    The value at stake adds the differences without their signs: opposite errors do not cancel. A
    difference that a person has looked at and left is not brought up again.
    """
    subject_key = f"load:{dossier.load.number}"
    differences = find_differences(dossier, lines)
    is_open = any(case.kind == KIND for case in dossier.cases)
    if differences:
        if is_open or not _was_decided(subject_key, differences):
            _open(dossier, differences, subject_key=subject_key, by=by, at=at)
    elif is_open:
        reason = "What is known now is again what was billed."
        close_cases(KIND, subject_key, by=RULE, at=at, reason=reason)


def find_differences(dossier: Dossier, lines: Iterable[Line]) -> list[Difference]:
    """Return the rated charges that would be billed otherwise now, in the order of the lines.

    What was waived, added by hand or credited by its line was a person's decision and is not
    compared: what was returned is not returned twice.
    """
    stops = {stop.sequence: stop.pk for stop in dossier.stops}
    billed = _billed(dossier)
    decided = {c.identity for c in dossier.charges if not (c.adjusts or _is_compared(c, dossier))}
    found = []
    for line in lines:
        identity = line.code, stops.get(line.stop_sequence or 0), line.occurrence
        _, amount = billed.pop(identity, ("", None))
        if identity not in decided and amount != line.amount:
            found.append(Difference(line.description, amount, line.amount, identity, line))
    gone = (
        Difference(description, amount, None, identity)
        for identity, (description, amount) in billed.items()
        if amount and identity not in decided
    )
    differences = [*found, *gone]
    returned = _returned(dossier) if differences else frozenset()
    return [each for each in differences if each.identity not in returned]


def _returned(dossier: Dossier) -> frozenset[Identity]:
    billed = {charge.pk: charge for charge in dossier.charges if _is_compared(charge, dossier)}
    return frozenset(billed[pk].identity for pk in returned_charges(billed.keys()))


def _billed(dossier: Dossier) -> dict[Identity, tuple[str, Decimal]]:
    """Return what each charge came to on all documents: as billed first, and every difference."""
    billed: dict[Identity, tuple[str, Decimal]] = {}
    for charge in dossier.charges:
        if charge.adjusts or _is_compared(charge, dossier):
            description, amount = billed.get(charge.identity, (charge.description, ZERO))
            billed[charge.identity] = description, amount + charge.amount
    return billed


def _is_compared(charge: Charge, dossier: Dossier) -> bool:
    return charge.origin == Charge.Origin.RATED and charge.pk in dossier.billed


def _was_decided(subject_key: str, differences: list[Difference]) -> bool:
    last = Case.objects.filter(kind=KIND, subject_key=subject_key).order_by("-pk").first()
    return (
        last is not None
        and not last.closed_by.startswith("rule:")
        and last.resolution not in BILLED
        and last.detail.get("lines") == [difference.told() for difference in differences]
    )


def _open(
    dossier: Dossier, differences: list[Difference], *, subject_key: str, by: str, at: datetime
) -> None:
    invoice = Invoice.objects.filter(load_claims__load=dossier.load).order_by("pk").first()
    number = invoice.number if invoice else ""
    open_case(
        KIND,
        subject_key=subject_key,
        by=by,
        at=at,
        value_amount=sum((abs(difference.amount) for difference in differences), ZERO),
        currency=dossier.billing.currency,
        load=dossier.load,
        evidence=[_evidence(difference, number) for difference in differences],
        detail={
            "invoice": number,
            "load": dossier.load.number,
            "difference": sum((difference.amount for difference in differences), ZERO),
            "lines": [difference.told() for difference in differences],
            "asks_approval": any(each.line and each.line.needs_approval for each in differences),
        },
    )


def _evidence(difference: Difference, number: str) -> dict[str, str]:
    billed = "not billed" if difference.billed is None else f"billed {difference.billed:,.2f}"
    now = "nothing now" if difference.now is None else f"{difference.now:,.2f} now"
    return {
        "fact": difference.description, "value": f"{billed}, {now}", "source": number,
        "check": f"{difference.amount:+,.2f}",
    }  # fmt: skip
