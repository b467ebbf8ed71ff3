"""Delivering what has been recorded, as the task does after commit."""

import pytest

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.notifications.models import Notification
from tests.protocols.conftest import _own_storage, protocol, write

__all__ = ["_own_storage", "protocol", "write"]


@pytest.fixture
def deliver(cast):
    """Hand everything recorded so far to its readers; returns who has been told, by event kind."""

    def deliver():
        with tenant(cast.north.pk):
            for event in Event.objects.filter(delivered_at=None).order_by("pk"):
                delivery.deliver(event.pk)
            return set(Notification.objects.values_list("member__user__name", "kind"))

    return deliver
