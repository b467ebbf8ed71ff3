"""The mail queues and addresses in an agency's admin, to look at. The mail itself is read on its own pages."""

from django.contrib import admin

from portal.admin.options import AgencyAdmin, OwnRelated
from portal.mail.models import ClientAddress, ImapMailbox, InboundMail, OutgoingMail, ProviderRequest


@admin.register(ClientAddress)
class ClientAddressAdmin(AgencyAdmin):
    list_display = ("__str__", "client", "created_at", "retired_at", "valid_until")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated),)
    search_fields = ("local_part",)
    fields = ("local_part", "domain", "client", "created_at", "retired_at", "valid_until")
    readonly_fields = fields


@admin.register(InboundMail)
class InboundMailAdmin(AgencyAdmin):
    list_display = ("pk", "envelope_from", "source", "size", "received_at", "processed_at", "reason")
    list_filter = ("source", "reason", ("processed_at", admin.EmptyFieldListFilter))
    search_fields = ("envelope_from",)
    ordering = ("-pk",)
    fields = (*list_display[1:], "recipients", "peer", "helo", "attempts", "quarantined_at", "verdict", "error")
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("raw")


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
    ordering = ("pk",)
    fields = ("host", "port", "security", "user", *list_display[1:], "done_folder", "last_uid", "left_behind")
    readonly_fields = fields


@admin.register(ProviderRequest)
class ProviderRequestAdmin(AgencyAdmin):
    list_display = ("pk", "inbound", "content_type")
    list_select_related = ("inbound",)
    ordering = ("-pk",)
    fields = list_display
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body", "inbound__raw")
