"""People on the platform's site. What a person may do follows from memberships, not from here."""

from django.contrib import admin

from portal.accounts.models import User
from portal.admin.options import PlatformAdmin
from portal.admin.sites import platform


@admin.register(User, site=platform)
class UserAdmin(PlatformAdmin):
    list_display = fields = ("name", "email", "language", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("name", "email")
    ordering = ("name",)
