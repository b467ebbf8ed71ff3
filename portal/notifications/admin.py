"""What people were told, in an agency's admin, to look at."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin
from portal.notifications.models import Notification, Preference


@admin.register(Notification)
class NotificationAdmin(AgencyAdmin):
    list_display = ("member", "kind", "client", "created_at", "read_at", "mailed_at")
    list_select_related = ("member__user", "client")
    list_filter = ("kind",)
    search_fields = ("member__user__name",)
    ordering = ("-created_at",)
    fields = list_display
    readonly_fields = fields


@admin.register(Preference)
class PreferenceAdmin(AgencyAdmin):
    list_display = fields = readonly_fields = ("member", "kind", "in_app", "email")
    list_select_related = ("member__user",)
    search_fields = ("member__user__name",)
