"""Events in and changes out, below `/api/v1/`."""

from django.urls import path

from integrations.api.changes import ChangesView
from integrations.api.events import EventBatchView, EventsView
from integrations.api.letters import InvoiceLettersView

urlpatterns = [
    path("invoices/<slug:number>/letters/", InvoiceLettersView.as_view(), name="invoice-letters"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("events/", EventsView.as_view(), name="events"),
    path("events/batch/", EventBatchView.as_view(), name="events-batch"),
]
