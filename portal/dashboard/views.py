"""Start pages: of contacts, of vendors, of staff, and the agency's page of one client."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.access import staff_only
from portal.dashboard import cards
from portal.tenancy.models import Client
from protocols.models import can_be_written_by
from timeline.presenting import days_of, horizon_of, side_names


@require_safe
def home(request):
    """Where the day begins for whoever asks."""
    if request.member.is_specialist:
        return redirect("my_day")
    if request.member.is_vendor:
        return render(request, "dashboard/vendor.html", {"projects": cards.projects(request.member)})
    clients = list(Client.objects.visible_to(request.member).active().order_by("name"))
    if len(clients) == 1:
        return redirect("client_home", clients[0].slug)
    return render(request, "dashboard/clients.html", {"clients": clients})


@require_safe
def client_home(request):
    """The start page of contacts and vendors; for staff, the client at a glance. Each card follows its area."""
    member, client = request.member, request.client
    client.agency = request.agency
    context = {
        "may_write": member.sees_area(client, "work") and can_be_written_by(member, client),
        **_work(request),
        "mails": cards.mails(member, client) if member.sees_area(client, "mails") else None,
    }
    if member.is_specialist:
        context["people"] = cards.people(member, client)
        return render(request, "dashboard/staff_client.html", context)
    return render(request, "dashboard/client.html", {**context, "greeting": _greeting(request.user)})


@staff_only
@require_safe
def my_day(request):
    """What waits for a specialist, over all clients."""
    context = {
        "waiting": cards.waiting(request.member),
        "mails": cards.mails(request.member, is_unread=True),
        "latest": cards.latest(request.member),
        "today": timezone.localdate(),
    }
    return render(request, "dashboard/my_day.html", context)


def _work(request) -> dict:
    """The cards of the area work; nothing when it is closed."""
    member, client = request.member, request.client
    if not member.sees_area(client, "work"):
        return {"sees_work": False, "days": []}
    days = cards.period_of(request.GET.get("days", ""))
    return {
        "sees_work": True,
        "waiting": cards.waiting(member, client),
        "protocols": cards.protocols(member, client),
        "days": days_of(cards.past(member, client, days), member, client),
        "periods": [(number, number == days) for number in cards.PERIODS],
        "horizon": horizon_of(member, client),
        "sides": side_names(member, client),
    }


def _greeting(user) -> str:
    """By the reader's own clock."""
    hour, words = timezone.localtime().hour, {"name": str(user).split()[0]}
    if hour < 11:
        return _("Good morning, %(name)s") % words
    return _("Good day, %(name)s") % words if hour < 18 else _("Good evening, %(name)s") % words
