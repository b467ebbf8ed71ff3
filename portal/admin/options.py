"""How rows appear in the admin: read-only unless said otherwise, behind our permissions, audited by the database."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import DateInput
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from portal.admin import history
from portal.admin.forms import RowForm
from portal.audit import log


class GuardedAdmin(admin.ModelAdmin):
    """Whoever may enter the site may see; adding, changing and deleting is switched on per model."""

    database = "default"
    may_add = may_change = may_delete = False
    view_on_site = False
    actions = None
    list_per_page = 50
    show_full_result_count = False
    form: type[RowForm] = RowForm
    object_history_template = "admin/object_history.html"
    # The browser's own calendar: Django's has colours of its own that no theme reaches.
    formfield_overrides = {models.DateField: {"widget": DateInput({"type": "date"}, format="%Y-%m-%d")}}

    def has_module_permission(self, request):
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request, obj=None):
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request):
        return self.may_add and self.admin_site.has_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.may_change and self.admin_site.has_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.may_delete and self.admin_site.has_permission(request)

    def lookup_allowed(self, lookup, value, request=None):
        """Filters in the address only ask about what is shown anyway: no guessing of hidden columns."""
        shown = {"pk", "id", *(self.fields or ()), *self.list_display}
        return lookup.partition("__")[0] in shown and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request, extra_context=None):
        """As for any filter that cannot be. Django asks the database for a NUL, which no column takes."""
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().changelist_view(request, extra_context)

    def get_search_results(self, request, queryset, search_term):
        """What autocompletes; nobody's name has a NUL in it."""
        if "\0" in search_term:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def history_view(self, request, object_id, extra_context=None):
        """The row's events in the audit log."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404("no such row")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change history: %s") % obj,
            "subtitle": None,
            "changes": history.of_row(obj, self.database),
            "object": obj,
            "opts": self.opts,
            "module_name": self.opts.verbose_name_plural,
            **(extra_context or {}),
        }
        return render(request, self.object_history_template, context)

    def log_addition(self, request, obj, message):
        """Written by the database's audit triggers."""

    def log_change(self, request, obj, message):
        """Written by the database's audit triggers."""

    def log_deletions(self, request, queryset):
        """Written by the database's audit triggers."""

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404("no such row")


def visible(rows: Any, member) -> Any:
    """The first wall: what this member may see; every model of the portal has it."""
    return rows.visible_to(member)


class AgencyAdmin(GuardedAdmin):
    """Rows of the agency whose admin it is: the first wall in each query, row-level security behind it."""

    def get_queryset(self, request):
        return self.within_reach(super().get_queryset(request), request.member)

    def within_reach(self, rows: Any, member) -> Any:
        """What this member finds here: by default what the portal's own pages show."""
        return visible(rows, member)

    def get_field_queryset(self, db, db_field, request):
        rows = super().get_field_queryset(db, db_field, request)
        rows = db_field.remote_field.model._default_manager.all() if rows is None else rows
        rows = visible(rows, request.member)
        return rows.with_names() if hasattr(rows, "with_names") else rows

    def get_form(self, request, obj=None, change=False, **kwargs):
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.agency, form.refused = request.agency, getattr(request, "refused", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What the action refuses stands at the form, as on the portal's own pages. Nothing was saved then."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            request.refused = error
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        """Every write is an action: a class that lets rows be changed calls it here."""
        raise NotImplementedError

    def delete_model(self, request, obj):
        """As `save_model`."""
        raise NotImplementedError


def look_at(
    model: type[models.Model], columns: str, search: str, *, joins: str = "", filters: Any = (), reach=None
) -> None:
    """Let an agency's owners look at a model, newest first. columns, search and joins: names with spaces between.

    reach: instead of `AgencyAdmin.within_reach`, for rows whose own pages show each person only his own.
    """
    shown = tuple(columns.split())
    options: dict[str, Any] = {
        "list_display": shown,
        "fields": shown,
        "readonly_fields": shown,
        "search_fields": tuple(search.split()),
        "list_select_related": tuple(joins.split()) or False,
        "list_filter": filters,
        "ordering": ("-pk",),
    }
    if reach:
        options["within_reach"] = lambda self, rows, member: reach(rows, member)
    admin.site.register(model, type(f"{model.__name__}Admin", (AgencyAdmin,), options))


def is_set(name: str) -> tuple[str, type]:
    """A filter by whether a moment has come."""
    return name, admin.EmptyFieldListFilter


class PlatformAdmin(GuardedAdmin):
    """Rows of all agencies, only through the maintenance role. Opening or changing one is shown to its agency."""

    database = "maint"

    def get_queryset(self, request):
        return super().get_queryset(request).using("maint")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, using="maint", **kwargs)

    def get_object(self, request, object_id, from_field=None):
        obj = super().get_object(request, object_id, from_field)
        if obj is not None:
            self._note(request, "platform.viewed", obj)
        return obj

    def save_model(self, request, obj, form, change):
        with transaction.atomic(using="maint"):
            obj.save(using="maint")
        self._note(request, "platform.changed", obj, fields=form.changed_data)

    def _note(self, request, kind: str, obj, **detail) -> None:
        row = {"tab": obj._meta.db_table, "row": str(obj.pk), **detail}
        log.log(kind, row, agency_id=getattr(obj, "agency_id", None))


class OwnRelated(admin.RelatedFieldListFilter):
    """Filter by a related row: offers those that the rows shown have, in one query."""

    def field_choices(self, field, request, model_admin):
        used = model_admin.get_queryset(request).order_by().values(field.attname)
        rows = model_admin.get_field_queryset(None, field, request).filter(pk__in=used)
        return [(row.pk, str(row)) for row in rows]


class AgencyFilter(admin.SimpleListFilter):
    """Rows of one agency, on the platform's site."""

    title, parameter_name = _("agency"), "agency"

    def lookups(self, request, model_admin):
        agencies = model_admin.model._meta.get_field("agency").remote_field.model
        return list(agencies.objects.using("maint").order_by("name").values_list("pk", "name"))

    def queryset(self, request, queryset):
        return queryset.filter(agency_id=self.value()) if self.value() else queryset
