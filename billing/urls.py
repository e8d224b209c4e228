"""Addresses of billing below `/api/v1/`."""

from django.urls import path

from billing.api import InvoiceListView, InvoicePDFView, InvoiceView, LoadBillingView

urlpatterns = [
    path("loads/<slug:number>/billing/", LoadBillingView.as_view(), name="load-billing"),
    path("invoices/", InvoiceListView.as_view(), name="invoices"),
    path("invoices/<slug:number>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<slug:number>/pdf/", InvoicePDFView.as_view(), name="invoice-pdf"),
]
