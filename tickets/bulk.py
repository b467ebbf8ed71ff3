"""Several tickets at once: each through its own action, so that each rule holds for each of them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.http import number_in
from portal.tenancy.models import Client, Member
from tickets import actions, reading
from tickets.fields import PersonField
from tickets.forms import TicketForm
from tickets.listing import KEPT
from tickets.models import Priority, Stage, Ticket, TicketQuerySet

MOST = 100
MOST_KEPT = 1000
PRIORITIES = [str(value) for value in Priority.values]


class ChangesForm(forms.Form):
    """What all of them get; what is left empty stays as it is."""

    stage = forms.ChoiceField(required=False, choices=[("", ""), *Stage.choices])
    due_at = TicketForm.base_fields["due_at"]
    to = PersonField(required=False, empty_label="")
    team = forms.ChoiceField(required=False)
    priority = forms.TypedChoiceField(required=False, choices=[("", ""), *Priority.choices], coerce=int)

    def __init__(self, *args, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        if not member.is_specialist:
            del self.fields["to"], self.fields["team"], self.fields["priority"]
            return
        cast(PersonField, self.fields["to"]).offer(list(reading.COLLEAGUES.ask(member)))
        teams = [(str(row.pk), row.name) for row in reading.TEAMS.ask(member)]
        cast(forms.ChoiceField, self.fields["team"]).choices = [("", ""), *teams]

    @property
    def words(self) -> dict[str, Any]:
        """What was chosen."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def change(request, client: Client | None) -> HttpResponse:
    """Take them, close them, set a state, a person, a team, a deadline or a priority; what cannot be changed is left out, and said."""
    form = ChangesForm(request.POST if request.POST.get("do") == "set" else {}, member=request.member)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(_back(request, client))
    act = _act(request, form.words)
    pks = [number_in(pk) for pk in request.POST.getlist("chosen")[:MOST]]
    rows = Ticket.objects.visible_to(request.member)
    rows = rows.of(client) if client else rows
    done, left = _done(act, rows.filter(pk__in=pks)) if act else (0, 0)
    if done:
        messages.success(
            request, ngettext("%(number)d ticket changed", "%(number)d tickets changed", done) % {"number": done}
        )
    if left:
        words = ngettext("%(number)d could not be changed", "%(number)d could not be changed", left)
        messages.warning(request, words % {"number": left})
    if not (done or left):
        messages.info(request, _("Choose tickets first.") if act else _("Choose first what they should get."))
    return redirect(_back(request, client))


@transaction.atomic
def _done(act: Callable[[Ticket], Any], chosen: TicketQuerySet) -> tuple[int, int]:
    """How many could be changed, and how many could not. Read once they are locked, so that what stays is what stands there now."""
    actions.lock(*chosen)
    done, found = 0, list(chosen.select_related("assignee__user", "assignee__role", "assignee__vendor").order_by("pk"))
    for ticket in found:
        with suppress(PermissionDenied, actions.CannotAssign, actions.OtherType), transaction.atomic():
            act(ticket)
            done += 1
    return done, len(found) - done


def _act(request, words: dict[str, Any]) -> Callable[[Ticket], Any] | None:
    """The action for one ticket; None for an unknown one."""
    what, member = request.POST.get("do", ""), request.member
    if what == "set":
        return _setting(words, member) if words else None
    if what == "take":
        return lambda ticket: actions.assign(ticket, by=member, to=member, team_id=ticket.team_id)
    if what == "close":
        return lambda ticket: actions.close(ticket, by=member)
    if what == "reopen":
        return lambda ticket: actions.reopen(ticket, by=member)
    if what in PRIORITIES:
        return lambda ticket: actions.change(ticket, by=member, priority=Priority(int(what)))
    return None


def _setting(words: dict[str, Any], member: Member) -> Callable[[Ticket], Any]:
    """All that was chosen, or nothing of it."""
    facts = {name: words[name] for name in ("priority", "due_at") if name in words}

    def act(ticket: Ticket) -> None:
        if "stage" in words:
            actions.move_to(ticket, by=member, stage=words["stage"])
        if "to" in words or "team" in words:
            to, team = words.get("to", ticket.assignee), int(words.get("team", ticket.team_id or 0))
            actions.assign(ticket, by=member, to=to, team_id=team)
        if facts:
            actions.change(ticket, by=member, **facts)

    return act


def _back(request, client: Client | None) -> str:
    here = reverse("tickets:index", args=[client.slug]) if client else reverse("desk:index")
    sent = QueryDict(request.POST.get("kept", "")[:MOST_KEPT])
    kept = {name: sent[name] for name in KEPT if sent.get(name)}
    tab = request.POST.get("tab", "")
    kept |= {"tab": tab} if tab in ("waiting", "done") else {}
    return f"{here}?{urlencode(kept)}" if kept else here
