"""Between a look and a click: which state of a meeting was on the page, and where to when it is not the last one."""

from datetime import UTC, datetime
from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from protocols.meetings.actions import Outdated


def as_seen(view):
    """Somebody else was quicker: what stands now is to be looked at first."""

    @wraps(view)
    def guarded(request, pk):
        try:
            return view(request, pk)
        except Outdated:
            messages.warning(request, _("This meeting was changed meanwhile. Please look at it once more."))
            return redirect("protocols:meeting", request.client.slug, pk)

    return guarded


def seen_in(request) -> datetime | None:
    """Which state was on the page; what is no moment has seen none."""
    text = request.POST.get("seen")
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
