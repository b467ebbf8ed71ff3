"""Addresses inside an agency; the door has taken its name off the path."""

from django.contrib import admin
from django.urls import include, path

from portal.urls_shared import urlpatterns as shared

handler400 = "portal.core.errors.bad_request"
handler403 = "portal.core.errors.forbidden"
handler404 = "portal.core.errors.not_found"
handler500 = "portal.core.errors.server_error"

urlpatterns = [
    *shared,
    path("admin/", admin.site.urls),
    path("", include("portal.notifications.urls")),
    path("search/", include("portal.search.urls")),
    path("tickets/", include("tickets.desk_urls")),
    path("work-log/", include("worklog.own_urls")),
    path("invoices/bank/", include("invoices.bank_urls")),
    path("invoices/reminders/", include("invoices.reminder_urls")),
    path("invoices/", include("invoices.desk_urls")),
    path("", include("portal.people.urls")),
    path("", include("portal.dashboard.urls")),
    path("", include("protocols.by_mail")),
    path("mails/quarantine/", include("mailbox.quarantine_urls")),
    path("<client:client>/", include("protocols.urls")),
    path("<client:client>/profile/", include("portal.profile.urls")),
    path("<client:client>/mails/", include("mailbox.urls")),
    path("<client:client>/tickets/", include("tickets.urls")),
    path("<client:client>/timeline/", include("timeline.urls")),
    path("<client:client>/work-log/", include("worklog.urls")),
    path("<client:client>/invoices/", include("invoices.settling_urls")),
    path("<client:client>/invoices/", include("invoices.urls")),
]
