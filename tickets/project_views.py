"""One project of a client: how it stands, its board, its list, its people."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.core.access import area
from portal.core.formats import format_date
from portal.people.rules import project_can_be_shared_by
from portal.tenancy.models import Project
from tickets import listing, projecting
from tickets.models import can_be_opened_by

LISTED = 25


@area("tickets")
@require_safe
def project(request, project):
    """The project with all that is open in it."""
    rows = Project.objects.visible_to(request.member).filter(client=request.client)
    found = get_object_or_404(rows, slug=project)
    found.client = request.client
    member, board = request.member, listing.columns(request, request.client, project=found)
    context = {
        "project": found,
        "standing": projecting.standing_of(member, found),
        "logged": projecting.time_of_month(member, found),
        "month": format_date(timezone.localdate().replace(day=1), style="month"),
        "sharers": projecting.sharers_of(member, found),
        "may_share": project_can_be_shared_by(found, member),
        "may_open": can_be_opened_by(member, request.client, found.pk) and not found.archived_at,
        **board,
    }
    return render(request, "tickets/project.html", {**context, "rows": board["rows"][:LISTED]})
