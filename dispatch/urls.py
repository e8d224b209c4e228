"""Addresses of loads below `/api/v1/`."""

from django.urls import path

from dispatch.api import LoadCostsView, LoadDocumentsView, LoadListView, LoadView

urlpatterns = [
    path("loads/", LoadListView.as_view(), name="loads"),
    path("loads/<slug:number>/", LoadView.as_view(), name="load"),
    path("loads/<slug:number>/costs/", LoadCostsView.as_view(), name="load-costs"),
    path("loads/<slug:number>/documents/", LoadDocumentsView.as_view(), name="load-documents"),
]
