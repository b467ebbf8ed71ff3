"""Files in an agency's admin, to look at: what is stored, and what the virus scanner said."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from portal.files.models import File


@admin.register(File)
class FileAdmin(AgencyAdmin):
    list_display = ("name", "media_type", "size", "client", "area", "is_blocked", "scan_verdict", "created_at")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated), "area", "is_blocked", "scan_verdict")
    search_fields = ("name",)
    ordering = ("-pk",)
    fields = (*list_display, "project", "sha256", "is_internal", "scan_finding", "scanned_at", "uploaded_by")
    readonly_fields = fields
