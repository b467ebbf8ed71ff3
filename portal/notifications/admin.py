"""What people were told and how they want to be told, in an agency's admin, to look at.

Here owners find everybody's, not only their own: they are asked why somebody was not told. What was said stays out.
"""

from django.contrib import admin
from django.db.models import Q

from portal.admin.options import AgencyAdmin, is_set, look_at
from portal.notifications.models import Delivery, Notification, Preference
from portal.tenancy.models import Client


@admin.register(Notification)
class NotificationAdmin(AgencyAdmin):
    list_display = ("member", "kind", "client", "created_at", "read_at", "mailed_at")
    list_select_related = ("member__user", "client")
    list_filter = ("kind",)
    search_fields = ("member__user__name",)
    ordering = ("-created_at",)
    fields = list_display
    readonly_fields = fields

    def within_reach(self, rows, member):
        clients = Client.objects.visible_to(member)
        return rows.filter(Q(client=None) | Q(client__in=clients), agency_id=member.agency_id)


@admin.register(Preference)
class PreferenceAdmin(AgencyAdmin):
    list_display = fields = readonly_fields = ("member", "kind", "in_app", "email")
    list_select_related = ("member__user",)
    list_filter = ("in_app", "email")
    search_fields = ("member__user__name",)

    def within_reach(self, rows, member):
        return rows.filter(agency_id=member.agency_id)


look_at(
    Delivery,
    "member client outcome created_at due_at ended_at",
    "member__user__name",
    joins="member__user client",
    filters=("outcome", is_set("ended_at")),
)
