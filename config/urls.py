"""Addresses of Lading: pages below `/`, the API below `/api/v1/`, partners' doors below `/in/`."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

# One door for everybody: the admin's own would know no limits and no second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

api_v1 = [
    path("", include("integrations.api_urls")),
    path("", include("dispatch.urls")),
    path("", include("exceptions.urls")),
    path("", include("rating.urls")),
    path("", include("billing.urls")),
    path("", include("insights.urls")),
]

urlpatterns = [
    path("in/", include("integrations.urls")),
    path("api/v1/", include((api_v1, "api"), namespace="v1")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(), name="docs"),
    path("api/reference/", SpectacularRedocView.as_view(), name="reference"),
    path("accounts/", include("web.signin.urls")),
    path("admin/", admin.site.urls),
    path("", include("web.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"
