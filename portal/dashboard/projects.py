"""Projects that are shared with a vendor: the list on the start page, and the page of one."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from portal.dashboard import cards
from portal.dashboard.past import past_of
from portal.people.rules import project_can_be_shared_by
from portal.tenancy.models import Client, Member, Project, ProjectAccess
from portal.tenancy.models.access import projects_open_to
from portal.tenancy.presence import manager_presence
from protocols.models import Protocol


@dataclass(frozen=True, slots=True)
class Shared:
    """A line of the list. news: "2 new protocols" or ""."""

    url: str
    name: str
    client: str
    level: str
    manager: str
    news: str


def shared_with(member: Member) -> list[Shared]:
    """The projects of a vendor's member, by name: two queries, however many there are."""
    rows = Project.objects.visible_to(member).active().filter(client__archived_at=None)
    rows = rows.select_related("client__manager__user").order_by("name", "pk")
    unread = Protocol.objects.visible_to(member).unread_by(member).order_by()
    numbers = dict(unread.values("project_id").annotate(number=Count("pk")).values_list("project_id", "number"))
    return [_line(row, member.project_accesses[row.pk], numbers.get(row.pk, 0)) for row in rows]


@require_safe
def shared_project(request, project: str):
    """One project as a vendor's people see it. Staff have a page of their own; contacts theirs of the client."""
    member, client = request.member, request.client
    if member.is_specialist:
        found = get_object_or_404(Project.objects.visible_to(member).filter(client=client), slug=project)
        return redirect("people:project", client.slug, found.slug)
    access = _access(member, client, project)
    if member.is_contact:
        return redirect("client_home", client.slug)
    found = access.project
    sees_work = member.sees_area(client, "work")
    context = {
        "project": found,
        "access": access,
        "may_write": sees_work and member.can_write_for(client) and found.pk in projects_open_to(member, client),
        "may_share": project_can_be_shared_by(found, member),
        "sees_work": sees_work,
        "colleagues": _colleagues(member),
        "presence": manager_presence(client, request.agency) if client.manager else None,
        **(_work(request, found) if sees_work else {}),
    }
    return render(request, "dashboard/shared_project.html", context)


def _access(member: Member, client: Client, slug: str) -> ProjectAccess:
    """What an outsider may do in the project at this address; it came with the door's question. Who sees the client has none."""
    for access in member.project_accesses.values():
        if (access.client_id, access.project.slug) == (client.pk, slug):
            return access
    raise Http404("not shared with this member")


def _work(request, project: Project) -> dict:
    member, client = request.member, request.client
    return {
        "protocols": cards.protocols(member, client, project),
        "mails": cards.mails(member, client, project),
        **past_of(member, client, cards.period_of(member), project),
    }


def _colleagues(member: Member) -> list[Member]:
    rows = Member.objects.visible_to(member).active().with_names().filter(vendor_id=member.vendor_id)
    return list(rows.order_by("user__name")[: 2 * cards.FEW])


def _line(project: Project, access: ProjectAccess, unread: int) -> Shared:
    words = ngettext("%(number)d new protocol", "%(number)d new protocols", unread)
    return Shared(
        url=reverse("shared_project", args=[project.client.slug, project.slug]),
        name=project.name,
        client=project.client.name,
        level=access.get_level_display(),
        manager=str(project.client.manager or ""),
        news=words % {"number": unread} if unread else "",
    )
