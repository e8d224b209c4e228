"""Every page: the front door, the probes, the desk and the portal."""

from django.urls import include, path

from web import health, home, notices, personal
from web.signin import security

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("settings/me/", personal.personal_page, name="me"),
    path("settings/me/keys/", personal.switch_keys, name="my_keys"),
    path("settings/security/", security.security_page, name="mfa_index"),
    path("settings/security/sessions/end/", security.end_sessions, name="sessions_end"),
    path("settings/notifications/", notices.notices_page, name="notifications"),
    path("mail/off/<str:token>/", notices.mute, name="mute"),
    path("portal/", include("web.portal.urls")),
    path("", include("web.desk.urls")),
]
