"""Addresses without an agency: health, sign-in, choosing a place, first run."""

from django.conf import settings
from django.urls import include, path

from portal.admin.sites import platform
from portal.core import health
from portal.mail import webhook_views
from portal.operation import views as operation
from portal.people.views.first_run import first_run
from portal.tenancy import views as tenancy
from portal.urls_shared import urlpatterns as shared
from protocols.meetings.feed_views import calendar

handler400 = "portal.core.errors.bad_request"
handler403 = "portal.core.errors.forbidden"
handler404 = "portal.core.errors.not_found"
handler500 = "portal.core.errors.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", tenancy.choose_place, name="home"),
    path("first-run/", first_run, name="first_run"),
    path("webhooks/mail/<slug:provider>/", webhook_views.receive, name="mail_webhook"),
    path("webhooks/mail-status/<slug:provider>/", webhook_views.receive_status, name="mail_status_webhook"),
    path("c/<str:token>.ics", calendar, name="calendar_feed"),
    *shared,
    path("metrics", operation.metrics, name="metrics"),
    path("admin/status/", operation.status, name="platform_status"),
    path("admin/status/run/", operation.examine, name="platform_examine"),
    path("admin/", platform.urls),
]
if settings.DEMO:
    urlpatterns.append(path("outbox/", include("portal.demo.urls")))
