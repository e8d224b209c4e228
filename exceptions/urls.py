"""Addresses of cases below `/api/v1/`."""

from django.urls import path

from exceptions.api import (
    CaseAssignView,
    CaseCommentView,
    CaseListView,
    CaseSnoozeView,
    CaseView,
)

urlpatterns = [
    path("cases/", CaseListView.as_view(), name="cases"),
    path("cases/<slug:number>/", CaseView.as_view(), name="case"),
    path("cases/<slug:number>/assign/", CaseAssignView.as_view(), name="case-assign"),
    path("cases/<slug:number>/comment/", CaseCommentView.as_view(), name="case-comment"),
    path("cases/<slug:number>/snooze/", CaseSnoozeView.as_view(), name="case-snooze"),
]
