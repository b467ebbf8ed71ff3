"""What the mail says: how to answer it, how to switch it off, in whose colours."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail as outbox
from django.test import Client as Browser
from django.utils import timezone

from portal.core.context import tenant
from portal.core.formats import format_datetime, format_time
from portal.core.zones import zone
from portal.mail import delivery, leaving
from portal.notifications import mails
from portal.notifications.models import Notification, Preference
from portal.people.actions import members
from portal.tenancy.models import Agency, ClientAccess, Member, Role
from protocols import actions
from tests.browse import browse_as, url
from tests.notifications.conftest import mails_to

LINK = re.compile(r"<(\S+)>")


@pytest.fixture
def https(settings):
    settings.BASE_URL = "https://portal.example"


def path_of(mail) -> str:
    return LINK.fullmatch(mail.headers["List-Unsubscribe"])[1].removeprefix("https://portal.example")


def change(agency, **fields) -> None:
    with tenant(agency.pk):
        Agency.objects.filter(pk=agency.pk).update(**fields)


def test_mail_of_one_thing_can_be_answered_and_says_so(cast, protocol, deliver):
    deliver()

    (mail,) = mails_to(cast.anna)
    assert re.fullmatch(r"North <reply\+[a-z2-7]+@in\.localhost>", mail.reply_to)
    assert "your answer appears as your comment" in mail.text
    assert "your answer appears as your comment" in mail.html


@pytest.mark.parametrize("meanwhile", ["nothing", "left", "area closed", "of one closed"])
def test_a_mail_that_is_late_leaves_only_if_all_of_it_is_still_open(cast, write, deliver, meanwhile):
    """The relay was down, and whoever was to get it may have left, or may not read of it any more."""
    write("One")
    write("Two")
    deliver()
    (mail,) = mails_to(cast.anna)
    with tenant(cast.north.pk):
        if meanwhile == "left":
            Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())
        if meanwhile == "area closed":
            ClientAccess.objects.filter(member=cast.anna).update(areas=["tickets"])
        if meanwhile == "of one closed":
            row = Notification.objects.filter(member=cast.anna).first()
            Notification.objects.filter(pk=row.pk).update(area="money")
            ClientAccess.objects.filter(member=cast.anna).update(areas=["work"])
        delivery.deliver(mail.pk)
    (late,) = mails_to(cast.anna)

    assert bool(late.sent_at) == (meanwhile == "nothing")
    assert (late.last_error == leaving.DROPPED) == (meanwhile != "nothing")


def test_mail_of_several_things_cannot_and_says_so(cast, write, deliver):
    write("One")
    write("Two")
    deliver()

    (mail,) = mails_to(cast.anna)
    assert mail.reply_to == ""
    assert "Answers to this mail reach nobody" in mail.text


def test_what_waited_over_night_says_its_day(cast, write, deliver):
    """By the reader's clock: an hour alone would be read as one of today."""
    write("One")
    write("Two")
    deliver()
    with tenant(cast.north.pk):
        rows = list(Notification.objects.filter(member=cast.anna).select_related("client").order_by("pk"))
        rows[0].created_at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
        text = mails.send(cast.anna, rows).text

    assert "25 Nov 2026, 00:30" in text
    assert format_time(rows[1].created_at, tz=zone(cast.north.time_zone)) in text
    assert format_datetime(rows[1].created_at, tz=zone(cast.north.time_zone)) not in text


def test_mail_of_two_things_that_have_the_same_number_cannot_either(cast, protocol, deliver):
    deliver()
    with tenant(cast.north.pk):
        row, other = (Notification.objects.filter(member=cast.anna).select_related("client").first() for _two in "12")
        other.kind, other.subject_type = "invoice.read", "invoices.invoice"
        other.payload = {**other.payload, "invoice": 1}

        assert mails.send(cast.anna, [row]).reply_to
        assert mails.send(cast.anna, [row, other]).reply_to == ""


def test_where_the_agency_has_an_address_the_answer_goes_there(cast, write, deliver):
    change(cast.north, sender_address="hello@north.example")
    write("One")
    write("Two")
    deliver()

    assert "your answer goes to hello@north.example" in mails_to(cast.anna)[0].text


def test_whoever_only_reads_is_not_asked_for_an_answer(cast, protocol, deliver):
    with tenant(cast.north.pk):
        reader = Role.objects.get(agency=cast.north, kind="contact", code="reader")
        members.change(cast.anna, by=cast.olaf, role=reader, position="", phone="")
    deliver()

    assert mails_to(cast.anna)[0].reply_to == ""
    assert mails_to(cast.olaf)[0].reply_to


