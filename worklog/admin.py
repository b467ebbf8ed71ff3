"""The work log in an agency's admin. Kinds of work are kept here; everything else is to look at."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated, look_at
from worklog.actions import kinds
from worklog.models import (
    ClientWorkPolicy,
    Explanation,
    ExplanationPost,
    MonthClosing,
    Timer,
    WorkBudget,
    WorkCorrection,
    WorkEntry,
    WorkKind,
    WorkNote,
    WorkPolicy,
    WorkRate,
    WorkResult,
    WorkStatement,
)


@admin.register(WorkKind)
class WorkKindAdmin(AgencyAdmin):
    may_add = may_change = True
    list_display = ("name", "position", "needs_protocol", "retired_at")
    list_filter = ("needs_protocol", ("retired_at", admin.EmptyFieldListFilter))
    search_fields = ("name",)
    ordering = ("position", "pk")
    fields = list_display

    def save_model(self, request, obj, form, change):
        kinds.save(obj, by=request.member)


@admin.register(WorkEntry)
class WorkEntryAdmin(AgencyAdmin):
    list_display = ("text", "client", "member", "kind", "spent_on", "minutes", "charge")
    list_select_related = ("client", "member__user", "kind")
    list_filter = (("client", OwnRelated), ("kind", OwnRelated))
    search_fields = ("text",)
    date_hierarchy = "spent_on"
    ordering = ("-spent_on", "-pk")
    fields = (
        *list_display,
        "project",
        "vendor",
        "started_at",
        "ended_at",
        "source",
        "logged_at",
        "logged_by",
        "visible_from",
        "doubted_at",
        "approved_by",
        "removed_at",
        "removed_by",
        "invoiced_at",
    )
    readonly_fields = fields


class OfEntryAdmin(AgencyAdmin):
    """Rows that hang on an entry."""

    list_select_related: tuple[str, ...] = ("entry",)
    ordering = ("-pk",)


@admin.register(WorkCorrection)
class WorkCorrectionAdmin(OfEntryAdmin):
    list_display = ("entry", "reason", "corrected_at", "corrected_by", "is_internal")
    list_select_related = ("entry", "corrected_by__user")
    list_filter = ("is_internal", "corrected_at")
    search_fields = ("reason",)
    fields = (*list_display, "old", "new")
    readonly_fields = fields


@admin.register(WorkNote)
class WorkNoteAdmin(OfEntryAdmin):
    list_display = ("entry", "text", "written_at", "written_by")
    list_select_related = ("entry", "written_by__user")
    list_filter = ("written_at",)
    search_fields = ("text",)
    fields = list_display
    readonly_fields = fields


@admin.register(WorkResult)
class WorkResultAdmin(OfEntryAdmin):
    list_display = ("entry", "title", "link", "file", "added_at", "added_by")
    list_select_related = ("entry", "file", "added_by__user")
    list_filter = ("added_at",)
    search_fields = ("title",)
    fields = (*list_display, "text", "event", "sha256", "held_at", "let_at")
    readonly_fields = fields


@admin.register(Explanation)
class ExplanationAdmin(OfEntryAdmin):
    list_display = ("entry", "asked_at", "asked_by", "answered_at", "due_on", "released_at", "released_by")
    list_select_related = ("entry", "asked_by__user", "released_by__user")
    search_fields = ("entry__text", "asked_by__user__name")
    list_filter = (("answered_at", admin.EmptyFieldListFilter), ("released_at", admin.EmptyFieldListFilter))
    fields = list_display
    readonly_fields = fields


@admin.register(ExplanationPost)
class ExplanationPostAdmin(AgencyAdmin):
    list_display = ("explanation", "text", "posted_at", "posted_by")
    list_select_related = ("explanation", "posted_by__user")
    list_filter = ("posted_at",)
    search_fields = ("text",)
    ordering = ("-pk",)
    fields = list_display
    readonly_fields = fields


@admin.register(MonthClosing)
class MonthClosingAdmin(AgencyAdmin):
    list_display = ("client", "month", "closed_at", "closed_by")
    list_select_related = ("client", "closed_by__user")
    search_fields = ("client__name",)
    list_filter = (("client", OwnRelated), "month")
    ordering = ("-month", "-pk")
    fields = list_display
    readonly_fields = fields


@admin.register(WorkBudget)
class WorkBudgetAdmin(AgencyAdmin):
    list_display = ("client", "project", "month", "minutes", "amount", "set_at", "set_by")
    list_select_related = ("client", "project", "set_by__user")
    search_fields = ("client__name", "project__name")
    list_filter = (("client", OwnRelated), "month")
    ordering = ("-month", "-pk")
    fields = list_display
    readonly_fields = fields


@admin.register(WorkPolicy)
class WorkPolicyAdmin(AgencyAdmin):
    list_display = ("approved_since", "reminder_weekday", "statement_day")
    ordering = ("pk",)
    fields = list_display
    readonly_fields = fields


@admin.register(ClientWorkPolicy)
class ClientWorkPolicyAdmin(AgencyAdmin):
    list_display = ("client", "delayed_since")
    list_select_related = ("client",)
    search_fields = ("client__name",)
    list_filter = (("delayed_since", admin.EmptyFieldListFilter),)
    ordering = ("pk",)
    fields = list_display
    readonly_fields = fields


@admin.register(WorkStatement)
class WorkStatementAdmin(AgencyAdmin):
    list_display = ("client", "month", "minutes", "stated_at", "file")
    list_select_related = ("client", "file")
    search_fields = ("client__name",)
    list_filter = (("client", OwnRelated), "month")
    ordering = ("-month", "-pk")
    fields = list_display
    readonly_fields = fields


@admin.register(WorkRate)
class WorkRateAdmin(AgencyAdmin):
    list_display = ("client", "project", "role", "kind", "valid_from", "amount", "currency")
    list_select_related = ("client", "project", "role", "kind", "set_by__user")
    search_fields = ("client__name", "project__name")
    list_filter = (("client", OwnRelated), ("role", OwnRelated))
    ordering = ("-valid_from", "-pk")
    fields = (*list_display, "set_at", "set_by")
    readonly_fields = fields


look_at(
    Timer,
    "member client project kind text started_at confirmed_at asked_at",
    "member__user__name text",
    joins="member__user client project kind",
    filters=(("client", OwnRelated),),
    reach=lambda rows, member: rows.filter(agency_id=member.agency_id),
)
