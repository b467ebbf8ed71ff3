"""What a ticket is linked with, merged into, made of; and its checklist."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.core.access import area, ruled
from portal.tenancy.once import once
from tickets import actions, reading
from tickets.family_forms import ItemForm, LinkForm, PartForm
from tickets.models import ChecklistItem, Link, LinkKind, Ticket
from tickets.showing import done, one, url_of


@ruled(kinds=("specialist",), area="tickets")
@require_POST
@once
def link(request, number):
    """Say how it belongs to another ticket, or take it into that one."""
    ticket = _changeable(request, number)
    form = LinkForm(request.POST)
    other = _other(request, form.cleaned_data["key"]) if form.is_valid() else None
    if other is None:
        messages.error(request, _("Give the key of a ticket of this client, such as %(key)s.") % {"key": ticket.key})
        return redirect(url_of(request, ticket))
    try:
        if form.cleaned_data["kind"] == LinkKind.MERGED:
            return done(request, actions.merge(ticket, other, by=request.member), _("Merged into this ticket"))
        actions.join(ticket, other, kind=form.cleaned_data["kind"], by=request.member)
    except actions.SameTicket:
        messages.error(request, _("That is this ticket itself."))
    except actions.WiderCircle:
        messages.error(
            request, _("More people would read it there: that ticket is shared with vendors. Move it first.")
        )
    return redirect(url_of(request, ticket))


@ruled(kinds=("specialist",), area="tickets")
@require_POST
@once
def add_part(request, number):
    """One more part of a complex ticket."""
    ticket = _changeable(request, number)
    form = PartForm(request.POST, types=reading.TYPES.ask(request.member))
    if form.is_valid():
        try:
            part = actions.add_part(ticket, by=request.member, **form.words)
            return done(request, ticket, _("%(key)s is a part of it now") % {"key": part.key})
        except actions.NoParts:
            messages.error(request, _("Tickets of this kind are not made of parts."))
    else:
        messages.error(request, _("Say in one sentence what the part is."))
    return redirect(url_of(request, ticket))


@ruled(kinds=("specialist",), area="tickets")
@require_POST
def unlink(request, number, pk):
    """The two do not belong together."""
    ticket = _changeable(request, number)
    rows = Link.objects.visible_to(request.member).filter(Q(ticket=ticket) | Q(other=ticket))
    actions.part_ways(get_object_or_404(rows.select_related("ticket", "other"), pk=pk), by=request.member)
    return done(request, ticket, _("The link is gone"))


@ruled(kinds=("specialist",), area="tickets")
@require_POST
def release(request, number, pk):
    """A part becomes a ticket of its own."""
    ticket = _changeable(request, number)
    parts = Ticket.objects.visible_to(request.member).filter(parent=ticket)
    part = actions.release(get_object_or_404(parts, pk=pk), by=request.member)
    return done(request, ticket, _("%(key)s is a ticket of its own now") % {"key": part.key})


@area("tickets")
@require_POST
@once
def add_item(request, number):
    """One more thing to tick off."""
    ticket = _changeable(request, number)
    form = ItemForm(request.POST)
    if form.is_valid():
        try:
            actions.add_item(ticket, by=request.member, text=form.cleaned_data["text"])
        except actions.TooMany:
            messages.error(request, _("The checklist is full. Make a ticket with parts of it."))
    return redirect(f"{url_of(request, ticket)}#checklist")


@area("tickets")
@require_POST
def tick(request, number, pk):
    """Tick it off, or take the tick or the line away."""
    ticket = _changeable(request, number)
    item = get_object_or_404(ChecklistItem.objects.visible_to(request.member).of(ticket), pk=pk)
    item.ticket = ticket
    if request.POST.get("how") == "remove":
        actions.remove_item(item, by=request.member)
    else:
        actions.tick(item, by=request.member, is_done=request.POST.get("how") == "done")
    return redirect(f"{url_of(request, ticket)}#checklist")


def _changeable(request, number) -> Ticket:
    ticket = one(request, number)
    if not ticket.can_be_changed_by(request.member):
        raise PermissionDenied
    return ticket


def _other(request, key: str) -> Ticket | None:
    rows = Ticket.objects.visible_to(request.member).of(request.client)
    return rows.filter(key__iexact=key.strip()).first()
