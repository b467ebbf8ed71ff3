"""Moving a ticket along: its state, and who works on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.core.access import area
from portal.core.context import tenant
from portal.core.http import own_address
from tickets import actions, reading
from tickets.audience import may_name, people_around
from tickets.forms import DeskForm, StateForm
from tickets.showing import done, one, show, url_of


@area("tickets")
@require_POST
def move(request, number):
    """Another state."""
    ticket = one(request, number)
    form = StateForm(
        request.POST, statuses=reading.STATUSES.ask(request.member, type=ticket.type_id), member=request.member
    )
    try:
        if form.is_valid():
            actions.move(ticket, by=request.member, status=form.chosen)
            words = {"state": form.chosen.word_for(request.member)}
            return done(request, ticket, _("The state is now: %(state)s") % words)
    except actions.OtherType:  # its kind was changed just now
        pass
    messages.error(request, _("This kind of ticket has no such state."))
    return redirect(url_of(request, ticket))


@area("tickets")
@require_POST
def advance(request, number):
    """Into another column, or one step further in its flow; back to the board."""
    ticket = one(request, number)
    try:
        if stage := request.POST.get("to"):
            ticket = actions.move_to(ticket, by=request.member, stage=stage)
        else:
            ticket = actions.advance(ticket, by=request.member)
        words = {"key": ticket.shown_key, "state": ticket.status.word_for(request.member)}
        messages.success(request, _("%(key)s is now: %(state)s") % words)
    except actions.OtherType:
        messages.error(request, _("Tickets of this kind have no such state."))
    to = own_address(request, request.POST.get("next", ""))
    return redirect(to or reverse("tickets:board", args=[request.client.slug]))


@area("tickets")
@require_POST
def close(request, number):
    """Done."""
    ticket = actions.close(one(request, number), by=request.member)
    return done(request, ticket, _("%(key)s is done") % {"key": ticket.shown_key})


@area("tickets")
@require_POST
def reopen(request, number):
    """Not done after all."""
    ticket = actions.reopen(one(request, number), by=request.member)
    return done(request, ticket, _("%(key)s is open again") % {"key": ticket.shown_key})


@area("tickets")
@require_POST
def confirm(request, number):
    """It is from whom it says."""
    return done(request, actions.confirm(one(request, number), by=request.member), _("Marked as genuine"))


@area("tickets")
@require_POST
def assign(request, number):
    """To a person, to a team's queue, or to both."""
    ticket = one(request, number)
    if not ticket.can_be_changed_by(request.member):
        raise PermissionDenied
    with tenant(ticket.agency_id):
        people = [one for one in people_around(ticket) if may_name(request.member, one)]
    form = DeskForm(request.POST, people=people, teams=ticket.teams or [])
    if not form.is_valid():
        return show(request, ticket, desk_form=form, status=422)
    actions.assign(ticket, by=request.member, **form.words)
    return done(request, ticket, _("Handed over"))


@area("tickets")
@require_POST
def take(request, number):
    """It comes onto the reader's own desk; the team stays."""
    ticket = one(request, number)
    actions.assign(ticket, by=request.member, to=request.member, team_id=ticket.team_id)
    return done(request, ticket, _("%(key)s is on your desk") % {"key": ticket.shown_key})
