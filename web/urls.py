"""Every page: the front door, the probes, the desk and the portal."""

from django.urls import include, path

from web import health, home, personal

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("settings/me/", personal.personal_page, name="me"),
    path("settings/me/keys/", personal.switch_keys, name="my_keys"),
    path("portal/", include("web.portal.urls")),
    path("", include("web.desk.urls")),
]
