"""Tickets of all clients that the reader sees: list, board, calendar, files, changes of several, saved views."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.access import ruled
from tickets import actions, bulk, exporting, listing
from tickets.models import SavedView

inside = ruled(kinds=("specialist", "vendor"))


@inside
@require_safe
def index(request):
    """The agency's list; a vendor's is that of the projects shared with it."""
    return listing.show(request, None)


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
    """Keep the filters under a name; an old view of that name is replaced."""
    view = actions.keep_view(request.member, request.POST.get("name", ""), request.POST.get("query", ""))
    if view is None:
        messages.error(request, _("Give the view a name."))
        return redirect("desk:index")
    messages.success(request, _("Saved as %(name)s") % {"name": view.name})
    return redirect(f"{reverse('desk:index')}?{view.query}")


@inside
@require_POST
def forget_view(request, pk):
    """The filters are not wanted any more."""
    get_object_or_404(SavedView.objects.visible_to(request.member), pk=pk).delete()
    messages.success(request, _("The view is gone"))
    return redirect("desk:index")
