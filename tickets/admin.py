"""Tickets in an agency's admin, to look at: what is written about them goes through the portal's own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated, is_set, look_at
from tickets.models import (
    Change,
    ChecklistItem,
    Comment,
    CommentVersion,
    DescriptionVersion,
    FieldValue,
    Follower,
    Handover,
    Link,
    Team,
    TeamMember,
    Ticket,
    TicketField,
    TicketFile,
    TicketStatus,
    TicketType,
    WatchOut,
)


@admin.register(TicketType)
class TicketTypeAdmin(AgencyAdmin):
    list_display = ("name", "code", "hint", "position", "is_open_to_contacts", "has_parts", "reopen_days")
    search_fields = ("name", "code", "hint")
    list_filter = ("is_open_to_contacts", "has_parts")
    ordering = ("position",)
    fields = list_display
    readonly_fields = fields


@admin.register(TicketStatus)
class TicketStatusAdmin(AgencyAdmin):
    list_display = ("type", "name", "client_word", "stage", "position")
    list_select_related = ("type",)
    search_fields = ("name", "client_word")
    list_filter = (("type", OwnRelated), "stage")
    ordering = ("type", "position")
    fields = (*list_display, "code")
    readonly_fields = fields


@admin.register(Team)
class TeamAdmin(AgencyAdmin):
    list_display = ("name", "archived_at")
    search_fields = ("name",)
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    ordering = ("name",)
    fields = list_display
    readonly_fields = fields


@admin.register(Ticket)
class TicketAdmin(AgencyAdmin):
    list_display = ("key", "title", "client", "type", "status", "assignee", "due_at", "closed_at")
    list_select_related = ("client", "type", "status", "assignee__user")
    list_filter = (("client", OwnRelated), ("type", OwnRelated))
    search_fields = ("key", "title")
    ordering = ("-created_at",)
    fields = (
        *list_display,
        "project",
        "logger",
        "opened_by",
        "team",
        "priority",
        "percent",
        "description",
        "created_at",
    )
    readonly_fields = fields


@admin.register(Comment)
class CommentAdmin(AgencyAdmin):
    list_display = ("ticket", "author", "text", "is_private", "by_mail", "created_at")
    list_select_related = ("ticket", "author__user")
    list_filter = ("is_private",)
    search_fields = ("text", "ticket__title", "ticket__key")
    ordering = ("-created_at",)
    fields = list_display
    readonly_fields = fields


OF_TICKET = "ticket__key ticket__title"
TYPE = (("type", OwnRelated),)
look_at(TicketField, "type label code is_internal position", "label code", joins="type", filters=TYPE)
look_at(
    TeamMember,
    "team member",
    "member__user__name team__name",
    joins="team member__user",
    filters=(("team", OwnRelated),),
)
look_at(
    Handover,
    "ticket from_team to_team from_member to_member reason happened_at handed_by",
    f"reason {OF_TICKET}",
    joins="ticket from_member__user to_member__user handed_by__user",
    filters=("happened_at",),
)
look_at(
    Follower,
    "ticket member added_by added_at muted_at",
    f"member__user__name {OF_TICKET}",
    joins="ticket member__user added_by__user",
    filters=(is_set("muted_at"),),
)
look_at(
    Change,
    "ticket what old new is_internal changed_at changed_by",
    f"old new {OF_TICKET}",
    joins="ticket changed_by__user",
    filters=("what", "is_internal"),
)
look_at(
    Link,
    "ticket kind other created_at created_by",
    f"{OF_TICKET} other__key other__title",
    joins="ticket other created_by__user",
    filters=("kind",),
)
look_at(
    ChecklistItem,
    "ticket text position done_at done_by",
    f"text {OF_TICKET}",
    joins="ticket done_by__user",
    filters=(is_set("done_at"),),
)
look_at(
    WatchOut,
    "ticket text edited_at edited_by",
    f"text {OF_TICKET}",
    joins="ticket edited_by__user",
    filters=("edited_at",),
)
look_at(
    FieldValue,
    "ticket field value is_internal",
    f"value {OF_TICKET}",
    joins="ticket field",
    filters=(("field", OwnRelated), "is_internal"),
)
look_at(
    CommentVersion,
    "comment text until",
    "text comment__ticket__key comment__ticket__title",
    joins="comment",
    filters=("until",),
)
look_at(
    DescriptionVersion,
    "ticket text until edited_by",
    f"text {OF_TICKET}",
    joins="ticket edited_by__user",
    filters=("until",),
)
look_at(
    TicketFile,
    "ticket comment file created_at",
    f"file__name {OF_TICKET}",
    joins="ticket comment file",
    filters=("file__is_internal",),
)
