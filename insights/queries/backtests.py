"""Runs and what they found, to be read; every list pages by keyset."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from insights.models import Backtest, BacktestDifference, BacktestProblem

BLOCK = 2000
HEADINGS = (
    "Load", "Customer", "Code", "Stop", "Description", "Before", "After", "Difference", "Currency",
    "Reason",
)  # fmt: skip


def told_backtests() -> QuerySet[Backtest]:
    """Runs with what their page names; staff alone reads them."""
    return Backtest.objects.select_related("version__card", "against__card", "customer")


def differences_of(
    backtest: Backtest, *, code: str = "", load: str = ""
) -> QuerySet[BacktestDifference]:
    """The lines that differ, of one charge code or load number if given.

    Unordered, for keyset paging: by `id` as they were found, or by `-moved_amount` and `-id`.
    """
    found = backtest.differences.select_related("load__customer")
    if code:
        found = found.filter(code=code)
    return found.filter(load__number=load) if load else found


def problems_of(backtest: Backtest, *, side: str = "") -> QuerySet[BacktestProblem]:
    """Why loads could not be priced in full, on one side if given. Unordered, for keyset paging."""
    found = backtest.problems.select_related("load__customer")
    return found.filter(side=side) if side else found


def difference_rows(backtest: Backtest) -> Iterator[tuple[Any, ...]]:
    """The headings, then every line that differs, read a block at a time."""
    yield HEADINGS
    for row in differences_of(backtest).order_by("id").iterator(BLOCK):
        yield (
            row.load.number, row.load.customer.code, row.code, row.stop_sequence, row.description,
            row.before_amount, row.after_amount, row.difference_amount, row.currency, row.reason,
        )  # fmt: skip
