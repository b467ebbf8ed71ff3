"""Protocols in an agency's admin, to look at: they are written, published and commented on their own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from protocols.models import Comment, Protocol


@admin.register(Protocol)
class ProtocolAdmin(AgencyAdmin):
    list_display = ("title", "client", "number", "kind", "author", "held_at", "published_at")
    list_select_related = ("client", "author__user")
    list_filter = (("client", OwnRelated), "kind", ("published_at", admin.EmptyFieldListFilter))
    search_fields = ("title", "client__name")
    date_hierarchy = "held_at"
    ordering = ("-held_at",)
    fields = (*list_display, "project", "duration_minutes", "place", "key_points", "created_at", "edited_at")
    readonly_fields = fields


@admin.register(Comment)
class CommentAdmin(AgencyAdmin):
    list_display = ("__str__", "protocol", "author", "created_at")
    list_select_related = ("protocol", "author__user")
    ordering = ("-pk",)
    fields = ("protocol", "author", "text", "created_at")
    readonly_fields = fields
