"""Mails in an agency's admin, to look at."""

from django.contrib import admin

from mailbox.models import AddressTest, KnownAddress, Mail, MailAttachment, Thread
from portal.admin.options import AgencyAdmin, OwnRelated, look_at


@admin.register(Mail)
class MailAdmin(AgencyAdmin):
    list_display = ("__str__", "client", "from_name", "from_address", "received_at", "attachment_count")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated), ("problem", admin.EmptyFieldListFilter))
    search_fields = ("subject", "from_name", "from_address")
    date_hierarchy = "received_at"
    ordering = ("-received_at",)
    fields = ("subject", *list_display[1:], "problem", "to", "cc", "sent_at", "message_id", "project", "text")
    readonly_fields = fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("html")


@admin.register(KnownAddress)
class KnownAddressAdmin(AgencyAdmin):
    list_display = ("address", "client", "known_at")
    list_select_related = ("client",)
    list_filter = (("client", OwnRelated),)
    search_fields = ("address",)
    fields = list_display
    readonly_fields = fields


@admin.register(AddressTest)
class AddressTestAdmin(AgencyAdmin):
    list_display = ("address", "client", "asked_at", "sent_at", "accepted_at", "processed_at", "failed_at")
    list_select_related = ("client",)
    search_fields = ("address", "client__name")
    list_filter = (("client", OwnRelated),)
    fields = (*list_display, "error")
    readonly_fields = fields


@admin.register(Thread)
class ThreadAdmin(AgencyAdmin):
    list_display = ("__str__", "client", "project", "last_at", "mail_count", "answered_at", "assignee", "hidden_at")
    list_select_related = ("client", "project", "assignee__user")
    search_fields = ("client__name", "assignee__user__name")
    list_filter = (("client", OwnRelated), ("hidden_at", admin.EmptyFieldListFilter))
    date_hierarchy = "last_at"
    ordering = ("-last_at",)
    fields = (*list_display, "assigned_at", "hidden_by")
    readonly_fields = fields


look_at(
    MailAttachment,
    "file client mail received_at",
    "file__name mail__subject",
    joins="file client mail",
    filters=(("client", OwnRelated),),
)
