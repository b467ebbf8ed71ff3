"""The status page of platform staff, and the figures for Prometheus."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.audit.log import log
from portal.core.access import public, signed_in
from portal.core.jobs import enqueue
from portal.operation import metrics as figures
from portal.operation import tasks
from portal.operation.doctor import kept, lateness
from portal.operation.findings import FINE

TONES = {"fine": "ok", "soon": "warn", "broken": "bad"}


def platform_only(view):
    """Platform staff with the second factor, and each look is audited; nobody else learns that the page exists."""

    @signed_in
    @wraps(view)
    def guarded(request):
        if not (request.user.is_active and request.user.is_staff and request.user.is_verified()):
            raise Http404("no status for this person")
        log("platform.viewed", {"path": request.get_full_path()[:500], "method": request.method})
        return view(request)

    return guarded


@platform_only
@require_safe
def status(request):
    """The doctor's last report; what needs somebody comes first."""
    report = kept()
    found = [*(row.as_dict() for row in lateness()), *report["findings"]] if report else []
    rows = [{**row, "tone": TONES[row["state"]]} for row in found]
    groups = [
        (_("Need someone"), [row for row in rows if row["state"] != FINE]),
        (_("Fine"), [row for row in rows if row["state"] == FINE]),
    ]
    context = {"report": report, "groups": groups, "count": len(rows), "words": _words()}
    return render(request, "operation/status.html", context)


@platform_only
@require_POST
def examine(request):
    """Ask for a new report; a worker makes it."""
    enqueue(tasks.examine)
    messages.success(request, _("The examination has begun. Look again in a minute."))
    return redirect("platform_status")


@public
@require_safe
def metrics(request):
    """Figures without a word about anybody; only with `Authorization: Bearer METRICS_TOKEN`."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404("no metrics for this reader")
    return HttpResponse(figures.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _words() -> dict[str, str]:
    return {"fine": _("Fine"), "soon": _("Soon"), "broken": _("Broken")}
