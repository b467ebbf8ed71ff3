"""Every address of accounts, one by one: what is not listed does not exist, and each says who may open it."""

from allauth.account import views as allauth
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import path, re_path

from portal.accounts import oidc
from portal.accounts.decorators import recently_signed_in
from portal.accounts.views import address, challenge, factors, security
from portal.core.access import public, signed_in

changing = lambda view: signed_in(recently_signed_in(view))  # noqa: E731

urlpatterns = [
    path("login/", public(security.SignIn.as_view()), name="account_login"),
    path("logout/", public(allauth.logout), name="account_logout"),
    path("inactive/", public(allauth.account_inactive), name="account_inactive"),
    path("signup/", public(allauth.signup), name="account_signup"),
    path("session-expired/", security.session_expired, name="session_expired"),
    path("confirm-email/", public(allauth.email_verification_sent), name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", public(allauth.confirm_email), name="account_confirm_email"),
    path("password/reset/", public(allauth.password_reset), name="account_reset_password"),
    path("password/reset/done/", public(allauth.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        public(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("password/change/", changing(allauth.password_change), name="account_change_password"),
    path("password/set/", changing(allauth.password_set), name="account_set_password"),
    path("email/", changing(address.change_address), name="account_email"),
    path("confirm/", challenge.reauthenticate, name="account_reauthenticate"),
    path("confirm/<slug:method>/", challenge.reauthenticate, name="account_reauthenticate_by"),
    path("second-factor/", challenge.challenge, name="otp_challenge"),
    path("second-factor/by/<slug:method>/", challenge.challenge, name="otp_challenge_by"),
    path("second-factor/again/", challenge.step_up, name="otp_step_up"),
    path("second-factor/again/<slug:method>/", challenge.step_up, name="otp_step_up_by"),
    path("second-factor/app/", factors.enrol, name="otp_enrol"),
    path("second-factor/app/qr.svg", factors.qr, name="otp_qr"),
    path("second-factor/app/remove/", factors.remove, name="otp_remove"),
    path("second-factor/backup-codes/", factors.backup_codes, name="otp_backup_codes"),
    path("second-factor/reset/<str:token>/", factors.cancel_reset, name="factor_reset_cancel"),
    path("security/", security.security, name="account_security"),
    path("security/sessions/<int:pk>/end/", security.end_session, name="session_end"),
    path("security/sessions/end-others/", security.end_others, name="sessions_end_others"),
    path("security/browsers/<int:pk>/end/", security.end_trust, name="trust_end"),
]
if settings.OIDC_PROVIDERS:
    urlpatterns += [
        path("oidc/<slug:provider_id>/login/", public(oidc.begin), name="openid_connect_login"),
        path("oidc/<slug:provider_id>/login/callback/", public(oidc.callback), name="openid_connect_callback"),
        path("oidc/cancelled/", public(social.login_cancelled), name="socialaccount_login_cancelled"),
        path("oidc/error/", public(social.login_error), name="socialaccount_login_error"),
    ]
