"""Which projects of the client are open to one of its people: for contacts who look after theirs, and for staff."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.decorators import recently_signed_in
from portal.core.access import area
from portal.people import rules
from portal.people.actions import members
from portal.people.forms.reach import ReachForm
from portal.people.reach import reach_of
from portal.people.views.pages import form_page
from portal.people.views.team import guard
from portal.tenancy.models import ClientAccess, Project

MOST_PROJECTS = 1000


def _page_of(request, pk: int) -> str:
    return reverse("people:team_projects", args=[request.client.slug, pk])


@area("security")
@recently_signed_in(back=_page_of)
def edit(request, pk: int):
    """All of them, or only these."""
    guard(request)
    access = _get(request, pk)
    form = ReachForm(request.POST or None, **_offered(request, access))
    team = reverse("people:team", args=[request.client.slug])
    back = reverse("people:member", args=[pk]) if request.member.is_specialist else team
    if form.is_valid():
        members.set_projects(access.member, request.client, by=request.member, **form.words)
        messages.success(request, _("Saved."))
        return redirect(back)
    words = {"title": _("Projects of %(name)s") % {"name": access.member}, "submit": _("Save")}
    return form_page(
        request, form, template="people/reach.html", **words, crumbs=[(team, _("People and areas"))], back=back
    )


def _get(request, pk: int) -> ClientAccess:
    rows = ClientAccess.objects.visible_to(request.member).filter(client=request.client, member__ended_at=None)
    access = get_object_or_404(rows.select_related("member__user", "member__role", "member__agency"), member_id=pk)
    if not rules.areas_can_be_changed_by(access.member, request.client, request.member):
        raise Http404("nobody changes what is open to himself")
    return access


def _offered(request, access: ClientAccess) -> dict:
    levels = {row.project_id: row.level for row in reach_of(request.client).get(access.member_id, [])}
    rows = Project.objects.visible_to(request.member).filter(client=request.client)
    rows = rows.filter(Q(archived_at=None) | Q(pk__in=levels)).order_by("name", "pk")
    return {"by": request.member, "projects": rows[:MOST_PROJECTS], "levels": levels if access.is_limited else None}
