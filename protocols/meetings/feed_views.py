"""The calendar that programs read. The address is the key: whoever has it needs no sign-in."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from portal.accounts.limits import Limit, consume, give_back, network_of
from portal.core.access import public
from portal.core.http import client_ip
from portal.tenancy.scope import acting_as
from protocols.meetings import feeds, subscription

WRONG_ADDRESSES = Limit("calendar-address", 30, 300)


@public
@require_safe
def calendar(request, token):
    """All that the holder of this address takes part in; too many wrong addresses from one network have to wait."""
    network = network_of(client_ip(request))
    wait = consume(WRONG_ADDRESSES, network)
    if wait:
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    member = feeds.holder_of(token)
    if member is None:
        raise Http404("no such calendar")
    give_back(WRONG_ADDRESSES, network)
    with acting_as(member):
        text = subscription.write(member)
        feeds.note_read(member)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private"
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    return response
