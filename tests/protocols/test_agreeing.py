"""From publication to what counts as agreed: time for corrections, corrections, acceptance, silence."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.mail.models import OutgoingMail
from portal.notifications import actions as notifications
from portal.notifications import bursts
from portal.notifications.models import Delivery
from portal.tenancy.actions import share_project
from portal.tenancy.models import Client
from protocols import actions
from protocols.models import Comment, Protocol
from protocols.tasks import agree
from tests.browse import browse_as, url


def _fresh(protocol) -> Protocol:
    with tenant(protocol.agency_id):
        return Protocol.objects.select_related("client").get(pk=protocol.pk)


@pytest.fixture
def end_window(time_machine):
    """Let the time for corrections pass by; then silence is looked at."""

    def end_window(protocol):
        time_machine.move_to(_fresh(protocol).correct_until + timedelta(minutes=1))
        agree(protocol.agency_id)

    return end_window


@pytest.fixture
def mail_told(cast):
    """Tell of an event, and let its mails leave; gives those to the contact."""

    def mail_told(kind="protocol.published"):
        with tenant(cast.north.pk):
            notifications.tell(Event.objects.filter(kind=kind).latest("pk"))
            Delivery.objects.waiting().update(due_at=timezone.now())
            for waiting in Delivery.objects.waiting():
                bursts.send(waiting.pk)
            return OutgoingMail.objects.filter(to=[cast.anna.user.email]).latest("pk")

    return mail_told


def _mark(mail, **moments):
    with tenant(mail.agency_id):
        OutgoingMail.objects.filter(pk=mail.pk).update(**moments)


def _change(cast, protocol):
    with tenant(cast.north.pk):
        actions.edit(protocol, by=cast.nora, seen_at=_fresh(protocol).edited_at, key_points="Pine after all")


def _kinds(protocol):
    with tenant(protocol.agency_id):
        return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def _open(who, client, protocol):
    return browse_as(who).get(url("protocols:detail", client, protocol.number))


def test_five_business_days_for_corrections(cast, write, time_machine):
    # A Thursday; the window ends with the business day of the Thursday after.
    time_machine.move_to(datetime(2026, 11, 19, 11, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    until = timezone.localtime(write().correct_until, ZoneInfo("Europe/Berlin"))
    assert (until.year, until.month, until.day, until.hour) == (2026, 11, 26, 18)


def test_contact_accepts(cast, protocol):
    page = _open(cast.anna, cast.acme, protocol).content.decode()
    assert url("protocols:accept", cast.acme, protocol.number) in page

    response = browse_as(cast.anna).post(url("protocols:accept", cast.acme, protocol.number))

    assert response.status_code == 302
    fresh = _fresh(protocol)
    assert (fresh.accepted_by_id, fresh.accepted_by_silence) == (cast.anna.pk, False)
    assert "protocol.accepted" in _kinds(protocol)
    assert "accepted by Anna" in _open(cast.nora, cast.acme, protocol).content.decode()


def test_nobody_agrees_to_words_that_were_not_on_the_screen(cast, protocol):
    """Nora's change comes between Anna's look and her click."""
    browser, page = browse_as(cast.anna), url("protocols:detail", cast.acme, protocol.number)
    accept = url("protocols:accept", cast.acme, protocol.number)
    seen = re.search(r'name="seen" value="([^"]*)"', browser.get(page).content.decode())[1]
    _change(cast, protocol)

    for stale in (seen, "", "everything"):
        answer = browser.post(accept, {"seen": stale}, follow=True)
        assert "changed while you were reading" in answer.content.decode()
        assert not _fresh(protocol).is_accepted
    seen = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())[1]
    browser.post(accept, {"seen": seen})
    assert _fresh(protocol).accepted_by_id == cast.anna.pk


def test_who_wrote_it_does_not_accept_it(cast, protocol):
    path = url("protocols:accept", cast.acme, protocol.number)
    assert browse_as(cast.nora).post(path).status_code == 403
    assert browse_as(cast.vera).post(path).status_code == 404
    assert not _fresh(protocol).is_accepted


def test_what_a_contact_wrote_is_accepted_by_the_agency(cast, write):
    protocol = write(by=cast.anna)
    path = url("protocols:accept", cast.acme, protocol.number)
    assert browse_as(cast.anna).post(path).status_code == 403

    browse_as(cast.nora).post(path)

    assert _fresh(protocol).accepted_by_id == cast.nora.pk


def test_agreed_protocols_stay_as_they_are(cast, protocol, words):
    browse_as(cast.anna).post(url("protocols:accept", cast.acme, protocol.number))

    assert browse_as(cast.nora).get(url("protocols:edit", cast.acme, protocol.number)).status_code == 403
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        actions.edit(protocol, by=cast.nora, seen_at=protocol.edited_at, title="Other")
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        actions.comment(protocol, by=cast.anna, text="Too late", is_correction=True)


def test_an_open_correction_stops_acceptance_until_it_is_settled(cast, protocol):
    browser = browse_as(cast.anna)
    sent = {"text": "It was oak, not pine", "is_correction": "1", "about": ""}
    browser.post(url("protocols:comment", cast.acme, protocol.number), sent)
    accept = url("protocols:accept", cast.acme, protocol.number)
    assert "A correction is still open" in browser.post(accept, follow=True).content.decode()
    assert not _fresh(protocol).is_accepted

    with tenant(cast.north.pk):
        said = Comment.objects.get(is_correction=True)
    settle = url("protocols:settle", cast.acme, protocol.number, said.pk)
    assert browse_as(cast.nora).post(settle, {"how": "answered"}).status_code == 422
    browse_as(cast.nora).post(settle, {"how": "answered", "answer": "We looked it up: pine"})

    page = _open(cast.anna, cast.acme, protocol).content.decode()
    assert "We looked it up: pine" in page
    browser.post(accept)
    assert _fresh(protocol).is_accepted


def test_no_page_leads_to_what_would_be_refused_while_a_correction_is_open(cast, protocol):
    """To accept; and, for Anna who takes hers back, to change the agency's text."""
    page, accept = (
        url("protocols:detail", cast.acme, protocol.number),
        url("protocols:accept", cast.acme, protocol.number),
    )
    assert accept in browse_as(cast.anna).get(page).content.decode()
    with tenant(cast.north.pk):
        said = actions.comment(protocol, by=cast.anna, text="It was pine", is_correction=True)

    assert accept not in browse_as(cast.anna).get(page).content.decode()
    settle, edit = (
        url(f"protocols:{name}", cast.acme, *pks)
        for name, pks in (("settle", (protocol.number, said.pk)), ("edit", (protocol.number,)))
    )
    leads = [edit in browse_as(who).get(settle).content.decode() for who in (cast.nora, cast.anna)]
    assert leads == [True, False]


