"""What the cards of the start pages show: each is one query, its rows formatted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox.models import Mail
from portal.core.formats import format_date
from portal.events.models import Event
from portal.tenancy.models import Client, Member, Project
from protocols.models import Protocol
from timeline.feed import clock_of, feed

FEW = 5
PERIODS = (30, 60, 90)
ENTRIES = 20
LATELY = timedelta(days=30)
"""How far cards over all clients look back; without a bound they would sort everything that ever happened."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card."""

    url: str
    title: str
    line: list[str]
    icon: str = ""
    pill: str = ""
    tone: str = "info"


def protocols(member: Member, client: Client) -> list[Row]:
    """The newest protocols of the client."""
    rows = Protocol.objects.visible_to(member).of(client).published().with_marks_for(member)
    return [_protocol(row, client.slug) for row in rows.order_by("-held_at", "-pk")[:FEW]]


def waiting(member: Member, client: Client | None = None) -> list[Row]:
    """Protocols that the member has not opened yet, and own drafts; of one client or of all. One more than is shown."""
    rows = Protocol.objects.visible_to(member).awaiting(member).select_related("client")
    rows = rows.of(client) if client else rows
    return [_waiting(row, with_client=client is None) for row in rows.order_by("-edited_at", "-pk")[: FEW + 1]]


def mails(member: Member, client: Client | None = None, *, is_unread: bool = False) -> list[Row]:
    """The newest mails of one client or of all."""
    rows = Mail.objects.visible_to(member).with_read_mark(member).select_related("client").defer("text", "html")
    rows = rows.of(client) if client else rows
    rows = rows.filter(is_read=False, received_at__gte=timezone.now() - LATELY) if is_unread else rows
    return [_mail(row, with_client=client is None) for row in rows.newest_first()[:FEW]]


def past(member: Member, client: Client, days: int) -> list[Event]:
    """The client's timeline of the last days, as the member may see it."""
    since = timezone.now() - timedelta(days=days)
    clock = clock_of(member)
    return list(feed(member, client).filter(happened_at__gte=since).order_by(f"-{clock}", "-pk")[:ENTRIES])


def latest(member: Member) -> list[Row]:
    """What happened last at all clients of a specialist."""
    events = Event.objects.visible_to(member).on_timeline().filter(happened_at__gte=timezone.now() - LATELY)
    events = events.select_related("actor__user", "client")
    return [_event(event) for event in events.order_by("-happened_at", "-pk")[: 2 * FEW]]


def projects(member: Member) -> list[Row]:
    """The projects that are shared with a vendor."""
    rows = Project.objects.visible_to(member).active().filter(client__archived_at=None)
    rows = rows.select_related("client").order_by("name")
    return [Row(reverse("client_home", args=[row.client.slug]), row.name, [row.client.name]) for row in rows]


def people(member: Member, client: Client) -> QuerySet[Member]:
    """The client's contacts."""
    rows = Member.objects.visible_to(member).active().with_names().filter(kind="contact")
    return rows.filter(client_accesses__client=client).order_by("user__name")[: 2 * FEW]


def period_of(text: str) -> int:
    """The period that the person chose: 30, 60 or 90 days; 30 for anything else."""
    return int(text) if text in map(str, PERIODS) else PERIODS[0]


def _protocol(row: Protocol, slug: str) -> Row:
    url = reverse("protocols:detail", args=[slug, row.number])
    line = [str(row.get_kind_display()), format_date(row.held_at)]
    return Row(url, row.title, line, "protocol", _("New") if row.is_unread else "")


def _waiting(row: Protocol, *, with_client: bool) -> Row:
    line = [row.client.name] if with_client else []
    line += [str(row.get_kind_display()), format_date(row.held_at)]
    place = [row.client.slug, row.number]
    if row.is_published:
        return Row(reverse("protocols:detail", args=place), row.title, line, "protocol", _("New"))
    return Row(reverse("protocols:edit", args=place), row.title, line, "edit", _("Draft"), "mute")


def _mail(row, *, with_client: bool) -> Row:
    url = reverse("mailbox:detail", args=[row.client.slug, row.pk])
    line = [row.sender, format_date(row.received_at)]
    return Row(
        url, str(row), [row.client.name, *line] if with_client else line, "mail", "" if row.is_read else _("New")
    )


def _event(event: Event) -> Row:
    parts: Iterable = (event.client, event.actor, format_date(event.happened_at))
    return Row(event.path, event.title, [str(part) for part in parts if part], event.declared.icon)
