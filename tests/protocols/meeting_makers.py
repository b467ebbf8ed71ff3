"""Meetings and series of Acme, planned by Nora, for the tests of meetings."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.tenancy.models import Agency
from protocols.meetings import actions, series
from protocols.models import Meeting, MeetingSeries


@pytest.fixture
def plan(cast):
    """Plan a meeting: Nora's, with Anna, in two days, unless told otherwise."""

    def plan(
        title="Jour fixe", *, by=None, client=None, guests=None, starts_in=timedelta(days=2), minutes=45, **fields
    ) -> Meeting:
        client, by = client or cast.acme, by or cast.nora
        words = {"kind": "jour_fixe", "place": "Video call", "leader": by if by.is_specialist else None, **fields}
        starts_at = words.pop("starts_at", timezone.now().replace(microsecond=0) + starts_in)
        with tenant(client.agency_id):
            chosen = [cast.anna.pk] if guests is None else [guest.pk for guest in guests]
            return actions.plan(
                client, by=by, guests=chosen, title=title, starts_at=starts_at, duration_minutes=minutes, **words
            )

    return plan


@pytest.fixture
def held(plan):
    """A meeting that was held."""

    def held(title="Call about the carrier", *, ago=timedelta(days=1), **fields) -> Meeting:
        return plan(title, starts_in=-ago, **fields)

    return held


@pytest.fixture
def plan_series(cast):
    """Plan a series: weekly from the given day, at ten o'clock in Berlin, with Anna."""

    def plan_series(
        first_on: date | None = None, *, at="10:00", zone="Europe/Berlin", rhythm="WEEKLY/1", guests=None, **fields
    ):
        words = {"title": "Jour fixe", "kind": "jour_fixe", "place": "Video call", "leader": cast.nora, **fields}
        words.setdefault("duration_minutes", 45)
        first_on = first_on or timezone.localdate() + timedelta(days=1)
        with tenant(cast.north.pk):
            chosen = [cast.anna.pk] if guests is None else [guest.pk for guest in guests]
            return series.plan(
                cast.acme, by=words.pop("by", cast.nora), guests=chosen, first_on=first_on,
                starts_at_time=time.fromisoformat(at), time_zone=zone, rhythm=rhythm, **words,
            )  # fmt: skip

    return plan_series


def rows_of(planned: MeetingSeries) -> list[Meeting]:
    """The meetings of a series by their planned day."""
    with tenant(planned.agency_id):
        return list(Meeting.objects.filter(series=planned).select_related("series", "client").order_by("original_on"))


@pytest.fixture
def mails_sent(cast):
    """Deliver what happened; the mails queued since the last call, by address."""
    seen: set[int] = set()

    def mails_sent(agency: Agency | None = None) -> dict[str, list[OutgoingMail]]:
        with tenant((agency or cast.north).pk):
            for event in Event.objects.filter(delivered_at=None).order_by("pk"):
                delivery.deliver(event.pk)
            rows = list(OutgoingMail.objects.exclude(pk__in=seen).order_by("pk"))
        seen.update(row.pk for row in rows)
        return {row.to[0]: [other for other in rows if other.to == row.to] for row in rows}

    return mails_sent


@pytest.fixture
def words(cast):
    """What a browser sends for a new meeting."""
    day = timezone.localdate() + timedelta(days=3)
    return {
        "title": "Visit to the showroom",
        "kind": "meeting",
        "starts_at": f"{day.isoformat()}T11:00",
        "duration_minutes": "90",
        "place": "Kanalstraße 48",
        "leader": cast.nora.pk,
        "ours": [cast.nora.pk, cast.olaf.pk],
        "theirs": [cast.anna.pk],
    }
