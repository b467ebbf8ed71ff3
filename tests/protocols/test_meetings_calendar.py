"""Invitations by mail and the calendar that programs read, read back with the icalendar package."""

import email
import re
from datetime import UTC, date, datetime, time, timedelta
from email import policy
from zoneinfo import ZoneInfo

import pytest
import time_machine
from dateutil.rrule import rrulestr
from django.core import mail as django_mail
from django.test import Client as Browser
from django.utils import timezone
from icalendar import Calendar

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import tasks as mail_tasks
from portal.notifications.actions import choose
from portal.notifications.models import Notification
from portal.tenancy.models import Member
from protocols.meetings import actions, agenda, feeds, series
from protocols.models import CalendarFeed, InternalNote, Meeting
from tests.browse import browse_as, events_of, reload, url
from tests.protocols.meeting_makers import held, mails_sent, plan, plan_series, rows_of

__all__ = ["held", "mails_sent", "plan", "plan_series"]
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ANNA = "anna@anna.example"


@pytest.fixture
def september():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def address(cast):
    """The path of a member's calendar."""

    def address(member) -> str:
        with tenant(member.agency_id):
            return "/" + feeds.address_of(feeds.feed_of(member)).split("/", 3)[3]

    return address


@pytest.fixture
def read(address):
    """A member's calendar as programs read it: its events."""

    def read(member) -> list:
        answer = Browser().get(address(member))
        assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
        return list(Calendar.from_ical(answer.content).walk("VEVENT"))

    return read


def the_event(calendar: str):
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    return event


def uid_of(meeting) -> str:
    return f"{meeting.uid}@in.localhost"


# --- Invitations -----------------------------------------------------------------------------------------------------


def test_invitation_reaches_guests_but_not_whoever_plans(cast, plan, mails_sent):
    meeting = plan("Visit", guests=[cast.anna, cast.olaf])
    sent = mails_sent()

    assert set(sent) == {ANNA, "olaf@olaf.example"}
    event = the_event(sent[ANNA][0].calendar)
    assert event["UID"] == uid_of(meeting)
    assert event["SEQUENCE"] == 0 and event["STATUS"] == "CONFIRMED"
    assert event.decoded("DTSTART") == meeting.starts_at and event.decoded("DTEND") == meeting.ends_at
    assert str(event["ORGANIZER"]).startswith("mailto:") and event["ORGANIZER"].params["CN"] == "North"
    assert str(event["ATTENDEE"]) == f"mailto:{ANNA}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert "olaf@" not in sent[ANNA][0].calendar  # nobody learns another's address


@pytest.mark.parametrize("has_left", [False, True])
def test_an_invitation_that_is_late_does_not_follow_whoever_has_left(cast, plan, mails_sent, has_left):
    plan("Visit")
    (mail,) = mails_sent()[ANNA]
    with tenant(cast.north.pk):
        Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now() if has_left else None)
        mail_tasks.deliver(cast.north.pk, mail.pk)

    assert bool(reload(mail).sent_at) == (not has_left)


