"""Delivering what has been recorded, as the task does after commit."""

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications import bursts
from portal.notifications.models import Delivery, Notification
from tests.protocols.conftest import _own_storage, protocol, write

__all__ = ["_own_storage", "protocol", "write"]


def tell_all(agency) -> None:
    """Hand everything recorded so far to its readers."""
    with tenant(agency.pk):
        for event in Event.objects.filter(delivered_at=None).order_by("pk"):
            delivery.deliver(event.pk)


def mail_all(agency) -> None:
    """The minutes of waiting are over, and the sweeper has come."""
    with tenant(agency.pk):
        Delivery.objects.waiting().update(due_at=timezone.now())
        for pk in Delivery.objects.waiting().order_by("pk").values_list("pk", flat=True):
            bursts.send(pk)


def mails_to(member) -> list[OutgoingMail]:
    """What has been queued for this person, oldest first."""
    with tenant(member.agency_id):
        return list(OutgoingMail.objects.filter(to=[member.user.email]).order_by("pk"))


@pytest.fixture
def tell(cast):
    """Tell under the bell; mails still wait."""
    return lambda: tell_all(cast.north)


@pytest.fixture
def deliver(cast):
    """Tell, and mail too; returns who has been told, by event kind."""

    def deliver():
        tell_all(cast.north)
        mail_all(cast.north)
        with tenant(cast.north.pk):
            return set(Notification.objects.values_list("member__user__name", "kind"))

    return deliver
