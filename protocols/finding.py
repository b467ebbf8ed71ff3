"""What the search shows of protocols and of their documents."""

from collections.abc import Iterator

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member, TenantModel
from portal.tenancy.naming import name_of
from protocols.models import AgendaItem, Comment, Protocol, ProtocolFile


def show_protocols(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Title, what stands in it, client, day and author; the member's own drafts too."""
    rows = Protocol.objects.visible_to(member).filter(pk__in=ids).select_related("client", "author__user")
    for row in rows.annotate(agenda=_texts(AgendaItem, "title", "notes"), said=_texts(Comment, "text", "answer")):
        facts = (row.client.name, format_date(row.held_at), name_of(row.author))
        url = reverse("protocols:detail", args=[row.client.slug, row.number])
        text = f"{row.key_points}\n{row.agenda or ''}\n{row.said or ''}"
        yield row.pk, Hit(url, row.title, text, facts if row.is_published else (*facts, _("Draft")))


def _texts(model: type[TenantModel], first: str, second: str) -> Subquery:
    """What these parts of a protocol say, in one text."""
    rows = model.objects.filter(agency_id=OuterRef("agency_id"), protocol=OuterRef("pk")).order_by()
    line = Concat(first, Value(" "), second, output_field=TextField())
    return Subquery(rows.values("protocol").annotate(all=StringAgg(line, "\n", order_by="pk")).values("all"))


def show_documents(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Name of the file, and the protocol that it belongs to."""
    rows = ProtocolFile.objects.visible_to(member).filter(pk__in=ids).select_related("protocol__client", "file")
    for row in rows:
        url = reverse("protocols:detail", args=[row.protocol.client.slug, row.protocol.number])
        facts = (row.protocol.client.name, format_date(row.created_at))
        yield row.pk, Hit(url, row.file.name, row.protocol.title, facts)


SEARCHABLES = [
    Searchable("protocols", gettext_lazy("Protocols"), "protocol", "work", show_protocols),
    Searchable("documents", gettext_lazy("Documents of protocols"), "file", "work", show_documents),
]


def titles_of(member: Member, ids: list[int]) -> dict[int, tuple[str, str]]:
    """What work entries that belong to protocols say of them: title and address, as far as the member sees them."""
    rows = Protocol.objects.visible_to(member).filter(pk__in=ids).select_related("client")
    return {row.pk: (row.title, reverse("protocols:detail", args=[row.client.slug, row.number])) for row in rows}
