"""Roles, access and calendars in an agency's admin, to look at; and the platform's site.

What is changed by actions of portal.people (settings, clients, members) is registered there.
"""

from datetime import date

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.admin.options import AgencyAdmin, AgencyFilter, OwnRelated, PlatformAdmin
from portal.admin.sites import platform
from portal.tenancy.models import (
    Absence,
    Agency,
    Calendar,
    Client,
    ClientAccess,
    Member,
    Network,
    ProjectAccess,
    Role,
)


@admin.register(Role)
class RoleAdmin(AgencyAdmin):
    list_display = fields = ("name", "kind", "code", "permissions")
    search_fields = ("name", "code")
    list_filter = ("kind",)
    ordering = ("kind", "name")


@admin.register(ClientAccess)
class ClientAccessAdmin(AgencyAdmin):
    list_display = fields = ("member", "client", "areas", "limited_at", "created_at")
    readonly_fields = ("created_at",)
    list_select_related = ("member__user", "client")
    list_filter = (("client", OwnRelated),)
    search_fields = ("member__user__name", "client__name")


@admin.register(ProjectAccess)
class ProjectAccessAdmin(AgencyAdmin):
    list_display = fields = ("project", "member", "vendor", "level", "created_at")
    readonly_fields = ("created_at",)
    list_select_related = ("project", "member__user", "vendor")
    search_fields = ("project__name", "member__user__name", "vendor__name")
    list_filter = ("level", ("vendor", OwnRelated))


@admin.register(Calendar)
class CalendarAdmin(AgencyAdmin):
    list_display = ("name", "time_zone", "country", "region", "is_default")
    search_fields = ("name", "country", "region")
    list_filter = ("is_default",)
    fields = (*list_display, "windows")


@admin.register(Absence)
class AbsenceAdmin(AgencyAdmin):
    list_display = ("member", "stand_in", "first_day", "last_day", "reason")
    fields = ("member", "stand_in", "starts_at", "ends_at", "reason")
    list_select_related = ("member__user", "stand_in__user", "agency")
    search_fields = ("member__user__name", "reason")
    list_filter = (("member", OwnRelated),)

    @admin.display(description=_("First day"), ordering="starts_at")
    def first_day(self, absence: Absence) -> date:
        return absence.first_day

    @admin.display(description=_("Last day"), ordering="ends_at")
    def last_day(self, absence: Absence) -> date:
        return absence.last_day


# --- The platform's site ----------------------------------------------------------------------------------


@admin.register(Network, site=platform)
class NetworkAdmin(PlatformAdmin):
    may_add = may_change = True
    list_display = fields = ("name",)
    search_fields = ("name",)


@admin.register(Agency, site=platform)
class AgencyOnPlatform(PlatformAdmin):
    may_change = True
    list_display = ("name", "slug", "host", "network", "language", "created_at")
    list_select_related = ("network",)
    search_fields = ("name", "slug", "host")
    ordering = ("name",)
    fields = ("name", "slug", "host", "mail_domain", "network", "language", "time_zone", "currency", "created_at")
    readonly_fields = ("name", "slug", "host", "mail_domain", "language", "time_zone", "currency", "created_at")


@admin.register(Client, site=platform)
class ClientOnPlatform(PlatformAdmin):
    list_display = fields = ("name", "slug", "agency", "external_id", "archived_at")
    readonly_fields = ("agency", "archived_at")
    list_select_related = ("agency",)
    list_filter = (AgencyFilter,)
    search_fields = ("name", "slug")


@admin.register(Member, site=platform)
class MemberOnPlatform(PlatformAdmin):
    list_display = fields = ("user", "kind", "role", "agency", "joined_at", "ended_at")
    readonly_fields = ("agency", "joined_at", "ended_at")
    list_select_related = ("user", "role", "agency")
    list_filter = (AgencyFilter, "kind")
    search_fields = ("user__name", "user__email")
