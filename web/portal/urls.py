"""The portal's pages."""

from django.urls import path

from web.portal import documents, invoices, shipments

app_name = "portal"

urlpatterns = [
    path("", invoices.invoice_list, name="invoices"),
    path("invoices/<str:number>/", invoices.invoice_page, name="invoice"),
    path("invoices/<str:number>/pdf/", documents.invoice_pdf, name="invoice_pdf"),
    path("shipments/", shipments.shipment_list, name="shipments"),
    path("shipments/<str:number>/", shipments.shipment_page, name="shipment"),
    path("documents/<int:pk>/", documents.document, name="document"),
]
