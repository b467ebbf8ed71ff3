"""The mail queues and addresses in an agency's admin. The mail itself is read on its own pages; what failed can be tried again."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.admin.forms import RowForm
from portal.admin.options import AgencyAdmin, OwnRelated, PlatformAdmin, is_set, look_at
from portal.admin.sites import platform
from portal.mail import quarantine
from portal.mail.models import ClientAddress, ImapMailbox, InboundMail, MailReply, OutgoingMail, ProviderRequest
from portal.mail.stray_models import Stray


@admin.register(ClientAddress)
class ClientAddressAdmin(AgencyAdmin):
    list_display = ("__str__", "client", "created_at", "retired_at", "valid_until")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated),)
    search_fields = ("local_part",)
    fields = ("local_part", "domain", "client", "created_at", "retired_at", "valid_until")
    readonly_fields = fields


class AgainForm(RowForm):
    """What arrived cannot be changed, only processed once more."""

    try_again = forms.BooleanField(label=_("Try again"), required=False, help_text=_("If it is in quarantine."))


@admin.register(InboundMail)
class InboundMailAdmin(AgencyAdmin):
    may_change = True
    form = AgainForm
    list_display = ("pk", "envelope_from", "source", "size", "received_at", "processed_at", "reason")
    list_filter = ("source", "reason", ("processed_at", admin.EmptyFieldListFilter))
    search_fields = ("envelope_from",)
    ordering = ("-pk",)
    readonly_fields = (
        *list_display[1:],
        *(
            "recipients",
            "peer",
            "helo",
            "attempts",
            "quarantined_at",
            "verdict",
            "error",
            "discarded_at",
            "discarded_by",
            "emptied_at",
        ),
    )
    fields = (*readonly_fields, "try_again")

    def get_queryset(self, request):
        return super().get_queryset(request).defer("raw")

    def save_model(self, request, obj, form, change):
        if form.cleaned_data["try_again"]:
            quarantine.retry(obj, by=request.member)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(AgencyAdmin):
    list_display = ("subject", "to", "created_at", "attempts", "sent_at", "failed_at", "bounced_at", "last_error")
    list_filter = (("sent_at", admin.EmptyFieldListFilter), ("failed_at", admin.EmptyFieldListFilter))
    search_fields = ("subject", "to")
    ordering = ("-pk",)
    fields = ("message_id", "sender", *list_display, "next_try_at", "bounce_kind", "bounce_text")
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("text", "html", "headers")


@admin.register(ImapMailbox)
class ImapMailboxAdmin(AgencyAdmin):
    list_display = ("__str__", "folder", "checked_at", "failed_at", "error", "paused_at")
    search_fields = ("host", "user")
    list_filter = (("failed_at", admin.EmptyFieldListFilter),)
    ordering = ("pk",)
    fields = ("host", "port", "security", "user", *list_display[1:], "done_folder", "last_uid", "left_behind")
    readonly_fields = fields


@admin.register(ProviderRequest)
class ProviderRequestAdmin(AgencyAdmin):
    list_display = ("pk", "inbound", "content_type")
    list_select_related = ("inbound",)
    search_fields = ("content_type",)
    list_filter = ("content_type",)
    ordering = ("-pk",)
    fields = list_display
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body", "inbound__raw")


@admin.register(Stray, site=platform)
class StrayAdmin(PlatformAdmin):
    """To whom it was sent and from whom, never what it says."""

    list_display = fields = ("received_at", "envelope_from", "recipients", "source", "size")
    readonly_fields = fields
    list_filter = ("source",)
    search_fields = ("envelope_from",)
    ordering = ("-pk",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("raw", "body")


look_at(
    MailReply,
    "sender member subject purpose reason received_at answered_at settled_at",
    "sender subject member__user__name",
    joins="member__user",
    filters=("purpose", "reason", is_set("settled_at")),
)
