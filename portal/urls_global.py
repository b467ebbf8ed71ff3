"""Addresses without an agency: health, sign-in, choosing a place, first run."""

from django.conf import settings
from django.urls import include, path

from portal.core import health
from portal.tenancy import views as tenancy
from portal.urls_shared import urlpatterns as shared

handler400 = "portal.core.errors.bad_request"
handler403 = "portal.core.errors.forbidden"
handler404 = "portal.core.errors.not_found"
handler500 = "portal.core.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", tenancy.choose_place, name="home"),
    *shared,
]
if settings.DEMO:
    urlpatterns.append(path("outbox/", include("portal.demo.urls")))
