"""How a client's projects stand: what is open, late, waiting for the client, and what is due next."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_hours
from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member, Project, ProjectAccess
from tickets import deadlines
from tickets.models import Stage, Ticket
from worklog.actions.looking import look
from worklog.models import WorkEntry

NONE: dict[str, Any] = {"open": 0, "late": 0, "waiting": 0, "due": None}


@dataclass(frozen=True, slots=True)
class Standing:
    """A project in figures; state: in words, with its tone; due: the next deadline."""

    url: str
    name: str
    open: int
    late: int
    waiting: int
    state: str
    tone: str
    due: str
    due_tone: str


def _with_figures(member, client):
    """Active projects by name, each with `figures` of its open tickets."""
    tickets = Ticket.objects.visible_to(member).open().filter(project=OuterRef("pk")).order_by().values("project")
    late, waiting = Q(due_at__lt=member.now), Q(stage=Stage.WAITING)
    counts: dict[str, Any] = {"late": Count("pk", filter=late), "waiting": Count("pk", filter=waiting)}
    found = tickets.annotate(open=Count("pk"), due=Min("due_at"), **counts)
    figures = found.values(json=JSONObject(**{name: name for name in NONE}))
    rows = Project.objects.visible_to(member).filter(client=client).active()
    return rows.annotate(figures=Subquery(figures)).order_by("name", "pk")


STANDINGS = Question(_with_figures)


def standings_of(member: Member, client: Client) -> list[Standing]:
    """All active projects of the client that the member sees; one query."""
    return [_standing(row, client, member) for row in STANDINGS.ask(member, client)]


def standing_of(member: Member, project: Project) -> Standing:
    """One project, also one that is archived."""
    rows = {row.pk: row for row in STANDINGS.ask(member, project.client)}
    return _standing(rows.get(project.pk, project), project.client, member)


def _standing(row: Any, client: Client, member: Member) -> Standing:
    figures = getattr(row, "figures", None) or NONE
    due, due_tone = deadlines.said(parse_datetime(figures["due"]) if figures["due"] else None, timezone.now())
    words, tone = _said(figures, member)
    return Standing(
        reverse("tickets:project", args=[client.slug, row.slug]),
        row.name,
        figures["open"],
        figures["late"],
        figures["waiting"],
        words,
        tone,
        due,
        due_tone,
    )


def _said(figures: dict[str, Any], member: Member) -> tuple[str, str]:
    """The worst thing first."""
    if figures["late"]:
        return ngettext("%(number)d late", "%(number)d late", figures["late"]) % {"number": figures["late"]}, "bad"
    if figures["waiting"]:
        return _said_to_wait(figures["waiting"], member), "warn"
    if figures["open"]:
        return ngettext("%(number)d open", "%(number)d open", figures["open"]) % {"number": figures["open"]}, "info"
    return _("Nothing open"), "ok"


def _said_to_wait(number: int, member: Member) -> str:
    if member.is_contact:
        return ngettext("%(number)d waits for you", "%(number)d wait for you", number) % {"number": number}
    return ngettext("%(number)d waits for the client", "%(number)d wait for the client", number) % {"number": number}


def time_of_month(member: Member, project: Project) -> str:
    """What was logged for it this month, as far as the member's work log shows it; "" for whoever sees none. A sum is a look."""
    if not member.sees_area(project.client, "work"):
        return ""
    today = timezone.localdate()
    rows = WorkEntry.objects.visible_to(member).of(project.client).filter(project=project)
    minutes = rows.between(today.replace(day=1), today).total()
    if minutes:
        look(member, project.client)
    return format_hours(minutes)


def sharers_of(member: Member, project: Project) -> list[tuple[str, str]]:
    """(who, level) with whom it is shared; the agency's people see it."""
    if not member.is_specialist:
        return []
    rows = ProjectAccess.objects.visible_to(member).filter(project=project).select_related("member__user", "vendor")
    return [(str(row.vendor or row.member), row.get_level_display()) for row in rows.order_by("pk")[:50]]
