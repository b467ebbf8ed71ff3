"""The timeline of one client, and the detail of one entry."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.core.paging import next_of
from timeline import presenting, redline
from timeline.actions.looking import last_visit, look
from timeline.choosing import choices_of
from timeline.feed import feed, listing_for, narrowing
from timeline.models import can_be_posted_by
from timeline.showing import detail_of

FILTERS = ("side", "area", "project", "person")


@area("work")
@require_safe
def index(request):
    """Two sides, newest first, page after page without end."""
    member, client = request.member, request.client
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    page = listing_for(member).page(member, client, request.GET.get("after", ""), narrowing(**asked))
    is_part = bool(request.htmx and request.GET.get("after"))
    before = last_visit(member, client) if is_part else look(member, client)
    days = presenting.days_of(page.rows, member, client, redline.news_of(page.rows, member, before))
    context = {"days": days, "more": next_of(request, page)}
    if is_part:
        return render(request, "timeline/_days.html", context)
    return render(request, "timeline/index.html", {**context, **asked, **_frame(member, client, before)})


@area("work")
@require_safe
def entry(request, pk):
    """MORE: opened in place by htmx, a page of its own without."""
    context = detail_of(_get(request, pk), request.member, request.client)
    return render(request, "timeline/_entry.html" if request.htmx else "timeline/entry.html", context)


def _frame(member, client, before) -> dict:
    """What stands around the entries."""
    return {
        "sides": presenting.side_names(member, client),
        "choices": choices_of(member, client),
        "horizon": presenting.horizon_of(member, client),
        "since": redline.since_last_visit(member, client, before),
        "may_post": can_be_posted_by(member, client),
        "is_mailed": not member.is_specialist,
    }


def _get(request, pk):
    return get_object_or_404(feed(request.member, request.client).select_related("actor__user", "project"), pk=pk)
