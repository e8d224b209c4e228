"""Re-rate a period under a version, block by block, beside what it was rated at.

A block, its findings and the run's position are one transaction under the lock of the run's row:
whoever takes a run up after a crash, or beside a worker that lost its lease, goes on after the
last block that was committed, and finds nothing twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Customer
from billing.models import RatingRecord
from insights.models import Backtest, BacktestDifference, BacktestProblem
from insights.queries.populations import next_block, population
from insights.rules.repricing import Move, Price, moves, price_of, stored_price
from journal.operations.lifecycle import advance
from journal.operations.recording import record
from rating.engine import facts as engine_facts
from rating.engine.facts import LoadFacts
from rating.engine.quote import Quote
from rating.engine.storing import Unreadable
from rating.models import RateCardVersion
from rating.operations.asking import EARLIEST, LATEST
from rating.operations.quoting import Asked, quote_block

BLOCK = 500
STARTED = "backtest.started"
PROGRESS = (
    "position", "done_count", "total_count", "changed_count", "unrated_count", "unrated_amount",
    "before_amount", "after_amount", "months",
)  # fmt: skip

Side = BacktestProblem.Side
Status = Backtest.Status


class BacktestRefused(ValueError):
    """The run cannot be; `field` is the one to mend."""

    status = 400

    def __init__(self, field: str, code: str, sentence: str) -> None:
        self.field, self.code = field, code
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class _Load:
    """One load of a block, with both its prices as far as they could be told."""

    rated: RatingRecord
    before: Price
    after: Price

    @property
    def counts(self) -> bool:
        """Whether both sides price it in full."""
        return not self.before.problems and not self.after.problems


def start_backtest(
    version: RateCardVersion,
    *,
    first_on: date,
    last_on: date,
    against: RateCardVersion | None = None,
    customer: Customer | None = None,
    by: str,
    at: datetime,
) -> Backtest:
    """Queue a run of `version`, also a draft, over loads picked up from one day to another.

    Without `against` it is compared with what is stored. Raises BacktestRefused.
    """
    _refuse(version, first_on, last_on, against, customer)
    backtest = Backtest(
        version=version,
        against=against,
        customer=customer,
        first_on=first_on,
        last_on=last_on,
        currency=version.card.currency,
        started_by=by,
        started_at=at,
    )
    backtest.total_count = population(backtest).count()
    backtest.save()
    told = {"version": str(version), "first_on": str(first_on), "last_on": str(last_on)}
    record(STARTED, subject=backtest, by=by, at=at, new=told | {"loads": backtest.total_count})
    return backtest


def start_impact(version: RateCardVersion, *, days: int = 90, by: str, at: datetime) -> Backtest:
    """Queue the run that tells the revenue impact of `version` on the last `days`."""
    last_on = at.date()
    first_on = last_on - timedelta(days=days - 1)
    return start_backtest(version, first_on=first_on, last_on=last_on, by=by, at=at)


def run_block(backtest_id: int, *, by: str, at: datetime, size: int = BLOCK) -> Backtest:
    """Re-rate the next `size` loads of a run; end it when they were the last.

    A run that has ended is left as it is. Raises Backtest.DoesNotExist.
    """
    backtest = Backtest.objects.select_for_update(of=("self",)).get(pk=backtest_id)
    if not backtest.is_open:
        return backtest
    if backtest.status == Status.QUEUED:
        advance(backtest, Status.RUNNING, by=by, at=at)
    rated = next_block(backtest, size=size)
    if rated:
        _keep(backtest, _prices(backtest, rated))
    if len(rated) < size:
        total = backtest.done_count
        advance(backtest, Status.DONE, by=by, at=at, total_count=total, finished_at=at)
    return backtest


def cancel_backtest(backtest: Backtest, *, by: str, at: datetime, reason: str = "") -> Backtest:
    """End a run after the block it is at; what it has found stays. Raises IllegalMove."""
    return advance(backtest, Status.CANCELLED, by=by, at=at, reason=reason, finished_at=at)


def fail_backtest(backtest: Backtest, *, by: str, at: datetime, reason: str) -> Backtest:
    """End a run that cannot go on, with the reason. Raises IllegalMove."""
    return advance(backtest, Status.FAILED, by=by, at=at, reason=reason, finished_at=at)


def _refuse(
    version: RateCardVersion,
    first_on: date,
    last_on: date,
    against: RateCardVersion | None,
    customer: Customer | None,
) -> None:
    for name, day in (("first_on", first_on), ("last_on", last_on)):
        if not EARLIEST <= day <= LATEST:
            sentence = f"{day} is not between {EARLIEST} and {LATEST}."
            raise BacktestRefused(name, "day_out_of_range", sentence)
    if last_on < first_on:
        raise BacktestRefused("last_on", "period_reversed", "The period ends before it begins.")
    if against and against.pk == version.pk:
        raise BacktestRefused("against", "same_version", "Compare with another version.")
    if against and against.card.currency != version.card.currency:
        raise BacktestRefused(
            "against", "other_currency", f"{against} is in {against.card.currency}, not in "
            f"{version.card.currency}."
        )  # fmt: skip
    if customer and version.card.customer_id not in (None, customer.pk):
        raise BacktestRefused("customer", "other_customer", f"{version} is another customer's.")


def _prices(backtest: Backtest, rated: Sequence[RatingRecord]) -> list[_Load]:
    """Both prices of each load; what is stored and cannot be compared is a problem."""
    told, asked = {}, []
    for each in rated:
        facts = _facts(each, currency=backtest.currency)
        if isinstance(facts, LoadFacts):
            asked.append((each, facts))
        else:
            told[each.pk] = _Load(each, _stored(each), facts)
    block = [(facts, each.rated_at) for each, facts in asked]
    after = [price_of(quote) for quote in _quotes(block, backtest.version)]
    if backtest.against:
        before = [price_of(quote) for quote in _quotes(block, backtest.against)]
    else:
        before = [_stored(each) for each, _ in asked]
    for (each, _), old, new in zip(asked, before, after, strict=True):
        told[each.pk] = _Load(each, old, new)
    return [told[each.pk] for each in rated]


def _quotes(block: Sequence[Asked], version: RateCardVersion) -> list[Quote]:
    """The prices under a version; a correction of the index since is no doing of the version."""
    return quote_block(block, version=version, keeps_prices=True)


def _facts(rated: RatingRecord, *, currency: str) -> LoadFacts | Price:
    if rated.currency != currency:
        sentence = f"It was rated in {rated.currency}, and the card is in {currency}."
        return _problem("other_currency", "currency", sentence)
    try:
        return engine_facts.from_json(rated.facts)
    except Unreadable as error:
        return _problem("unreadable", "facts", str(error))


def _stored(rated: RatingRecord) -> Price:
    return stored_price(rated.lines, rated.problems)


def _problem(code: str, subject_key: str, sentence: str) -> Price:
    return Price(amounts={}, problems={(code, subject_key): sentence}, lines={})


def _keep(backtest: Backtest, loads: Sequence[_Load]) -> None:
    """Write what a block found, and how far the run is."""
    moved = [(load, moves(load.before, load.after)) for load in loads if load.counts]
    BacktestDifference.objects.bulk_create(
        _difference(backtest, load.rated, move) for load, found in moved for move in found
    )
    BacktestProblem.objects.bulk_create(
        problem for load in loads for problem in _problems(backtest, load)
    )
    unrated = [load for load in loads if load.after.problems]
    backtest.position = loads[-1].rated.load_id
    backtest.done_count += len(loads)
    backtest.total_count = max(backtest.total_count, backtest.done_count)
    backtest.changed_count += sum(1 for _, found in moved if found)
    backtest.unrated_count += len(unrated)
    backtest.unrated_amount += _sum(load.before for load in unrated)
    backtest.before_amount += _sum(load.before for load, _ in moved)
    backtest.after_amount += _sum(load.after for load, _ in moved)
    backtest.months = _months(backtest.months, [load for load, _ in moved])
    backtest.save(update_fields=PROGRESS)


def _difference(backtest: Backtest, rated: RatingRecord, move: Move) -> BacktestDifference:
    code, stop_sequence, occurrence = move.identity
    return BacktestDifference(
        backtest=backtest,
        load_id=rated.load_id,
        code=code,
        stop_sequence=stop_sequence,
        occurrence=occurrence,
        description=move.description,
        before_amount=move.before,
        after_amount=move.after,
        difference_amount=move.difference,
        moved_amount=abs(move.difference),
        currency=backtest.currency,
        reason=move.reason,
    )


def _problems(backtest: Backtest, load: _Load) -> list[BacktestProblem]:
    before, after = load.before.problems, load.after.problems
    return [
        BacktestProblem(
            backtest=backtest,
            load_id=load.rated.load_id,
            code=code,
            subject_key=subject_key,
            message=message,
            side=_side(is_before=key in before, is_after=key in after),
        )
        for key, message in {**before, **after}.items()
        for code, subject_key in [key]
    ]


def _side(*, is_before: bool, is_after: bool) -> str:
    if is_before and is_after:
        return Side.BOTH
    return Side.BEFORE if is_before else Side.AFTER


def _sum(prices: Iterable[Price]) -> Decimal:
    return sum((price.total for price in prices), Decimal(0))


def _months(known: Mapping[str, Any], loads: Sequence[_Load]) -> dict[str, Any]:
    """The months of the run with these loads in them; amounts as text, as JSON keeps them."""
    months = {month: dict(held) for month, held in known.items()}
    for load in loads:
        month = load.rated.facts["pickup_on"][:7]
        held = months.setdefault(month, {"loads": 0, "before": "0", "after": "0"})
        held["loads"] += 1
        held["before"] = str(Decimal(held["before"]) + load.before.total)
        held["after"] = str(Decimal(held["after"]) + load.after.total)
    return dict(sorted(months.items()))
