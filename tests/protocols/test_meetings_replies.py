"""The answer that somebody gives in a calendar program comes back by mail and counts as if given on the page."""

import signal
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from portal.core.context import tenant
from portal.mail import intake, processing
from portal.mail.models import MailReply
from portal.notifications.models import Preference
from protocols.meetings import actions
from protocols.models import MeetingGuest
from tests.browse import events_of, reload
from tests.protocols.meeting_makers import mails_sent, plan, plan_series, rows_of

__all__ = ["mails_sent", "plan", "plan_series"]
ANNA = "anna@anna.example"


@pytest.fixture
def press(cast):
    """Press a button in the calendar program; it answers the organiser. Gives why the mail was kept back, "" when it counted."""

    def press(invitation, answer="ACCEPTED", *, day=None, sender=ANNA, method="REPLY", written=lambda reply: reply):
        (event,) = Calendar.from_ical(invitation.calendar).walk("VEVENT")
        organiser = str(event["ORGANIZER"]).removeprefix("mailto:")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, organiser, f"{answer}: {event['SUMMARY']}"
        mail["Message-ID"] = f"<{answer}-{day}-{method}@calendar.example>".replace(" ", "")
        mail["Auto-Submitted"] = "auto-generated"  # as some of these programs say
        mail.set_content("Anna has answered.")
        content = written(_reply(event, answer, day, method))
        mail.add_alternative(content, subtype="calendar", params={"method": method})
        envelope = intake.Envelope("bounce@calendar.example", {organiser: cast.north.pk}, "127.0.0.1")
        processing.process(cast.north.pk, intake.accept(mail.as_bytes(), envelope)[0])
        with tenant(cast.north.pk):
            return MailReply.objects.latest("pk").reason

    return press


def _reply(invited, answer, day, method) -> str:
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for name in ("UID", "SEQUENCE", "ORGANIZER", "DTSTART", "DTEND", "SUMMARY"):
        event[name] = invited[name]
    event["ATTENDEE"] = invited["ATTENDEE"]
    event["ATTENDEE"].params["PARTSTAT"] = answer
    if day:
        event.add("recurrence-id", day)
        event.pop("DTSTART")
    calendar.add_component(event)
    return calendar.to_ical().decode()


def said(member, *meetings) -> list[str]:
    with tenant(member.agency_id):
        rows = MeetingGuest.objects.filter(member=member, meeting__in=meetings).order_by("meeting__starts_at")
        return list(rows.values_list("answer", flat=True))


@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_the_answer_of_the_calendar_counts(cast, plan, mails_sent, press, answer):
    meeting = plan("Visit")

    assert press(mails_sent()[ANNA][0], answer) == ""

    assert said(cast.anna, meeting) == [answer]
    assert events_of(meeting)[-1] == ("meeting.answered", cast.anna.pk)


def test_nobody_answers_for_somebody_else(cast, plan, mails_sent, press):
    meeting = plan("Visit")

    assert press(mails_sent()[ANNA][0], sender="carl@carl.example") == "sender"
    assert said(cast.anna, meeting) == [""]


def put_off(cast, meeting) -> datetime:
    """By a day; when it begins then."""
    starts_at, words = meeting.starts_at + timedelta(days=1), {"title": "Visit", "kind": "call", "place": "Here"}
    with tenant(cast.north.pk):
        actions.change(meeting, by=cast.nora, leader=cast.nora, duration_minutes=30, starts_at=starts_at, **words)
    return starts_at


def test_a_yes_to_the_old_time_is_none_to_the_new_one(cast, plan, mails_sent, press):
    meeting = plan("Visit")
    (old,) = mails_sent()[ANNA]
    put_off(cast, meeting)
    (new,) = mails_sent()[ANNA]

    assert press(old) == "closed"
    assert said(cast.anna, meeting) == [""]
    assert press(new) == ""
    assert said(cast.anna, meeting) == ["ACCEPTED"]


def test_a_series_is_answered_as_a_whole_or_day_by_day(cast, plan_series, mails_sent, press):
    weekly = plan_series()
    first, second, *_rest = rows_of(weekly)
    (invitation,) = mails_sent()[ANNA]

    assert press(invitation) == ""
    assert set(said(cast.anna, *rows_of(weekly))) == {"ACCEPTED"}
    assert press(invitation, "DECLINED", day=second.starts_at) == ""
    assert said(cast.anna, first, second) == ["ACCEPTED", "DECLINED"]
    assert press(invitation, "DECLINED", day=date(2031, 1, 1)) == "closed"


