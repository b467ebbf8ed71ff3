"""What the search shows of mails and of their attachments."""

from collections.abc import Iterator

from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mailbox.file_lines import files_line
from mailbox.models import Mail, MailAttachment
from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member

QUOTED_FROM = 20_000
"""Letters at the beginning of a mail from which is quoted; a mail may be very long."""


def show_mails(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Subject, text, client, sender and day of each mail that has not been set aside."""
    rows = Mail.objects.visible_to(member).relevant().filter(pk__in=ids).select_related("client")
    for row in rows.annotate(head=Left("text", QUOTED_FROM)).defer("text", "html", "to", "cc", "references"):
        facts = (row.client.name, row.sender, format_date(row.received_at), files_line(row.attachment_count))
        url = reverse("mailbox:detail", args=[row.client.slug, row.pk])
        yield row.pk, Hit(url, str(row), row.head, tuple(filter(None, facts)))


def show_attachments(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Name of the file, and the mail that it came with."""
    rows = (
        MailAttachment.objects.visible_to(member)
        .relevant()
        .filter(pk__in=ids, mail__in=Mail.objects.visible_to(member))
    )
    for row in rows.select_related("client", "file", "mail").defer("mail__text", "mail__html"):
        url = reverse("mailbox:detail", args=[row.client.slug, row.mail_id])
        facts = (row.client.name, row.mail.sender, format_date(row.mail.received_at))
        yield row.pk, Hit(url, row.file.name, str(row.mail), facts)


SEARCHABLES = [
    Searchable("mails", _("Mails"), "mail", "mails", show_mails),
    Searchable("attachments", _("Attachments of mails"), "file", "mails", show_attachments),
]
