"""Addresses of billing below `/api/v1/`."""

from django.urls import path

from billing.api import billings, cases, charges, runs, statements
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
    path("loads/<slug:number>/billing/approve/", billings.ApproveView.as_view(), name="approve"),
    path("loads/<slug:number>/billing/hold/", billings.HoldView.as_view(), name="hold"),
    path("loads/<slug:number>/billing/issue/", billings.IssueView.as_view(), name="issue"),
    path("loads/<slug:number>/billing/rate/", billings.RateView.as_view(), name="rate"),
    path("loads/<slug:number>/billing/release/", billings.ReleaseView.as_view(), name="release"),
    path("loads/<slug:number>/charges/", charges.ChargeListView.as_view(), name="load-charges"),
    path("billings/", billings.BillingListView.as_view(), name="billings"),
    path("cases/<slug:number>/undo/", cases.CaseUndoView.as_view(), name="case-undo"),
    path("charges/<id:pk>/", charges.ChargeView.as_view(), name="charge"),
    path("charges/<id:pk>/approve/", charges.ChargeApproveView.as_view(), name="charge-approve"),
    path("charges/<id:pk>/hold/", charges.ChargeHoldView.as_view(), name="charge-hold"),
    path("charges/<id:pk>/waive/", charges.ChargeWaiveView.as_view(), name="charge-waive"),
    path("statement/", statements.StatementView.as_view(), name="statement"),
    path("invoice-previews/", runs.PreviewView.as_view(), name="invoice-previews"),
    path("invoice-runs/", runs.RunListView.as_view(), name="invoice-runs"),
    path("invoice-runs/<uuid:key>/", runs.RunView.as_view(), name="invoice-run"),
    path("invoices/", InvoiceListView.as_view(), name="invoices"),
    path("invoices/<slug:number>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<slug:number>/pdf/", InvoicePDFView.as_view(), name="invoice-pdf"),
]
