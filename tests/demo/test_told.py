"""The demo world's past was told in its time; the news of these days is on its way."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from portal.core.context import tenant
from portal.demo import backdating
from portal.events.models import Event
from portal.notifications.models import Delivery, Outcome
from protocols import actions
from tests.notifications.conftest import protocol, tell_all, write

__all__ = ["protocol", "write"]


def test_news_of_yesterday_is_mailed_now_and_is_not_a_job_that_waits_since_yesterday(cast, protocol):
    """Monitoring, and whoever waits for the demo, would take it for an outage."""
    with tenant(cast.north.pk):
        long_ago, yesterday = (actions.comment(protocol, by=cast.nora, text=text) for text in ("Old", "New"))
        for comment, days in ((long_ago, 20), (yesterday, 1)):
            rows = Event.objects.filter(kind="protocol.commented", payload__comment=comment.pk)
            assert rows.update(happened_at=F("happened_at") - timedelta(days=days)) == 1
    tell_all(cast.north)

    with tenant(cast.north.pk):
        backdating.what_was_told()
        told = {row.notification.event.payload.get("comment"): row for row in Delivery.objects.filter(member=cast.anna)}

    assert told[long_ago.pk].outcome == Outcome.MAILED
    assert told[long_ago.pk].ended_at - told[long_ago.pk].created_at == timedelta(minutes=5)
    assert told[yesterday.pk].ended_at is None
    assert timezone.now() - told[yesterday.pk].created_at > timedelta(hours=23)
    assert timedelta(0) < timezone.now() - told[yesterday.pk].due_at < timedelta(minutes=1)
