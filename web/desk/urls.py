"""The desk's pages."""

from django.urls import path

from web.desk import search
from web.desk.cases import deciding
from web.desk.cases import page as case
from web.desk.integrations import inbox, outbox, overview, simulator
from web.desk.invoices import listing as invoices
from web.desk.invoices import page as invoice
from web.desk.loads import deciding as charges
from web.desk.loads import documents, events
from web.desk.loads import listing as loads
from web.desk.loads import page as load

app_name = "desk"

urlpatterns = [
    path("search/", search.search, name="search"),
    path("loads/", loads.load_list, name="loads"),
    path("loads/<str:number>/", load.load_page, name="load"),
    path("loads/<str:number>/documents/", documents.upload, name="document_upload"),
    path("loads/<str:number>/events/", events.add_event, name="load_event"),
    path("documents/<int:pk>/", documents.download, name="document"),
    path("documents/<int:pk>/accept/", documents.accept, name="document_accept"),
    path("documents/<int:pk>/reject/", documents.reject, name="document_reject"),
    path("loads/<str:number>/approve/", charges.approve_load, name="load_approve"),
    path("loads/<str:number>/issue/", charges.issue, name="load_issue"),
    path("loads/<str:number>/charges/", charges.add, name="charge_add"),
    path("charges/<int:pk>/approve/", charges.approve, name="charge_approve"),
    path("charges/<int:pk>/waive/", charges.waive, name="charge_waive"),
    path("exceptions/", case.case_queue, name="exceptions"),
    path("exceptions/<str:number>/", case.case_page, name="case"),
    path("exceptions/<str:number>/do/<slug:action>/", deciding.apply_way, name="case_apply"),
    path("exceptions/<str:number>/waive/", deciding.waive, name="case_waive"),
    path("exceptions/<str:number>/assign/", deciding.assign, name="case_assign"),
    path("exceptions/<str:number>/comment/", deciding.comment, name="case_comment"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/<str:number>/", invoice.invoice_page, name="invoice"),
    path("invoices/<str:number>/pdf/", invoice.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:number>/credit/", invoice.credit, name="invoice_credit"),
    path("integrations/", overview.overview, name="integrations"),
    path("integrations/inbox/", inbox.inbox, name="inbox"),
    path("integrations/inbox/<int:pk>/", inbox.message_page, name="message"),
    path("integrations/outbox/", outbox.outbox, name="outbox"),
    path("integrations/simulator/", simulator.simulator, name="simulator"),
]
