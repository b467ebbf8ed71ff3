"""Start pages: of contacts, of vendors, of staff, and the agency's page of one client."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.access import staff_only
from portal.dashboard import cards, meetings
from portal.dashboard.desk import Desk, desk_of
from portal.dashboard.past import past_of
from portal.dashboard.projects import shared_with
from portal.dashboard.waiting import waiting_of
from portal.tenancy.models import Client
from portal.tenancy.presence import manager_presence
from protocols.meetings.actions import can_be_planned_by
from protocols.models import can_be_written_by
from tickets.models import can_be_opened_by
from tickets.projecting import standings_of
from worklog.actions.looking import look
from worklog.glance import glance_of
from worklog.quick import quick_form_of
from worklog.today import card_of


@require_safe
def home(request):
    """Where the day begins for whoever asks."""
    member = request.member
    if member.is_specialist:
        return redirect("my_day")
    if member.is_vendor:
        context = {"projects": shared_with(member), "waiting": waiting_of(desk_of(member), member)}
        return render(request, "dashboard/vendor.html", context)
    clients = list(Client.objects.visible_to(member).active().order_by("name"))
    if len(clients) == 1:
        return redirect("client_home", clients[0].slug)
    waiting = waiting_of(desk_of(member), member) if clients else []
    return render(request, "dashboard/clients.html", {"clients": clients, "waiting": waiting})


@require_safe
def client_home(request):
    """The start page of contacts and vendors; for staff, the client at a glance. Each card follows its area."""
    member, client = request.member, request.client
    desk = desk_of(member, client)
    if desk.has_new_time:
        look(member, client)
    context = {
        "today": timezone.localdate(),
        "may_write": member.sees_area(client, "work") and can_be_written_by(member, client),
        "waiting": waiting_of(desk, member, client),
        **_work(request, desk),
        "mails": cards.mails(member, client) if member.sees_area(client, "mails") else None,
        "tickets": cards.tickets(desk, client, member) if member.sees_area(client, "tickets") else None,
        "projects": standings_of(member, client) if member.sees_area(client, "tickets") else [],
        "may_ask": member.sees_area(client, "tickets") and can_be_opened_by(member, client),
    }
    if member.is_specialist:
        context |= {"people": cards.people(member, client), "work": glance_of(member, client)}
        return render(request, "dashboard/staff_client.html", context)
    if member.sees_area(client, "money"):
        context |= {"sees_sums": True, **cards.invoices(desk, client)}
    context["is_bare"] = not context["sees_work"] and context["mails"] is None and context["tickets"] is None
    if member.is_contact and client.manager:
        context["presence"] = manager_presence(client, request.agency)
    return render(request, "dashboard/client.html", {**context, "greeting": _greeting(request.user)})


@staff_only
@require_safe
def my_day(request):
    """What a specialist has before him, over all clients."""
    member, desk = request.member, desk_of(request.member)
    waiting, today = waiting_of(desk, member), meetings.today_of(desk, member)
    card = card_of(member)
    context = {
        "lede": meetings.lede_of(today, len(waiting), desk.due_today),
        "tickets": cards.on_desk(desk),
        "card": card,
        "form": quick_form_of(member, card) if member.can("write") else None,
        "waiting": waiting,
        "unwritten": meetings.unwritten_of(desk, member),
        "meetings": today,
        "pins": cards.pins(desk),
        "mails": cards.unread_mails(desk),
        "latest": cards.latest(member),
        "today": timezone.localdate(),
    }
    return render(request, "dashboard/my_day.html", context)


def _work(request, desk: Desk) -> dict:
    """The cards of the area work; nothing when it is closed."""
    member, client = request.member, request.client
    if not member.sees_area(client, "work"):
        return {"sees_work": False, "days": []}
    return {
        "sees_work": True,
        "next": meetings.next_of(desk),
        "may_propose": member.is_contact and can_be_planned_by(member, client),
        "is_pinned": desk.is_pinned,
        "protocols": cards.protocols(member, client),
        "hours": desk.minutes,
        **past_of(member, client, desk.days),
    }


def _greeting(user) -> str:
    """By the reader's own clock."""
    hour, words = timezone.localtime().hour, {"name": str(user).split()[0]}
    if hour < 11:
        return _("Good morning, %(name)s") % words
    return _("Good day, %(name)s") % words if hour < 18 else _("Good evening, %(name)s") % words
