"""Profiles in an agency's admin, to look at: what is written goes through the portal's own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from portal.profile.models import Change, Field, Proposal, Section


@admin.register(Section)
class SectionAdmin(AgencyAdmin):
    list_display = ("title", "client", "position", "changed_at", "confirmed_at", "confirmed_by")
    list_select_related = ("client", "confirmed_by__user")
    list_filter = (("client", OwnRelated),)
    search_fields = ("title",)
    ordering = ("client", "position", "pk")
    fields = (*list_display, "created_at")
    readonly_fields = fields


@admin.register(Field)
class FieldAdmin(AgencyAdmin):
    list_display = ("label", "client", "section", "is_internal", "edited_by", "edited_at")
    list_select_related = ("client", "section", "edited_by__user")
    list_filter = (("client", OwnRelated), "is_internal")
    search_fields = ("label", "text")
    ordering = ("-edited_at",)
    fields = (*list_display, "text", "position")
    readonly_fields = fields


@admin.register(Change)
class ChangeAdmin(AgencyAdmin):
    list_display = ("label", "verb", "client", "by", "happened_at", "is_internal")
    list_select_related = ("client", "by__user")
    list_filter = (("client", OwnRelated), "verb")
    search_fields = ("label",)
    date_hierarchy = "happened_at"
    ordering = ("-happened_at",)
    fields = (*list_display, "section", "proposed_by", "old_label", "old", "new")
    readonly_fields = fields


@admin.register(Proposal)
class ProposalAdmin(AgencyAdmin):
    list_display = ("field", "label", "client", "by", "created_at", "accepted_at", "declined_at", "decided_by")
    list_select_related = ("field", "client", "by__user", "decided_by__user")
    search_fields = ("label", "field__label", "text")
    list_filter = (("client", OwnRelated),)
    ordering = ("-created_at",)
    fields = (*list_display, "base", "text", "note", "answer")
    readonly_fields = fields
