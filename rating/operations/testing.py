"""Test cases of a card: what it must charge for a load, kept with the facts of that load."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from journal.operations.recording import record
from rating.engine import facts as engine_facts
from rating.engine.quote import Quote
from rating.engine.storing import to_plain
from rating.events import CASE_CHANGED, CASE_REMOVED, CASE_SAVED
from rating.models import RateCard, RateCardVersion, RateTestCase
from rating.operations.quoting import quote_again

Identity = tuple[str, int | None, int]
NOTHING = Decimal(0)


class CaseRefused(ValueError):
    """The case cannot be kept; `faults` says why, field by field."""

    status = 400
    code = "test_case_refused"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        self.field = next(iter(self.faults))
        super().__init__("; ".join(self.faults.values()))


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One charge that is not what was expected; an amount is None where there is no such line."""

    code: str
    stop_sequence: int | None
    occurrence: int
    description: str
    expected: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case under one version: what came out, and every line that differs."""

    case: RateTestCase
    quote: Quote
    expected_total: Decimal
    total: Decimal
    differences: tuple[LineDifference, ...]
    new_problems: tuple[str, ...]
    gone_problems: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether every line, the total and the problems are as expected, to the cent."""
        return not (
            self.differences
            or self.new_problems
            or self.gone_problems
            or self.total != self.expected_total
        )


def save_case(card: RateCard, *, name: str, quote: Quote, by: str, at: datetime) -> RateTestCase:
    """Keep `quote` as what `card` must charge for those facts. Raises CaseRefused."""
    name = name.strip()
    if not name or len(name) > 120:
        raise CaseRefused({"name": "A test case has a name of up to 120 letters."})
    if quote.currency != card.currency:
        raise CaseRefused({"name": f"The quote is in {quote.currency}, {card} in {card.currency}."})
    try:
        with transaction.atomic():
            case = RateTestCase.objects.create(
                card=card, name=name, facts=to_plain(quote.facts), created_by=by, created_at=at,
                **_expectation(quote), changed_by=by, changed_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise CaseRefused({"name": f"{card} has a test case {name!r} already."}) from error
    _tell(CASE_SAVED, case, by=by, at=at, new=case.expected_total)
    return case


def expect_quote(case: RateTestCase, *, quote: Quote, by: str, at: datetime) -> RateTestCase:
    """Expect what `quote` says from now on; the facts of the case stay."""
    before = case.expected_total
    for field, value in _expectation(quote).items():
        setattr(case, field, value)
    case.changed_by, case.changed_at = by, at
    case.save()
    _tell(CASE_CHANGED, case, by=by, at=at, old=before, new=case.expected_total)
    return case


def remove_case(case: RateTestCase, *, by: str, at: datetime) -> None:
    """Forget a case; the journal keeps that it was."""
    _tell(CASE_REMOVED, case, by=by, at=at, old=case.expected_total)
    case.delete()


def run_cases(version: RateCardVersion, *, at: datetime) -> list[CaseResult]:
    """Every case of the card under `version`, in the order of their names.

    The prices of the index are those the case was saved with; `at` is used only where `version`
    goes by another index, whose prices are then those that were published when it was saved.
    """
    cases = version.card.test_cases.order_by("name")
    return [_run(case, version, at=at) for case in cases]


def price_case(case: RateTestCase, *, version: RateCardVersion, at: datetime) -> Quote:
    """Return what `version` charges for a case, by the prices that were known when it was kept."""
    facts = engine_facts.from_json(case.facts)
    return quote_again(facts, version=version, at=min(at, case.created_at))


def _run(case: RateTestCase, version: RateCardVersion, *, at: datetime) -> CaseResult:
    quote = price_case(case, version=version, at=at)
    expected = {_identity(line): line for line in case.expected["lines"]}
    actual = {_identity(line): line for line in _lines(quote)}
    was, now = set(case.expected["problems"]), set(_problems(quote))
    return CaseResult(
        case=case,
        quote=quote,
        expected_total=case.expected_total,
        total=quote.total,
        differences=tuple(
            difference
            for identity in sorted({*expected, *actual}, key=str)
            if (difference := _difference(identity, expected.get(identity), actual.get(identity)))
        ),
        new_problems=tuple(sorted(now - was)),
        gone_problems=tuple(sorted(was - now)),
    )


def _difference(
    identity: Identity, expected: Mapping[str, Any] | None, actual: Mapping[str, Any] | None
) -> LineDifference | None:
    was, now = (Decimal(line["amount"]) if line else None for line in (expected, actual))
    if was == now:
        return None
    description = (actual or expected or {}).get("description", "")
    return LineDifference(*identity, description=description, expected=was, actual=now)


def _expectation(quote: Quote) -> dict[str, Any]:
    return {
        "expected": {"lines": _lines(quote), "problems": _problems(quote)},
        "expected_total": quote.total,
        "currency": quote.currency,
    }


def _lines(quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "code": line.code,
            "stop_sequence": line.stop_sequence,
            "occurrence": line.occurrence,
            "description": line.description,
            "amount": str(line.amount),
        }
        for line in quote.lines
    ]


def _problems(quote: Quote) -> list[str]:
    return [f"{problem.code}: {problem.subject_key}" for problem in quote.problems]


def _identity(line: Mapping[str, Any]) -> Identity:
    return line["code"], line["stop_sequence"], line["occurrence"]


def _tell(
    name: str,
    case: RateTestCase,
    *,
    by: str,
    at: datetime,
    old: Decimal = NOTHING,
    new: Decimal = NOTHING,
) -> None:
    record(
        name,
        subject=case.card,
        by=by,
        at=at,
        old={"total": str(old)},
        new={"total": str(new)},
        payload={"test_case": case.name},
    )
