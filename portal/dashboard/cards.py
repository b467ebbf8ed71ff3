"""What the cards of the start pages show: each is one query, its rows formatted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailbox.models import Mail
from portal.core.formats import format_date, format_money
from portal.dashboard.asking import LATELY_SINCE, SINCE, Question
from portal.dashboard.desk import Desk
from portal.events.models import Event
from portal.people.actions.keeping import PERIODS
from portal.people.models import StartChoice
from portal.tenancy.models import Client, Member, Project
from protocols.models import Protocol
from tickets import deadlines, keys
from tickets.models import Stage, TicketStatus
from tickets.presenting import TONES
from timeline.feed import clock_of, feed

FEW = 5
SHOWN_TICKETS = 6
ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card."""

    url: str
    title: str
    line: list[str]
    icon: str = ""
    pill: str = ""
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Pin:
    """A pinned client."""

    url: str
    slug: str
    name: str
    mails: int


def _protocols_of(reader, client) -> QuerySet:
    rows = Protocol.objects.visible_to(reader).of(client).published().with_marks_for(reader)
    return rows.defer("key_points").order_by("-held_at", "-pk")


def _mails_of(reader, client) -> QuerySet:
    rows = Mail.objects.visible_to(reader).of(client).relevant().with_read_mark(reader)
    return rows.defer("text", "html").newest_first()


def _past_of(reader, client) -> QuerySet:
    rows = feed(reader, client).filter(happened_at__gte=SINCE)
    return rows.order_by(f"-{clock_of(reader)}", "-pk")[: ENTRIES + 1]


def _latest_of(reader, _client) -> QuerySet:
    rows = Event.objects.visible_to(reader).on_timeline().filter(happened_at__gte=LATELY_SINCE)
    return rows.select_related("actor__user", "client").order_by("-happened_at", "-pk")[: 2 * FEW]


PROTOCOLS = Question(lambda reader, client: _protocols_of(reader, client)[:FEW])
MAILS = Question(lambda reader, client: _mails_of(reader, client)[:FEW])
PAST = Question(_past_of)
LATEST = Question(_latest_of)


def protocols(member: Member, client: Client, project: Project | None = None) -> list[Row]:
    """The newest protocols of the client, or of one of its projects."""
    rows = _protocols_of(member, client).filter(project=project)[:FEW] if project else PROTOCOLS.ask(member, client)
    return [_protocol(row, client.slug) for row in rows]


def mails(member: Member, client: Client, project: Project | None = None) -> list[Row]:
    """The newest mails of the client, or of one of its projects."""
    rows = _mails_of(member, client).filter(project=project)[:FEW] if project else MAILS.ask(member, client)
    return [_mail(row, client.slug) for row in rows]


@dataclass(frozen=True, slots=True)
class Past:
    """The newest entries of a period; left_out: whether it has more than are shown."""

    entries: list[Event]
    left_out: bool


def past(member: Member, client: Client, days: int, project: Project | None = None) -> Past:
    """The client's timeline of the last days, or of one project, as the member may see it."""
    since = timezone.now() - timedelta(days=days)
    if project is None:
        found = PAST.ask(member, client, since=since)
    else:
        rows = feed(member, client).filter(happened_at__gte=since, project=project)
        found = list(rows.order_by(f"-{clock_of(member)}", "-pk")[: ENTRIES + 1])
    return Past(found[:ENTRIES], len(found) > ENTRIES)


def latest(member: Member) -> list[Row]:
    """What happened last at all clients of a specialist."""
    return [_event(event) for event in LATEST.ask(member)]


def people(member: Member, client: Client) -> QuerySet[Member]:
    """The client's contacts."""
    rows = Member.objects.visible_to(member).active().with_names().filter(kind="contact")
    return rows.filter(client_accesses__client=client).order_by("user__name")[: 2 * FEW]


def unread_mails(desk: Desk) -> list[Row]:
    """Clients with mails that the specialist has not opened."""
    return [_unread(entry) for entry in desk["mails"][: 2 * FEW]]


def tickets(desk: Desk, client: Client, member: Member) -> list[Row]:
    """Open ones by deadline."""
    base, now = reverse("tickets:index", args=[client.slug]), timezone.now()
    return [_ticket(entry, base, now, member) for entry in desk["open_tickets"][:SHOWN_TICKETS]]