def test_only_the_other_side_or_its_author_settles_a_correction(cast, protocol):
    with tenant(cast.north.pk):
        said = actions.comment(protocol, by=cast.anna, text="Wrong", is_correction=True)
    path = url("protocols:settle", cast.acme, protocol.number, said.pk)
    assert browse_as(cast.carl).get(path).status_code == 404
    assert browse_as(cast.rita).post(path, {"how": "taken"}).status_code == 403
    assert browse_as(cast.anna).post(path, {"how": "answered", "answer": "My mistake"}).status_code == 302


def test_a_correction_counts_as_taken_in_only_once_the_text_has_changed(cast, protocol):
    with tenant(cast.north.pk):
        actions.edit(protocol, by=cast.nora, seen_at=protocol.edited_at, title="Before the correction")
        said = actions.comment(protocol, by=cast.anna, text="All 210", is_correction=True)
        with pytest.raises(PermissionDenied):
            actions.settle(said, by=cast.nora, is_taken_in=True)
    nora, path = browse_as(cast.nora), url("protocols:settle", cast.acme, protocol.number, said.pk)
    refused = nora.post(path, {"how": "taken"})
    assert refused.status_code == 422 and "has not changed since" in refused.content.decode()

    with tenant(cast.north.pk):
        now = _fresh(protocol)
        actions.edit(now, by=cast.nora, seen_at=now.edited_at, title="All 210")

    assert nora.post(path, {"how": "taken"}).status_code == 302
    with tenant(cast.north.pk):
        assert Comment.objects.get(pk=said.pk).settled_version == _fresh(protocol).version


