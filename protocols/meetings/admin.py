"""Meetings in an agency's admin, to look at: planning goes through the portal's own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated, look_at
from protocols.models import Meeting, MeetingGuest, MeetingSeries, MeetingTopic


@admin.register(Meeting)
class MeetingAdmin(AgencyAdmin):
    list_display = ("title", "client", "kind", "starts_at", "leader", "confirmed_at", "cancelled_at")
    list_select_related = ("client", "leader__user")
    list_filter = (("client", OwnRelated), "kind")
    search_fields = ("title", "place")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    fields = (
        *list_display,
        "project",
        "place",
        "ends_at",
        "series",
        "original_on",
        "moved_at",
        "waived_at",
        "waived_reason",
        "created_at",
        "created_by",
    )
    readonly_fields = fields


@admin.register(MeetingSeries)
class MeetingSeriesAdmin(AgencyAdmin):
    list_display = ("title", "client", "rhythm", "first_on", "starts_at_time", "leader", "last_on")
    list_select_related = ("client", "leader__user")
    list_filter = (("client", OwnRelated), "rhythm")
    search_fields = ("title", "place")
    ordering = ("title",)
    fields = (
        *list_display,
        "kind",
        "project",
        "place",
        "time_zone",
        "duration_minutes",
        "created_at",
        "created_by",
        "ended_at",
    )
    readonly_fields = fields


look_at(
    MeetingGuest,
    "meeting member answer answered_at",
    "meeting__title member__user__name",
    joins="meeting member__user",
    filters=("answer",),
)
look_at(
    MeetingTopic,
    "meeting text minutes added_by created_at",
    "text meeting__title",
    joins="meeting added_by__user",
    filters=("created_at",),
)
