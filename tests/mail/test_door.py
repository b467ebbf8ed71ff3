"""The SMTP door: what is acknowledged is stored, what is refused is refused in the right way."""

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.db import connections, transaction

from portal.core.context import tenant
from portal.mail import door as door_module
from portal.mail.addresses import address_for
from portal.mail.door import Connection, Door
from portal.mail.intake import accept
from portal.mail.models import InboundMail
from portal.mail.tasks import process
from tests.mail.makers import raw_letter

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


def stored(agency) -> list[InboundMail]:
    with tenant(agency.pk), transaction.atomic():
        return list(InboundMail.objects.order_by("pk"))


def test_an_acknowledged_mail_is_stored_byte_for_byte(cast, door, acme_address, wake_ups):
    raw = raw_letter(to=acme_address, text="Grüße\n.leading dot\n").replace(b"\n", b"\r\n")

    door.send(raw, acme_address.upper())

    (mail,) = stored(cast.north)
    assert bytes(mail.raw) == raw
    assert (mail.envelope_from, mail.peer, mail.source, mail.size) == (
        "katrin@client.example",
        "127.0.0.1",
        "smtp",
        len(raw),
    )
    assert mail.recipients == [acme_address.upper()]
    assert wake_ups == [(process, (cast.north.pk, mail.pk))]


def test_unknown_addresses_are_refused_for_good(cast, door, acme_address):
    with door.connect() as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail("a@b.example", ["acme-guess@in.localhost"], b"Subject: hello\r\n\r\nhello")

    assert [code for code, _text in refused.value.recipients.values()] == [550]
    assert stored(cast.north) == []


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_a_mail_is_refused_for_good(cast, open_door, acme_address, settings, announced):
    settings.MAIL_MAX_BYTES = 20_000
    raw = b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n" * 15_000
    with open_door().connect() as smtp:
        smtp.ehlo()
        code, _text = smtp.mail("a@b.example", [f"SIZE={len(raw)}"] if announced else [])
        if not announced:
            smtp.rcpt(acme_address)
            code, _text = smtp.data(raw)

    assert code == 552
    assert stored(cast.north) == []


def test_our_own_trouble_asks_to_come_back(cast, door, acme_address):
    with connections["owner"].cursor() as cursor, door.connect() as smtp:
        cursor.execute("ALTER TABLE mail_inboundmail RENAME TO away")
        try:
            with pytest.raises(smtplib.SMTPDataError) as refused:
                smtp.sendmail("a@b.example", [acme_address], raw_letter())
            cursor.execute("ALTER TABLE mail_mailroute RENAME TO away_too")
            with pytest.raises(smtplib.SMTPRecipientsRefused) as unknown:
                smtp.sendmail("a@b.example", [acme_address], raw_letter())
            cursor.execute("ALTER TABLE away_too RENAME TO mail_mailroute")
        finally:
            cursor.execute("ALTER TABLE away RENAME TO mail_inboundmail")
        smtp.sendmail("a@b.example", [acme_address], raw_letter())

    assert refused.value.smtp_code == 451
    assert [code for code, _text in unknown.value.recipients.values()] == [451]
    assert len(stored(cast.north)) == 1


def test_each_agency_gets_its_own_row_with_its_own_recipients(cast, door, acme_address):
    bolt, cosmo = address_for(cast.bolt), address_for(cast.cosmo)

    door.send(raw_letter(), acme_address, bolt, cosmo)

    assert [mail.recipients for mail in stored(cast.north)] == [[acme_address, bolt]]
    assert [mail.recipients for mail in stored(cast.south)] == [[cosmo]]


def test_a_mail_with_an_endless_line_is_taken(cast, door, acme_address):
    door.send(b"Subject: long\r\n\r\n" + b"y" * 300_000 + b"\r\n", acme_address)

    assert stored(cast.north)[0].size > 300_000


LONGEST, ENDLESS, MOST_LINES = 2_000, 8_000, 50


@pytest.fixture
def small_limits(monkeypatch):
    """The same limits a thousand times smaller."""
    monkeypatch.setattr(Connection, "line_length_limit", LONGEST)
    monkeypatch.setattr(door_module, "ENDLESS", ENDLESS)
    monkeypatch.setattr(door_module, "MOST_LINES", MOST_LINES)


def begin(smtp, *to) -> None:
    """Up to the point where the mail itself is expected."""
    smtp.ehlo()
    smtp.mail("a@b.example")
    for address in to:
        smtp.rcpt(address)
    assert smtp.docmd("DATA")[0] == 354


