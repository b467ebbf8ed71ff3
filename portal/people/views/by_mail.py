"""Answering a request for access from its mail: yes to what was asked for, and no more than that; or no."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.core.access import public
from portal.core.context import tenant
from portal.people import by_mail
from portal.people.access import area_at
from portal.people.actions import asking
from portal.people.models import AccessRequest
from portal.tenancy.models import Member
from portal.tenancy.models.access import Level
from portal.tenancy.models.role import Area
from portal.tenancy.scope import acting_as

BY_LINK = (Area.WORK, Area.TICKETS, Area.MAILS)
"""What a link may open. Sums and security want somebody who has signed in."""


@dataclass(frozen=True)
class Asked:
    """The request, whose link it is, and what a yes gives; offer is None when somebody has to choose in the portal."""

    row: AccessRequest
    member: Member
    offer: dict[str, Any] | None


@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, token):
    """Looking at the page answers nothing: mail scanners follow links."""
    with transaction.atomic():
        asked = _asked(token, request.agency.pk)
        if request.method == "POST":
            _decide(asked, is_yes="yes" in request.POST)
            asked = _asked(token, request.agency.pk)
        context = {"asked": asked.row, "offer": asked.offer, "area": _word(asked.offer)}
        return render(request, "people/answer_by_mail.html", context)


def _decide(asked: Asked, *, is_yes: bool) -> None:
    with acting_as(asked.member):
        try:
            if is_yes and asked.offer:
                asking.grant(asked.row, by=asked.member, **asked.offer)
            elif not is_yes:
                asking.refuse(asked.row, by=asked.member)
        except PermissionDenied:
            """Somebody else was quicker: the page says what the answer was."""


def _asked(token: str, agency_id: int) -> Asked:
    """404 when the link is not ours or too old, and for whoever may not decide any more."""
    member_id, request_id = by_mail.read(token) or (None, None)
    with tenant(agency_id):
        members = Member.objects.filter(agency_id=agency_id).admitted()
        member = members.complete().filter(pk=member_id).first()
        if member is None:
            raise Http404("no such link")
        rows = AccessRequest.objects.visible_to(member).select_related("member__user", "client", "project")
        row = rows.filter(pk=request_id).first()
    if row is None:
        raise Http404("no such request")
    return Asked(row, member, _offer(row))


def _offer(row: AccessRequest) -> dict[str, Any] | None:
    if row.gets_areas:
        area = area_at(row.path)
        return {"areas": [area], "level": "", "project": None} if area in BY_LINK else None
    return {"areas": [], "level": Level.COMMENT, "project": row.project} if row.project else None


def _word(offer: dict[str, Any] | None) -> str:
    """The area that a yes opens."""
    return str(Area(offer["areas"][0]).label) if offer and offer["areas"] else ""
