"""Small choices that stay: pinned clients, and how far the timeline of the start page looks back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.core.access import staff_only
from portal.people.actions import keeping
from portal.tenancy.models import Project


@staff_only
@require_POST
def pin_client(request):
    """Pin this client or take the pin off, and back to where the button was."""
    is_wanted, words = request.POST.get("pinned") == "1", {"name": request.client.name}
    if is_wanted:
        keeping.pin(request.client, by=request.member)
    else:
        keeping.unpin(request.client, by=request.member)
    text = _("%(name)s is pinned to My day.") if is_wanted else _("%(name)s is no longer pinned.")
    messages.success(request, text % words)
    return redirect(_place_of_button(request))


def _place_of_button(request) -> str:
    """The list of clients, the client's own page or "My day"."""
    place = request.POST.get("from", "")
    if place == "clients":
        return reverse("people:clients")
    return reverse("client_home", args=[request.client.slug]) if place == "client" else reverse("my_day")


@require_POST
def keep_period(request):
    """30, 60 or 90 days, from now on and in every browser of this person."""
    chosen = {str(days): days for days in keeping.PERIODS}.get(request.POST.get("days", ""))
    if chosen is None:
        raise Http404("no such period")
    keeping.choose_period(chosen, by=request.member)
    return redirect(f"{_page_of_timeline(request)}#timeline")


def _page_of_timeline(request) -> str:
    """The shared project whose timeline it was, else the client's start page."""
    slug = request.client.slug
    shared = Project.objects.visible_to(request.member).filter(client=request.client)
    project = shared.filter(slug=request.POST.get("project", "").replace("\0", "")).first()
    return reverse("shared_project", args=[slug, project.slug]) if project else reverse("client_home", args=[slug])