def test_the_actions_themselves_refuse_a_vendor_who_only_looks(cast, write):
    """Whatever page, mail or interface calls them."""
    own = write("Vera's", by=cast.vera, project=cast.shop)
    with tenant(cast.north.pk):
        share_project(cast.shop, level="view", vendor=cast.supplier)
        cast.vera.__dict__.pop("project_accesses", None)
        for act in (
            lambda: actions.attach(own, by=cast.vera, uploads=()),
            lambda: actions.edit(own, by=cast.vera, seen_at=own.edited_at, title="Mine"),
            lambda: actions.comment(own, by=cast.vera, text="Hello"),
        ):
            with pytest.raises(PermissionDenied):
                act()


@pytest.mark.parametrize("level", ["view", "contribute"])
def test_a_vendor_settles_only_corrections_of_what_it_wrote(cast, write, level):
    with tenant(cast.north.pk):
        share_project(cast.shop, level="contribute", vendor=cast.supplier)
    ours, own = write("Ours", project=cast.shop), write("Vera's", by=cast.vera, project=cast.shop)
    with tenant(cast.north.pk):
        wrong = [actions.comment(row, by=cast.anna, text="Wrong", is_correction=True) for row in (ours, own)]
        share_project(cast.shop, level=level, vendor=cast.supplier)

    browser = browse_as(cast.vera)
    paths = [url("protocols:settle", cast.acme, said.protocol.number, said.pk) for said in wrong]
    no = {"how": "answered", "answer": "It was so"}
    answers = [browser.post(path, no).status_code for path in paths]

    assert answers == [403, 403 if level == "view" else 302]


def test_silence_counts_after_the_time_and_a_notice(cast, protocol, end_window):
    _open(cast.anna, cast.acme, protocol)
    agree(protocol.agency_id)
    assert not _fresh(protocol).is_accepted, "the time is not over"

    end_window(protocol)
    agree(protocol.agency_id)

    fresh = _fresh(protocol)
    assert fresh.is_accepted and fresh.accepted_by_silence and fresh.accepted_by_id is None
    assert _kinds(protocol).count("protocol.accepted") == 1


def test_silence_without_a_delivered_notice_is_no_yes(cast, protocol, end_window):
    end_window(protocol)
    assert not _fresh(protocol).is_accepted


def test_a_notice_that_left_in_time_counts_and_one_that_came_back_is_none(cast, protocol, mail_told, end_window):
    mail = mail_told()
    _mark(mail, sent_at=timezone.now(), bounced_at=timezone.now())
    end_window(protocol)
    assert not _fresh(protocol).is_accepted, "it came back"

    _mark(mail, bounced_at=None)
    agree(protocol.agency_id)
    assert _fresh(protocol).accepted_by_silence