def test_headers_of_the_mail_as_it_leaves(cast, protocol, deliver, https):
    deliver()
    with tenant(cast.north.pk):
        delivery.deliver(mails_to(cast.anna)[0].pk)

    sent = outbox.outbox[0].message()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"].startswith("<https://portal.example/north/notifications/off/")
    assert sent["Reply-To"].startswith("North <reply+")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in sent.walk()][1:] == ["text/plain", "text/html"]


def test_without_https_there_is_no_one_click(cast, protocol, deliver, settings):
    settings.BASE_URL = "http://localhost:8000"
    deliver()

    (mail,) = mails_to(cast.anna)
    assert "List-Unsubscribe-Post" not in mail.headers
    assert mail.headers["List-Unsubscribe"].startswith("<http://localhost:8000/north/notifications/off/")


def test_mail_wears_the_agencys_colour(cast, protocol, deliver):
    change(cast.north, brand_hex="#7a1f5c")
    deliver()

    assert "#7a1f5c" in mails_to(cast.anna)[0].html


# --- Switching off ----------------------------------------------------------------------------------------------------


def test_contact_switches_one_kind_off_by_one_click_no_mail_comes_the_bell_stays(cast, write, deliver, https):
    write("First")
    deliver()
    path = path_of(mails_to(cast.anna)[0])

    answer = Browser(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    second = write("Second")
    with tenant(cast.north.pk):
        actions.comment(second, by=cast.nora, text="A remark")
    deliver()

    assert answer.status_code == 200
    assert [mail.subject for mail in mails_to(cast.anna)] == ["Protocol: First", "Comment on: Second"]
    bell = browse_as(cast.anna).get(url("notifications:index", cast.north)).content.decode()
    assert "Protocol: Second" in bell
    assert [mail.subject for mail in mails_to(cast.olaf)][-1] == "2 updates: Acme"


def test_a_scanner_that_follows_the_link_switches_nothing_off(cast, protocol, deliver, https):
    deliver()
    path = path_of(mails_to(cast.anna)[0])

    page = Browser().get(path)
    Browser().head(path)

    assert "New protocols" in page.content.decode()
    with tenant(cast.north.pk):
        assert not Preference.objects.exists()


def test_the_page_switches_off_by_its_button_twice_as_once(cast, protocol, deliver, https):
    deliver()
    path = path_of(mails_to(cast.anna)[0])

    pages = [Browser().post(path).content.decode() for _again in range(2)]

    assert all("Switched off" in page for page in pages)
    with tenant(cast.north.pk):
        (row,) = Preference.objects.all()
    assert (row.member_id, row.kind, row.in_app, row.email) == (cast.anna.pk, "protocol.published", True, False)


def test_a_bell_that_was_off_stays_off(cast, protocol, deliver, https):
    deliver()
    path = path_of(mails_to(cast.anna)[0])
    with tenant(cast.north.pk):
        Preference.objects.create(
            agency=cast.north, member=cast.anna, kind="protocol.published", in_app=False, email=True
        )
    Browser().post(path)

    with tenant(cast.north.pk):
        assert Preference.objects.get().in_app is False


def test_a_burst_switches_off_all_kinds_of_it(cast, protocol, deliver, https):
    with tenant(cast.north.pk):
        actions.comment(protocol, by=cast.nora, text="A remark")
    deliver()
    Browser().post(path_of(mails_to(cast.anna)[0]))

    with tenant(cast.north.pk):
        off = set(Preference.objects.values_list("kind", flat=True))
    assert off == {"protocol.published", "protocol.commented"}


@pytest.mark.parametrize("spoil", ["cut", "other agency", "ended"])
def test_other_links_are_nowhere(cast, protocol, deliver, https, spoil):
    deliver()
    path = path_of(mails_to(cast.anna)[0])
    if spoil == "cut":
        path = path.rstrip("/")[:-1] + "/"
    elif spoil == "other agency":
        path = path.replace("/north/", "/south/")
    else:
        with tenant(cast.north.pk):
            members.end(cast.anna, by=cast.olaf)

    assert Browser().get(path).status_code == Browser().post(path).status_code == 404
    with tenant(cast.north.pk):
        assert not Preference.objects.exists()
        assert Notification.objects.exists()
