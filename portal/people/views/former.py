"""Those who no longer have a place: when and by whom it ended, and what was handed over."""

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.events.models import Event
from portal.people import rules
from portal.tenancy.models import Member


def show(request, member: Member):
    """The page of a former member. Nothing can be changed there; the person can be invited again."""
    if request.method not in ("GET", "HEAD"):
        raise Http404("no longer a member")
    event = _ending(member)
    context = {
        "member": member,
        "ending": event,
        "handed_over": [(_(label), number) for label, number in event.payload.get("open", [])] if event else [],
        "may_invite": rules.can_grant(member.role, request.member),
    }
    return render(request, "people/former.html", context)


def _ending(member: Member) -> Event | None:
    """What was recorded when the place ended, at that very moment."""
    rows = Event.objects.filter(agency_id=member.agency_id, kind="member.ended", happened_at=member.ended_at)
    return rows.filter(subject_id=member.pk).select_related("actor__user").first()
