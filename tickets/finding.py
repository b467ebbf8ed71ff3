"""What the search shows of tickets, of private words on them, and of their files."""

from collections.abc import Iterator

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member
from tickets.models import Comment, Ticket, TicketFile
from tickets.presenting import name_of, url_of


def show_tickets(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Key and title, what it asks for, and what was said to everybody."""
    yield from _hits(member, ids, is_private=False)


def show_private_words(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Private words, for the agency's people."""
    if member.is_specialist:
        yield from _hits(member, ids, is_private=True)


def _hits(member: Member, ids: list[int], *, is_private: bool) -> Iterator[tuple[int, Hit]]:
    said = Comment.objects.filter(agency_id=OuterRef("agency_id"), ticket=OuterRef("pk"), is_private=is_private)
    text = said.order_by().values("ticket").annotate(all=StringAgg("text", "\n", order_by="pk")).values("all")
    rows = Ticket.objects.visible_to(member).filter(pk__in=ids).select_related("client", "logger__user", "status")
    for row in rows.annotate(said=Subquery(text)):
        facts = (row.client.name, format_date(row.created_at), name_of(row.logger), row.status.word_for(member))
        words = (row.said or "") if is_private else f"{row.description}\n{row.said or ''}"
        yield row.pk, Hit(url_of(row), str(row), words, facts)


def show_files(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Name of the file, and the ticket that it belongs to."""
    rows = TicketFile.objects.visible_to(member).filter(pk__in=ids).select_related("ticket__client", "file")
    for row in rows:
        url = reverse("tickets:detail", args=[row.ticket.client.slug, row.ticket.number])
        yield row.pk, Hit(url, row.file.name, str(row.ticket), (row.ticket.client.name, format_date(row.created_at)))


SEARCHABLES = [
    Searchable("tickets", gettext_lazy("Tickets"), "ticket", "tickets", show_tickets),
    Searchable("private_words", gettext_lazy("Private words on tickets"), "lock", "tickets", show_private_words),
    Searchable("ticket_files", gettext_lazy("Files of tickets"), "file", "tickets", show_files),
]
