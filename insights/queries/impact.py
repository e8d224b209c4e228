"""What a version would have changed in revenue, from its newest finished run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from insights.models import Backtest
from insights.queries.backtests import told_backtests
from journal.models import Event
from rating.engine.money import round_money
from rating.models import RateCardVersion

DAYS_OF_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Month:
    """The loads of one month of pickup that both sides price in full."""

    first_on: date
    load_count: int
    before_amount: Decimal
    after_amount: Decimal

    @property
    def difference_amount(self) -> Decimal:
        """What the month would have brought more; less when negative."""
        return self.after_amount - self.before_amount


@dataclass(frozen=True, slots=True)
class Impact:
    """The revenue impact of a version on past loads. `is_stale` when it was changed since."""

    backtest: Backtest
    before_amount: Decimal
    after_amount: Decimal
    monthly_amount: Decimal
    months: tuple[Month, ...]
    is_stale: bool

    @property
    def difference_amount(self) -> Decimal:
        """What the whole period would have brought more; less when negative."""
        return self.after_amount - self.before_amount


def revenue_impact(version: RateCardVersion, *, days: int = 90, at: datetime) -> Impact | None:
    """The impact on what was rated, by the newest finished run over `days`; None without one.

    A run counts for a week. `monthly_amount` is the difference by 30 days.
    """
    runs = told_backtests().filter(
        version=version,
        against=None,
        customer=None,
        status=Backtest.Status.DONE,
        started_at__gt=at - timedelta(days=7),
    )
    wanted = timedelta(days=days - 1)
    backtest = next(
        (run for run in runs.order_by("-id")[:20] if run.last_on - run.first_on == wanted), None
    )
    return _impact(backtest, days=days) if backtest else None


def open_impact(version: RateCardVersion, *, days: int = 90, at: datetime) -> Backtest | None:
    """The newest run under way that will tell the impact of `version`; None without one."""
    runs = told_backtests().filter(
        version=version,
        against=None,
        customer=None,
        status__in=(Backtest.Status.QUEUED, Backtest.Status.RUNNING),
        started_at__gt=at - timedelta(days=7),
    )
    wanted = timedelta(days=days - 1)
    newest = runs.order_by("-id")[:20]
    return next((run for run in newest if run.last_on - run.first_on == wanted), None)


def months_of(backtest: Backtest) -> tuple[Month, ...]:
    """The months of a run, the oldest first."""
    return tuple(
        Month(
            first_on=date.fromisoformat(f"{month}-01"),
            load_count=held["loads"],
            before_amount=Decimal(held["before"]),
            after_amount=Decimal(held["after"]),
        )
        for month, held in sorted(backtest.months.items())
    )


def _impact(backtest: Backtest, *, days: int) -> Impact:
    difference = backtest.after_amount - backtest.before_amount
    return Impact(
        backtest=backtest,
        before_amount=backtest.before_amount,
        after_amount=backtest.after_amount,
        monthly_amount=round_money(difference * DAYS_OF_A_MONTH / days, backtest.currency),
        months=months_of(backtest),
        is_stale=_is_stale(backtest),
    )


def _is_stale(backtest: Backtest) -> bool:
    """Whether the journal tells of a change to the draft since the run was started."""
    told = Event.objects.filter(
        subject_table=RateCardVersion._meta.db_table,
        subject_id=backtest.version_id,
        recorded_at__gt=backtest.started_at,
        name__startswith="rate_card.",
    )
    return told.exclude(name__in=RateCardVersion.EVENT_NAMES.values()).exists()
