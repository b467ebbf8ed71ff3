"""Who enters pages with a client's sums: staff whose role sees them, contacts with the area. Nobody else learns that they exist."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404

from invoices.models import may_settle
from portal.core.access import area, ruled
from portal.tenancy.models import Client, Member

accountants = ruled(kinds=("specialist",), permission="money")
"""For pages of the agency: its people whose role sees sums."""
writers = ruled(kinds=("specialist",), permission="money", area="money")
"""The same for pages of one client; whether they may write there, the actions ask (may_settle)."""


def sees_sums(member: Member, client: Client) -> bool:
    if member.is_specialist:
        return member.can("money")
    return member.is_contact and member.sees_area(client, "money")


def sums_or_own(view):
    """For pages of one client that its providers have too, with their own invoices."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        member, client = request.member, request.client
        client.agency = request.agency
        is_provider = member.is_vendor and member.engaged_by_id == client.pk
        if not (is_provider or sees_sums(member, client)):
            raise Http404("no invoices for this member")
        return view(request, *args, **kwargs)

    return guarded


def sums_of_client(view):
    """For pages of one client."""

    @area("money")
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not sees_sums(request.member, request.client):
            raise Http404("no sums for this member")
        return view(request, *args, **kwargs)

    return guarded


def who_settles(view):
    """Below the rules above: whoever sees sums and may not write is refused before a proof of identity is asked for."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_settle(request.member, request.client):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
