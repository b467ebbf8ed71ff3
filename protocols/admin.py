"""Protocols in an agency's admin, to look at: what is written about them goes through the portal's own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated, look_at
from protocols.meetings import admin as meetings
from protocols.models import (
    ActionItem,
    AgendaItem,
    Comment,
    InternalNote,
    Participation,
    Protocol,
    ProtocolFile,
    Version,
)

__all__ = ["ActionItemAdmin", "AgendaItemAdmin", "CommentAdmin", "ProtocolAdmin", "meetings"]


@admin.register(Protocol)
class ProtocolAdmin(AgencyAdmin):
    list_display = ("title", "client", "number", "kind", "held_at", "author", "published_at")
    list_select_related = ("client", "author__user")
    list_filter = (("client", OwnRelated), "kind")
    search_fields = ("title", "key_points")
    date_hierarchy = "held_at"
    ordering = ("-held_at",)
    fields = (*list_display, "project", "duration_minutes", "place", "key_points", "created_at", "edited_at")
    readonly_fields = fields


@admin.register(Comment)
class CommentAdmin(AgencyAdmin):
    list_display = ("protocol", "author", "text", "created_at")
    list_select_related = ("protocol", "author__user")
    list_filter = ("created_at",)
    search_fields = ("text", "protocol__title")
    ordering = ("-created_at",)
    fields = list_display
    readonly_fields = fields


@admin.register(AgendaItem)
class AgendaItemAdmin(AgencyAdmin):
    list_display = ("protocol", "position", "title", "edited_by", "edited_at")
    list_select_related = ("protocol", "edited_by__user")
    list_filter = ("edited_at",)
    search_fields = ("title", "notes", "protocol__title")
    ordering = ("-edited_at",)
    fields = (*list_display, "notes", "planned_minutes", "brought_by")
    readonly_fields = fields


@admin.register(ActionItem)
class ActionItemAdmin(AgencyAdmin):
    list_display = ("text", "client", "protocol", "assignee", "due_on", "done_at")
    list_select_related = ("client", "protocol", "assignee__user")
    list_filter = (("client", OwnRelated),)
    search_fields = ("text", "protocol__title")
    ordering = ("-created_at",)
    fields = (*list_display, "done_by", "created_at", "dropped_at")
    readonly_fields = fields


look_at(
    ProtocolFile,
    "protocol comment file added_by created_at",
    "file__name protocol__title",
    joins="protocol comment file added_by__user",
    filters=("file__is_internal",),
)
look_at(
    Participation,
    "protocol name member was_invited was_present",
    "name protocol__title",
    joins="protocol member__user",
    filters=("was_invited", "was_present"),
)
look_at(
    InternalNote,
    "protocol text edited_at edited_by",
    "text protocol__title",
    joins="protocol edited_by__user",
    filters=("edited_at",),
)
look_at(
    Version,
    "protocol number saved_at saved_by content",
    "protocol__title",
    joins="protocol saved_by__user",
    filters=("saved_at",),
)
