"""Addresses of loads below `/api/v1/`."""

from django.urls import path, register_converter

from dispatch.api import costs, loads, papers, steps
from journal.api import IdConverter

register_converter(IdConverter, "id")

LOAD = "loads/<slug:number>/"

urlpatterns = [
    path("loads/", loads.LoadListView.as_view(), name="loads"),
    path(LOAD, loads.LoadView.as_view(), name="load"),
    path(f"{LOAD}accept/", steps.TenderAcceptView.as_view(), name="load-accept"),
    path(f"{LOAD}assign/", steps.AssignView.as_view(), name="load-assign"),
    path(f"{LOAD}cancel/", steps.CancelView.as_view(), name="load-cancel"),
    path(f"{LOAD}check-calls/", steps.CheckCallsView.as_view(), name="load-check-calls"),
    path(f"{LOAD}costs/", costs.LoadCostsView.as_view(), name="load-costs"),
    path(f"{LOAD}decline/", steps.TenderDeclineView.as_view(), name="load-decline"),
    path(f"{LOAD}documents/", papers.LoadDocumentsView.as_view(), name="load-documents"),
    path(f"{LOAD}milestones/", steps.MilestonesView.as_view(), name="load-milestones"),
    path(f"{LOAD}references/", steps.ReferencesView.as_view(), name="load-references"),
    path(f"{LOAD}stops/<id:sequence>/", steps.StopView.as_view(), name="load-stop"),
    path(f"{LOAD}stops/<id:sequence>/skip/", steps.StopSkipView.as_view(), name="load-stop-skip"),
    path("carriers/", steps.CarrierListView.as_view(), name="carriers"),
    path("documents/<id:pk>/", papers.DocumentView.as_view(), name="document"),
    path("documents/<id:pk>/accept/", papers.DocumentAcceptView.as_view(), name="document-accept"),
    path(
        "documents/<id:pk>/content/", papers.DocumentContentView.as_view(), name="document-content"
    ),
    path("documents/<id:pk>/reject/", papers.DocumentRejectView.as_view(), name="document-reject"),
    path("tenders/", steps.TenderListView.as_view(), name="tenders"),
]
