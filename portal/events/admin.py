"""Events in an agency's admin, to look at: only record() writes them."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from portal.events.models import Event, Revision


@admin.register(Revision)
class RevisionAdmin(AgencyAdmin):
    list_display = ("event", "changed_by", "changed_at", "is_internal")
    list_select_related = ("event", "changed_by__user")
    search_fields = ("event__kind", "changed_by__user__name")
    list_filter = ("is_internal", "changed_at")
    date_hierarchy = "changed_at"
    ordering = ("-changed_at",)
    fields = (*list_display, "old")
    readonly_fields = fields


@admin.register(Event)
class EventAdmin(AgencyAdmin):
    list_display = ("kind", "client", "actor", "side", "internal", "happened_at", "visible_from")
    list_select_related = ("client", "actor__user")
    search_fields = ("kind", "actor__user__name")
    list_filter = (("client", OwnRelated), "side", "internal", ("set_aside_at", admin.EmptyFieldListFilter))
    date_hierarchy = "happened_at"
    ordering = ("-happened_at", "-pk")
    fields = (
        *list_display,
        "project",
        "area",
        "subject_type",
        "subject_id",
        "payload",
        "delivered_at",
        "tries",
        "set_aside_at",
        "changed_at",
        "fixed_at",
    )
