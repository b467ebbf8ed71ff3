"""A form that is sent twice counts once: two clicks, a page sent again, thirty requests at the same moment.

The page carries a random key (the tag form_key). Whoever comes second with the same key and the same words waits until the first
is done, and is led where the first was led. Other words under the same key are another sending: somebody went back and wrote on.
"""

import hashlib
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.tenancy.models import Submission

FIELD = "form_key"
REMEMBERED_FOR = timedelta(days=1)


def once(view):
    """Written below the view's rule. Needs the transaction of the request: a view that fails leaves nothing behind."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.POST.get(FIELD):
            return view(request, *args, **kwargs)
        rows = Submission.objects.visible_to(request.member)
        rows.filter(made_at__lt=timezone.now() - REMEMBERED_FOR).delete()
        mine = {"agency_id": request.member.agency_id, "member": request.member, "key": _key_of(request)}
        submission, is_first = rows.get_or_create(**mine)
        if not is_first:
            messages.info(request, _("This was sent already; it counts once."))
            return redirect(submission.location)
        response = view(request, *args, **kwargs)
        _note(submission, response)
        return response

    return guarded


def _note(submission: Submission, response) -> None:
    """Only what led on has done something; a form that is shown again may be sent again as it is."""
    if isinstance(response, HttpResponseRedirect):
        submission.location = response.url
        submission.save(update_fields=["location"])
    else:
        submission.delete()


def _key_of(request: HttpRequest) -> str:
    """What was sent and where, but for the token that is another one on each page; of files their names and sizes."""
    digest = hashlib.sha256(request.path.encode())
    sent = [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    files = [(name, [(file.name, file.size) for file in files]) for name, files in request.FILES.lists()]
    digest.update(repr((sorted(sent), sorted(files))).encode("utf-8", "replace"))
    return digest.hexdigest()
