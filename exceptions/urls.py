"""Addresses of cases below `/api/v1/`."""

from django.urls import path

from exceptions.api.cases import (
    CaseAssignView,
    CaseCommentView,
    CaseListView,
    CaseSnoozeView,
    CaseView,
)
from exceptions.api.deciding import (
    CaseAskView,
    CaseResolveView,
    CaseWaiveView,
    CaseWaysView,
)

urlpatterns = [
    path("cases/", CaseListView.as_view(), name="cases"),
    path("cases/<slug:number>/", CaseView.as_view(), name="case"),
    path("cases/<slug:number>/assign/", CaseAssignView.as_view(), name="case-assign"),
    path("cases/<slug:number>/ask/", CaseAskView.as_view(), name="case-ask"),
    path("cases/<slug:number>/resolve/", CaseResolveView.as_view(), name="case-resolve"),
    path("cases/<slug:number>/waive/", CaseWaiveView.as_view(), name="case-waive"),
    path("cases/<slug:number>/ways/", CaseWaysView.as_view(), name="case-ways"),
    path("cases/<slug:number>/comment/", CaseCommentView.as_view(), name="case-comment"),
    path("cases/<slug:number>/snooze/", CaseSnoozeView.as_view(), name="case-snooze"),
]
