"""Addresses of quotes and rate cards below `/api/v1/`."""

from django.urls import path, re_path

from rating.api import approvals, cards, cases, fuel, lanes, sheets, terms
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
        "rate-cards/<int:pk>/test-cases/", cases.TestCaseListView.as_view(), name="rate-test-cases"
    ),
    path(
        "rate-cards/<id:pk>/test-cases/<id:case>/",
        cases.TestCaseView.as_view(),
        name="rate-test-case",
    ),
    path(VERSION, cards.VersionView.as_view(), name="rate-card-version"),
    path(f"{VERSION}submit/", approvals.SubmitView.as_view(), name="rate-card-submit"),
    path(f"{VERSION}approve/", approvals.ApproveView.as_view(), name="rate-card-approve"),
    path(f"{VERSION}return/", approvals.ReturnView.as_view(), name="rate-card-return"),
    path(f"{VERSION}publish/", approvals.PublishView.as_view(), name="rate-card-publish"),
    path(f"{VERSION}retire/", approvals.RetireView.as_view(), name="rate-card-retire"),
    path(f"{VERSION}checks/", approvals.VersionChecksView.as_view(), name="rate-card-checks"),
    path(
        f"{VERSION}changes/<int:other>/",
        approvals.ComparisonView.as_view(),
        name="rate-card-changes",
    ),
    path(f"{VERSION}test-cases/", cases.CaseResultsView.as_view(), name="rate-card-cases"),
    path(f"{VERSION}test-cases/<id:case>/expect/", cases.ExpectView.as_view(), name="rate-expect"),
    path(f"{VERSION}lanes/", lanes.LaneListView.as_view(), name="lanes"),
    path(f"{VERSION}lanes/<int:row>/", lanes.LaneView.as_view(), name="lane"),
    path(f"{VERSION}accessorials/", terms.RuleListView.as_view(), name="accessorials"),
    path(f"{VERSION}accessorials/<str:rule>/", terms.RuleView.as_view(), name="accessorial"),
    path(f"{VERSION}fak/", terms.FakView.as_view(), name="fak"),
    path(f"{VERSION}space-rules/", terms.SpaceRuleListView.as_view(), name="space-rules"),
    path(f"{VERSION}space-rules/<slug:measure>/", terms.SpaceRuleView.as_view(), name="space-rule"),
    path(f"{VERSION}zones/", terms.ZoneListView.as_view(), name="zones"),
    path(f"{VERSION}zones/<str:name>/", terms.ZoneView.as_view(), name="zone"),
    path("fuel-indexes/", fuel.FuelIndexListView.as_view(), name="fuel-indexes"),
    path("fuel-indexes/<slug:code>/values/", fuel.FuelValueListView.as_view(), name="fuel-values"),
    path("fuel-programmes/", fuel.ProgrammeListView.as_view(), name="fuel-programmes"),
    path("fuel-programmes/<id:pk>/", fuel.ProgrammeView.as_view(), name="fuel-programme"),
    path(f"{VERSION}imports/", sheets.ImportListView.as_view(), name="rate-imports"),
    re_path(
        r"^rate-card-versions/(?P<pk>[0-9]{1,18})/export\.(?P<suffix>csv|xlsx)$",
        sheets.ExportView.as_view(),
        name="rate-card-export",
    ),
    path("rate-imports/<int:pk>/", sheets.ImportView.as_view(), name="rate-import"),
    path(
        "rate-imports/<int:pk>/apply/", sheets.ImportApplyView.as_view(), name="rate-import-apply"
    ),
]
