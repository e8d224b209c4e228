"""Addresses of quotes below `/api/v1/`."""

from django.urls import path

from rating.api import QuotesView

urlpatterns = [path("quotes/", QuotesView.as_view(), name="quotes")]
