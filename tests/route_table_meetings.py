"""The route table of meetings, and of the calendar that programs read."""

from datetime import timedelta

from django.utils import timezone

from tests.route_shapes import FOR_WRITERS, NO_GET, NO_METHOD, NO_POST, OPEN, SEEN, WRITTEN, Row, cells

STAFF_FORM = cells("in 404 404 404 404 403 404 200")
STAFF_WRITTEN = cells("in 404 404 404 404 403 404 302")
FEED = {"protocols_calendarfeed"}


def _meeting(t):
    day = timezone.localdate() + timedelta(days=9)
    return {
        "title": "Sent",
        "kind": "call",
        "starts_at": f"{day}T11:00",
        "duration_minutes": "30",
        "place": "Sent",
        "leader": t.staff.pk,
    }


def _series(t):
    since = t.series.first_on
    words = {"since": since, "first_on": since + timedelta(days=1), "starts_at_time": "11:00", "rhythm": "WEEKLY/1"}
    return {**_meeting(t), **words}


def _planned(t):
    return (t.meeting.pk,)


def _topic(t):
    return (t.meeting.pk, t.topic.pk)


MEETINGS = [
    Row("protocols:meetings", SEEN, NO_POST, read_writes=FEED),
    Row("protocols:plan_meeting", FOR_WRITERS, WRITTEN, data=_meeting, writes=True),
    Row("protocols:renew_feed", NO_GET, cells("in 404 404 404 404 302 302 302"), writes=True),
    Row(
        "protocols:edit_series", STAFF_FORM, STAFF_WRITTEN, "nora", lambda t: (t.series.pk,), data=_series, writes=True
    ),
    Row(
        "protocols:end_series",
        STAFF_FORM,
        STAFF_WRITTEN,
        "nora",
        lambda t: (t.series.pk,),
        lambda t: {"last_on": timezone.localdate()},
        writes=True,
    ),
    Row("protocols:meeting", SEEN, NO_POST, args=_planned),
    Row("protocols:edit_meeting", FOR_WRITERS, WRITTEN, "nora", _planned, _meeting, writes=True),
    Row("protocols:call_off_meeting", FOR_WRITERS, WRITTEN, "nora", _planned, writes=True),
    Row("protocols:confirm_meeting", NO_GET, WRITTEN, "nora", lambda t: (t.proposed.pk,), writes=True),
    Row("protocols:answer_meeting", NO_GET, WRITTEN, args=_planned, data=lambda t: {"answer": "ACCEPTED"}, writes=True),
    Row(
        "protocols:waive_minutes",
        NO_GET,
        WRITTEN,
        "nora",
        lambda t: (t.held.pk,),
        lambda t: {"reason": "Sent"},
        writes=True,
    ),
    Row("protocols:add_topic", NO_GET, WRITTEN, args=_planned, data=lambda t: {"text": "Sent"}, writes=True),
    Row("protocols:edit_topic", FOR_WRITERS, WRITTEN, args=_topic, data=lambda t: {"text": "Sent"}, writes=True),
    Row("protocols:remove_topic", NO_GET, WRITTEN, args=_topic, writes=True),
    Row("protocols:move_topic", NO_GET, WRITTEN, args=_topic, data=lambda t: {"down": ""}, writes=True),
]
# The address is the key: whoever has it reads one person's calendar.
CALENDAR = Row(
    "calendar_feed",
    OPEN,
    NO_METHOD,
    args=lambda t: (f"{t.client.agency_id}-{t.feed.secret}",),
    read_writes=FEED,
    reveals={
        "protocols_meeting",
        "protocols_meetingseries",
        "tenancy_agency",
        "tenancy_client",
        "accounts_user",
        "slug",
    },
)
