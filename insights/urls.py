"""Addresses of simulations below `/api/v1/`."""

from django.urls import path

from insights.api import (
    BacktestCancelView,
    BacktestListView,
    BacktestView,
    DifferenceListView,
    DifferenceSheetView,
    ProblemListView,
)

urlpatterns = [
    path("backtests/", BacktestListView.as_view(), name="backtests"),
    path("backtests/<int:pk>/", BacktestView.as_view(), name="backtest"),
    path("backtests/<int:pk>/cancel/", BacktestCancelView.as_view(), name="backtest-cancel"),
    path(
        "backtests/<int:pk>/differences/",
        DifferenceListView.as_view(),
        name="backtest-differences",
    ),
    path(
        "backtests/<int:pk>/differences.csv",
        DifferenceSheetView.as_view(),
        name="backtest-differences-sheet",
    ),
    path("backtests/<int:pk>/problems/", ProblemListView.as_view(), name="backtest-problems"),
]
