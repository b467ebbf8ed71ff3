"""What became visible is told: a notice on the day, and once a week a mail, in the reader's own language and clock."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications.models import Delivery, Notification, Preference
from portal.tenancy.models import Client, Member
from tests.browse import browse_as, url
from timeline import letters, tasks
from timeline.actions import announcing, deciding
from timeline.models import Activity, WeeklyChoice, WeeklyMail

MONDAY = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)


@pytest.fixture
def reader(cast):
    """Anna, as a task reads her, on a clock in UTC."""
    cast.anna.user.time_zone = "UTC"
    cast.anna.user.save(update_fields=["time_zone"])
    return lambda: _member(cast, cast.anna)


@pytest.fixture
def at(monkeypatch):
    """Let the clock of the weekly mail stand at a moment."""
    real = timezone.localtime

    def at(moment):
        monkeypatch.setattr(timezone, "localtime", lambda value=None, timezone=None: real(value or moment, timezone))

    return at


# --- Notices -----------------------------------------------------------------------------------------------------------


def test_notice_waits_for_the_day_and_comes_once(cast, activity, days_pass):
    _deliver(cast)
    assert _told(cast, activity) == set()
    days_pass(9)
    assert _announced(cast, activity) == set()

    days_pass(1)

    assert _announced(cast, activity) == {cast.anna.pk}
    assert _announced(cast, activity) == {cast.anna.pk}
    with tenant(cast.north.pk):
        assert not Delivery.objects.exists()  # its mail is the weekly one
        bell = Notification.objects.get()
    path = url("timeline:activity", cast.acme, activity.pk)
    assert browse_as(cast.anna).get(url("notifications:follow", cast.north, bell.pk)).url == path


def test_held_back_is_not_told(cast, activity, days_pass):
    with tenant(cast.north.pk):
        deciding.hold(activity.event, by=cast.nora, reason="Not yet")
    days_pass(20)

    assert _announced(cast, activity) == set()


def test_hourly_task_finds_what_shows_and_nothing_else(cast, post, days_pass):
    shown = post("Shown", project=cast.shop)
    days_pass(10)
    post("Waits")

    with tenant(cast.north.pk):
        rows = _due(cast)

    assert rows == [(cast.north.pk, shown.pk)]


# --- The weekly mail -------------------------------------------------------------------------------------------------------


def test_weekly_mail_tells_what_became_visible_and_nothing_that_waits(cast, reader, at, post, write, days_pass):
    post("Old work"), days_pass(20)
    post("Links built"), write("Jour fixe"), days_pass(12)
    post("Still secret")
    at(MONDAY)

    row = _mail(cast, reader())

    assert row.entries == 2
    mail = _last_mail(cast)
    assert mail.to == [cast.anna.user.email]
    assert mail.subject == "2 new entries on the timeline: Acme"
    for words in (mail.text, mail.html):
        assert "Links built" in words
        assert "Protocol: Jour fixe" in words
        assert "Still secret" not in words
        assert "Old work" not in words


def test_weekly_mail_says_what_does_not_fit(cast, reader, at, post, days_pass, monkeypatch):
    for title in ("Oldest", "Older", "Newest"):
        post(title), days_pass(1)
    days_pass(10), at(MONDAY), monkeypatch.setattr(letters, "MOST", 2)

    assert _mail(cast, reader()).entries == 3

    mail = _last_mail(cast)
    assert mail.subject.startswith("3 new entries")
    for words in (mail.text, mail.html):
        assert "Newest" in words and "Older" in words and "Oldest" not in words
        assert "1 older entry stands on the timeline." in words


def test_once_per_week_and_person_however_often_it_runs(cast, reader, at, post, days_pass):
    post(), days_pass(11)
    at(MONDAY)

    assert _mail(cast, reader()).entries == 1
    assert _mail(cast, reader()) is None
    at(MONDAY + timedelta(hours=3))
    assert _mail(cast, reader()) is None
    at(MONDAY + timedelta(days=7))
    assert _mail(cast, reader()).entries == 0  # the next one begins where the last one ended


def test_day_of_the_week_is_the_readers_own(cast, reader, at):
    with tenant(cast.north.pk):
        announcing.choose_weekday(reader(), 3)
    for day, is_due in ((0, False), (2, False), (3, True), (4, True), (5, False)):
        at(MONDAY + timedelta(days=day))
        assert bool(announcing.week_due(reader(), 3)) is is_due


def test_clock_is_the_readers_own(cast, reader, at):
    member = reader()
    at(MONDAY)
    assert announcing.week_due(member, 0) == MONDAY.date()
    member.user.time_zone = "America/New_York"
    assert announcing.week_due(member, 0) is None
    at(MONDAY.replace(hour=11, minute=59))
    assert announcing.week_due(member, 0) is None
    at(datetime(2026, 11, 30, 7, tzinfo=ZoneInfo("America/New_York")))
    assert announcing.week_due(member, 0) == MONDAY.date()


def test_language_is_the_readers_own(cast, reader, at, post, days_pass):
    cast.anna.user.language = "de"
    cast.anna.user.save(update_fields=["language"])
    post(), days_pass(11)
    at(MONDAY)

    _mail(cast, reader())

    assert '<html lang="de">' in _last_mail(cast).html


def test_a_week_without_news_brings_no_mail(cast, reader, at):
    at(MONDAY)

    assert _mail(cast, reader()).entries == 0
    with tenant(cast.north.pk):
        assert not OutgoingMail.objects.exists()


def test_one_click_ends_it(cast, reader, at, post, days_pass):
    post(), days_pass(11)
    at(MONDAY)
    _mail(cast, reader())
    mail = _last_mail(cast)
    off = re.search(r"https?://[^/]+(/[^>]+)>", mail.headers["List-Unsubscribe"]).group(1)

    assert browse_as(None).post(off).status_code == 200

    at(MONDAY + timedelta(days=7))
    assert _mail(cast, reader()) is None
    with tenant(cast.north.pk):
        wish = Preference.objects.get()
    assert (wish.kind, wish.email, wish.in_app) == ("activity.posted", False, True)


def test_page_keeps_the_day_and_the_wish_for_none(cast):
    browser, path = browse_as(cast.anna), url("timeline:weekly", cast.acme)
    assert 'value="0" selected' in browser.get(path).content.decode()

    assert browser.post(path, {"weekday": "4"}).status_code == 302
    assert 'value="4" selected' in browser.get(path).content.decode()
    assert browser.post(path, {"weekday": ""}).status_code == 302
    assert 'value="" selected' in browser.get(path).content.decode()
    assert browser.post(path, {"weekday": "9"}).status_code == 422
    with tenant(cast.north.pk):
        assert WeeklyChoice.objects.get().weekday == 4


def test_own_acts_are_left_out(cast, reader, at, post, write, days_pass):
    write("By Anna", by=cast.anna), days_pass(11)
    at(MONDAY)

    assert _mail(cast, reader()).entries == 0


@pytest.mark.parametrize("column", ["archived_at", "access_until"])
def test_of_a_client_that_is_closed_nobody_is_mailed(cast, reader, at, post, days_pass, column):
    post("Links built"), days_pass(11)
    day = timezone.now() - timedelta(days=1)
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(**{column: day.date() if column == "access_until" else day})
    at(MONDAY)

    assert _mail(cast, reader()).entries == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_task_asks_for_those_who_can_sign_in_and_want_a_mail(cast, reader, at):
    at(MONDAY)
    anna, carl, bob = ((cast.north.pk, member.pk) for member in (cast.anna, cast.carl, cast.bob))
    reader()
    for member in (cast.carl, cast.bob):
        member.user.time_zone = "UTC"
        member.user.save(update_fields=["time_zone"])
    assert {anna, carl, bob} <= set(announcing.readers_of_weekly_mails())

    cast.anna.user.is_active = False
    cast.anna.user.save(update_fields=["is_active"])
    with tenant(cast.north.pk), transaction.atomic():
        announcing.choose_weekday(_member(cast, cast.carl), None)
        WeeklyMail.objects.create(agency=cast.north, member=cast.bob, week=MONDAY.date(), until=timezone.now())

    assert not {anna, carl, bob} & set(announcing.readers_of_weekly_mails())


def test_task_mails_whoever_had_none_this_week(cast, reader, at):
    at(MONDAY)
    with tenant(cast.north.pk):
        WeeklyMail.objects.create(agency=cast.north, member=cast.bob, week=MONDAY.date(), until=timezone.now())

    tasks.mail_week(cast.north.pk, cast.bob.pk)
    tasks.mail_week(cast.north.pk, cast.anna.pk)

    with tenant(cast.north.pk):
        assert set(WeeklyMail.objects.values_list("member_id", flat=True)) == {cast.bob.pk, cast.anna.pk}


def _due(cast):
    """As the task asks, but inside the test's own transaction, which the maintenance role does not see."""
    return list(announcing.showing(Activity.objects.unannounced()).values_list("agency_id", "pk"))


def _deliver(cast):
    with tenant(cast.north.pk):
        for event in Event.objects.filter(delivered_at=None):
            delivery.deliver(event.pk)


def _announced(cast, row) -> set[int]:
    tasks.announce(cast.north.pk, row.pk)
    return _told(cast, row)


def _told(cast, row) -> set[int]:
    with tenant(cast.north.pk):
        return set(Notification.objects.filter(event=row.event_id).values_list("member_id", flat=True))


def _member(cast, member) -> Member:
    with tenant(cast.north.pk), transaction.atomic():
        return Member.objects.select_related("user", "role", "vendor", "agency").get(pk=member.pk)


def _mail(cast, member):
    with tenant(cast.north.pk):
        return announcing.mail_week(member)


def _last_mail(cast) -> OutgoingMail:
    with tenant(cast.north.pk):
        return OutgoingMail.objects.latest("pk")
