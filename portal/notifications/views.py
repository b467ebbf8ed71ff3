"""What one was told, and how one wants to be told."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.paging import next_of, page_of
from portal.notifications import actions, presenting
from portal.notifications.forms import PreferencesForm
from portal.notifications.models import Notification, Preference


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
    actions.mark_read(request.member, notification.pk)
    return redirect(notification.path or "notifications:index")


@require_POST
def read_all(request):
    """Nothing is new any more."""
    actions.mark_read(request.member)
    messages.success(request, _("All marked as read"))
    return redirect("notifications:index")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """The matrix of kinds and channels."""
    wishes = Preference.objects.visible_to(request.member)
    form = PreferencesForm(request.POST or None, member=request.member, wishes=wishes)
    if request.method == "POST" and form.is_valid():
        for kind, channels in form.changes():
            actions.choose(request.member, kind, **channels)
        messages.success(request, _("Saved"))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})
