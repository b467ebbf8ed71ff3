"""Marking an action item as done from its mail, without signing in: by a signed link, and a button on its page."""

from dataclasses import dataclass

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from portal.core.access import public
from portal.core.context import tenant
from portal.tenancy.models import Member
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.events import BY_MAIL
from protocols.models import ActionItem

VALID_SECONDS = 90 * 24 * 3600

app_name = "action_items"


@dataclass(frozen=True)
class Link:
    """Whose link it is, and what it marks."""

    member: Member
    item: ActionItem


@public
@require_http_methods(["GET", "HEAD", "POST"])
def done(request, token):
    """Looking at the page marks nothing: mail scanners follow links."""
    with transaction.atomic():
        link = _link(token, request.agency.pk)
        if request.method == "POST":
            link = _mark(link)
        return render(request, "protocols/done_by_mail.html", {"item": link.item})


urlpatterns = [path("protocols/done/<str:token>/", done, name="done")]


def _link(token: str, agency_id: int) -> Link:
    """What the link opens now; 404 when we have not made it, it is too old, or the person does not see the item any more."""
    try:
        member_id, item_id = signing.loads(token, salt=BY_MAIL, max_age=VALID_SECONDS)
    except signing.BadSignature as bad:
        raise Http404("no such link") from bad
    with tenant(agency_id):
        members = Member.objects.filter(agency_id=agency_id).admitted()
        member = members.complete().filter(pk=member_id).first()
    if member is None:
        raise Http404("no such member")
    with acting_as(member):
        rows = ActionItem.objects.visible_to(member).valid().select_related("client", "protocol")
        item = rows.filter(pk=item_id, assignee=member).first()
    if item is None:
        raise Http404("no such action item")
    return Link(member, item)


def _mark(link: Link) -> Link:
    with acting_as(link.member):
        try:
            return Link(link.member, actions.do(link.item, by=link.member))
        except PermissionDenied as denied:
            raise Http404("not open any more") from denied
