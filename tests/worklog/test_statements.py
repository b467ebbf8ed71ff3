"""The monthly statement: once per client and month, on the agency's day, with what the client may see."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone
from pypdf import PdfReader

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.files.models import File
from portal.mail import delivery as mail_delivery
from portal.mail import leaving
from portal.mail.models import OutgoingMail
from portal.notifications.models import Notification, Preference
from portal.tenancy.models import ClientAccess, Member
from worklog.actions import deciding, stating
from worklog.models import WorkStatement
from worklog.months import Month

OCTOBER = Month(date(2026, 10, 1))


@pytest.fixture
def october(cast, log):
    with time_machine.travel("2026-10-05 12:00:00+00:00", tick=False):
        log(90, day=date(2026, 10, 5), text="Guide: which wood", note="He pays late")


def _state(client):
    with tenant(client.agency_id):
        return stating.state(client, OCTOBER)


def _mails(cast) -> list[OutgoingMail]:
    with tenant(cast.north.pk):
        return list(OutgoingMail.objects.filter(subject__contains="Work log").order_by("pk"))


def test_everybody_who_sees_the_work_gets_the_pdf_once(cast, october):
    row = _state(cast.acme)
    assert _state(cast.acme) is None

    mails = _mails(cast)
    to = {address for mail in mails for address in mail.to}
    assert cast.anna.user.email in to and cast.carl.user.email not in to and cast.bob.user.email not in to
    assert len(mails) == len(to)
    assert all(mail.files == [row.file_id] for mail in mails)
    assert mails[0].subject == "Work log of October 2026" and "1:30" in mails[0].text
    with tenant(cast.north.pk):
        for event in Event.objects.filter(delivered_at=None):
            delivery.deliver(event.pk)
        text = _text(File.objects.get(pk=row.file_id))
        assert Notification.objects.filter(kind="work.stated", member=cast.anna).count() == 1
    assert "Guide: which wood" in text and "1:30" in text and "pays late" not in text and "Provisional" in text


def test_who_switched_it_off_gets_none(cast, october):
    with tenant(cast.north.pk):
        Preference.objects.create(agency=cast.north, member=cast.anna, kind="work.stated", in_app=True, email=False)
        _state(cast.acme)

    assert not any(cast.anna.user.email in mail.to for mail in _mails(cast))


@pytest.mark.parametrize("meanwhile", ["nothing", "left", "area closed"])
def test_a_statement_that_is_late_goes_to_nobody_who_lost_the_sight_of_it(cast, october, meanwhile):
    """The relay was down, and whoever was to get it may have left, or see no work any more."""
    _state(cast.acme)
    (mail,) = (mail for mail in _mails(cast) if mail.to == [cast.anna.user.email])
    with tenant(cast.north.pk):
        if meanwhile == "left":
            Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())
        if meanwhile == "area closed":
            ClientAccess.objects.filter(member=cast.anna, client=cast.acme).update(areas=["tickets"])
        mail_delivery.deliver(mail.pk)
        late = OutgoingMail.objects.get(pk=mail.pk)

    assert (late.sent_at is not None) == (meanwhile == "nothing")
    assert (late.last_error == leaving.DROPPED) == (meanwhile != "nothing")


def test_without_work_there_is_nothing_to_say(cast):
    row = _state(cast.acme)

    assert row.file_id is None and not _mails(cast)
    assert _state(cast.acme) is None


@pytest.mark.parametrize(
    ("moment", "acme", "bolt"),
    [
        ("2026-11-03 12:00", False, False),
        ("2026-11-04 06:00", False, False),
        ("2026-11-04 07:30", True, False),
        ("2026-11-07 12:00", True, False),
        ("2026-11-08 12:00", False, False),
        ("2026-11-11 12:00", False, True),
    ],
)
def test_it_goes_out_on_the_agencys_day_and_later_where_work_is_seen_later(cast, moment, acme, bolt):
    deciding.set_policy(by=cast.olaf, approves=False, statement_day=4)
    deciding.set_delay(cast.bolt, by=cast.olaf, delayed=True)
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(cast.north.time_zone))

    with time_machine.travel(at, tick=False), tenant(cast.north.pk):
        due = stating.due(using="default")

    assert ((cast.north.pk, cast.acme.pk, "2026-10") in due) == acme
    assert ((cast.north.pk, cast.bolt.pk, "2026-10") in due) == bolt


def test_what_was_stated_is_not_due_again(cast):
    deciding.set_policy(by=cast.olaf, approves=False, statement_day=4)
    with tenant(cast.north.pk):
        WorkStatement.objects.create(agency=cast.north, client=cast.acme, month=OCTOBER.first)
        with time_machine.travel("2026-11-04 12:00:00+00:00", tick=False):
            assert (cast.north.pk, cast.acme.pk, "2026-10") not in stating.due(using="default")


def _text(file) -> str:
    with default_storage.open(file.key) as stored:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(stored.read())).pages)


def test_nobody_is_stated_to_when_the_last_day_is_over(cast, october):
    with tenant(cast.north.pk):
        rows = type(cast.acme).objects.filter(pk=cast.acme.pk)
        rows.update(read_only_at="2026-10-06T00:00:00Z", access_until=date(2026, 10, 7))
        client = rows.select_related("agency").get()
        with time_machine.travel("2026-11-04 12:00:00+00:00", tick=False):
            row = stating.state(client, OCTOBER)

    assert row.file_id is None and not any(cast.anna.user.email in mail.to for mail in _mails(cast))
