"""Leaving one ticket from its mail."""

from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.core.access import public
from portal.core.context import tenant
from portal.tenancy import veiling
from portal.tenancy.models import Member
from portal.tenancy.scope import acting_as
from tickets import actions, muting
from tickets.models import Ticket


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request, token):
    """One click ends the mails about a ticket (RFC 8058). Looking at the page ends nothing: mail scanners follow links."""
    member, ticket = _of(token, request.agency.pk)
    if request.method == "POST":
        act = actions.unfollow if request.POST.get("how") == "leave" else actions.mute
        with acting_as(member):
            act(ticket, by=member)
    context = {"ticket": ticket, "is_done": request.method == "POST"}
    with veiling.put_on(not member.knows_clients):
        return render(request, "tickets/mute.html", context)


@transaction.atomic
def _of(token: str, agency_id: int) -> tuple[Member, Ticket]:
    """404 when we have not made the link, or the ticket is not open to the person any more."""
    member_id, ticket_id = muting.read(token) or (None, None)
    with tenant(agency_id):
        members = Member.objects.filter(agency_id=agency_id, ended_at=None, user__is_active=True)
        member = members.select_related("user", "role", "vendor", "agency").filter(pk=member_id).first()
    if member is None:
        raise Http404("no such link")
    with acting_as(member):
        ticket = Ticket.objects.visible_to(member).select_related("client").filter(pk=ticket_id).first()
    if ticket is None:
        raise Http404("no such ticket")
    return member, ticket
