"""A connection to somebody else's IMAP server: encrypted, with a deadline, and with a limit for what it may tell us at once."""

import imaplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import imap_tools
from django.conf import settings
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.utils import check_command_status, encode_folder

from portal.mail import imap_hosts
from portal.mail.models import ImapMailbox, Security
from portal.mail.sealing import Unreadable

ANSWER_SECONDS = 20
MOST_TOLD = 300


class _Guarded(imaplib.IMAP4):
    """Connects to checked addresses alone; reads no more than a mail at once, whatever the server announces."""

    def _create_socket(self, timeout):
        return imap_hosts.connect(self.host, self.port, timeout)

    def read(self, size):
        if size > 2 * settings.MAIL_MAX_BYTES:
            raise self.abort("more than a mail")
        return super().read(size)


class _GuardedTls(_Guarded, imaplib.IMAP4_SSL):
    def _create_socket(self, timeout):
        plain = imap_hosts.connect(self.host, self.port, timeout)
        return self.ssl_context.wrap_socket(plain, server_hostname=self.host)


class _Tls(imap_tools.MailBox):
    def _get_mailbox_client(self):
        return _GuardedTls(self._host, self._port, ssl_context=self._ssl_context, timeout=self._timeout)


class _StartTls(imap_tools.MailBoxStartTls):
    def _get_mailbox_client(self):
        client = _Guarded(self._host, self._port, timeout=self._timeout)
        client.starttls(self._ssl_context)
        return client


class Server:
    """What we ask of it: new uids, a mail as it is, and to mark or move what is stored."""

    def __init__(self, box: imap_tools.BaseMailBox, folder: str):
        self._box = box
        state = box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
        self.uidvalidity, self.uidnext, self.messages = state["UIDVALIDITY"], state["UIDNEXT"], state["MESSAGES"]
        box.folder.set(folder)
        # Asked for after the sign-in: before it, many servers name only what a stranger needs.
        self._can_move = b"MOVE" in box.client.capability()[1][0].upper().split()

    def uids(self, first: int, last: int) -> list[int]:
        """Those that there are, in order."""
        return sorted(int(uid) for uid in self._box.uids(f"UID {first}:{last}"))

    def fetch(self, uid: int, most: int) -> bytes | None:
        """At most so many bytes of the mail, which stays unread; None when it is gone. Raises Unfetchable."""
        try:
            status, parts = self._box.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{most}>)")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise Unfetchable(str(error)) from error
        if status != "OK":
            raise Unfetchable(repr(parts)[:200])
        return next((part[1] for part in parts if isinstance(part, tuple)), None)

    def settle(self, uid: int, done_folder: str) -> None:
        """Mark it as read, or move it. Raises ImapToolsError.

        Without MOVE it is copied and marked for deletion: an expunge would also remove what people have marked themselves.
        """
        if done_folder and self._can_move:
            self._ask("MOVE", uid, encode_folder(done_folder))
            return
        if done_folder:
            self._ask("COPY", uid, encode_folder(done_folder))
        self._ask("STORE", uid, "+FLAGS", r"(\Seen \Deleted)" if done_folder else r"(\Seen)")

    def _ask(self, command: str, uid: int, *words: Any) -> None:
        check_command_status(self._box.client.uid(command, str(uid), *words), UnexpectedCommandStatusError)


class NotSignedIn(Exception):
    """The server does not accept the user and password."""


class Unfetchable(Exception):
    """The server cannot give this one mail."""


def _sign_in(box: imap_tools.BaseMailBox, user: str, password: str) -> None:
    """Beyond ASCII there is a command of its own, whose refusal the library reports as any other error."""
    if (user + password).isascii():
        box.login(user, password, initial_folder=None)
        return
    try:
        box.login_utf8(user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise NotSignedIn(str(error)) from error


def words_of(error: Exception, mailbox: ImapMailbox) -> str:
    """What the error says, for the log. Some servers repeat what they were sent: the password does not get there."""
    told = f"{type(error).__name__}: {error}"
    try:
        password = mailbox.opened_password
    except Unreadable:
        return told[:MOST_TOLD]
    pair = f"\0{mailbox.user}\0{password}".encode()
    said = {password, password.replace("\\", "\\\\").replace('"', '\\"'), _base64(password.encode()), _base64(pair)}
    said |= {repr(word)[1:-1] for word in said} | {repr(word.encode())[2:-1] for word in said}
    for one in sorted(said, key=len, reverse=True):
        told = told.replace(one, "***") if one else told
    return told[:MOST_TOLD]


def _base64(data: bytes) -> str:
    """As in AUTHENTICATE; the end may differ with what stands behind it."""
    return b64encode(data).decode().rstrip("=")


@contextmanager
def opened(mailbox: ImapMailbox, seconds: float) -> Iterator[Server]:
    """Signed in, with the folder open. After so many seconds the connection is cut, in the middle of whatever it does."""
    password = mailbox.opened_password
    kind = _Tls if mailbox.security == Security.TLS else _StartTls
    timeout = min(ANSWER_SECONDS, seconds)
    box = kind(mailbox.host, mailbox.port, timeout=timeout, ssl_context=ssl.create_default_context())
    wire = socket.socket(fileno=socket.dup(box.client.sock.fileno()))
    cutter = threading.Timer(seconds, wire.shutdown, [socket.SHUT_RDWR])
    cutter.daemon = True
    cutter.start()
    try:
        _sign_in(box, mailbox.user, password)
        yield Server(box, mailbox.folder)
    finally:
        cutter.cancel()
        with suppress(OSError, ImapToolsError, imaplib.IMAP4.error):
            box.logout()
        wire.close()
