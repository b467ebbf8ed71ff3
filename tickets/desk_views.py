"""Tickets of all clients that the reader sees: list, board, calendar, files, changes of several, saved views."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal.core.access import ruled
from tickets import bulk, exporting, listing, reading, viewing
from tickets.models import can_be_opened_by

inside = ruled(kinds=("specialist", "vendor"))


@inside
@require_safe
def index(request):
    """The agency's list; a vendor's is that of the projects shared with it."""
    return listing.show(request, None)


@ruled(kinds=("specialist",), permission="write")
@require_safe
def create(request):
    """For which client? The form for the ticket itself is that client's."""
    clients = [row for row in reading.CLIENTS.ask(request.member) if can_be_opened_by(request.member, row)]
    chosen = next((row for row in clients if row.slug == request.GET.get("client")), None)
    if chosen or len(clients) == 1:
        return redirect("tickets:create", (chosen or clients[0]).slug)
    return render(request, "tickets/new.html", {"clients": clients})


@inside
@require_safe
def board(request):
    """By state."""
    return listing.board(request, None)


@inside
@require_safe
def calendar(request):
    """By deadline."""
    return listing.calendar(request, None)


@inside
@require_safe
def export(request, kind):
    """As a file."""
    if kind not in exporting.TYPES:
        raise Http404("no such kind of file")
    return listing.export(request, None, kind)


@inside
@require_POST
def change(request):
    """Several at once."""
    return bulk.change(request, None)


@inside
@require_POST
def save_view(request):
    """Keep the filters under a name."""
    return viewing.save(request, None)


@inside
@require_POST
def forget_view(request, pk):
    """The filters are not wanted any more."""
    return viewing.forget(request, None, pk)
