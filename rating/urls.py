"""Addresses of quotes and rate cards below `/api/v1/`."""

from django.urls import path, re_path

from rating.api import cards
from rating.api.quotes import QuotesView

VERSION = "rate-card-versions/<int:pk>/"

urlpatterns = [
    path("quotes/", QuotesView.as_view(), name="quotes"),
    path("rate-cards/", cards.CardListView.as_view(), name="rate-cards"),
    path(
        "rate-cards/<int:pk>/versions/",
        cards.VersionListView.as_view(),
        name="rate-card-versions",
    ),
    path(
        "rate-cards/<int:pk>/test-cases/", cards.TestCaseListView.as_view(), name="rate-test-cases"
    ),
    path(VERSION, cards.VersionView.as_view(), name="rate-card-version"),
    path(f"{VERSION}submit/", cards.SubmitView.as_view(), name="rate-card-submit"),
    path(f"{VERSION}approve/", cards.ApproveView.as_view(), name="rate-card-approve"),
    path(f"{VERSION}return/", cards.ReturnView.as_view(), name="rate-card-return"),
    path(f"{VERSION}publish/", cards.PublishView.as_view(), name="rate-card-publish"),
    path(f"{VERSION}checks/", cards.VersionChecksView.as_view(), name="rate-card-checks"),
    path(
        f"{VERSION}changes/<int:other>/", cards.ComparisonView.as_view(), name="rate-card-changes"
    ),
    path(f"{VERSION}test-cases/", cards.CaseResultsView.as_view(), name="rate-card-cases"),
    path(f"{VERSION}lanes/", cards.LaneListView.as_view(), name="lanes"),
    path(f"{VERSION}lanes/<int:row>/", cards.LaneView.as_view(), name="lane"),
    path(f"{VERSION}imports/", cards.ImportListView.as_view(), name="rate-imports"),
    re_path(
        r"^rate-card-versions/(?P<pk>[0-9]{1,18})/export\.(?P<suffix>csv|xlsx)$",
        cards.ExportView.as_view(),
        name="rate-card-export",
    ),
    path("rate-imports/<int:pk>/", cards.ImportView.as_view(), name="rate-import"),
    path("rate-imports/<int:pk>/apply/", cards.ImportApplyView.as_view(), name="rate-import-apply"),
]
