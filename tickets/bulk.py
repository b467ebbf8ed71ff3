"""Several tickets at once: each through its own action, so that each rule holds for each of them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.tenancy.models import Client, Member
from tickets import actions, reading
from tickets.listing import KEPT
from tickets.models import Priority, Stage, Ticket

MOST = 100
MOST_KEPT = 1000
PRIORITIES = [str(value) for value in Priority.values]


def change(request, client: Client | None) -> HttpResponse:
    """Take them, close them, set a priority, a state or a person; what cannot be changed is left out, and said."""
    act = _act(request)
    pks = [int(pk) for pk in request.POST.getlist("chosen")[:MOST] if pk.isdecimal() and len(pk) < 18]
    rows = Ticket.objects.visible_to(request.member)
    rows = rows.of(client) if client else rows
    done, left = _done(act, list(rows.filter(pk__in=pks).order_by("pk"))) if act else (0, 0)
    if done:
        messages.success(
            request, ngettext("%(number)d ticket changed", "%(number)d tickets changed", done) % {"number": done}
        )
    if left:
        words = ngettext("%(number)d could not be changed", "%(number)d could not be changed", left)
        messages.warning(request, words % {"number": left})
    if not (done or left):
        messages.info(request, _("Choose tickets first."))
    return redirect(_back(request, client))


@transaction.atomic
def _done(act: Callable[[Ticket], Any], chosen: list[Ticket]) -> tuple[int, int]:
    """How many could be changed, and how many could not."""
    done = 0
    actions.lock(*chosen)
    for ticket in chosen:
        with suppress(PermissionDenied, actions.CannotAssign, actions.OtherType), transaction.atomic():
            act(ticket)
            done += 1
    return done, len(chosen) - done


def _act(request) -> Callable[[Ticket], Any] | None:
    """The action for one ticket; None for an unknown one."""
    what, member = request.POST.get("do", ""), request.member
    if what == "set":
        asked = request.POST
        return _setting(asked.get("stage", ""), asked.get("to", ""), asked.get("priority", ""), member)
    if what == "take":
        return lambda ticket: actions.assign(ticket, by=member, to=member, team_id=ticket.team_id)
    if what == "close":
        return lambda ticket: actions.close(ticket, by=member)
    if what == "reopen":
        return lambda ticket: actions.reopen(ticket, by=member)
    if what in PRIORITIES:
        return lambda ticket: actions.change(ticket, by=member, priority=Priority(int(what)))
    return None


def _setting(stage: str, to: str, priority: str, member: Member) -> Callable[[Ticket], Any] | None:
    """Another state, another person, another priority, or several of them; None when nothing was chosen."""
    urgency = Priority(int(priority)) if priority in PRIORITIES and member.is_specialist else None
    people = {str(one.pk): one for one in reading.COLLEAGUES.ask(member)} if to and member.is_specialist else {}
    if stage not in Stage.values and to not in people and urgency is None:
        return None

    def act(ticket: Ticket) -> None:
        if stage in Stage.values:
            actions.move_to(ticket, by=member, stage=stage)
        if to in people:
            actions.assign(ticket, by=member, to=people[to], team_id=ticket.team_id)
        if urgency is not None:
            actions.change(ticket, by=member, priority=urgency)

    return act


def _back(request, client: Client | None) -> str:
    here = reverse("tickets:index", args=[client.slug]) if client else reverse("desk:index")
    sent = QueryDict(request.POST.get("kept", "")[:MOST_KEPT])
    kept = {name: sent[name] for name in KEPT if sent.get(name)}
    tab = request.POST.get("tab", "")
    kept |= {"tab": tab} if tab in ("waiting", "done") else {}
    return f"{here}?{urlencode(kept)}" if kept else here
