"""Mailboxes at a real server: each mail once, marked only when it is stored, whatever breaks in between."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.db import DatabaseError, connections, transaction

from portal.core import jobs
from portal.core.context import tenant
from portal.mail import imap
from portal.mail.addresses import address_for
from portal.mail.door_models import Trouble
from portal.mail.imap_server import Server, Unfetchable
from portal.mail.models import ImapMailbox, InboundMail
from tests.mail.makers import raw_letter
from tests.soak.dovecot import PASSWORD, USER, dovecot

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture(scope="module")
def running():
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running):
    """With nothing in it."""
    with running.session() as client:
        client.delete("Done")
        if int(client.select("INBOX")[1][0]):
            client.store("1:*", "+FLAGS", r"\Deleted")
            client.expunge()
        client.create("Done")
    return running


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, settings, running):
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    monkeypatch.setenv("SSL_CERT_FILE", str(running.cert))
    settings.IMAP_PRIVATE_HOSTS = True


@pytest.fixture
def add(cast, server):
    def make(**words) -> ImapMailbox:
        told = {"host": "localhost", "port": server.tls, "security": "tls", "user": USER, "folder": "INBOX"} | words
        password = told.pop("password", PASSWORD)
        with tenant(cast.north.pk), transaction.atomic():
            mailbox = ImapMailbox(agency=cast.north, **told)
            mailbox.set_password(password)
            mailbox.save()
        return mailbox

    return make


def poll(mailbox) -> ImapMailbox:
    with tenant(mailbox.agency_id):
        imap.poll(mailbox.pk)
        with transaction.atomic():
            return ImapMailbox.objects.get(pk=mailbox.pk)


def stored(agency):
    with tenant(agency.pk), transaction.atomic():
        return list(InboundMail.objects.order_by("pk"))


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_new_mails_are_stored_once_and_marked_as_read(cast, add, server, security):
    acme = address_for(cast.acme)
    raws = [crlf(raw_letter(to=acme, Subject=f"Mail {number}")) for number in range(3)]
    server.put(*raws)
    mailbox = add(security=security, port=server.tls if security == "tls" else server.plain)

    for _time in range(2):
        after = poll(mailbox)

    mails = stored(cast.north)
    assert [bytes(mail.raw) for mail in mails] == raws
    assert {(mail.source, tuple(mail.recipients)) for mail in mails} == {("imap", (acme,))}
    assert (server.count("UNSEEN"), server.count("SEEN"), after.error) == (0, 3, "")


def test_stored_mails_are_moved_when_that_is_wanted(cast, add, server):
    server.put(raw_letter())
    poll(add(done_folder="Done"))

    assert (server.count(), server.count(folder="Done"), len(stored(cast.north))) == (0, 1, 1)


def test_a_mail_to_nobody_of_the_agency_is_kept_for_its_quarantine(cast, add, server):
    server.put(raw_letter(to=address_for(cast.cosmo)))
    poll(add())

    assert [mail.recipients for mail in stored(cast.north)] == [[]]
    assert stored(cast.south) == []


def test_what_the_server_delivered_counts_even_without_the_address_in_cc(cast, add, server):
    acme = address_for(cast.acme)
    server.put(b"Delivered-To: " + acme.encode() + b"\n" + raw_letter(to="list@lists.example"))
    poll(add())

    assert [mail.recipients for mail in stored(cast.north)] == [[acme]]


def test_another_uidvalidity_is_read_again_and_adds_rows_only_for_its_own_keys(cast, add, server):
    server.put(raw_letter())
    mailbox = add(folder="Done")
    with server.session() as client:
        client.append("Done", None, None, raw_letter())
    first = poll(mailbox)
    with server.session() as client:
        client.delete("Done")
        client.create("Done")
        client.append("Done", None, None, raw_letter())
    second = poll(mailbox)

    assert first.uidvalidity != second.uidvalidity
    keys = [mail.source_key for mail in stored(cast.north)]
    assert keys == [f"{mailbox.pk}:{box.uidvalidity}:1" for box in (first, second)]


def test_a_mail_that_cannot_be_fetched_or_is_too_large_stops_nobody(cast, add, server, monkeypatch, settings):
    settings.MAIL_MAX_BYTES = 20_000
    server.put(*(raw_letter(Subject=str(number)) for number in range(3)), raw_letter(text="x\n" * 20_000), raw_letter())
    mailbox, fetch = add(), Server.fetch
    first = int(poll_uids(server)[0])

    def broken(self, uid, most):
        if uid == first + 1:
            raise Unfetchable("NO")
        return fetch(self, uid, most)

    monkeypatch.setattr(Server, "fetch", broken)
    after = poll(mailbox)
    assert (len(stored(cast.north)), after.last_uid, after.left_behind, after.error) == (3, first, 1, "")

    for _time in range(imap.TRIES):
        after = poll(mailbox)
    assert (len(stored(cast.north)), after.last_uid, after.troubles) == (3, first + 4, {})
    assert after.left_behind >= 2


def poll_uids(server):
    with server.session() as client:
        client.select("INBOX", readonly=True)
        return client.uid("SEARCH", "ALL")[1][0].split()


def test_a_mail_that_could_be_fetched_later_is_stored_then(cast, add, server, monkeypatch):
    server.put(raw_letter(Subject="one"), raw_letter(Subject="two"))
    first, mailbox = int(poll_uids(server)[0]), add()
    fetch = Server.fetch
    with monkeypatch.context() as patch:
        patch.setattr(
            Server, "fetch", lambda self, uid, most: None if uid == -1 else _unless(fetch, self, uid, most, first)
        )
        poll(mailbox)
    after = poll(mailbox)

    assert (len(stored(cast.north)), after.last_uid, after.troubles) == (2, first + 1, {})


def _unless(fetch, server, uid, most, broken):
    if uid == broken:
        raise Unfetchable("NO")
    return fetch(server, uid, most)


def test_nothing_is_marked_while_our_database_is_away(cast, add, server, monkeypatch):
    server.put(raw_letter())
    mailbox = add()

    def away(raw, told):
        raise DatabaseError("away")

    with monkeypatch.context() as patch:
        patch.setattr(imap, "accept", away)
        after = poll(mailbox)
    assert (server.count("UNSEEN"), stored(cast.north), after.failed_at) == (1, [], None)

    poll(mailbox)
    assert (server.count("UNSEEN"), len(stored(cast.north))) == (0, 1)


def test_marking_before_the_store_would_lose_mail(cast, add, server, monkeypatch):
    """The twin: with a store that stores nothing, the mail is marked and gone for us."""
    server.put(raw_letter())
    monkeypatch.setattr(imap, "accept", lambda raw, told: [])
    poll(add())

    assert (server.count("UNSEEN"), stored(cast.north)) == (0, [])


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ({"password": "wrong"}, Trouble.LOGIN),
        ({"folder": "Nowhere"}, Trouble.FOLDER),
        ({"port": 1}, Trouble.UNREACHABLE),
        ({"host": "127.0.0.1"}, Trouble.CERTIFICATE),
        ({"done_folder": "Nowhere"}, Trouble.MOVE),
    ],
)
def test_trouble_is_named(add, server, words, trouble):
    server.put(raw_letter())
    after = poll(add(**words))

    assert after.error == trouble
    assert after.failed_at


def test_private_hosts_are_refused(add, settings):
    settings.IMAP_PRIVATE_HOSTS = False

    assert poll(add()).error == Trouble.HOST


DYING = """
import os, django; django.setup()
from portal.core.context import tenant
from portal.mail import imap
real, moment = imap.accept, {moment!r}
def dying(raw, told):
    if dying.left == 0 and moment == "before the store": os.kill(os.getpid(), 9)
    ids = real(raw, told)
    if dying.left == 0 and moment == "after the store": os.kill(os.getpid(), 9)
    dying.left -= 1
    return ids