def test_a_notice_that_left_too_late_begins_the_time_anew(cast, write, mail_told, end_window, time_machine):
    """The mail server was down for a week. Agreeing at the next sweep would leave Anna minutes to correct anything."""
    time_machine.move_to(datetime(2026, 11, 19, 11, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    protocol = write()
    mail = mail_told()
    end_window(protocol)
    assert not _fresh(protocol).is_accepted, "the mail still waits"

    # Friday a week later; the window ends with the business day of the Friday after.
    time_machine.move_to(datetime(2026, 11, 27, 9, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    _mark(mail, sent_at=timezone.now())
    agree(protocol.agency_id)

    fresh = _fresh(protocol)
    until = timezone.localtime(fresh.correct_until, ZoneInfo("Europe/Berlin"))
    assert not fresh.is_accepted
    assert (until.month, until.day, until.hour) == (12, 4, 18)
    end_window(protocol)
    assert _fresh(protocol).accepted_by_silence


@pytest.mark.parametrize("how", ["opened", "mailed"])
def test_what_was_told_of_the_version_before_says_nothing_of_this_one(cast, protocol, mail_told, end_window, how):
    if how == "opened":
        _open(cast.anna, cast.acme, protocol)
    else:
        _mark(mail_told(), sent_at=timezone.now())
    _change(cast, protocol)

    end_window(protocol)

    assert not _fresh(protocol).is_accepted


@pytest.mark.parametrize("page", ["detail", "version"])
def test_who_opens_the_new_version_is_told_of_it(cast, protocol, end_window, page):
    _open(cast.anna, cast.acme, protocol)
    _change(cast, protocol)
    args = [protocol.number, 2] if page == "version" else [protocol.number]
    browse_as(cast.anna).get(url(f"protocols:{page}", cast.acme, *args))

    end_window(protocol)

    assert _fresh(protocol).accepted_by_silence


def test_opening_the_version_before_is_no_notice_of_the_new_one(cast, protocol, end_window):
    _change(cast, protocol)
    browse_as(cast.anna).get(url("protocols:version", cast.acme, protocol.number, 1))
    end_window(protocol)
    assert not _fresh(protocol).is_accepted


def test_a_change_is_told_to_everybody_who_was_told_before(cast, protocol, mail_told, end_window):
    """Anna has neither opened it nor was she invited; her mail about the first version says nothing of the second."""
    _mark(mail_told(), sent_at=timezone.now())
    _change(cast, protocol)

    changed = mail_told("protocol.changed")

    assert "Changed: Jour fixe" in changed.subject
    _mark(changed, sent_at=timezone.now())
    end_window(protocol)
    assert _fresh(protocol).accepted_by_silence


def test_silence_with_an_open_correction_is_no_yes(cast, protocol, end_window):
    _open(cast.anna, cast.acme, protocol)
    with tenant(cast.north.pk):
        actions.comment(protocol, by=cast.anna, text="Wrong", is_correction=True)
    end_window(protocol)
    assert not _fresh(protocol).is_accepted


@pytest.mark.parametrize("when", ["in time", "afterwards"])
def test_the_page_promises_no_agreement_while_a_correction_is_open(cast, protocol, end_window, when):
    with tenant(cast.north.pk):
        said = actions.comment(protocol, by=cast.anna, text="Wrong", is_correction=True)
    if when == "afterwards":
        end_window(protocol)
    page = _open(cast.anna, cast.acme, protocol).content.decode()
    assert "A correction is open. This protocol counts as agreed only after it is settled." in page
    assert "After that this protocol counts as agreed" not in page
    assert "The time for corrections is over" not in page

    with tenant(cast.north.pk):
        actions.settle(said, by=cast.nora, is_taken_in=False, answer="It is right")
    assert "A correction is open" not in _open(cast.anna, cast.acme, protocol).content.decode()


@pytest.mark.parametrize("closed", ["archived_at", "read_only_at"])
def test_of_a_closed_client_nothing_is_agreed_by_silence(cast, protocol, end_window, closed, monkeypatch):
    """Nobody there could correct it any more, and nobody looks at it every hour."""
    looked_at = []
    _open(cast.anna, cast.acme, protocol)
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(**{closed: timezone.now()})

    with monkeypatch.context() as patch:
        patch.setattr(actions, "accept_by_silence", looked_at.append)
        end_window(protocol)
    with tenant(cast.north.pk):
        actions.accept_by_silence(protocol.pk)

    assert looked_at == []
    assert not _fresh(protocol).is_accepted


def test_nobody_is_asked_to_correct_what_he_cannot(cast, protocol):
    asked = "Something wrong or missing?"
    assert asked in _open(cast.anna, cast.acme, protocol).content.decode()
    reader = _open(cast.rita, cast.acme, protocol).content.decode()
    assert asked not in reader and "It can be corrected until" in reader

    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    closed = _open(cast.anna, cast.acme, protocol).content.decode()
    assert asked not in closed and "It can be corrected until" not in closed


def test_a_reader_of_the_own_house_is_no_notice(cast, protocol, end_window):
    _open(cast.olaf, cast.acme, protocol)
    end_window(protocol)
    assert not _fresh(protocol).is_accepted
