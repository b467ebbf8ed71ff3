"""Tickets in an agency's admin, to look at: what is written about them goes through the portal's own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from tickets.models import Comment, Team, Ticket, TicketStatus, TicketType


@admin.register(TicketType)
class TicketTypeAdmin(AgencyAdmin):
    list_display = ("name", "code", "hint", "position", "is_open_to_contacts", "has_parts", "reopen_days")
    ordering = ("position",)
    fields = list_display
    readonly_fields = fields


@admin.register(TicketStatus)
class TicketStatusAdmin(AgencyAdmin):
    list_display = ("type", "name", "client_word", "stage", "position")
    list_select_related = ("type",)
    ordering = ("type", "position")
    fields = (*list_display, "code")
    readonly_fields = fields


@admin.register(Team)
class TeamAdmin(AgencyAdmin):
    list_display = ("name", "archived_at")
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
