"""The work log of one client."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.core.formats import format_hours
from worklog.actions.looking import look
from worklog.models import WorkEntry
from worklog.presenting import lines_of

MOST = 100


@area("work")
@require_safe
def index(request):
    """The newest entries."""
    if request.member.is_contact:
        look(request.member, request.client)
    rows = WorkEntry.objects.visible_to(request.member).of(request.client).with_names().newest_first()
    rows = list(rows[:MOST])
    context = {"lines": lines_of(rows, request.member), "total": format_hours(sum(row.minutes for row in rows))}
    return render(request, "worklog/index.html", context)
