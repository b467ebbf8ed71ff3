"""What the search shows of tickets, of what was said on them, and of their files."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formats import format_date
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.naming import name_of
from tickets import keys
from tickets.models import Comment, Ticket, TicketFile
from tickets.presenting import url_of


def show_tickets(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Key and title, and what it asks for."""
    rows = Ticket.objects.visible_to(member).filter(pk__in=ids).select_related("client", "logger__user", "status")
    for row in rows:
        facts = (row.client.name, format_date(row.created_at), name_of(row.logger), row.status.word_for(member))
        yield row.pk, Hit(url_of(row), str(row), row.shown_description, facts)


def show_words(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """What was said; private words are marked."""
    rows = Comment.objects.visible_to(member).filter(pk__in=ids).select_related("ticket__client", "author__user")
    for row in rows:
        facts = (row.ticket.client.name, format_date(row.created_at), name_of(row.author))
        url, text = f"{url_of(row.ticket)}#comment-{row.pk}", row.shown_text
        yield row.pk, Hit(url, str(row.ticket), text, (*facts, _("Private")) if row.is_private else facts)


def show_files(member: Member, ids: list[int]) -> Iterator[tuple[int, Hit]]:
    """Name of the file, and the ticket that it belongs to."""
    rows = TicketFile.objects.visible_to(member).filter(pk__in=ids).select_related("ticket__client", "file")
    for row in rows:
        yield (
            row.pk,
            Hit(
                url_of(row.ticket),
                row.file.name,
                str(row.ticket),
                (row.ticket.client.name, format_date(row.created_at)),
            ),
        )


def titles_of(member: Member, ids: list[int]) -> dict[int, tuple[str, str]]:
    """What work entries that were logged on tickets say of them: key and title, and where they are."""
    rows = Ticket.objects.visible_to(member).filter(pk__in=ids).select_related("client")
    return {row.pk: (str(row), url_of(row)) for row in rows}


def named(member: Member, client: Client, key: str) -> tuple[int, str] | None:
    """(id, key and title) of the client's ticket with this key, for time that is logged on it.

    Keys begin with the client's initials, so whoever must not know the client names no ticket so, and tries out nothing.
    """
    if not member.knows_clients:
        return None
    row = Ticket.objects.visible_to(member).of(client).filter(key__iexact=key).first()
    return (row.pk, str(row)) if row else None


def key_of(member: Member, pk: int) -> str:
    """The key of a ticket that the member sees, as he may know it."""
    if not member.knows_clients:
        return ""
    return Ticket.objects.visible_to(member).filter(pk=pk).values_list("key", flat=True).first() or ""


def project_at(client: Client, kwargs: dict[str, Any]) -> Project | None:
    """The project of the ticket at this address, for requests for access."""
    rows = Ticket.objects.filter(agency_id=client.agency_id, client=client, number=kwargs.get("number", 0))
    ticket = rows.select_related("project").first()
    return ticket.project if ticket else None


SEARCHABLES = [
    Searchable("tickets", gettext_lazy("Tickets"), "ticket", "tickets", show_tickets, keys.looked_for),
    Searchable("ticket_words", gettext_lazy("Words on tickets"), "chat", "tickets", show_words, keys.looked_for),
    Searchable("ticket_files", gettext_lazy("Files of tickets"), "file", "tickets", show_files),
]
