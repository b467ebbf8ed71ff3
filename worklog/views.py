"""The work log of one client, and one entry."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.core.formats import format_hours
from worklog.actions.looking import look
from worklog.models import WorkEntry
from worklog.presenting import line_of, lines_of

MOST = 100


@area("work")
@require_safe
def index(request):
    """The newest entries."""
    if request.member.is_contact:
        look(request.member, request.client)
    rows = WorkEntry.objects.visible_to(request.member).of(request.client).with_names().newest_first()
    rows = list(rows.select_related("client", "member__user", "kind", "project", "vendor")[:MOST])
    context = {"lines": lines_of(rows, request.member), "total": format_hours(sum(row.minutes for row in rows))}
    return render(request, "worklog/index.html", context)


@area("work")
@require_safe
def entry(request, pk):
    """One entry."""
    row = _get(request, pk)
    return render(request, "worklog/entry.html", {"row": row, "line": line_of(row, request.member)})


def _get(request, pk) -> WorkEntry:
    rows = WorkEntry.objects.visible_to(request.member).of(request.client).with_names()
    row = get_object_or_404(rows, pk=pk)
    row.client = request.client
    return row
