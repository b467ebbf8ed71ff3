"""Your team: contacts look after the people of their own company."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import chosen_before, recently_signed_in
from portal.core.access import area
from portal.core.context import SHARED_AREAS
from portal.people import rules
from portal.people.actions import invitations, members
from portal.people.forms.people import InviteColleagueForm
from portal.people.models import Invitation
from portal.people.reach import reach_of
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import ClientAccess, Member
from portal.tenancy.models.role import Area

# A contact with the area "security" comes in by the decorator; of staff only those who manage people.


@area("security")
@require_safe
def index(request):
    """Colleagues and what is open to them."""
    guard(request)
    client = request.client
    accesses = ClientAccess.objects.visible_to(request.member).filter(client=client, member__ended_at=None)
    accesses = accesses.select_related("member__user", "member__role").order_by("member__user__name")[:200]
    own, chosen, reach = _own_areas(request), chosen_before(request), reach_of(client)
    rows = [_row(request, access, own, chosen, reach) for access in accesses]
    open_ones = Invitation.objects.visible_to(request.member).waiting().filter(client=client).select_related("project")
    context = {"rows": rows, "areas": Area.choices, "invitations": open_ones.order_by("-sent_at")[:50]}
    return render(request, "people/team.html", {**context, "may_invite": _may_invite(request)})


def _page_of(request) -> str:
    return reverse("people:team", args=[request.client.slug])


@area("security")
@require_POST
@recently_signed_in(back=_page_of, keep=True)
def save(request):
    """The whole table at once; only what may be changed is."""
    guard(request)
    if request.member.is_contact and not _may_invite(request):
        raise PermissionDenied
    accesses = ClientAccess.objects.visible_to(request.member).filter(client=request.client, member__ended_at=None)
    for access in accesses.select_related("member__role", "member__vendor"):
        if str(access.member_id) in request.POST.getlist("member"):
            wanted = set(request.POST.getlist(f"areas-{access.member_id}")) & set(Area.values)
            if rules.areas_can_be_changed_by(access.member, request.client, request.member):
                members.set_areas(access.member, request.client, wanted, by=request.member)
    messages.success(request, _("Saved."))
    return redirect("people:team", request.client.slug)


@area("security")
def invite(request):
    """Invite a colleague."""
    guard(request)
    if not _may_invite(request):
        raise Http404("nobody can be invited here")
    form = InviteColleagueForm(request.POST or None, by=request.member, client=request.client)
    if submitted(form, partial(invitations.invite, request.agency, by=request.member)):
        messages.success(request, _("The invitation is on its way."))
        return redirect("people:team", request.client.slug)
    words, back = {"title": _("Invite a colleague"), "submit": _("Send invitation")}, _page_of(request)
    return form_page(request, form, **words, crumbs=[(back, _("Your team"))], back=back)


@area("security")
@require_POST
def send_again(request, pk: int):
    """A new link; the old one stops working."""
    guard(request)
    invitations.send_again(_invitation(request, pk), by=request.member)
    messages.success(request, _("The invitation is on its way again."))
    return redirect("people:team", request.client.slug)


@area("security")
@require_POST
def revoke(request, pk: int):
    """Withdraw an invitation."""
    guard(request)
    invitations.revoke(_invitation(request, pk), by=request.member)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people:team", request.client.slug)


def guard(request) -> None:
    """404 for staff who do not manage people."""
    if request.member.is_specialist and not rules.manages_people(request.member):
        raise Http404("only for those who manage people")


def _invitation(request, pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(request.member).waiting().filter(client=request.client)
    return get_object_or_404(rows.select_related("agency", "role", "client"), pk=pk)


def _own_areas(request) -> set[str]:
    return set(Area.values) if request.member.is_specialist else rules.own_areas(request.client, request.member)


def _may_invite(request) -> bool:
    return request.member.is_contact and rules.looks_after_people_of(request.client, request.member)


def _row(request, access: ClientAccess, own: set[str], chosen: dict, reach: dict) -> dict:
    """One person and the boxes of the areas, as they are or as they were chosen before the password was asked for."""
    member: Member = access.member
    areas = chosen.get(f"areas-{member.pk}", []) if str(member.pk) in chosen.get("member", ()) else access.areas
    may = rules.areas_can_be_changed_by(member, request.client, request.member)
    reachable = own & set(SHARED_AREAS) if access.is_limited else own
    boxes = [
        {"code": code, "label": label, "on": code in areas, "open": may and code in reachable}
        for code, label in Area.choices
    ]
    row = {"member": member, "boxes": boxes, "own": member.pk == request.member.pk, "may": may}
    return row | {"is_limited": access.is_limited, "projects": reach.get(member.pk, [])}
