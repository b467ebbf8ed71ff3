"""The timeline of one client, and the detail of one entry."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.core.paging import next_of
from timeline import presenting
from timeline.feed import areas_of, feed, listing_for, narrowing


@area("work")
@require_safe
def index(request):
    """Two sides, newest first, page after page without end."""
    request.client.agency = request.agency
    side, area_code = request.GET.get("side", ""), request.GET.get("area", "")
    narrow = narrowing(side=side, area=area_code)
    page = listing_for(request.member).page(request.member, request.client, request.GET.get("after", ""), narrow)
    context = {
        "days": presenting.days_of(page.rows, request.member, request.client),
        "more": next_of(request, page),
        "side": side,
        "area": area_code,
        "sides": presenting.side_names(request.member, request.client),
        "areas": areas_of(request.member, request.client),
        "horizon": presenting.horizon_of(request.member, request.client),
    }
    is_part = request.htmx and request.GET.get("after")
    return render(request, "timeline/_days.html" if is_part else "timeline/index.html", context)


@area("work")
@require_safe
def entry(request, pk):
    """MORE: opened in place by htmx, a page of its own without."""
    event = _get(request, pk)
    context = {"event": event, "facts": presenting.facts_of(event, request.member)}
    return render(request, "timeline/_entry.html" if request.htmx else "timeline/entry.html", context)


def _get(request, pk):
    return get_object_or_404(feed(request.member, request.client).select_related("actor__user", "project"), pk=pk)
