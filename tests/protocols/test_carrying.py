"""What was left to do is carried into the next protocol of the series, where everybody reads it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from protocols import actions
from protocols.models import ActionItem
from tests.browse import browse_as, url
from tests.protocols.meeting_makers import plan_series, rows_of
from tests.protocols.test_pdf import words_of

__all__ = ["plan_series"]


@pytest.fixture
def two(cast, plan_series):
    """Two protocols of one series; the first has left the list of products to Anna."""
    first, second, *_rest = rows_of(plan_series())

    def write(meeting, title, notes, ago):
        words = {"meeting": meeting, "title": title, "held_at": timezone.now() - ago, "kind": "jour_fixe"}
        contents = actions.Contents(points=[actions.Point("Shop", notes)])
        with tenant(cast.north.pk):
            return actions.write(cast.acme, by=cast.nora, publish=True, contents=contents, **words)

    earlier = write(first, "First", "@anna send the product list", timedelta(days=8))
    return earlier, write(second, "Second", "@nora order the samples", timedelta(days=1))


def page_of(member, protocol, name="detail"):
    return browse_as(member).get(url(f"protocols:{name}", protocol.client, protocol.number))


def test_open_items_stand_on_the_next_protocol_and_are_done_from_there(cast, two):
    earlier, later = two
    shown = page_of(cast.anna, later)
    (carried,) = shown.context["carried"]

    assert (carried.text, carried.number) == ("send the product list", earlier.number)
    assert "Carried over" in shown.content.decode()
    assert "Carried over send the product list" in words_of(page_of(cast.anna, later, "pdf"))
    assert page_of(cast.anna, earlier).context["carried"] == []

    path = url("protocols:do", cast.acme, carried.number, carried.pk)
    browse_as(cast.anna).post(path, {"done": "1"}, headers={"HX-Request": "true"})
    (carried,) = page_of(cast.anna, later).context["carried"]
    assert carried.is_done, "it was open when this one was held"


def test_since_when_it_is_open_is_said_by_the_readers_clock(cast, two, plan_series):
    """At half past midnight in Berlin it is still the day before in London, and in UTC."""
    earlier, later = two
    with tenant(cast.north.pk):
        midnight = datetime(2026, 11, 11, 23, 30, tzinfo=UTC)
        type(earlier).objects.filter(pk=earlier.pk).update(held_at=midnight, key_points="? Which carrier")
    browser = browse_as(cast.nora)

    days = [row.since for row in browser.get(url("protocols:meeting", cast.acme, later.meeting_id)).context["carried"]]
    assert days == [date(2026, 11, 12)] * 2


def test_what_was_done_before_is_not_carried(cast, two):
    _earlier, later = two
    with tenant(cast.north.pk):
        ActionItem.objects.filter(text__startswith="send").update(done_at=later.held_at - timedelta(hours=1))

    assert page_of(cast.anna, later).context["carried"] == []


def test_an_earlier_protocol_that_the_reader_does_not_see_carries_nothing(cast, two):
    """The second is shared with the vendor's project, the first is not."""
    _earlier, later = two
    with tenant(cast.north.pk):
        type(later).objects.filter(pk=later.pk).update(project=cast.shop)

    shown = page_of(cast.vera, later)
    assert shown.status_code == 200
    assert shown.context["carried"] == []
