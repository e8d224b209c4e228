"""Events in, below `/api/v1/`."""

from django.urls import path

from integrations.api import EventBatchView, EventsView

urlpatterns = [
    path("events/", EventsView.as_view(), name="events"),
    path("events/batch/", EventBatchView.as_view(), name="events-batch"),
]
