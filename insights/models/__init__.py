"""Rows of insights: the runs of its simulations, what they found, and the passage of loads."""

from insights.models.backtest import Backtest
from insights.models.finding import BacktestDifference, BacktestProblem
from insights.models.passage import Passage, PassageMark

__all__ = ["Backtest", "BacktestDifference", "BacktestProblem", "Passage", "PassageMark"]
