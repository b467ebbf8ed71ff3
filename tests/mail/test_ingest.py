"""manage.py ingest: from a pipe, a Maildir and an mbox; the exit code tells the mail server what to do."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from portal.mail.addresses import address_for
from portal.mail.management.commands import ingest
from tests.mail.makers import raw_letter
from tests.mail.test_door import stored

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def pipe(monkeypatch):
    """Runs the command with this on its standard input; the exit code."""

    def run(raw, *arguments) -> int:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        return run_command(*arguments)

    return run


def run_command(*arguments) -> int:
    try:
        call_command("ingest", *arguments)
    except CommandError as error:
        return error.returncode
    return 0


def test_a_piped_mail_is_stored_byte_for_byte(cast, pipe, acme_address):
    raw = b"Return-Path: <k@client.example>\n" + raw_letter(to=acme_address)

    assert [pipe(raw), pipe(raw)] == [0, 0]

    (mail,) = stored(cast.north)
    assert (bytes(mail.raw), mail.recipients, mail.source) == (raw, [acme_address], "ingest")
    assert mail.envelope_from == "k@client.example"


def test_the_envelope_counts_more_than_the_headers(cast, pipe, acme_address):
    bolt = address_for(cast.bolt)

    assert pipe(raw_letter(to=acme_address), "--recipient", bolt) == 0
    assert [mail.recipients for mail in stored(cast.north)] == [[bolt]]


def test_the_exit_code_says_unknown_or_later(cast, pipe, acme_address, settings):
    assert pipe(raw_letter(to="nobody@in.localhost")) == 67
    assert pipe(raw_letter(), "--recipient", "nobody@in.localhost") == 67
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE mail_inboundmail RENAME TO away")
        try:
            assert pipe(raw_letter(to=acme_address)) == 75
        finally:
            cursor.execute("ALTER TABLE away RENAME TO mail_inboundmail")
    settings.MAIL_MAX_BYTES = 100
    assert pipe(raw_letter(to=acme_address)) == 65
    assert stored(cast.north) == []


@pytest.fixture
def maildir(tmp_path, acme_address):
    (tmp_path / "new").mkdir()
    for number in range(3):
        (tmp_path / "new" / f"{number}.host").write_bytes(raw_letter(to=acme_address, Subject=str(number)))
    return tmp_path


def files(place) -> tuple[int, int]:
    return len(list((place / "new").iterdir())), len(list((place / "cur").iterdir()))


def test_a_maildir_is_emptied_and_nothing_is_stored_twice(cast, maildir):
    assert run_command("--maildir", str(maildir)) == 0
    assert files(maildir) == (0, 3)
    (maildir / "cur" / "0.host:2,").rename(maildir / "new" / "0.host")  # as if it had died before the move
    assert run_command("--maildir", str(maildir)) == 0

    assert files(maildir) == (0, 3)
    assert len(stored(cast.north)) == 3


def test_a_mail_that_cannot_be_stored_stays_and_stops_nobody(cast, maildir, monkeypatch):
    real = ingest.accept

    def broken(raw, told):
        if b"Subject: 1" in raw:
            raise OSError("no space")
        return real(raw, told)

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "accept", broken)
        assert run_command("--maildir", str(maildir)) == 75
    assert files(maildir) == (1, 2)
    assert run_command("--maildir", str(maildir)) == 0
    assert len(stored(cast.north)) == 3


def test_an_mbox_is_read_and_read_again(cast, tmp_path, acme_address, settings):
    settings.MAIL_STRAYS = cast.north.slug
    mails = [raw_letter(to=acme_address, Subject=str(number), text="a\n\n>From b\n") for number in range(3)]
    mails[2] = mails[2].replace(acme_address.encode(), b"nobody@in.localhost")
    box = tmp_path / "mbox"
    box.write_bytes(b"".join(b"From k@c.example Thu Nov 19 09:12:00 2026\n" + mail + b"\n" for mail in mails))

    assert [run_command("--mbox", str(box)) for _time in range(2)] == [0, 0]

    kept = stored(cast.north)
    assert [bytes(mail.raw) for mail in kept] == mails
    assert [mail.recipients for mail in kept] == [[acme_address], [acme_address], []]


def test_a_file_that_is_not_there_is_tried_later(tmp_path):
    assert run_command("--mbox", str(tmp_path / "nowhere")) == 75
    assert run_command("--maildir", str(tmp_path / "nowhere")) == 75


def test_moving_before_the_store_would_lose_mail(cast, maildir, monkeypatch):
    """The twin: with a store that stores nothing, the mails are moved and gone for us."""
    monkeypatch.setattr(ingest, "accept", lambda raw, told: [])
    run_command("--maildir", str(maildir))

    assert files(maildir) == (0, 3)
    assert stored(cast.north) == []
