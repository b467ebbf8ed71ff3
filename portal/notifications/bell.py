"""What the figure at the bell counts."""

from portal.notifications.models import Notification, NotificationQuerySet
from portal.tenancy.models import Member


def unread_of(member: Member) -> NotificationQuerySet:
    """What the member was told and has not read."""
    return Notification.objects.visible_to(member).unread()
