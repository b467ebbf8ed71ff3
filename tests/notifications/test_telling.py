"""Who is told of what, once, and how."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts import actions as accounts
from portal.core.context import tenant
from portal.events import kinds
from portal.events.models import Event
from portal.events.record import record
from portal.mail.models import OutgoingMail
from portal.notifications import actions as notifications
from portal.notifications.audience import may_know
from portal.notifications.models import Notification
from portal.tenancy.models import Client
from portal.tenancy.scope import acting_as
from protocols import actions
from tests.browse import browse_as, reload, url
from tests.notifications.conftest import mail_all, mails_to, tell_all
from tests.protocols.meeting_makers import plan

__all__ = ["plan"]


def test_publishing_tells_contacts_at_once_and_never_the_author(cast, protocol, deliver):
    told = deliver()

    assert told == {("Anna Example", "protocol.published"), ("Olaf Example", "protocol.published")}


def test_publishing_tells_whoever_was_invited_of_the_own_house_too(cast, write, deliver):
    """Rita looks after no client; without the invitation she would hear nothing."""
    with tenant(cast.north.pk):
        write(contents=actions.Contents(present=[cast.nora], absent=[cast.rita]))

    assert ("Rita Example", "protocol.published") in deliver()


def test_shared_project_tells_its_vendors(cast, write, deliver):
    write(project=cast.shop)

    assert {name for name, _kind in deliver()} == {"Anna Example", "Olaf Example", "Vera Example", "Pavel Example"}


@pytest.mark.parametrize(("author", "told"), [("anna", {"Olaf Example"}), ("nora", {"Anna Example"})])
def test_what_a_client_does_is_heard_although_nobody_manages_it(cast, write, deliver, author, told):
    """By whoever may change clients; what the agency does there is no news to them."""
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=None)
    write(by=getattr(cast, author), client=reload(cast.acme))

    assert {name for name, _kind in deliver()} == told


def test_a_mail_of_a_stranger_is_heard_although_nobody_manages_the_client(cast, deliver):
    """It stands on the agency's side, for nobody knows whose it is; somebody of the agency reads it all the same."""
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=None)
        acme, words = reload(cast.acme), {"mail": 1, "sender": "Max", "title": "Terms"}
        record("mail.received", acme, by=None, client=acme, side="agency", **words)

    assert ("Olaf Example", "mail.received") in deliver()


def test_whose_account_is_closed_gets_no_invitation_either(cast, plan):
    """It leaves by its own way, with the agenda and a calendar in it; nothing of it is told where nobody comes in any more."""
    accounts.close(cast.anna.user)
    plan("Prices of next year")
    tell_all(cast.north)

    assert mails_to(cast.anna) == []
    with tenant(cast.north.pk):
        assert not Notification.objects.filter(member=cast.anna).exists()


def test_what_is_about_oneself_reaches_a_provider_although_others_hear_nothing_of_it(cast):
    """His timer runs for ten hours: a kind that stays inside, but it is his own."""
    with tenant(cast.north.pk):
        record("timer.asked", cast.pavel, by=None)
    tell_all(cast.north)
    mail_all(cast.north)

    assert (
        "Your timer has run for ten hours"
        in browse_as(cast.pavel).get(url("notifications:index", cast.north)).content.decode()
    )
    assert len(mails_to(cast.pavel)) == 1
    assert "Your timer" not in browse_as(cast.vera).get(url("notifications:index", cast.north)).content.decode()


def test_draft_tells_nobody(write, deliver):
    write(publish=False)

    assert deliver() == set()


def test_comment_tells_whoever_spoke_before(cast, protocol, deliver):
    with tenant(cast.north.pk):
        actions.comment(protocol, by=cast.rita, text="not allowed") if cast.rita.can("write") else None
        actions.comment(protocol, by=cast.anna, text="It was the 27th")
        actions.comment(protocol, by=cast.nora, text="Thank you")
    told = deliver()

    assert ("Nora Example", "protocol.commented") in told
    assert ("Anna Example", "protocol.commented") in told


def test_event_delivered_twice_is_told_once(cast, protocol, deliver):
    deliver()
    with tenant(cast.north.pk):
        event = Event.objects.get(kind="protocol.published")
        notifications.tell(event)
        notifications.tell(event)

        assert Notification.objects.filter(member=cast.anna).count() == 1
        assert OutgoingMail.objects.filter(to=[cast.anna.user.email]).count() == 1


def test_mail_says_what_happened_in_the_members_language_and_nothing_more(cast, write, deliver):
    cast.anna.user.language = "de"
    cast.anna.user.save()
    write("Oak series", key_points="The secret budget is 4,000")
    deliver()

    with tenant(cast.north.pk):
        mail = OutgoingMail.objects.get(to=[cast.anna.user.email])
    assert "Oak series" in mail.subject
    assert "/north/acme/protocols/1/" in mail.text
    assert "/north/notifications/preferences/" in mail.html
    assert 'lang="de"' in mail.html
    assert "secret budget" not in mail.text + mail.html
    assert mail.headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("in_app", "email", "rows", "mails"), [(True, False, 1, 0), (False, True, 0, 1), (False, False, 0, 0)]
)
def test_wishes_are_kept(cast, write, deliver, in_app, email, rows, mails):
    with tenant(cast.north.pk):
        notifications.choose(cast.anna, "protocol.published", in_app=in_app, email=email)
    write()
    deliver()

    with tenant(cast.north.pk):
        assert Notification.objects.visible_to(cast.anna).count() == rows
        assert OutgoingMail.objects.filter(to=[cast.anna.user.email]).count() == mails


def test_posted_activity_is_not_told_to_outsiders_before_its_day(cast):
    with tenant(cast.north.pk):
        cast.acme.agency = cast.north
        in_ten_days = timezone.now() + timedelta(days=10)
        event = Event(
            agency=cast.north, client=cast.acme, area="work", kind="protocol.published", visible_from=in_ten_days
        )
        assert may_know(cast.anna, event)
        assert not may_know(cast.carl, event)
        assert not may_know(cast.bob, event)
        event.kind = _a_kind_that_waits()
        assert may_know(cast.nora, event)
        assert not may_know(cast.anna, event)
        event.visible_from = timezone.now()
        assert may_know(cast.anna, event)


def test_internal_event_is_for_staff_only(cast):
    event = Event(agency=cast.north, client=cast.acme, area="work", kind="protocol.published", internal=True)

    assert may_know(cast.nora, event)
    assert not may_know(cast.anna, event)
    assert not may_know(cast.fred, event)


def test_second_wall_shows_everybody_only_the_own_ones(cast, protocol, deliver):
    deliver()

    with acting_as(cast.anna):
        assert list(Notification.objects.values_list("member_id", flat=True)) == [cast.anna.pk]
    with acting_as(cast.bob):
        assert not Notification.objects.exists()


def test_inviter_hears_at_once_that_somebody_has_joined(cast):
    """An embargo holds back work, not people; the event has no page, and still does not wait."""
    in_ten_days = timezone.now() + timedelta(days=10)
    event = Event(agency=cast.north, client=cast.acme, area="security", kind="member.joined", visible_from=in_ten_days)

    with tenant(cast.north.pk):
        assert may_know(cast.anna, event)


def _a_kind_that_waits() -> str:
    if "activity.posted" not in kinds._kinds:
        kinds.register(kinds.Kind("activity.posted", "%(title)s", waits=True))
    return "activity.posted"
