"""Addresses of the dashboard."""

from django.urls import path

from web.desk.dashboard import exporting, page, rows

urlpatterns = [
    path("dashboard/", page.dashboard, name="dashboard"),
    path("dashboard/definitions/", page.definitions, name="dashboard_definitions"),
    path("dashboard/more/", page.more, name="dashboard_more"),
    path("dashboard/figures.<str:form>", exporting.export, name="dashboard_file"),
    path("dashboard/<slug:key>/", rows.rows, name="dashboard_rows"),
    path("dashboard/<slug:key>/rows.<str:form>", rows.rows_file, name="dashboard_rows_file"),
]
