"""Filters that somebody wants again."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict

from portal.tenancy.models import Client, Member
from tickets.models import SavedView

MOST = 50


@transaction.atomic
def keep_view(member: Member, name: str, query: str, *, client: Client | None = None) -> SavedView | None:
    """For the client's list or that of all, under a name, instead of an older one of that name.

    None without a name, or with too many views already.
    """
    name = " ".join(name.replace("\0", "").split())[:60]
    mine = SavedView.objects.visible_to(member)
    if not name or (mine.count() >= MOST and not mine.filter(name=name, client=client).exists()):
        return None
    query = QueryDict(query.replace("\0", "").removeprefix("?")).urlencode()[:500]
    view, _is_new = SavedView.objects.update_or_create(
        agency_id=member.agency_id, member=member, client=client, name=name, defaults={"query": query}
    )
    return view


@transaction.atomic
def forget_view(view: SavedView, *, by: Member) -> None:
    """The filters are not wanted any more."""
    if view.member_id != by.pk:
        raise PermissionDenied
    view.delete()
