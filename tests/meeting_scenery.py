"""Meetings of a client for the scenery: one planned, one proposed, one held, one of the shared project, and a series."""

from datetime import time, timedelta

from django.utils import timezone

from protocols.meetings import actions, agenda, feeds, series


def meetings(t) -> None:
    """Put them on the things of the client; call with the agency's sight."""
    now = timezone.now()
    words = {"kind": "call", "duration_minutes": 30, "place": "Harbour", "guests": [t.contact.pk], "leader": t.staff}
    t.meeting = actions.plan(t.client, by=t.staff, title="Planned", starts_at=now + timedelta(days=3), **words)
    t.held = actions.plan(t.client, by=t.staff, title="Held", starts_at=now - timedelta(days=1), **words)
    t.proposed = actions.plan(t.client, by=t.contact, title="Proposed", starts_at=now + timedelta(days=4), **words)
    shared = {**words, "project": t.project, "starts_at": now + timedelta(days=5)}
    t.shared_meeting = actions.plan(t.client, by=t.staff, title="Shared", **shared)
    t.series = series.plan(
        t.client, by=t.staff, title="Weekly", first_on=now.date() + timedelta(days=2), starts_at_time=time(10),
        time_zone="Europe/Berlin", last_on=now.date() + timedelta(days=20), **words,
    )  # fmt: skip
    t.topic = agenda.add(t.meeting, by=t.contact, text="First")
    agenda.add(t.meeting, by=t.staff, text="Second")
    t.feed = feeds.feed_of(t.contact)
