"""The timer, started from a ticket."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.core.access import ruled
from tickets.showing import done, one
from tickets.timing import can_be_timed_by
from worklog.actions import logging, timers


@ruled(kinds=("specialist", "vendor"), area="tickets")
@require_POST
def start(request, number):
    """It runs for this ticket from now on; what ran until now is logged."""
    ticket = one(request, number)
    if not can_be_timed_by(ticket, request.member):
        raise PermissionDenied
    place = {"client": ticket.client, "project": ticket.project, "text": str(ticket)[:500]}
    try:
        timers.start(by=request.member, subject=logging.subject_of(ticket), **place)
    except timers.Incomplete:
        messages.warning(request, _("Say first what has run until now."))
        return redirect("my_work:timer")
    return done(request, ticket, _("The timer runs for %(key)s") % {"key": ticket.shown_key})
