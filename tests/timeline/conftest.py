"""Acme's timeline: what North did, and how a day is let pass."""

from datetime import timedelta

import pytest

from portal.core.context import tenant
from portal.events.models import Event
from tests.protocols.conftest import _own_storage, protocol, write

__all__ = ["_own_storage", "protocol", "write"]


@pytest.fixture
def days_pass(cast):
    """Let so many days pass for all events of North (the database's own clock cannot be moved).

    A minute more, because within the one transaction of a test that clock stands still.
    """

    def days_pass(days):
        passed = timedelta(days=days, minutes=1)
        with tenant(cast.north.pk):
            for event in Event.objects.all():
                event.happened_at -= passed
                event.visible_from -= passed
                event.save(update_fields=["happened_at", "visible_from"])

    return days_pass
