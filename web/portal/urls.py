"""The portal's pages."""

from django.urls import path

from web.portal import documents, invoices, people, shipments, statements, taking

app_name = "portal"

urlpatterns = [
    path("", invoices.invoice_list, name="invoices"),
    path("invoices/<str:number>/", invoices.invoice_page, name="invoice"),
    path("invoices/<str:number>/pdf/", documents.invoice_pdf, name="invoice_pdf"),
    path("invoices.zip", taking.invoices_zip, name="invoices_zip"),
    path("statement/", statements.statement_page, name="statement"),
    path("statement.csv", statements.statement_csv, name="statement_csv"),
    path("shipments/", shipments.shipment_list, name="shipments"),
    path("shipments/<str:number>/", shipments.shipment_page, name="shipment"),
    path("people/", people.people_page, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/link/", people.link, name="person_link"),
    path("people/<int:pk>/remove/", people.remove, name="person_remove"),
    path("documents/<int:pk>/", documents.document, name="document"),
]
