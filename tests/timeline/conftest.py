"""Acme's timeline: what North did, and how a day is let pass."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event, Revision
from tests.protocols.conftest import _own_storage, protocol, write
from timeline.actions import posting
from timeline.models import Visit

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
                event.changed_at = event.changed_at and event.changed_at - passed
                event.save(update_fields=["happened_at", "visible_from", "changed_at"])
            for revision in Revision.objects.all():
                revision.changed_at -= passed
                revision.save(update_fields=["changed_at"])
            for visit in Visit.objects.all():
                visit.seen_at -= passed
                visit.before_at = visit.before_at and visit.before_at - passed
                visit.save(update_fields=["seen_at", "before_at"])

    return days_pass


@pytest.fixture
def post(cast):
    """Put work on the timeline as somebody; Nora, for Acme, now, unless told otherwise."""

    def post(title="Three links from magazines", *, by=None, client=None, **words):
        client = client or cast.acme
        fields = {"kind": "Backlink built", "happened_at": timezone.now(), "text": "14 editors asked", **words}
        with tenant(client.agency_id):
            return posting.post(client, by=by or cast.nora, title=title, **fields)

    return post


@pytest.fixture
def activity(post):
    return post()
