"""Between a look and a click somebody else changes the meeting: nobody says yes to a date unseen, or brings back the old one."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from protocols.meetings import actions, series
from protocols.models import Meeting, MeetingGuest
from tests.browse import browse_as, reload, url
from tests.protocols.meeting_makers import mails_sent, plan, plan_series, rows_of

__all__ = ["mails_sent", "plan", "plan_series"]


@pytest.fixture
def move():
    """Somebody moves the meeting by a day."""

    def move(meeting, by) -> Meeting:
        words = {"title": meeting.title, "kind": meeting.kind, "place": meeting.place, "leader": meeting.leader}
        starts_at = meeting.starts_at + timedelta(days=1)
        with tenant(by.agency_id):
            return actions.change(meeting, by=by, duration_minutes=45, starts_at=starts_at, **words)

    return move


def seen_on(page) -> str:
    return re.search(r'name="seen" value="([^"]+)"', page.content.decode())[1]


def test_the_agency_confirms_only_the_time_that_it_has_read(cast, plan, move):
    proposed, browser = plan("Talk", by=cast.anna), browse_as(cast.nora)
    page = url("protocols:meeting", cast.acme, proposed.pk)
    seen = seen_on(browser.get(page))
    move(proposed, cast.anna)

    path = url("protocols:confirm_meeting", cast.acme, proposed.pk)
    for stale in (seen, "yesterday"):
        answer = browser.post(path, {"seen": stale}, follow=True)
        assert "was changed meanwhile" in answer.content.decode()
        assert reload(proposed).is_proposal
    browser.post(path, {"seen": seen_on(answer)})
    assert not reload(proposed).is_proposal


def test_a_yes_from_an_old_page_is_none_to_the_new_time(cast, plan, move):
    meeting, browser = plan("Talk"), browse_as(cast.anna)
    seen = seen_on(browser.get(url("protocols:meeting", cast.acme, meeting.pk)))
    move(meeting, cast.nora)

    path = url("protocols:answer_meeting", cast.acme, meeting.pk)
    answer = browser.post(path, {"answer": "ACCEPTED", "seen": seen}, follow=True)
    assert "was changed meanwhile" in answer.content.decode()
    browser.post(path, {"answer": "DECLINED", "seen": seen_on(answer)})
    with tenant(cast.north.pk):
        assert MeetingGuest.objects.get(meeting=meeting, member=cast.anna).answer == "DECLINED"


def test_whoever_mends_the_place_does_not_bring_back_the_old_time(cast, plan, move, mails_sent):
    """Olaf's form still has the old time; he is shown the new one, and may insist."""
    meeting, browser = plan("Talk", minutes=45), browse_as(cast.olaf)
    path = url("protocols:edit_meeting", cast.acme, meeting.pk)
    form = browser.get(path).context["form"]
    old = {"kind": "meeting", "title": "Talk", "duration_minutes": "45", "leader": str(cast.nora.pk), "place": "Room 2"}
    old |= {"starts_at": f"{timezone.localtime(meeting.starts_at):%Y-%m-%dT%H:%M}", "seen": form["seen"].value()}
    moved = move(meeting, cast.nora)

    answer = browser.post(path, old)
    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile" in answer.content.decode()
    assert reload(meeting).starts_at == moved.starts_at
    assert 'value="Room 2"' in answer.content.decode()
    browser.post(path, old | {"seen": seen_on(answer)})
    assert reload(meeting).place == "Room 2"


def test_nor_does_whoever_changes_a_series(cast, plan_series):
    weekly, browser = plan_series(at="10:00"), browse_as(cast.olaf)
    path = url("protocols:edit_series", cast.acme, weekly.pk)
    since = rows_of(weekly)[0].original_on
    old = {
        "since": f"{since}",
        "first_on": f"{since}",
        "starts_at_time": "10:00",
        "rhythm": "WEEKLY/1",
        "title": "Talk",
    }
    old |= {"kind": "jour_fixe", "duration_minutes": "45", "place": "Room 2", "leader": str(cast.nora.pk)}
    old |= {"theirs": [str(cast.anna.pk)], "seen": browser.get(path).context["form"]["seen"].value()}
    with tenant(cast.north.pk):
        words = {"starts_at_time": weekly.starts_at_time.replace(hour=11), "first_on": since}
        series.change(weekly, by=cast.nora, since=since, guests=[cast.anna.pk], **words)

    answer = browser.post(path, old)
    assert answer.status_code == 422
    assert "Somebody else has changed this meanwhile" in answer.content.decode()
    assert reload(weekly).starts_at_time.hour == 11
    browser.post(path, old | {"seen": seen_on(answer)})
    assert reload(weekly).starts_at_time.hour == 10
