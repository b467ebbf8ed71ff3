"""What one was told, and how one wants to be told."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.factors import meets_policy
from portal.core.access import public
from portal.core.paging import next_of, page_of
from portal.notifications import actions, presenting, unsubscribing
from portal.notifications.forms import PreferencesForm
from portal.notifications.models import Notification, Preference
from portal.tenancy import badges

STOP_POLLING = 286
"""The status by which htmx asks no more."""


@require_safe
def index(request):
    """All, or only what is new, newest first."""
    rows = Notification.objects.visible_to(request.member).select_related("actor__user", "client")
    is_new_only = request.GET.get("show") == "new"
    page = page_of(rows.unread() if is_new_only else rows, request.GET.get("after", ""), by="created_at", size=30)
    context = {
        "days": presenting.days_of(page.rows),
        "more": next_of(request, page),
        "is_new_only": is_new_only,
    }
    if request.htmx and request.GET.get("after"):
        return render(request, "notifications/_days.html", context)
    return render(request, "notifications/index.html", context)


@require_safe
def follow(request, pk):
    """Go to what it is about; it is read then."""
    notification = get_object_or_404(Notification.objects.visible_to(request.member), pk=pk)
    actions.mark_read(request.member, notification)
    return redirect(notification.path or "notifications:index")


@require_POST
def read_all(request):
    """Nothing is new any more."""
    actions.mark_read(request.member)
    messages.success(request, _("All marked as read"))
    return redirect("notifications:index")


@public
@require_safe
def bell_fragment(request):
    """The bell of an open page, asked for each minute. Whoever is signed out meanwhile is not torn from his page by it."""
    if request.member is None or not meets_policy(request):
        return HttpResponse(status=STOP_POLLING, headers={"HX-Reswap": "none"})
    unread = badges.numbers_for(request.member, None, [])["bell"]
    if request.GET.get("shown") == str(unread):
        return HttpResponse(status=204)
    poll_url = f"{reverse('notifications:bell')}?shown={unread}"
    shell = {"bell_url": reverse("notifications:index"), "bell_poll_url": poll_url, "unread": unread}
    return render(request, "ui/_bell.html", {"shell": shell})


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """The matrix of kinds and channels; with JavaScript each box is kept as soon as it is changed."""
    if request.method == "POST" and "suggested" in request.POST:
        actions.forget_choices(request.member)
        return _kept(request, _("You are told of everything again"))
    wishes = Preference.objects.visible_to(request.member)
    form = PreferencesForm(request.POST or None, member=request.member, wishes=wishes)
    if request.method == "POST" and form.is_valid():
        for kind, channels in form.changes():
            actions.choose(request.member, kind, **channels)
        return _kept(request, _("Saved"))
    return render(request, "notifications/preferences.html", {"form": form})


def _kept(request, words: str) -> HttpResponse:
    if request.htmx:
        toast = {"toast": {"text": words, "tone": "ok"}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(toast)})
    messages.success(request, words)
    return redirect("notifications:preferences")


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """One click ends mails of some kinds (RFC 8058). Looking at the page ends nothing: mail scanners follow links."""
    choice = unsubscribing.choice_of(token, request.agency.pk)
    if choice is None:
        raise Http404("no such link")
    if request.method == "POST":
        unsubscribing.switch_off(choice)
    context = {"labels": choice.labels, "is_done": request.method == "POST"}
    return render(request, "notifications/unsubscribe.html", context)
