"""Members of the agency: who is here, who is invited, what is open to whom."""

from functools import partial

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import ask_first, chosen_before, is_recent, recently_signed_in
from portal.accounts.models import FactorReset
from portal.core.access import needs, staff_only
from portal.core.context import SHARED_AREAS
from portal.core.http import number_in
from portal.core.paging import next_of, page_by_name
from portal.core.zones import zone
from portal.people import handover, rules
from portal.people.actions import invitations, members
from portal.people.forms.people import (
    SHOWN_FOR,
    AbsenceForm,
    EndForm,
    InviteContactForm,
    InviteSpecialistForm,
    InviteVendorForm,
    MemberForm,
)
from portal.people.models import Invitation
from portal.people.views import former
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Absence, Client, ClientAccess, Member
from portal.tenancy.models.role import Area, Kind

FORMER = "former"
INVITE_FORMS = {"specialist": InviteSpecialistForm, "contact": InviteContactForm, "vendor": InviteVendorForm}


@staff_only
@needs("manage_people")
@require_safe
def index(request):
    """Everybody with a place, by name, and the open invitations."""
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = Member.objects.visible_to(request.member).select_related("user", "role", "vendor")
    rows = rows.exclude(ended_at=None) if kind == FORMER else rows.active()
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
    rows = rows.prefetch_related("client_accesses__client")
    page = page_by_name(rows, request.GET.get("after", ""), by="user__name")
    kinds = [*Kind.choices, (FORMER, _("Former"))]
    context = {"page": page, "more": next_of(request, page), "kind": kind, "kinds": kinds, "q": words}
    if request.htmx and "after" in request.GET:
        return render(request, "people/_members.html", context)
    open_ones = (
        Invitation.objects.visible_to(request.member).waiting().select_related("client", "vendor", "role", "project")
    )
    return render(request, "people/members.html", {**context, "invitations": open_ones.order_by("-sent_at")[:50]})


@staff_only
@needs("manage_people")
def invite(request, kind: str):
    """Ask somebody in."""
    if kind not in INVITE_FORMS:
        raise Http404("no such kind")
    client = _client_asked_for(request)
    form = INVITE_FORMS[kind](request.POST or None, by=request.member, initial=_known(request, client))
    crumbs = _crumbs_to_team(client) if client else [_members()]
    if submitted(form, partial(invitations.invite, request.agency, by=request.member)):
        messages.success(request, _("The invitation is on its way."))
        return redirect(crumbs[-1][0])
    titles = {
        "specialist": _("Invite somebody of the agency"),
        "contact": _("Invite a contact"),
        "vendor": _("Invite somebody of a vendor"),
    }
    words = {"title": titles[kind], "submit": _("Send invitation")}
    return form_page(request, form, **words, crumbs=crumbs, back=crumbs[-1][0])


@staff_only
@needs("manage_people")
def detail(request, pk: int):
    """One member: role, reach, what is open, absences."""
    member, chosen = _get(request, pk, or_former=True), chosen_before(request)
    if member.ended_at:
        return former.show(request, member)
    form = MemberForm(request.POST or None, member=member, by=request.member, chosen=chosen)
    if form.is_valid() and form.changes_role and not is_recent(request):
        return ask_first(request, _page_of(request, pk), keep=True)
    if submitted(form, partial(members.change, member, by=request.member)):
        messages.success(request, _("Saved."))
        return redirect("people:member", member.pk)
    since = timezone.now() - SHOWN_FOR
    absences = Absence.objects.filter(agency_id=member.agency_id, member=member, ends_at__gt=since)
    context = {
        "member": member,
        "accesses": _accesses(member, chosen),
        "areas": Area.choices,
        "of_projects": SHARED_AREAS,
        "shared": member.project_accesses.values() if not member.is_contact else (),
        "absences": absences.select_related("agency", "stand_in__user").order_by("starts_at"),
        "may_change": rules.member_can_be_changed_by(member, request.member),
        **_reset_of(member),
    }
    title = str(member)
    return form_page(request, form, title=title, submit=_("Save"), template="people/member.html", **context)


def _page_of(request, pk: int, **rest) -> str:
    return reverse("people:member", args=[pk])


@staff_only
@needs("manage_people")
@require_POST
@recently_signed_in(back=_page_of, keep=True)
def areas(request, pk: int, slug: str):
    """What a contact sees of one client."""
    member = _get(request, pk)
    client = get_object_or_404(Client.objects.visible_to(request.member), slug=slug)
    members.set_areas(member, client, set(request.POST.getlist("areas")) & set(Area.values), by=request.member)
    messages.success(request, _("Saved."))
    return redirect("people:member", member.pk)


