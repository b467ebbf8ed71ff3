"""Events in an agency's admin, to look at: only record() writes them."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from portal.events.models import Event


@admin.register(Event)
class EventAdmin(AgencyAdmin):
    list_display = ("kind", "client", "actor", "side", "internal", "happened_at", "visible_from")
    list_select_related = ("client", "actor__user")
    list_filter = (("client", OwnRelated), "side", "internal")
    date_hierarchy = "happened_at"
    ordering = ("-happened_at", "-pk")
    fields = (*list_display, "project", "area", "subject_type", "subject_id", "payload", "delivered_at")
