"""Meetings and the files of the timeline, found by the same box, behind the same walls."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.files.models import File
from portal.search import tasks
from protocols.meetings import actions as meetings
from protocols.meetings import agenda
from tests.browse import browse_as, url
from tests.search.test_search import found


def test_a_meeting_is_found_by_topic_place_and_agenda(cast, plan, in_north):
    meeting = plan("Carrier", place="Lighthouse cafe", project=cast.shop)
    agenda.add(meeting, by=cast.anna, text="Islands", minutes=5)

    for words in ("carrier", "lighthouse", "islands", "from:nora carrier", "in:meetings carrier"):
        assert found(cast.anna, words) == ["Carrier"], words
    assert found(cast.vera, "islands") == ["Carrier"]
    assert found(cast.bob, "islands") == found(cast.carl, "islands") == found(cast.saul, "islands") == []

    meetings.call_off(meeting, by=cast.nora)
    assert found(cast.anna, "lighthouse") == ["Carrier"]


def test_the_points_of_an_agenda_are_quoted_in_their_order(cast, plan, in_north):
    meeting = plan("Carrier")
    for text in ("Prices", "Islands"):
        agenda.add(meeting, by=cast.anna, text=text, minutes=5)

    page = browse_as(cast.anna).get(url("search:index", cast.north), {"q": "islands"}).content.decode()

    assert "Prices <mark>Islands</mark>" in page


def test_a_point_that_was_taken_off_the_agenda_is_not_found(cast, plan, in_north):
    topic = agenda.add(plan("Carrier"), by=cast.anna, text="Islands", minutes=5)
    agenda.remove(topic, by=cast.anna)

    assert found(cast.anna, "islands") == []
    assert found(cast.anna, "carrier") == ["Carrier"]


@pytest.mark.parametrize("who", ["anna", "vera"])
def test_words_in_a_file_of_the_timeline_wait_with_it(cast, post, days_pass, in_north, who):
    post("Shop window", project=cast.shop, uploads=[SimpleUploadedFile("plan.txt", b"Lighthouse")])
    tasks.read_file(cast.north.pk, File.objects.get().pk)
    reader = getattr(cast, who)
    assert found(cast.nora, "lighthouse") == found(cast.nora, "plan") == ["plan.txt"]

    days_pass(9)
    assert found(reader, "lighthouse") == found(reader, "plan") == []
    days_pass(1)
    assert found(reader, "lighthouse") == found(reader, "plan") == ["plan.txt"]
    assert found(cast.bob, "lighthouse") == found(cast.saul, "lighthouse") == []


def test_what_was_taken_back_is_found_no_more(cast, post, in_north):
    activity = post(uploads=[SimpleUploadedFile("plan.txt", b"Lighthouse")])
    type(activity).objects.filter(pk=activity.pk).update(taken_back_at=activity.posted_at)

    assert found(cast.nora, "plan") == []
