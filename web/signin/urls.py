"""The addresses of coming in: of allauth's only these, under the names it looks for itself.

Left out on purpose: changing and confirming e-mail addresses (an administrator does it), setting
a first password without the old one, codes by mail, downloading recovery codes, passkeys.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from django.urls import path, re_path

from web.access import person, public
from web.signin import views
from web.signin.factors import after_factor

KEY = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

urlpatterns = [
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("signup/", views.sign_up_closed, name="account_signup"),
    path("password/reset/", public(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        public(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(KEY, public(account.password_reset_from_key), name="account_reset_password_from_key"),
    path("2fa/authenticate/", public(mfa.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", person(account.reauthenticate), name="account_reauthenticate"),
    path("2fa/reauthenticate/", person(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("password/change/", person(account.password_change), name="account_change_password"),
    path("2fa/totp/activate/", views.enrol, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", views.drop, name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        person(after_factor(codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path("2fa/recovery-codes/generate/", views.renew_codes, name="mfa_generate_recovery_codes"),
]
