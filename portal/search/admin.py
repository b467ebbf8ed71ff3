"""The index in an agency's admin, to look at."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from portal.search.models import Entry, FileText


@admin.register(Entry)
class EntryAdmin(AgencyAdmin):
    list_display = ("kind", "subject_id", "client", "who", "happened_at", "language", "internal")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated), "kind", "language", "internal")
    search_fields = ("who",)
    ordering = ("-happened_at", "-pk")
    fields = (*list_display, "visible_from")
    readonly_fields = fields


@admin.register(FileText)
class FileTextAdmin(AgencyAdmin):
    list_display = ("file", "read_at")
    list_select_related = ("file",)
    list_filter = ("read_at",)
    search_fields = ("file__name",)
    ordering = ("-pk",)
    fields = (*list_display, "text")
    readonly_fields = fields
