"""Rows of insights: the runs of its simulations, and what they found."""

from insights.models.backtest import Backtest
from insights.models.finding import BacktestDifference, BacktestProblem

__all__ = ["Backtest", "BacktestDifference", "BacktestProblem"]