def on_desk(desk: Desk) -> list[Row]:
    """Tickets of all clients on which the specialist has to do something, by deadline."""
    return [_on_desk(entry, timezone.now()) for entry in desk["tickets"]]


def invoices(desk: Desk, client: Client) -> dict[str, Any]:
    """What is to be paid, the nearest day first; the sum of it for each currency, to the agency and to the client's providers."""
    base, today = reverse("invoices:index", args=[client.slug]), timezone.localdate()
    return {
        "invoices": [_invoice(entry, base, today) for entry in desk["invoices"][:FEW]],
        "to_pay": _sum(entry for entry in desk["owed"] if entry["issuer"] is None),
        "to_providers": _sum(entry for entry in desk["owed"] if entry["issuer"] is not None),
    }


def _sum(entries: Iterable[dict]) -> str:
    sums: dict[str, Decimal] = {}
    for entry in entries:
        sums[entry["currency"]] = sums.get(entry["currency"], Decimal(0)) + Decimal(entry["left"])
    return " + ".join(format_money(amount, currency) for currency, amount in sorted(sums.items()))


def _invoice(entry: dict, base: str, today: date) -> Row:
    due = date.fromisoformat(entry["due"])
    pill, tone = (_("Overdue"), "bad") if due < today else (_("Open"), "info")
    line = [
        *([entry["issuer"]] if entry["issuer"] else []),
        format_money(Decimal(entry["left"]), entry["currency"]),
        _("due on %(day)s") % {"day": format_date(due, style="short")},
    ]
    return Row(f"{base}{entry['pk']}/", entry["number"], line, "invoice", pill, tone)


def _ticket(entry: dict, base: str, now: datetime, member: Member) -> Row:
    status = TicketStatus(name=entry["state"], client_word=entry["state"], stage=entry["stage"])
    state, (due, _tone) = status.word_for(member), deadlines.said(entry["until"], now)
    line = [part for part in (keys.shown(entry["key"]), entry["who"], due) if part]
    return Row(f"{base}{entry['number']}/", entry["title"], line, "", state, TONES[Stage(entry["stage"])])


def _on_desk(entry: dict, now: datetime) -> Row:
    url = reverse("tickets:detail", args=[entry["slug"], entry["number"]])
    due, tone = deadlines.said(entry["until"], now)
    state = str(TicketStatus(name=entry["state"]))
    line = [part for part in (entry["client"], entry["key"], due and state) if part]
    return Row(url, entry["title"], line, "ticket", due or state, tone if due else TONES[Stage(entry["stage"])])


def pins(desk: Desk) -> list[Pin]:
    """Pinned clients by name, with how many of their mails are unread."""
    unread = {entry["slug"]: entry["number"] for entry in desk["mails"]}
    return [
        Pin(reverse("client_home", args=[entry["slug"]]), entry["slug"], entry["client"], unread.get(entry["slug"], 0))
        for entry in desk["pins"]
    ]


def period_of(member: Member) -> int:
    """How many days of the timeline the member wants to see; for pages that ask nothing else of the desk."""
    chosen = StartChoice.objects.visible_to(member).values_list("days", flat=True).first()
    return chosen or PERIODS[0]


def _protocol(row: Protocol, slug: str) -> Row:
    url = reverse("protocols:detail", args=[slug, row.number])
    line = [str(row.get_kind_display()), format_date(row.held_at)]
    return Row(url, row.title, line, "protocol", _("New") if row.is_unread else "")


def _mail(row: Mail, slug: str) -> Row:
    url = reverse("mailbox:detail", args=[slug, row.pk])
    return Row(url, str(row), [row.sender, format_date(row.received_at)], "mail", "" if row.is_read else _("New"))


def _unread(entry: dict) -> Row:
    words = ngettext("%(number)d unread", "%(number)d unread", entry["number"]) % {"number": entry["number"]}
    line = [_("last on %(day)s") % {"day": format_date(entry["at"], style="short")}]
    return Row(reverse("mailbox:index", args=[entry["slug"]]), entry["client"], line, "mail", words, "brand")


def _event(event: Event) -> Row:
    parts: Iterable = (event.client, event.actor, format_date(event.happened_at))
    return Row(event.path, event.title, [str(part) for part in parts if part], event.declared.icon)
