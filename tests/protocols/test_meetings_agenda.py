"""Both sides put points on the agenda until the meeting is over."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import tenant
from protocols import actions as protocols
from protocols.meetings import agenda
from protocols.models import Meeting, MeetingTopic
from tests.browse import browse_as, url
from tests.protocols.meeting_makers import held, plan, plan_series, rows_of

__all__ = ["held", "plan", "plan_series"]


@pytest.fixture
def add(cast):
    def add(meeting, text, *, by=None):
        with tenant(cast.north.pk):
            return agenda.add(meeting, by=by or cast.nora, text=text)

    return add


def texts(meeting) -> list[str]:
    with tenant(meeting.agency_id):
        return list(MeetingTopic.objects.filter(meeting=meeting).values_list("text", flat=True))


def test_both_sides_add_until_it_is_over(cast, plan):
    meeting = plan()
    path = url("protocols:add_topic", cast.acme, meeting.pk)

    browse_as(cast.nora).post(path, {"text": "Black Friday", "minutes": "10"})
    answer = browse_as(cast.anna).post(path, {"text": "Islands"})
    assert answer.status_code == 302 and answer.url.endswith("#agenda")
    page = browse_as(cast.anna).get(url("protocols:meeting", cast.acme, meeting.pk)).content.decode()
    assert "10 of 45 min planned." in page and page.index("Black Friday") < page.index("Islands")

    with tenant(cast.north.pk):
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
        )
    assert browse_as(cast.anna).post(path, {"text": "Too late"}).status_code == 403
    assert texts(meeting) == ["Black Friday", "Islands"]


def test_a_point_without_words_is_refused_with_the_page(cast, plan):
    meeting = plan()
    answer = browse_as(cast.anna).post(
        url("protocols:add_topic", cast.acme, meeting.pk), {"text": " ", "minutes": "9999"}
    )

    assert answer.status_code == 422 and "Error:" in answer.content.decode()


def test_contacts_change_their_own_points_and_the_agency_all(cast, plan, add):
    meeting = plan()
    ours, theirs = add(meeting, "Ours"), add(meeting, "Theirs", by=cast.anna)
    anna, nora = browse_as(cast.anna), browse_as(cast.nora)

    assert anna.post(url("protocols:edit_topic", cast.acme, meeting.pk, ours.pk), {"text": "Stolen"}).status_code == 403
    assert anna.post(url("protocols:remove_topic", cast.acme, meeting.pk, ours.pk)).status_code == 403
    assert (
        anna.post(url("protocols:edit_topic", cast.acme, meeting.pk, theirs.pk), {"text": "Better"}).status_code == 302
    )
    assert nora.post(url("protocols:remove_topic", cast.acme, meeting.pk, ours.pk)).status_code == 302

    assert texts(meeting) == ["Better"]


def test_points_are_put_in_order_by_buttons(cast, plan, add):
    meeting = plan()
    one, _two, three = add(meeting, "One"), add(meeting, "Two"), add(meeting, "Three", by=cast.anna)
    browser = browse_as(cast.anna)

    browser.post(url("protocols:move_topic", cast.acme, meeting.pk, three.pk), {"up": ""})
    assert texts(meeting) == ["One", "Three", "Two"]
    browser.post(url("protocols:move_topic", cast.acme, meeting.pk, one.pk), {"down": ""})
    assert texts(meeting) == ["Three", "One", "Two"]
    browser.post(url("protocols:move_topic", cast.acme, meeting.pk, three.pk), {"up": ""})
    assert texts(meeting) == ["Three", "One", "Two"]


def test_points_of_other_meetings_are_not_reached(cast, plan, add):
    mine, other = plan(), plan("Bolt's", client=cast.bolt, guests=[])
    point = add(other, "Bolt's secret")
    browser = browse_as(cast.anna)

    for name in ("edit_topic", "remove_topic", "move_topic"):
        assert browser.post(url(f"protocols:{name}", cast.acme, mine.pk, point.pk)).status_code == 404
    assert browse_as(cast.vera).post(url("protocols:add_topic", cast.acme, mine.pk), {"text": "x"}).status_code == 404
    with pytest.raises(PermissionDenied):
        add(mine, "Not allowed", by=cast.rita)


def test_an_agenda_has_an_end(cast, plan, add):
    meeting = plan()
    for number in range(agenda.MOST_TOPICS):
        add(meeting, f"Point {number}")
    browse_as(cast.anna).post(url("protocols:add_topic", cast.acme, meeting.pk), {"text": "One too many"})

    assert len(texts(meeting)) == agenda.MOST_TOPICS


def test_what_is_open_from_the_series_is_shown_as_carried_over(cast, plan_series):
    first, second, *_rest = rows_of(plan_series())
    with tenant(cast.north.pk):
        protocols.write(
            cast.acme, by=cast.nora, publish=True, meeting=first, title="Last time", held_at=timezone.now(), kind="jour_fixe",
            contents=protocols.Contents(points=[protocols.Point("Islands", "? Who pays the ferry")]),
        )  # fmt: skip
    page = browse_as(cast.anna).get(url("protocols:meeting", cast.acme, second.pk)).content.decode()
    assert "Carried over" in page and "Who pays the ferry" in page
    assert (
        "Carried over" not in browse_as(cast.anna).get(url("protocols:meeting", cast.acme, first.pk)).content.decode()
    )
