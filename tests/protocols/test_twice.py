"""Two clicks: what was sent twice happens once, and whoever clicked reads what became of it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.core.context import tenant
from protocols import actions
from protocols.models import AgendaItem, Comment, Meeting, MeetingSeries, MeetingTopic, ProtocolFile
from tests.browse import browse_as, reload, url
from tests.protocols.meeting_makers import mails_sent, plan, plan_series, rows_of, words

__all__ = ["mails_sent", "plan", "plan_series", "words"]
KEY = {"form_key": "pressed-twice"}
ANNA = "anna@anna.example"


@pytest.fixture
def press(cast):
    """Somebody presses a button twice; Nora, unless told otherwise. Each time it must lead on."""

    def press(name, *args, by=None, **data):
        browser, path = browse_as(by or cast.nora), url(name, cast.acme, *args)
        assert [browser.post(path, KEY | data).status_code for _twice in range(2)] == [302, 302]

    return press


def number(model, **about):
    return model.objects.filter(**about).count()


def test_a_meeting_is_planned_once_and_everybody_invited_once(cast, press, words, mails_sent):
    press("protocols:plan_meeting", **words)
    with tenant(cast.north.pk):
        assert number(Meeting, title="Visit to the showroom") == 1
    assert len(mails_sent()[ANNA]) == 1


def test_a_series_is_planned_changed_and_ended_once(cast, press, words, mails_sent):
    press("protocols:plan_meeting", **words, rhythm="WEEKLY/1")
    with tenant(cast.north.pk):
        series = MeetingSeries.objects.get()
    assert len(mails_sent()[ANNA]) == 1

    since = rows_of(series)[0].original_on
    changed = {"since": f"{since}", "first_on": f"{since}", "starts_at_time": "11:00", "rhythm": "WEEKLY/1"}
    press("protocols:edit_series", series.pk, **words | changed)
    assert len(mails_sent()[ANNA]) == 1

    press("protocols:end_series", series.pk, last_on=f"{timezone.localdate()}")
    assert len(mails_sent()[ANNA]) == 1


def test_a_proposal_is_made_and_confirmed_once(cast, press, words, mails_sent):
    press("protocols:plan_meeting", by=cast.anna, **words)
    with tenant(cast.north.pk):
        proposed = Meeting.objects.get(title="Visit to the showroom")
    mails_sent()
    press("protocols:confirm_meeting", proposed.pk)
    assert len(mails_sent()[ANNA]) == 1


def test_a_meeting_is_changed_and_called_off_once(cast, press, plan, words, mails_sent):
    meeting = plan("Visit to the showroom")
    mails_sent()
    press("protocols:edit_meeting", meeting.pk, **words | {"place": "There"})
    assert (reload(meeting).sequence, len(mails_sent()[ANNA])) == (1, 1)
    press("protocols:call_off_meeting", meeting.pk)
    assert len(mails_sent()[ANNA]) == 1


def test_what_is_put_on_an_agenda_stands_there_once(cast, press, plan, write):
    meeting, draft = plan("Visit to the showroom"), write(publish=False)
    press("protocols:add_topic", meeting.pk, by=cast.anna, text="Prices")
    press("protocols:add_item", draft.number, title="Prices")
    with tenant(cast.north.pk):
        assert number(MeetingTopic, text="Prices") == number(AgendaItem, title="Prices") == 1


def test_a_comment_a_correction_and_documents_come_once(cast, press, protocol):
    press("protocols:comment", protocol.number, by=cast.anna, text="Which oak?")
    press("protocols:comment", protocol.number, by=cast.anna, text="No: pine", is_correction="1")
    browser, path = browse_as(cast.anna), url("protocols:attach", cast.acme, protocol.number)
    for _twice in range(2):
        browser.post(path, KEY | {"uploads": SimpleUploadedFile("plan.txt", b"The plan")})
    with tenant(cast.north.pk):
        assert number(Comment, protocol=protocol) == 2
        assert number(ProtocolFile, protocol=protocol) == 1
        correction = Comment.objects.get(is_correction=True)
    press("protocols:settle", protocol.number, correction.pk, how="answered", answer="Oak it is")


def test_each_of_these_forms_carries_a_key(cast, plan, plan_series, write, protocol):
    meeting, draft = plan("Visit to the showroom"), write(publish=False)
    proposed, series = plan("Proposed", by=cast.anna), plan_series()
    with tenant(cast.north.pk):
        said = actions.comment(protocol, by=cast.anna, text="No: pine", is_correction=True)
    pages = [
        ("protocols:plan_meeting", 1),
        ("protocols:edit_meeting", 1, meeting.pk),
        ("protocols:call_off_meeting", 1, meeting.pk),
        ("protocols:meeting", 2, proposed.pk),
        ("protocols:edit_series", 1, series.pk),
        ("protocols:end_series", 1, series.pk),
        ("protocols:minutes", 1, draft.number),
        ("protocols:detail", 2, protocol.number),
        ("protocols:settle", 1, protocol.number, said.pk),
    ]
    for name, count, *args in pages:
        page = browse_as(cast.nora).get(url(name, cast.acme, *args)).content.decode()
        assert page.count('name="form_key"') == count, name