@pytest.mark.parametrize(("length", "code"), [(LONGEST - 2, 250), (LONGEST - 1, 500), (ENDLESS - 100, 500)])
def test_a_line_may_be_this_long_and_the_connection_goes_on(cast, small_limits, open_door, acme_address, length, code):
    with open_door().connect() as smtp:
        begin(smtp, acme_address)
        smtp.send(b"Subject: long\r\n\r\n" + b"y" * length + b"\r\n.\r\n")
        assert smtp.getreply()[0] == code
        smtp.sendmail("a@b.example", [acme_address], raw_letter())

    assert len(stored(cast.north)) == (2 if code == 250 else 1)


@pytest.mark.parametrize(
    ("flood", "code"),
    [
        (b"y" * (ENDLESS + 1), 500),
        (b"\r" * (ENDLESS + 1), 500),
        (b"\r\n" * (MOST_LINES + 1), 552),
        (b".\n" * (MOST_LINES + 1), 552),
        (b"\n" * (MOST_LINES + 1), 552),
    ],
    ids=["one line", "bare CR", "empty lines", "bare LF", "nothing but LF"],
)
def test_who_never_ends_is_cut_off_and_others_are_served(cast, small_limits, open_door, acme_address, flood, code):
    door = open_door()
    with door.connect() as other:
        smtp = door.connect()
        begin(smtp, acme_address)
        smtp.send(flood)
        assert smtp.getreply()[0] == code
        with pytest.raises((OSError, smtplib.SMTPServerDisconnected)):
            smtp.getreply()
        other.sendmail("a@b.example", [acme_address], raw_letter())

    assert len(stored(cast.north)) == 1


def test_lines_are_counted_for_each_mail_anew(cast, small_limits, open_door, acme_address):
    raw = b"Subject: lines\r\n\r\n" + b"y\r\n" * (MOST_LINES - 10)
    with open_door().connect() as smtp:
        for _mail in range(3):
            smtp.sendmail("a@b.example", [acme_address], raw)

    assert len(stored(cast.north)) == 3


def test_a_command_line_is_short(door):
    with door.connect() as smtp:
        assert smtp.docmd("NOOP " + "y" * 5_000)[0] == 500
        assert smtp.noop()[0] == 250


def test_a_sender_too_many_is_sent_away_for_now(cast, door, monkeypatch):
    monkeypatch.setattr(door_module, "MAX_CONNECTIONS", 1)
    with door.connect() as first:
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            door.connect()
        assert first.noop()[0] == 250
    assert refused.value.smtp_code == 421


def test_a_slow_database_holds_up_nobody_else(cast, open_door, acme_address):
    released = threading.Event()
    door = open_door(store=lambda raw, told: released.wait(20) and accept(raw, told))
    waiting = threading.Thread(target=door.send, args=(raw_letter(), acme_address))
    waiting.start()
    try:
        with door.connect() as other:
            began = time.monotonic()
            assert other.noop()[0] == 250
            assert time.monotonic() - began < 2
    finally:
        released.set()
        waiting.join()
    assert len(stored(cast.north)) == 1


def test_a_mail_that_is_being_stored_is_acknowledged_before_the_door_closes(cast, open_door, acme_address):
    began, answers = threading.Event(), []

    def slow(raw, told):
        began.set()
        time.sleep(0.5)
        return accept(raw, told)

    door = open_door(store=slow)

    def send():
        with door.connect() as smtp:
            smtp.ehlo()
            smtp.mail("a@b.example")
            smtp.rcpt(acme_address)
            answers.append(smtp.data(raw_letter())[0])

    sender = threading.Thread(target=send)
    sender.start()
    began.wait(10)
    door.stop()
    sender.join()

    assert answers == [250]
    assert len(stored(cast.north)) == 1


def test_without_the_database_in_between_the_door_would_lose_mail(open_door, acme_address, cast):
    """The twin: a door that acknowledges without storing shows that the tests above look at the right place."""
    open_door(store=lambda raw, told: []).send(raw_letter(), acme_address)

    assert stored(cast.north) == []


def test_the_command_serves_until_it_is_asked_to_stop(cast, acme_address):
    name = connections["default"].settings_dict["NAME"]
    env = dict(os.environ, SMTP_PORT="0", LOG_LEVEL="INFO")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL"):
        env[variable] = f"{env[variable].rpartition('/')[0]}/{name}"
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "mail_door"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    try:
        opened = next(line for line in process.stderr if "mail door open" in line)
        port = int(opened.partition('"port": ')[2].split("}")[0].split(",")[0])
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
            smtp.sendmail("a@b.example", [acme_address], raw_letter())
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.stderr.close()
    assert len(stored(cast.north)) == 1


def test_the_door_counts_only_open_connections(door):
    for _round in range(3):
        with door.connect() as smtp:
            smtp.noop()
    deadline = time.monotonic() + 5
    while door.door.open and time.monotonic() < deadline:
        time.sleep(0.05)

    assert isinstance(door.door, Door)
    assert not door.door.open
