"""Asking for access from the page "not found", and answering such requests."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import staff_only
from portal.people.actions import asking
from portal.people.forms.asking import AnswerForm
from portal.people.models import AccessRequest


@require_POST
def request_access(request):
    """The answer is the same whatever lies there."""
    asking.request_access(
        request.member, request.POST.get("path", "").replace("\0", ""), request.POST.get("why", "").replace("\0", "")
    )
    messages.info(request, _("If there is something, whoever may decide has your request now."))
    return redirect("home")


@staff_only
@require_safe
def index(request):
    """Requests that wait for an answer."""
    rows = AccessRequest.objects.visible_to(request.member).open().select_related("member__user", "client", "project")
    return render(request, "people/access_requests.html", {"requests": rows.order_by("asked_at")[:100]})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk: int):
    """Yes, and how much; or no."""
    rows = AccessRequest.objects.visible_to(request.member).select_related("member__user", "client", "project")
    asked = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST or None, asked=asked)
    if request.method == "POST" and not asked.can_be_answered_by(request.member):
        raise PermissionDenied
    if request.method == "POST" and "no" in request.POST:
        asking.refuse(asked, by=request.member)
        messages.success(request, _("Refused. %(name)s is not told.") % {"name": asked.member})
        return redirect("people:access_requests")
    if request.method == "POST" and form.is_valid():
        asking.grant(asked, by=request.member, **form.words)
        messages.success(request, _("%(name)s has access now") % {"name": asked.member})
        return redirect("people:access_requests")
    return render(
        request, "people/access_request.html", {"asked": asked, "form": form}, status=422 if form.is_bound else 200
    )
