"""Leaving one ticket from its mail."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.core.access import public
from portal.tenancy import veiling
from portal.tenancy.scope import acting_as
from tickets import actions, muting


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request, token):
    """One click ends the mails about a ticket (RFC 8058). Looking at the page ends nothing: mail scanners follow links."""
    if not (choice := muting.choice_of(token, request.agency.pk)):
        raise Http404("no such link")
    member, ticket = choice
    if request.method == "POST":
        act = actions.unfollow if request.POST.get("how") == "leave" else actions.mute
        with acting_as(member):
            act(ticket, by=member)
    context = {"ticket": ticket, "is_done": request.method == "POST"}
    with veiling.put_on(not member.knows_clients):
        return render(request, "tickets/mute.html", context)