def test_mail_carries_the_calendar_as_a_part_and_as_a_file(cast, plan, mails_sent):
    plan("Besprechung über Größen")
    queued = mails_sent()[ANNA][0]

    mail_tasks.deliver(cast.north.pk, queued.pk)

    message = email.message_from_bytes(django_mail.outbox[-1].message().as_bytes(), policy=policy.default)
    types = [part.get_content_type() for part in message.walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert "Größen" in part.get_content()
    attached = next(part for part in message.walk() if part.get_content_type() == "application/ics")
    assert attached.get_filename() == "invitation.ics"
    assert attached.get_payload(decode=True).decode() == queued.calendar


def test_mail_is_in_the_persons_language_with_links_to_answer(cast, plan, mails_sent):
    type(cast.anna.user).objects.filter(pk=cast.anna.user_id).update(language="de")
    meeting = plan("Visit")
    queued = mails_sent()[ANNA][0]

    assert queued.subject == "Einladung: Visit"
    assert f"/north/acme/meetings/{meeting.pk}/?answer=DECLINED" in queued.text
    assert "Wann" in queued.html and "Video call" in queued.html


def test_moving_raises_the_sequence_and_calling_off_cancels(cast, plan, mails_sent):
    meeting = plan("Visit")
    mails_sent()
    with tenant(cast.north.pk):
        actions.change(
            meeting, by=cast.nora, title="Visit", kind="call", place="Here", leader=cast.nora, duration_minutes=30,
            starts_at=meeting.starts_at + timedelta(days=1),
        )  # fmt: skip
    (moved,) = mails_sent()[ANNA]
    with tenant(cast.north.pk):
        actions.call_off(reload(meeting), by=cast.nora)
    (off,) = mails_sent()[ANNA]

    assert "METHOD:REQUEST" in moved.calendar and "METHOD:CANCEL" in off.calendar
    assert [the_event(mail.calendar)["SEQUENCE"] for mail in (moved, off)] == [1, 2]
    assert {the_event(mail.calendar)["UID"] for mail in (moved, off)} == {uid_of(meeting)}
    assert the_event(off.calendar)["STATUS"] == "CANCELLED"
    assert (moved.subject, off.subject) == ("New date: Visit", "Does not take place: Visit")
    assert "answer=" not in off.text


def _change(cast, meeting, guests, **words):
    words = {"title": meeting.title, "kind": "call", "place": meeting.place, "starts_at": meeting.starts_at, **words}
    with tenant(cast.north.pk):
        return actions.change(
            reload(meeting), by=cast.nora, guests=[guest.pk for guest in guests], leader=cast.nora, duration_minutes=45,
            **words,
        )  # fmt: skip


def test_who_is_invited_later_gets_an_invitation_and_nobody_else_does(cast, plan, mails_sent):
    meeting = plan("Visit", guests=[cast.anna])
    mails_sent()

    _change(cast, meeting, [cast.anna, cast.olaf])

    mails = mails_sent()
    assert list(mails) == ["olaf@olaf.example"]
    assert mails["olaf@olaf.example"][0].subject == "Invitation: Visit"
    with tenant(cast.north.pk):
        assert Notification.objects.filter(member=cast.olaf, kind="meeting.planned").count() == 1
        assert Notification.objects.filter(member=cast.anna, kind="meeting.planned").count() == 1


def test_who_is_not_invited_any_more_is_told_and_his_calendar_forgets_it(cast, plan, mails_sent):
    meeting = plan("Visit", guests=[cast.anna, cast.olaf])
    invited = the_event(mails_sent()[ANNA][0].calendar)

    _change(cast, meeting, [cast.olaf])

    mails = mails_sent()
    assert list(mails) == [ANNA]
    (told,) = mails[ANNA]
    event = the_event(told.calendar)
    assert told.subject == "No longer invited: Visit" and "METHOD:CANCEL" in told.calendar
    assert event["UID"] == invited["UID"] and event["SEQUENCE"] > invited["SEQUENCE"]
    assert "STATUS" not in event, "it takes place with the others"
    assert "answer=" not in told.text and "you are invited" not in told.text


def test_guests_of_proposals_and_of_the_past_are_changed_in_silence(cast, plan, held, mails_sent):
    proposal, past = plan("Proposal", by=cast.anna), held("Past")
    mails_sent()

    for meeting in (proposal, past):
        _change(cast, meeting, [cast.olaf])

    assert "meeting.planned" not in {kind for kind, _actor in events_of(proposal) + events_of(past)}
    assert not mails_sent()


@pytest.mark.parametrize("since", [date(2026, 9, 8), date(2026, 9, 22)], ids=["all", "the later ones"])
def test_who_falls_out_of_a_series_is_told_too(cast, september, plan_series, mails_sent, since):
    weekly = plan_series(date(2026, 9, 8), guests=[cast.anna, cast.olaf])
    invited = the_event(mails_sent()[ANNA][0].calendar)
    with tenant(cast.north.pk):
        series.change(
            weekly, by=cast.nora, since=since, guests=[cast.olaf.pk], title="Jour fixe", kind="call", place="",
            project=None, leader=cast.nora, rhythm="WEEKLY/1", duration_minutes=45, last_on=None, first_on=since,
            starts_at_time=time(10),
        )  # fmt: skip

    (told,) = mails_sent()[ANNA]
    event = the_event(told.calendar)
    assert told.subject == "No longer invited: Jour fixe" and event["UID"] == invited["UID"]
    if since == date(2026, 9, 8):
        assert "METHOD:CANCEL" in told.calendar
    else:
        assert event["RRULE"]["UNTIL"] == [datetime(2026, 9, 21, 8, tzinfo=UTC)], "the earlier ones stay"


def test_what_was_told_follows_the_meeting_into_its_project(cast, plan, plan_series, mails_sent):
    meeting, weekly = plan("Talk about Vera", project=cast.shop, guests=[cast.vera]), plan_series(project=cast.shop)
    mails_sent()
    with tenant(cast.north.pk):
        assert Notification.objects.open_to(cast.vera).exists(), "it was told at first"
    _change(cast, meeting, [], project=cast.blog)
    with tenant(cast.north.pk):
        series.change(
            weekly, by=cast.nora, since=weekly.first_on, guests=[], title="Jour fixe", kind="call", place="",
            project=None, leader=cast.nora, rhythm="WEEKLY/1", duration_minutes=45, last_on=None,
            first_on=weekly.first_on, starts_at_time=time(10),
        )  # fmt: skip
    mails_sent()

    with tenant(cast.north.pk):
        assert not Notification.objects.open_to(cast.vera).exists()
        assert not Event.objects.filter(project=cast.shop).exists()


def test_who_wants_no_mail_of_this_kind_still_finds_it_under_the_bell(cast, plan, mails_sent):
    with tenant(cast.north.pk):
        choose(cast.anna, "meeting.planned", in_app=True, email=False)
    plan("Visit")

    assert mails_sent() == {}
    with tenant(cast.north.pk):
        assert Notification.objects.get(member=cast.anna).title == "Invitation: Visit"


def test_each_event_is_mailed_once_and_by_nobody_else(cast, plan, mails_sent):
    """The notification itself sends no second mail beside the invitation."""
    plan("Visit")

    assert [mail.subject for mail in mails_sent()[ANNA]] == ["Invitation: Visit"]
    assert mails_sent() == {}


def test_proposal_tells_the_agency_and_invites_nobody_before_the_yes(cast, plan, mails_sent):
    meeting = plan("Visit", by=cast.anna, guests=[cast.nora], leader=cast.olaf)
    assert not any(mail.calendar for mails in mails_sent().values() for mail in mails)
    with tenant(cast.north.pk):
        told = set(Notification.objects.values_list("member__user__name", "kind"))
    assert told == {("Nora Example", "meeting.proposed"), ("Olaf Example", "meeting.proposed")}

    with tenant(cast.north.pk):
        actions.confirm(meeting, by=cast.nora)

    sent = mails_sent()
    assert set(sent) == {ANNA, "olaf@olaf.example"}
    assert the_event(sent[ANNA][0].calendar)["STATUS"] == "CONFIRMED"


def test_a_proposal_of_a_client_without_a_manager_tells_whoever_may_change_clients(cast, plan, mails_sent):
    plan("Visit", by=cast.bob, client=cast.bolt, guests=[])
    mails_sent()

    with tenant(cast.north.pk):
        told = list(Notification.objects.values_list("member__user__name", "kind"))
    assert told == [("Olaf Example", "meeting.proposed")], "of the agency's people he alone changes clients"


def test_answer_is_told_to_the_leader_alone(cast, plan, mails_sent):
    meeting = plan("Visit", guests=[cast.anna, cast.olaf])
    mails_sent()

    browse_as(cast.anna).post(url("protocols:answer_meeting", cast.acme, meeting.pk), {"answer": "DECLINED"})
    mails_sent()

    with tenant(cast.north.pk):
        told = Notification.objects.filter(kind="meeting.answered")
        assert [(row.member, row.title) for row in told] == [(cast.nora, "Anna Example has answered: Visit")]


def test_past_meetings_invite_nobody(held, mails_sent):
    held()

    assert mails_sent() == {}


def test_one_meeting_of_a_series_is_moved_and_called_off_by_its_recurrence_id(cast, september, plan_series, mails_sent):
    weekly = plan_series(date(2026, 9, 8))
    (planned,) = mails_sent()[ANNA]
    third = rows_of(weekly)[2]
    with tenant(cast.north.pk):
        actions.change(
            third, by=cast.nora, title="Jour fixe", kind="jour_fixe", place="Lübeck", leader=cast.nora, duration_minutes=45,
            starts_at=third.starts_at + timedelta(days=1),
        )  # fmt: skip
    (moved,) = mails_sent()[ANNA]
    with tenant(cast.north.pk):
        actions.call_off(rows_of(weekly)[2], by=cast.nora)
    (off,) = mails_sent()[ANNA]

    whole, one, gone = (the_event(mail.calendar) for mail in (planned, moved, off))
    assert whole["RRULE"].to_ical() == b"FREQ=WEEKLY;INTERVAL=1"
    assert whole["UID"] == one["UID"] == gone["UID"]
    berlin = datetime(2026, 9, 22, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    assert one.decoded("RECURRENCE-ID") == gone.decoded("RECURRENCE-ID") == berlin
    assert one.decoded("DTSTART") == berlin + timedelta(days=1)
    assert "METHOD:CANCEL" in off.calendar and gone["SEQUENCE"] > one["SEQUENCE"] > whole["SEQUENCE"]


def test_a_series_that_ends_before_it_began_leaves_everybodys_calendar(cast, september, plan_series, mails_sent, read):
    """None of its meetings is left to be read, but everybody has it in the calendar, and has to learn that it is off."""
    weekly = plan_series(date(2026, 9, 7))
    mails_sent()
    with tenant(cast.north.pk):
        series.end(weekly, by=cast.nora, last_on=date(2026, 9, 1))
    (mail,) = mails_sent()[ANNA]

    calendar = Calendar.from_ical(mail.calendar)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", f"{weekly.uid}@in.localhost")
    assert event["SEQUENCE"] == 1
    assert [row.is_cancelled for row in rows_of(weekly)] == [True]
    assert read(cast.anna) == []
    page = mail.text.split("/meetings/")[1].split()[0]
    assert browse_as(cast.anna).get(f"{url('protocols:meetings', cast.acme)}{page}").status_code == 200


def test_a_new_plan_ends_the_old_one_in_calendars(cast, september, plan_series, mails_sent):
    weekly = plan_series(date(2026, 9, 8))
    old = the_event(mails_sent()[ANNA][0].calendar)
    with tenant(cast.north.pk):
        series.change(
            weekly, by=cast.nora, since=date(2026, 9, 22), guests=[cast.anna.pk], title="Jour fixe", kind="call", place="",
            project=None, leader=cast.nora, rhythm="WEEKLY/2", duration_minutes=30, last_on=None,
            first_on=date(2026, 9, 24), starts_at_time=time(15),
        )  # fmt: skip

    new_mail, old_mail = mails_sent()[ANNA]
    new, ended = the_event(new_mail.calendar), the_event(old_mail.calendar)
    assert (old_mail.subject, new_mail.subject) == ("The old dates end: Jour fixe", "New date: Jour fixe")
    assert new["UID"] != old["UID"] and new["RRULE"]["INTERVAL"] == [2]
    assert ended["UID"] == old["UID"] and ended["SEQUENCE"] > old["SEQUENCE"]
    assert ended["RRULE"]["UNTIL"] == [datetime(2026, 9, 21, 8, tzinfo=UTC)]


# --- The address ---------------------------------------------------------------------------------------------------


def test_page_shows_the_own_address_and_makes_a_new_one(cast, plan, address):
    browser, path = browse_as(cast.anna), url("protocols:meetings", cast.acme)
    old = address(cast.anna)
    assert old in browser.get(path).content.decode()

    browser.post(url("protocols:renew_feed", cast.acme))

    new = address(cast.anna)
    assert new != old and new in browser.get(path).content.decode()
    assert [Browser().get(place).status_code for place in (old, new)] == [404, 200]


def test_calendar_is_private_needs_no_cookie_and_says_when_it_was_read(cast, address):
    answer = Browser().get(address(cast.anna))

    assert answer["Cache-Control"] == "private"
    assert not answer.cookies
    with tenant(cast.north.pk):
        assert CalendarFeed.objects.get(member=cast.anna).read_at
    assert Browser().post(address(cast.anna)).status_code == 405


def test_ended_members_and_unknown_addresses_find_nothing(cast, address):
    path = address(cast.anna)
    with tenant(cast.north.pk):
        Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())

    for wrong in (
        path,
        path.replace(f"/c/{cast.north.pk}-", f"/c/{cast.south.pk}-"),
        "/c/short.ics",
        f"/c/{cast.north.pk}-" + "x" * 32 + ".ics",
        "/c/" + "9" * 4000 + "-x.ics",
        "/c/1-a%00b.ics",
    ):
        assert Browser().get(wrong).status_code == 404, wrong


def test_locked_accounts_find_nothing(cast, address):
    path = address(cast.anna)
    type(cast.anna.user).objects.filter(pk=cast.anna.user_id).update(is_active=False)

    assert Browser().get(path).status_code == 404


def test_guessing_is_slowed_down_and_reading_is_not(cast, address):
    path = address(cast.anna)
    for _number in range(40):
        assert Browser().get(path).status_code == 200
    answers = [Browser().get(f"/c/{cast.north.pk}-{'x' * 30}{number:02}.ics") for number in range(31)]

    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert Browser(REMOTE_ADDR="203.0.113.77").get(path).status_code == 200


def test_secret_stands_in_no_log_and_no_audit_row(cast, address, caplog):
    path = address(cast.anna)
    secret = path.removeprefix("/c/").removesuffix(".ics")
    browse_as(cast.anna).post(url("protocols:renew_feed", cast.acme))
    from portal.core.logs import Formatter

    with caplog.at_level("INFO"):
        Browser().get(path)
    lines = [Formatter().format(record) for record in caplog.records]
    assert lines and not [line for line in lines if secret in line]
    with tenant(cast.north.pk):
        assert not [row for row in AuditEvent.objects.all() if secret in str(vars(row))]


# --- What stands in it ------------------------------------------------------------------------------------------------


def test_single_meetings_are_there_with_stable_uids(cast, plan, held, read, address):
    visit, past = plan("Visit"), held("Call")
    held("Long ago", ago=timedelta(days=120))
    events = {str(event["SUMMARY"]): event for event in read(cast.anna)}

    assert set(events) == {"Visit (Acme)", "Call (Acme)"}
    assert events["Visit (Acme)"]["UID"] == uid_of(visit) and events["Call (Acme)"]["UID"] == uid_of(past)
    assert events["Visit (Acme)"].decoded("LAST-MODIFIED") == visit.edited_at.replace(microsecond=0)
    assert events["Visit (Acme)"]["URL"].endswith(f"/north/acme/meetings/{visit.pk}/")
    assert Browser().get(address(cast.anna)).content == Browser().get(address(cast.anna)).content


def test_each_sees_his_own(cast, plan, read):
    plan("Acme's"), plan("Bolt's", client=cast.bolt, guests=[cast.bob])
    plan("Olaf's", guests=[cast.olaf], leader=cast.olaf, by=cast.olaf)
    plan("Shop", project=cast.shop, guests=[cast.vera])

    def titles(member):
        return {str(event["SUMMARY"]).split(" (")[0] for event in read(member)}

    assert titles(cast.anna) == {"Acme's", "Olaf's", "Shop"}
    assert titles(cast.bob) == {"Bolt's"}
    assert titles(cast.vera) == {"Shop"}
    assert titles(cast.nora) == {"Acme's", "Bolt's", "Shop"}  # what she takes part in
    assert titles(cast.olaf) == {"Olaf's"}
    assert titles(cast.carl) == titles(cast.saul) == set()


def test_private_things_are_never_in_it(cast, plan, read, address):
    meeting = plan("Visit")
    with tenant(cast.north.pk):
        from protocols import actions as protocols

        protocol = protocols.write(
            cast.acme,
            by=cast.nora,
            publish=False,
            title="Draft",
            held_at=timezone.now(),
            kind="call",
            key_points="Secret plan",
        )
        InternalNote.objects.create(agency=cast.north, protocol=protocol, text="Careful with them")
        agenda.add(meeting, by=cast.nora, text="Agenda point")

    text = Browser().get(address(cast.anna)).content.decode()
    for word in ("Secret plan", "Careful", "Draft", "@nora.example", "@olaf.example"):
        assert word not in text


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_series_is_one_event_whose_hour_stays(cast, september, plan_series, read, address, zone):
    weekly = plan_series(date(2026, 9, 8), zone=zone)
    (event,) = read(cast.anna)

    assert event["UID"] == f"{weekly.uid}@in.localhost"
    assert event["DTSTART"].params["TZID"] == zone
    start = event.decoded("DTSTART")
    days = list(rrulestr(event["RRULE"].to_ical().decode(), dtstart=start.replace(tzinfo=None))[:26])
    moments = [day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in days]
    assert moments == [row.starts_at for row in rows_of(weekly)]
    text = Browser().get(address(cast.anna)).content.decode()
    assert f"TZID:{zone}" in text and "BEGIN:STANDARD" in text and "BEGIN:DAYLIGHT" in text
    assert [str(e["UID"]) for e in read(cast.anna)] == [str(event["UID"])]


def test_moved_and_called_off_ones_are_exceptions_of_the_series(cast, september, plan_series, read):
    weekly = plan_series(date(2026, 9, 8))
    rows = rows_of(weekly)
    september.shift(timedelta(hours=1))
    with tenant(cast.north.pk):
        actions.change(
            rows[2], by=cast.nora, title="Jour fixe", kind="jour_fixe", place="Lübeck", leader=cast.nora, duration_minutes=45,
            starts_at=rows[2].starts_at + timedelta(days=1),
        )  # fmt: skip
        actions.call_off(rows[3], by=cast.nora)

    whole, moved = sorted(read(cast.anna), key=lambda event: "RECURRENCE-ID" in event)

    berlin = ZoneInfo("Europe/Berlin")
    assert [day.dt for day in whole["EXDATE"].dts] == [datetime(2026, 9, 29, 10, tzinfo=berlin)]
    assert whole.decoded("LAST-MODIFIED") == NOW + timedelta(hours=1)
    assert moved["UID"] == whole["UID"] and moved["LOCATION"] == "Lübeck"
    assert moved.decoded("RECURRENCE-ID") == datetime(2026, 9, 22, 10, tzinfo=berlin)
    assert moved.decoded("DTSTART") == datetime(2026, 9, 23, 10, tzinfo=berlin)
    assert moved["SEQUENCE"] == 1


def test_month_ends_stand_in_the_rule(cast, september, plan_series, read):
    monthly = plan_series(date(2026, 10, 31), rhythm="MONTHLY/1")
    (event,) = read(cast.anna)

    days = rrulestr(event["RRULE"].to_ical().decode(), dtstart=datetime(2026, 10, 31, 10))[:5]
    assert [day.date() for day in days] == [row.original_on for row in rows_of(monthly)][:5]
    assert [day.day for day in days] == [31, 30, 31, 31, 28]


def test_after_a_new_plan_old_meetings_stand_alone_and_nothing_is_doubled(cast, september, plan_series, read):
    weekly = plan_series(date(2026, 9, 8))
    september.shift(timedelta(days=20))
    with tenant(cast.north.pk):
        series.change(
            weekly, by=cast.nora, since=date(2026, 9, 22), guests=[cast.anna.pk], title="Jour fixe", kind="call", place="",
            project=None, leader=cast.nora, rhythm="WEEKLY/1", duration_minutes=45, last_on=None,
            first_on=date(2026, 9, 24), starts_at_time=time(15),
        )  # fmt: skip
    events = read(cast.anna)

    starts = []
    for event in events:
        start = event.decoded("DTSTART")
        if "RRULE" in event:
            found = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start.replace(tzinfo=None))[:25]
            starts += [day.replace(tzinfo=start.tzinfo).astimezone(UTC) for day in found]
        else:
            starts.append(start)
    with tenant(cast.north.pk):
        assert (
            sorted(starts)[:20] == list(Meeting.objects.order_by("starts_at").values_list("starts_at", flat=True))[:20]
        )


def test_every_address_in_it_leads_into_the_agency(cast, plan, address):
    plan("Visit")

    urls = re.findall(r"^URL:(\S+)", Browser().get(address(cast.anna)).content.decode(), re.MULTILINE)
    assert urls and all("/north/acme/meetings/" in found for found in urls)
