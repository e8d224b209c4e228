"""Addresses of Lading: pages below `/`, the API below `/api/v1/`, partners' doors below `/in/`."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

api_v1 = [
    path("", include("integrations.api_urls")),
    path("", include("dispatch.urls")),
    path("", include("exceptions.urls")),
    path("", include("billing.urls")),
]

urlpatterns = [
    path("in/", include("integrations.urls")),
    path("api/v1/", include((api_v1, "api"), namespace="v1")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="docs"),
    path("api/reference/", SpectacularRedocView.as_view(), name="reference"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"
