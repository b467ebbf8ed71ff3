"""Settings, clients and members in an agency's admin. Saving calls the same actions as the pages of this app."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated, is_set, look_at
from portal.people import rules
from portal.people.actions import agency as settings
from portal.people.actions import clients, members
from portal.people.models import AccessRequest, Invitation, VendorCard
from portal.tenancy.models import Agency, CalendarException, Client, Member, Project, Vendor
from portal.tenancy.models.role import Kind


def _values(obj, *names: str) -> dict:
    return {name: getattr(obj, name) for name in names}


@admin.register(Agency)
class AgencySettings(AgencyAdmin):
    may_change = True
    list_display = ("name", "slug", "language", "time_zone", "currency")
    texts = ("name", "phone", "sender_name", "sender_address", "imprint", "privacy", "data_processing")
    fields = (*texts, "slug", "language", "time_zone", "currency", "staff_factor", "contact_factor", "vendor_factor")
    readonly_fields = ("slug", "language", "time_zone", "currency", "staff_factor", "contact_factor", "vendor_factor")

    def save_model(self, request, obj, form, change):
        settings.change(obj, by=request.member, **_values(obj, *self.texts))


@admin.register(Client)
class ClientAdmin(AgencyAdmin):
    may_change = True
    list_display = ("name", "slug", "manager", "external_id", "archived_at")
    list_select_related = ("manager__user",)
    list_filter = (("manager", OwnRelated), ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "external_id")
    ordering = ("name",)
    fields = ("name", "slug", "external_id", "manager", "embargo_days", "archived_at", "access_until")
    readonly_fields = ("slug", "archived_at", "access_until")
    autocomplete_fields = ("manager",)

    def get_field_queryset(self, db, db_field, request):
        rows = super().get_field_queryset(db, db_field, request)
        return rows.filter(kind=Kind.SPECIALIST) if db_field.name == "manager" else rows

    def save_model(self, request, obj, form, change):
        values = _values(obj, "name", "external_id", "manager", "embargo_days")
        clients.change_client(obj, by=request.member, **values)


@admin.register(Project)
class ProjectAdmin(AgencyAdmin):
    may_change = True
    list_display = ("name", "client", "external_id", "archived_at")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated),)
    search_fields = ("name", "client__name", "external_id")
    ordering = ("client__name", "name")
    fields = ("client", "name", "slug", "external_id", "archived_at")
    readonly_fields = ("client", "slug", "archived_at")

    def save_model(self, request, obj, form, change):
        clients.change_project(obj, by=request.member, **_values(obj, "name", "external_id"))


@admin.register(Member)
class MemberAdmin(AgencyAdmin):
    may_change = True
    list_display = ("user", "kind", "role", "vendor", "position", "joined_at", "ended_at")
    list_filter = ("kind", ("role", OwnRelated), ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__name", "user__email", "position")
    ordering = ("user__name",)
    fields = ("user", "kind", "role", "vendor", "position", "phone", "joined_at", "ended_at")
    readonly_fields = ("user", "kind", "role", "vendor", "joined_at", "ended_at")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user", "role", "vendor")

    def get_search_results(self, request, queryset, search_term):
        """Who is offered as somebody's account manager: whoever may be it."""
        if request.resolver_match.url_name == "autocomplete":
            queryset = queryset.filter(pk__in=rules.who_can_take_over(request.member.agency_id).values("pk"))
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request, obj, form, change):
        members.change(obj, by=request.member, **_values(obj, "role", "position", "phone"))


@admin.register(Vendor)
class VendorAdmin(AgencyAdmin):
    may_change = True
    list_display = ("name", "engagement", "client")
    list_select_related = ("client",)
    list_filter = ("engagement", ("client", OwnRelated))
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "engagement", "client")
    readonly_fields = ("engagement", "client")

    def save_model(self, request, obj, form, change):
        clients.save_vendor(obj, by=request.member, **_values(obj, *self.fields))


@admin.register(CalendarException)
class CalendarExceptionAdmin(AgencyAdmin):
    may_add = may_change = may_delete = True
    list_display = ("day", "name", "calendar")
    list_select_related = ("calendar",)
    search_fields = ("name",)
    list_filter = (("calendar", OwnRelated),)
    ordering = ("-day",)
    fields = ("calendar", "day", "name")

    def get_readonly_fields(self, request, obj=None):
        """The action knows a day by its calendar and date: another date is another day."""
        return ("calendar", "day") if obj else ()

    def save_model(self, request, obj, form, change):
        day = settings.set_day(obj.calendar, by=request.member, **_values(obj, "day", "name", "windows"))
        obj.pk = day.pk

    def delete_model(self, request, obj):
        settings.delete_day(obj, by=request.member)


look_at(
    Invitation,
    "name email kind role client vendor invited_by sent_at expires_at accepted_at revoked_at",
    "name email",
    joins="role client vendor invited_by__user",
    filters=("kind", is_set("accepted_at"), is_set("revoked_at")),
)
look_at(
    AccessRequest,
    "member client project why asked_at answered_at answered_by is_granted",
    "member__user__name client__name why",
    joins="member__user client project answered_by__user",
    filters=(("client", OwnRelated), is_set("answered_at"), "is_granted"),
)
look_at(VendorCard, "vendor services languages rating", "vendor__name services", joins="vendor", filters=("rating",))
