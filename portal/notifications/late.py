"""What is mailed leaves only as long as it is open to whoever gets it: a relay may be down for days, and people leave."""

from portal.events.models import Event
from portal.notifications.audience import may_know
from portal.notifications.models import Notification
from portal.tenancy.models import Member

TOLD, KNOWN = "notifications.told", "notifications.known"
"""Questions of portal.mail.leaving."""


def is_open(ids: list[int]) -> bool:
    """A member, and the notifications of which a mail tells: he can still come in, and sees the things of all of them."""
    member_id, *told = ids
    member = Member.objects.admitted().complete().filter(pk=member_id).first()
    return member is not None and Notification.objects.open_to(member).filter(pk__in=told).count() == len(told)


def is_known(ids: list[int]) -> bool:
    """A member, and the events of which a mail tells that is no notification: all of them are open to him."""
    member_id, *events = ids
    member = Member.objects.admitted().complete().filter(pk=member_id).first()
    if member is None:
        return False
    rows = Event.objects.select_related("client").filter(pk__in=events)
    shown = set(Event.objects.visible_to(member).filter(pk__in=events).values_list("pk", flat=True))
    return {row.pk for row in rows if row.pk in shown or may_know(member, row)} == set(events)
