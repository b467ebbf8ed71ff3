"""Between a look and a click: where to when the meeting on the page is no longer as it was."""

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
