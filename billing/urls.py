"""Addresses of billing below `/api/v1/`."""

from django.urls import path

from billing.api.documents import InvoiceListView, InvoicePDFView, InvoiceView, LoadBillingView
from billing.api.money import CreditsView, PaymentApplyView, PaymentsView, PaymentVoidView

urlpatterns = [
    path("invoices/<slug:number>/payments/", PaymentsView.as_view(), name="invoice-payments"),
    path(
        "invoices/<slug:number>/payments/<uuid:uid>/apply/",
        PaymentApplyView.as_view(),
        name="payment-apply",
    ),
    path("payments/<uuid:uid>/void/", PaymentVoidView.as_view(), name="payment-void"),
    path("invoices/<slug:number>/credits/", CreditsView.as_view(), name="invoice-credits"),
    path("loads/<slug:number>/billing/", LoadBillingView.as_view(), name="load-billing"),
    path("invoices/", InvoiceListView.as_view(), name="invoices"),
    path("invoices/<slug:number>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<slug:number>/pdf/", InvoicePDFView.as_view(), name="invoice-pdf"),
]
