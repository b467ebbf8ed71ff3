"""The Security page: who did what, when, from which device."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import actions as accounts
from portal.accounts.decorators import recently_signed_in
from portal.accounts.models import FactorReset, User
from portal.audit.export import csv_response
from portal.audit.models import AuditEvent
from portal.core.access import area, needs, staff_only
from portal.core.context import tenant
from portal.core.paging import next_of, page_of
from portal.people import rules, trail
from portal.people.forms.security import TrailFilter
from portal.tenancy.models import ClientAccess, Member

MOST_EXPORTED = 50_000
HEAD = (
    gettext_lazy("When"),
    gettext_lazy("Who"),
    gettext_lazy("What"),
    gettext_lazy("Details"),
    gettext_lazy("Device"),
    gettext_lazy("IP"),
    gettext_lazy("Request"),
)


@staff_only
@needs("security")
@require_safe
def index(request):
    """Events of the agency, newest first."""
    form = _filter(request)
    page = page_of(form.narrow(_events(request)), request.GET.get("after", ""), by="at", size=50)
    context = {
        "lines": trail.lines(page.rows, request.member),
        "after": page.after,
        "more": next_of(request, page),
        "form": form,
    }
    template = "people/_trail.html" if request.htmx and "after" in request.GET else "people/security.html"
    return render(request, template, context)


@staff_only
@needs("security")
@require_POST
@recently_signed_in(back="people:security")
def export(request):
    """The same as CSV; who takes it stands in the log."""
    form = _filter(request)
    events = list(form.narrow(_events(request)).newest_first()[:MOST_EXPORTED])
    rows = (
        (timezone.localtime(line.at).isoformat(), line.who, line.what, line.sub, line.device, line.ip, event.request_id)
        for line, event in zip(trail.lines(events, request.member), events, strict=True)
    )
    name = f"security-{timezone.localdate():%Y-%m-%d}"
    head = [str(word) for word in HEAD]
    return csv_response(name, head, rows, what="security events", filters=form.words())


@staff_only
@needs("manage_people")
@require_POST
@recently_signed_in(back="people:member")
def reset_factor(request, pk: int):
    """Somebody lost phone and backup codes: the second factor goes after a delay, unless the person objects."""
    member = _resettable(request, pk)
    accounts.request_factor_reset(member.user, by=request.user)
    messages.success(request, _("In 24 hours %(name)s can connect a new second factor.") % {"name": member})
    return redirect("people:member", member.pk)


@staff_only
@needs("manage_people")
@require_POST
def stop_reset(request, pk: int):
    """The second factor stays after all."""
    member = _resettable(request, pk)
    reset = FactorReset.objects.pending().filter(user=member.user).select_related("user").first()
    if reset:
        accounts.cancel_factor_reset(reset, by=request.user)
        messages.success(request, _("The second factor of %(name)s stays.") % {"name": member})
    return redirect("people:member", member.pk)


@area("security")
@require_safe
def of_client(request):
    """For contacts: sign-ins of the people of their own company, and nothing else."""
    if not request.member.is_contact:
        raise Http404("only for contacts")
    accesses = ClientAccess.objects.visible_to(request.member).filter(client=request.client)
    colleagues = accesses.filter(member__kind="contact", member__ended_at=None).values_list(
        "member__user_id", flat=True
    )
    ids = list(colleagues)
    with tenant(request.agency.pk):  # the wall shows contacts only their own events; the filter below is narrow
        theirs = Q(user_id__in=ids) | Q(detail__about__in=ids)
        events = AuditEvent.objects.of_agency(request.agency.pk).filter(theirs, trail.OWN_SECURITY, tab=None)
        page = page_of(events, request.GET.get("after", ""), by="at", size=50)
    context = {"lines": trail.lines(page.rows, request.member), "more": next_of(request, page)}
    template = "people/_trail.html" if request.htmx and "after" in request.GET else "people/client_security.html"
    return render(request, template, context)


def _resettable(request, pk: int) -> Member:
    rows = Member.objects.visible_to(request.member).active().select_related("user", "role", "vendor")
    member = get_object_or_404(rows, pk=pk)
    if not rules.member_can_be_changed_by(member, request.member) or member == request.member:
        raise Http404("not to be reset by this member")
    return member


def _events(request):
    return AuditEvent.objects.of_agency(request.member.agency_id)


def _filter(request) -> TrailFilter:
    ids = Member.objects.visible_to(request.member).values("user_id")
    people = User.objects.filter(pk__in=ids).order_by("name")[:1000]
    return TrailFilter(request.POST if request.method == "POST" else request.GET, people=people)
