"""The timeline in an agency's admin. Kinds of activities are kept here; everything else is to look at."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from timeline.actions import kinds
from timeline.models import Activity, ActivityFile, ActivityKind, Decision


@admin.register(ActivityKind)
class ActivityKindAdmin(AgencyAdmin):
    may_add = may_change = True
    list_display = ("name", "position", "retired_at")
    list_filter = (("retired_at", admin.EmptyFieldListFilter),)
    search_fields = ("name",)
    ordering = ("position", "pk")
    fields = ("name", "position", "retired_at")

    def save_model(self, request, obj, form, change):
        kinds.save(obj, by=request.member)


@admin.register(Activity)
class ActivityAdmin(AgencyAdmin):
    list_display = ("title", "client", "kind", "posted_by", "posted_at", "taken_back_at")
    list_select_related = ("client", "kind", "posted_by__user")
    list_filter = (("client", OwnRelated), ("kind", OwnRelated))
    search_fields = ("title", "text")
    date_hierarchy = "posted_at"
    ordering = ("-posted_at",)
    fields = (*list_display, "project", "text", "link", "announced_at", "taken_back_by")
    readonly_fields = fields


@admin.register(ActivityFile)
class ActivityFileAdmin(AgencyAdmin):
    list_display = ("file", "activity")
    list_select_related = ("file", "activity")
    search_fields = ("file__name", "activity__title")
    list_filter = ("file__is_internal",)
    ordering = ("-pk",)
    fields = list_display
    readonly_fields = fields


@admin.register(Decision)
class DecisionAdmin(AgencyAdmin):
    list_display = ("event", "reason", "was", "visible_from", "by", "decided_at")
    list_select_related = ("event", "by__user")
    list_filter = ("decided_at",)
    search_fields = ("reason",)
    date_hierarchy = "decided_at"
    ordering = ("-decided_at",)
    fields = list_display
    readonly_fields = fields