CLOCK = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
RRULE:{rule}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700201T000000
TZOFFSETFROM:{offset}
TZOFFSETTO:{offset}
RRULE:{rule}
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT"""


@contextmanager
def at_most(seconds):
    def too_long(*_):
        pytest.fail(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def by_own_clock(moment, name, offset, rule="FREQ=YEARLY", *, of="DTSTART"):
    """What some programs make of a reply: its moment by a clock that the reply itself describes."""

    def written(reply):
        clock = CLOCK.format(name=name, offset=offset, rule=rule).replace("\n", "\r\n")
        lines = [line for line in reply.splitlines() if not line.startswith(of)]
        lines.insert(lines.index("END:VEVENT"), f"{of};TZID={name}:{moment:%Y%m%dT%H%M%S}")
        return "\r\n".join(lines).replace("BEGIN:VEVENT", clock) + "\r\n"

    return written


@pytest.mark.parametrize("name", ["VTIMEZONE", "vtimezone", "VTIME\r\n ZONE", "VT\u0131MEZONE"])
def test_a_clock_that_ticks_each_second_holds_nobody_up(cast, plan_series, mails_sent, press, name):
    """The rule of such a clock has two billion beats until today, and whoever asks it counts them."""
    weekly = plan_series()
    first = rows_of(weekly)[0]
    (invitation,) = mails_sent()[ANNA]
    begins = first.starts_at.astimezone(ZoneInfo("Europe/Berlin"))
    described = by_own_clock(begins, "Evil", "+0100", "FREQ=SECONDLY", of="RECURRENCE-ID")

    with at_most(5):
        press(invitation, "DECLINED", written=lambda reply: described(reply).replace("VTIMEZONE", name))


def test_nobodys_clock_counts_for_anybody_else(cast, plan, mails_sent, press):
    """Outlook calls its zones by names of its own; what one sender says of such a name is no news of the others' clocks."""
    meeting, name = plan("Visit"), "W. Europe Standard Time"
    (invitation,) = mails_sent()[ANNA]
    begins = meeting.starts_at.astimezone(ZoneInfo("Europe/Berlin"))

    press(invitation, "TENTATIVE", written=by_own_clock(begins, name, "+0900"))
    assert press(invitation, written=by_own_clock(begins, name, f"{begins:%z}")) == ""
    assert said(cast.anna, meeting) == ["ACCEPTED"]


def test_by_an_unknown_clock_the_revision_tells_what_was_answered(cast, plan, mails_sent, press):
    """Where nobody knows which moment is meant, the number of the invitation says to which plan it was a yes."""
    meeting = plan("Visit")
    (old,) = mails_sent()[ANNA]
    starts_at = put_off(cast, meeting)
    (new,) = mails_sent()[ANNA]
    own = by_own_clock(starts_at, "Customized Time Zone", "+0000")

    assert press(old, written=own) == "closed"
    assert said(cast.anna, meeting) == [""]
    assert press(new, written=own) == ""
    assert said(cast.anna, meeting) == ["ACCEPTED"]


@pytest.mark.parametrize("words", [{"method": "COUNTER"}, {"answer": "DELEGATED"}])
def test_what_is_no_answer_is_kept_for_people(cast, plan, mails_sent, press, words):
    meeting = plan("Visit")

    assert press(mails_sent()[ANNA][0], **words) == "closed"
    assert said(cast.anna, meeting) == [""]


def test_after_it_was_called_off_no_answer_counts(cast, plan, mails_sent, press):
    meeting = plan("Visit")
    (invitation,) = mails_sent()[ANNA]
    with tenant(cast.north.pk):
        actions.call_off(reload(meeting), by=cast.nora)

    assert press(invitation) == "closed"


def test_an_absence_note_to_the_organiser_is_no_answer(cast, plan, mails_sent):
    plan("Visit")
    (event,) = Calendar.from_ical(mails_sent()[ANNA][0].calendar).walk("VEVENT")
    organiser = str(event["ORGANIZER"]).removeprefix("mailto:")
    raw = f"From: {ANNA}\r\nTo: {organiser}\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday\r\n"

    envelope = intake.Envelope(ANNA, {organiser: cast.north.pk})
    processing.process(cast.north.pk, intake.accept(raw.encode(), envelope)[0])

    with tenant(cast.north.pk):
        assert MailReply.objects.latest("pk").reason == "automatic"


def test_invitations_are_switched_off_with_one_click(cast, plan, mails_sent, client, settings):
    settings.BASE_URL = "https://portal.example"
    plan("Visit")
    (invitation,) = mails_sent()[ANNA]
    assert invitation.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = invitation.headers["List-Unsubscribe"].strip("<>").removeprefix("https://portal.example")

    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    with tenant(cast.north.pk):
        assert list(Preference.objects.values_list("member", "kind", "email")) == [
            (cast.anna.pk, "meeting.planned", False)
        ]
    plan("Again")
    assert ANNA not in mails_sent()
