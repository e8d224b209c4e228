"""Addresses of cases below `/api/v1/`."""

from django.urls import path

from exceptions.api import CaseListView, CaseView

urlpatterns = [
    path("cases/", CaseListView.as_view(), name="cases"),
    path("cases/<slug:number>/", CaseView.as_view(), name="case"),
]