dying.left = {left}
imap.accept = dying
with tenant({agency}):
    imap.poll({mailbox})
"""


@pytest.mark.parametrize("moment", ["before the store", "after the store"])
def test_nothing_is_lost_or_there_twice_when_the_worker_is_killed(cast, add, server, request, say, moment):
    raws = [crlf(raw_letter(Subject=f"Mail {number}")) for number in range(20)]
    server.put(*raws)
    mailbox, kills = add(), request.config.getoption("--kills")
    name = connections["default"].settings_dict["NAME"]
    env = dict(os.environ, IMAP_PRIVATE_HOSTS="1")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL"):
        env[variable] = f"{env[variable].rpartition('/')[0]}/{name}"
    for left in range(kills):
        words = {"moment": moment, "left": left, "agency": cast.north.pk, "mailbox": mailbox.pk}
        command = [sys.executable, "-c", DYING.format(**words)]
        ended = subprocess.run(command, env=env, cwd=project.BASE_DIR, capture_output=True, timeout=60)
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
        assert len(stored(cast.north)) >= server.count("SEEN")
        with tenant(cast.north.pk), transaction.atomic():
            ImapMailbox.objects.filter(pk=mailbox.pk).update(lease_until=None)  # six minutes have passed
    poll(mailbox)

    kept = [bytes(mail.raw) for mail in stored(cast.north)]
    twice = len(kept) - len(set(kept))
    say(
        f"killed {kills} times {moment}: {server.count('SEEN')} marked, {len(set(kept))} of {len(raws)} stored, twice {twice}"
    )
    assert sorted(kept) == sorted(raws)
    assert server.count("UNSEEN") == 0