@staff_only
@needs("manage_people")
@recently_signed_in(back="people:end_member")
def end(request, pk: int):
    """Close a place; what is open is handed over."""
    member = _get(request, pk)
    open_things = handover.open_things_of(member) if member.is_specialist else []
    form = EndForm(request.POST if request.method == "POST" else None, member=member, is_open=bool(open_things))
    if submitted(form, partial(members.end, member, by=request.member)):
        messages.success(request, _("%(name)s no longer has a place here.") % {"name": member})
        return redirect("people:members")
    return form_page(
        request,
        form,
        title=_("End the place of %(name)s") % {"name": member},
        submit=_("End the place"),
        template="people/end_member.html",
        crumbs=_crumbs_to(member),
        member=member,
        open_things=open_things,
    )


@staff_only
@needs("manage_people")
@require_POST
def send_again(request, pk: int):
    """A new link; the old one stops working."""
    invitations.send_again(_invitation(request, pk), by=request.member)
    messages.success(request, _("The invitation is on its way again."))
    return redirect("people:members")


@staff_only
@needs("manage_people")
@require_POST
def revoke(request, pk: int):
    """Withdraw an invitation."""
    invitations.revoke(_invitation(request, pk), by=request.member)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people:members")


@staff_only
@needs("manage_people")
def absence(request, pk: int):
    """Somebody is away."""
    member = _get(request, pk)
    if not member.is_specialist:
        raise Http404("only specialists are away")
    form = AbsenceForm(request.POST or None, member=member)
    add = partial(members.add_absence, member, by=request.member)
    if form.is_valid() and submitted(form, add, **form.absence(zone(member.agency.time_zone))):
        messages.success(request, _("The absence is saved."))
        return redirect("people:member", member.pk)
    words = {"title": _("Absence of %(name)s") % {"name": member}, "submit": _("Save")}
    return form_page(request, form, **words, crumbs=_crumbs_to(member), back=_page_of(request, pk))


@staff_only
@needs("manage_people")
@require_POST
def delete_absence(request, pk: int):
    """It does not take place."""
    rows = Absence.objects.visible_to(request.member).select_related("member")
    found = get_object_or_404(rows, pk=pk)
    members.delete_absence(found, by=request.member)
    messages.success(request, _("The absence is deleted."))
    return redirect("people:member", found.member_id)


def _accesses(member: Member, chosen: dict) -> list[ClientAccess]:
    """What is open to a contact; at the client at hand, what was chosen before the password was asked for."""
    accesses = list(member.client_accesses.select_related("client").order_by("client__name"))
    for access in accesses:
        shared = member.project_accesses.values()
        access.projects = [row for row in shared if row.client_id == access.client_id]  # type: ignore[attr-defined]
        if chosen.get("slug") == [access.client.slug]:
            access.areas = chosen.get("areas", [])
    return accesses


def _reset_of(member: Member) -> dict:
    """The reset that is to come. Who asked for it is named if that person has a place here too."""
    reset = FactorReset.objects.pending().filter(user=member.user).first()
    asker = reset and Member.objects.filter(agency_id=member.agency_id, user_id=reset.requested_by_id)
    return {"reset": reset, "asker": asker and asker.select_related("user").first()}


def _get(request, pk: int, *, or_former: bool = False) -> Member:
    rows = Member.objects.visible_to(request.member).complete()
    return get_object_or_404(rows if or_former else rows.active(), pk=pk)


def _invitation(request, pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(request.member).waiting().select_related("agency", "role", "client")
    return get_object_or_404(rows, pk=pk)


def _client_asked_for(request) -> Client | None:
    """The client from whose page the invitation begins."""
    pk = number_in(request.GET.get("client", ""))
    return Client.objects.visible_to(request.member).filter(pk=pk).first() if pk else None


def _known(request, client: Client | None) -> dict:
    """What is known before anything is typed: the client, or who was here before."""
    pk = number_in(request.GET.get("again", ""))
    rows = Member.objects.visible_to(request.member).exclude(ended_at=None).select_related("user")
    gone = rows.filter(pk=pk).first() if pk else None
    known = {"client": client.pk if client else ""}
    if gone:
        known |= {"email": gone.user.email, "name": gone.user.name, "role": gone.role_id, "vendor": gone.vendor_id}
    return known


def _members() -> tuple[str, str]:
    return reverse("people:members"), _("Members")


def _crumbs_to(member: Member) -> list[tuple[str, str]]:
    return [_members(), (reverse("people:member", args=[member.pk]), str(member))]


def _crumbs_to_team(client: Client) -> list[tuple[str, str]]:
    home, team = (reverse(name, args=[client.slug]) for name in ("client_home", "people:team"))
    return [(reverse("people:clients"), _("Clients")), (home, client.name), (team, _("People"))]
