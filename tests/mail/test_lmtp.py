"""The LMTP door: one answer for each recipient, so that one agency's trouble is not another's."""

import smtplib

import pytest

from portal.mail.addresses import address_for
from portal.mail.intake import accept
from portal.mail.lmtp import LocalDoor
from tests.mail.conftest import Running
from tests.mail.makers import raw_letter
from tests.mail.test_door import begin, stored

RAW = raw_letter().replace(b"\n", b"\r\n")
pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def open_lmtp(open_door):
    def start(**parts) -> Running:
        return open_door(LocalDoor, **parts)

    return start


def lmtp(door) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", door.port, timeout=30)


def answers(wire, count) -> list[int]:
    return [wire.getreply()[0] for _answer in range(count)]


def deliver(wire, raw, *to) -> list[int]:
    """The answers to the mail, one for each recipient; smtplib itself waits for one only."""
    begin(wire, *to)
    wire.send(smtplib._quote_periods(raw) + b".\r\n")
    return answers(wire, len(to))


def test_a_mail_is_stored_byte_for_byte_for_each_agency(cast, open_lmtp, acme_address):
    cosmo, raw = address_for(cast.cosmo), raw_letter(to=acme_address).replace(b"\n", b"\r\n")
    with lmtp(open_lmtp()) as wire:
        assert deliver(wire, raw, acme_address, cosmo) == [250, 250]

    for agency, address in ((cast.north, acme_address), (cast.south, cosmo)):
        (mail,) = stored(agency)
        assert (bytes(mail.raw), mail.recipients, mail.source) == (raw, [address], "lmtp")


def test_the_trouble_of_one_agency_is_told_for_its_recipients_alone(cast, open_lmtp, acme_address):
    bolt, cosmo = address_for(cast.bolt), address_for(cast.cosmo)

    def south_is_broken(raw, told):
        assert set(told.routes.values()) != {cast.south.pk}
        return accept(raw, told)

    with lmtp(open_lmtp(store=south_is_broken)) as wire:
        codes = deliver(wire, RAW, acme_address, cosmo, bolt)

    assert codes == [250, 451, 250]
    assert [mail.recipients for mail in stored(cast.north)] == [[acme_address, bolt]]
    assert stored(cast.south) == []


def test_an_unknown_recipient_is_refused_alone(cast, open_lmtp, acme_address):
    with lmtp(open_lmtp()) as wire:
        refused = wire.sendmail("a@b.example", ["acme-guess@in.localhost", acme_address], RAW)

    assert [code for code, _text in refused.values()] == [550]
    assert len(stored(cast.north)) == 1


def test_too_large_a_mail_is_refused_for_each_recipient_and_the_connection_goes_on(
    cast, open_lmtp, acme_address, settings
):
    settings.MAIL_MAX_BYTES = 20_000
    with lmtp(open_lmtp()) as wire:
        begin(wire, acme_address, address_for(cast.bolt))
        wire.send(b"Subject: big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 1_000 + b".\r\n")
        assert answers(wire, 2) == [552, 552]
        assert wire.noop()[0] == 250
        assert wire.sendmail("a@b.example", [acme_address], RAW) == {}

    assert len(stored(cast.north)) == 1


def test_whoever_speaks_smtp_there_is_told_so(open_lmtp):
    with open_lmtp().connect() as smtp:
        assert smtp.docmd("EHLO", "a.example")[0] == 500
