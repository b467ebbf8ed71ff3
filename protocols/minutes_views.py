"""A meeting run from the page: agenda, notes that are understood while they are typed, and closing it with one key."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.access import area
from portal.tenancy.once import once
from protocols import actions, minutes, page
from protocols.forms import MAX_TEXT
from protocols.models import ActionItem, AgendaItem, Meeting, can_be_written_by
from protocols.showing import one, tasks_in, url_of


@area("work")
@require_POST
def begin(request, meeting):
    """Open the minutes of a meeting: its agenda becomes the items. Whoever has begun already comes back to them."""
    if not can_be_written_by(request.member, request.client):
        raise PermissionDenied
    held = get_object_or_404(Meeting.objects.visible_to(request.member).of(request.client), pk=meeting)
    protocol = minutes.begun_by(held, request.member) or minutes.begin(held, by=request.member)
    return redirect("protocols:minutes", request.client.slug, protocol.number)


@area("work")
@require_safe
def run(request, number):
    """All agenda items with what is understood of them, to be written in while people talk."""
    protocol = one(request, number)
    if not protocol.can_be_edited_by(request.member):
        raise PermissionDenied
    return render(request, "protocols/minutes.html", minutes.sheet_of(protocol, request.member))


@area("work")
@require_POST
def save(request, number, pk):
    """One item's notes, as they are typed; somebody else's text in between is shown beside."""
    protocol = one(request, number)
    item = get_object_or_404(AgendaItem.objects.visible_to(request.member).of(protocol), pk=pk)
    item.protocol = protocol
    notes, seen = request.POST.get("notes", "").replace("\0", "")[:MAX_TEXT], request.POST.get("revision", "")
    if not (seen.isdecimal() and len(seen) < 10):
        raise Http404("no such revision")
    clash = None
    try:
        item = actions.save_item(item, by=request.member, seen=int(seen), notes=notes)
    except actions.ItemConflict as conflict:
        item = conflict.item
        clash = minutes.clash_of(item, notes)
    if not request.htmx:
        return _back(request, protocol, is_clash=clash is not None)
    context = {"protocol": protocol, "row": minutes.row_of(item, protocol), "clash": clash}
    return render(request, "protocols/_understood.html", context)


@area("work")
@require_POST
@once
def add(request, number):
    """One more agenda item."""
    protocol, title = one(request, number), request.POST.get("title", "").replace("\0", "").strip()[:200]
    if not title:
        messages.error(request, _("Say what the agenda item is about."))
        return redirect("protocols:minutes", request.client.slug, protocol.number)
    try:
        actions.add_item(protocol, by=request.member, title=title)
    except actions.AgendaFull:
        messages.error(request, _("An agenda has at most %(number)d items.") % {"number": actions.MOST_ITEMS})
    return redirect("protocols:minutes", request.client.slug, protocol.number)


@area("work")
@require_POST
def understood(request):
    """What the shorthand makes of a text that is being typed in the form of a protocol."""
    if not can_be_written_by(request.member, request.client):
        raise PermissionDenied
    lines = minutes.lines_while_typing(request.POST, request.client)
    return render(request, "protocols/_parsed.html", {"lines": lines})


@area("work")
@require_POST
def do(request, number, pk):
    """An action item is done, or was not done after all."""
    protocol = one(request, number)
    items = ActionItem.objects.visible_to(request.member).of(request.client).valid().filter(protocol=protocol)
    item = get_object_or_404(items, pk=pk)
    item.protocol = protocol
    is_done = request.POST.get("done") == "1"
    item = actions.do(item, by=request.member) if is_done else actions.undo(item, by=request.member)
    if request.htmx:
        progress = page.progress_of(page.tasks_of(tasks_in(request, protocol), request.member))
        context = {"task": minutes.task_of(item, request), "protocol": protocol, "progress": progress}
        return render(request, "protocols/_ticked.html", context)
    messages.success(request, _("Done") if is_done else _("Open again"))
    return redirect(_next(request) or f"{url_of(request, protocol)}#action-{item.pk}")


def _next(request) -> str:
    """Back to the page where it was ticked: the start page, or the one of the client."""
    places = {"start": reverse("home"), "client": reverse("client_home", args=[request.client.slug])}
    return places.get(request.POST.get("from", ""), "")


def _back(request, protocol, *, is_clash: bool):
    if is_clash:
        messages.error(request, _("Somebody else has changed this item. Their text is shown; yours was not saved."))
    else:
        messages.success(request, _("Saved"))
    return redirect("protocols:minutes", request.client.slug, protocol.number)
