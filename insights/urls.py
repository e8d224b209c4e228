"""Addresses of simulations and figures below `/api/v1/`."""

from django.urls import path

from insights.api.backtests import (
    BacktestCancelView,
    BacktestListView,
    BacktestView,
    DifferenceListView,
    DifferenceSheetView,
    ProblemListView,
)
from insights.api.figures import FigureListView, FigureRowsView, FigureView

urlpatterns = [
    path("insights/", FigureListView.as_view(), name="insights"),
    path("insights/<slug:key>/", FigureView.as_view(), name="insight"),
    path("insights/<slug:key>/rows/", FigureRowsView.as_view(), name="insight-rows"),
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
