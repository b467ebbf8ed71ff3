"""What the search finds in mails."""

from collections.abc import Iterator

from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mailbox.file_lines import files_line
from mailbox.models import Mail
from portal.core.formats import format_date
from portal.search.searchables import NEWEST, Hit, Searchable
from portal.tenancy.models import Member

QUOTED_FROM = 20_000
"""Letters at the beginning of a mail from which is quoted; a mail may be very long."""


def find(member: Member, words: list[str]) -> Iterator[Hit]:
    """Mails with all words in subject, sender or text."""
    rows = Mail.objects.visible_to(member).relevant().matching(words).newest_first().select_related("client")
    for row in rows.annotate(head=Left("text", QUOTED_FROM)).defer("text", "html", "to", "cc", "references")[:NEWEST]:
        facts = (row.client.name, row.sender, format_date(row.received_at), files_line(row.attachment_count))
        url = reverse("mailbox:detail", args=[row.client.slug, row.pk])
        yield Hit(url, str(row), row.head, tuple(filter(None, facts)))


SEARCHABLE = Searchable("mails", _("Mails"), "mail", "mails", find)
