"""Members of the agency: who is here, who is invited, what is open to whom."""

from functools import partial

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.decorators import recently_signed_in
from portal.accounts.models import FactorReset
from portal.core.access import needs, staff_only
from portal.core.paging import next_of, page_by_name
from portal.core.zones import zone
from portal.people import handover, rules
from portal.people.actions import invitations, members
from portal.people.forms.people import (
    AbsenceForm,
    EndForm,
    InviteContactForm,
    InviteSpecialistForm,
    InviteVendorForm,
    MemberForm,
)
from portal.people.models import Invitation
from portal.people.views.pages import form_page, submitted
from portal.tenancy.models import Absence, Client, Member
from portal.tenancy.models.member import Area, Kind

INVITE_FORMS = {"specialist": InviteSpecialistForm, "contact": InviteContactForm, "vendor": InviteVendorForm}


@staff_only
@needs("manage_people")
def index(request):
    """Everybody with a place, by name, and the open invitations."""
    kind, words = request.GET.get("kind", ""), request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows = Member.objects.visible_to(request.member).active().select_related("user", "role", "vendor")
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
    rows = rows.prefetch_related("client_accesses__client")
    page = page_by_name(rows, request.GET.get("after", ""), by="user__name")
    context = {"page": page, "more": next_of(request, page), "kind": kind, "kinds": Kind.choices, "q": words}
    if request.htmx and "after" in request.GET:
        return render(request, "people/_members.html", context)
    open_ones = Invitation.objects.visible_to(request.member).waiting().select_related("client", "vendor", "role")
    return render(request, "people/members.html", {**context, "invitations": open_ones.order_by("-sent_at")[:50]})


@staff_only
@needs("manage_people")
def invite(request, kind: str):
    """Ask somebody in."""
    if kind not in INVITE_FORMS:
        raise Http404("no such kind")
    initial = {"client": request.GET.get("client", "")}
    form = INVITE_FORMS[kind](request.POST or None, by=request.member, initial=initial)
    if submitted(form, partial(invitations.invite, request.agency, by=request.member)):
        messages.success(request, _("The invitation is on its way."))
        return redirect("people:members")
    titles = {
        "specialist": _("Invite somebody of the agency"),
        "contact": _("Invite a contact"),
        "vendor": _("Invite somebody of a vendor"),
    }
    return form_page(request, form, title=titles[kind], submit=_("Send invitation"), back=_back())


@staff_only
@needs("manage_people")
def detail(request, pk: int):
    """One member: role, reach, what is open, absences."""
    member = _get(request, pk)
    form = MemberForm(request.POST or None, member=member, by=request.member)
    if submitted(form, partial(members.change, member, by=request.member)):
        messages.success(request, _("Saved."))
        return redirect("people:member", member.pk)
    absences = Absence.objects.filter(agency_id=member.agency_id, member=member, ends_at__gt=timezone.now())
    context = {
        "member": member,
        "accesses": member.client_accesses.select_related("client").order_by("client__name"),
        "areas": Area.choices,
        "shared": member.project_accesses.values() if not member.is_contact else (),
        "absences": absences.select_related("agency", "stand_in__user").order_by("starts_at"),
        "may_change": rules.member_can_be_changed_by(member, request.member),
        **_reset_of(member),
    }
    title = str(member)
    return form_page(request, form, title=title, submit=_("Save"), template="people/member.html", **context)


@staff_only
@needs("manage_people")
@require_POST
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
    form = EndForm(request.POST if request.method == "POST" else None, member=member)
    if submitted(form, partial(members.end, member, by=request.member)):
        messages.success(request, _("%(name)s no longer has a place here.") % {"name": member})
        return redirect("people:members")
    return form_page(
        request,
        form,
        title=_("End the place of %(name)s") % {"name": member},
        submit=_("End the place"),
        template="people/end_member.html",
        member=member,
        open_things=handover.open_things_of(member) if member.is_specialist else [],
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
    if form.is_valid():
        members.add_absence(member, by=request.member, **form.absence(zone(member.agency.time_zone)))
        return redirect("people:member", member.pk)
    title = _("Absence of %(name)s") % {"name": member}
    return form_page(request, form, title=title, submit=_("Save"), back=reverse("people:member", args=[member.pk]))


@staff_only
@needs("manage_people")
@require_POST
def delete_absence(request, pk: int):
    """It does not take place."""
    rows = Absence.objects.visible_to(request.member).select_related("member")
    found = get_object_or_404(rows, pk=pk)
    members.delete_absence(found, by=request.member)
    return redirect("people:member", found.member_id)


def _reset_of(member: Member) -> dict:
    """The reset that is to come. Who asked for it is named if that person has a place here too."""
    reset = FactorReset.objects.pending().filter(user=member.user).first()
    asker = reset and Member.objects.filter(agency_id=member.agency_id, user_id=reset.requested_by_id)
    return {"reset": reset, "asker": asker and asker.select_related("user").first()}


def _get(request, pk: int) -> Member:
    rows = Member.objects.visible_to(request.member).active().select_related("user", "role", "vendor", "agency")
    return get_object_or_404(rows, pk=pk)


def _invitation(request, pk: int) -> Invitation:
    rows = Invitation.objects.visible_to(request.member).waiting().select_related("agency", "role", "client")
    return get_object_or_404(rows, pk=pk)


def _back() -> str:
    return reverse("people:members")
