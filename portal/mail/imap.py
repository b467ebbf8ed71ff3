"""Asking mailboxes for new mail. A mail is marked as read or moved only after it is stored; whatever happens in between, it is there once.

Read up to a uid: all below it are settled. One that cannot be fetched holds this mark back for a few tries, while those behind it are
read; what is stored already is known by its key (mailbox, uidvalidity, uid). Another UIDVALIDITY means that the uids have new
meanings: everything is read again, and the content key of each mail tells what was there before.
"""

import imaplib
import logging
import ssl
import time
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxFolderStatusError, MailboxLoginError

from portal.mail.door_models import ALARM_AFTER, Trouble
from portal.mail.imap_hosts import Refused
from portal.mail.imap_server import NotSignedIn, Server, Unfetchable, opened, words_of
from portal.mail.intake import Envelope, accept
from portal.mail.intake_routes import addresses_in, return_path_in, routes_among
from portal.mail.models import ImapMailbox, InboundMail
from portal.mail.sealing import Unreadable

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=6)
"""Longer than a task may run."""
POLL_SECONDS, PROBE_SECONDS = 120, 10
BATCH = 200
WINDOW = 1000
"""Uids asked for at once."""
TRIES = 5
PROGRESS = ("uidvalidity", "last_uid", "troubles", "left_behind")
WORDS: list[tuple[type[Exception], Trouble]] = [
    (Refused, Trouble.HOST),
    (ssl.SSLError, Trouble.CERTIFICATE),
    (OSError, Trouble.UNREACHABLE),
    (imaplib.IMAP4.abort, Trouble.UNREACHABLE),
    (MailboxLoginError, Trouble.LOGIN),
    (NotSignedIn, Trouble.LOGIN),
    (MailboxFolderStatusError, Trouble.FOLDER),
    (MailboxFolderSelectError, Trouble.FOLDER),
    (Unreadable, Trouble.PASSWORD),
]


def left_unread() -> list[tuple[int, int, int]]:
    """(agency id, mailbox id, minute) of the mailboxes that are to be looked into. Reads through `maint`."""
    now = timezone.now()
    with transaction.atomic(using="maint"):
        due = ImapMailbox.objects.using("maint").due(at=now)
        return [(agency_id, pk, int(now.timestamp()) // 60) for agency_id, pk in due.values_list("agency_id", "pk")]


def poll(mailbox_id: int) -> None:
    """Store what is new in the mailbox, in the agency's context. Safe to run twice and at the same time."""
    mailbox = _lease(mailbox_id)
    if mailbox is None:
        return
    try:
        with opened(mailbox, POLL_SECONDS) as server:
            trouble = _read(mailbox, server)
    except DatabaseError:
        log.exception("mailbox could not be read", extra={"mailbox": mailbox.pk})
        trouble = None  # no trouble of the mailbox; the lease is given back and the next minute tries again
    except Exception as error:
        log.warning("mailbox could not be read", extra={"mailbox": mailbox.pk, "error": words_of(error, mailbox)})
        trouble = trouble_of(error)
    _note(mailbox, trouble)


def probe(mailbox: ImapMailbox) -> tuple[Trouble | None, int]:
    """What is wrong with the mailbox, or None and how many mails lie in its folder. Changes nothing."""
    try:
        with opened(mailbox, PROBE_SECONDS) as server:
            return None, server.messages
    except Exception as error:
        log.info("mailbox does not work", extra={"host": mailbox.host, "error": words_of(error, mailbox)})
        return trouble_of(error), 0


def trouble_of(error: Exception) -> Trouble:
    """The error in words for whoever keeps the mailbox."""
    return next((trouble for kind, trouble in WORDS if isinstance(error, kind)), Trouble.OTHER)


@transaction.atomic
def _lease(mailbox_id: int) -> ImapMailbox | None:
    now = timezone.now()
    rows = ImapMailbox.objects.due(at=now).filter(pk=mailbox_id).select_for_update(skip_locked=True)
    mailbox = rows.first()
    if mailbox:
        mailbox.lease_until = now + LEASE
        mailbox.save(update_fields=["lease_until"])
    return mailbox


def _read(mailbox: ImapMailbox, server: Server) -> Trouble | None:
    if mailbox.uidvalidity != server.uidvalidity:
        mailbox.uidvalidity, mailbox.last_uid, mailbox.troubles, mailbox.left_behind = server.uidvalidity, 0, {}, 0
    trouble, read, ends = None, 0, time.monotonic() + POLL_SECONDS / 2
    for first in range(mailbox.last_uid + 1, server.uidnext, WINDOW):
        last = min(first + WINDOW, server.uidnext) - 1
        uids = server.uids(first, last)
        stored = _stored(mailbox, uids)
        _forget_gone(mailbox, uids, last)
        for uid in uids:
            if read >= BATCH or time.monotonic() > ends:
                return trouble
            read += uid not in stored
            settled = _settle(mailbox, server, uid, is_stored=uid in stored)
            trouble = trouble or settled
            _advance(mailbox, uid)
        _advance(mailbox, last)
    return trouble


def _settle(mailbox: ImapMailbox, server: Server, uid: int, *, is_stored: bool) -> Trouble | None:
    """Store one mail, then mark it. What is wrong with it alone is counted and stops nobody behind it."""
    try:
        if is_stored or _store(mailbox, server, uid):
            server.settle(uid, mailbox.done_folder)
        mailbox.troubles.pop(str(uid), None)
    except Unfetchable as error:
        tries = mailbox.troubles.get(str(uid), 0) + 1
        log.warning(
            "mail cannot be fetched", extra={"mailbox": mailbox.pk, "uid": uid, "error": words_of(error, mailbox)}
        )
        mailbox.troubles[str(uid)] = tries
        if tries >= TRIES:
            _leave(mailbox, uid)
    except ImapToolsError as error:
        log.warning(
            "mail is stored but not marked",
            extra={"mailbox": mailbox.pk, "uid": uid, "error": words_of(error, mailbox)},
        )
        return Trouble.MOVE
    return None


def _store(mailbox: ImapMailbox, server: Server, uid: int) -> bool:
    """Whether the mail is stored now; not when it is gone, or too large, which is left where it lies."""
    raw = server.fetch(uid, settings.MAIL_MAX_BYTES + 1)
    if raw is None:
        return False
    if len(raw) > settings.MAIL_MAX_BYTES:
        log.warning("mail in a mailbox is too large", extra={"mailbox": mailbox.pk, "uid": uid})
        _leave(mailbox, uid)
        return False
    agency_id = mailbox.agency_id
    routes = routes_among(addresses_in(raw), agency_id=agency_id)
    key = _key(mailbox, uid)
    ids = accept(raw, Envelope(return_path_in(raw), routes, source="imap", key=key, keeper=agency_id))
    log.info("mail stored", extra={"inbound": ids, "bytes": len(raw), "mailbox": mailbox.pk})
    return True


def _forget_gone(mailbox: ImapMailbox, uids: list[int], last: int) -> None:
    """Nobody waits for a mail that was deleted in the meantime."""
    mailbox.troubles = {uid: tries for uid, tries in mailbox.troubles.items() if int(uid) > last or int(uid) in uids}


def _leave(mailbox: ImapMailbox, uid: int) -> None:
    mailbox.troubles.pop(str(uid), None)
    mailbox.left_behind += 1


@transaction.atomic
def _stored(mailbox: ImapMailbox, uids: Iterable[int]) -> set[int]:
    keys = {_key(mailbox, uid): uid for uid in uids}
    rows = InboundMail.objects.filter(agency_id=mailbox.agency_id, source="imap", source_key__in=keys)
    return {keys[key] for key in rows.values_list("source_key", flat=True)}


def _key(mailbox: ImapMailbox, uid: int) -> str:
    return f"{mailbox.pk}:{mailbox.uidvalidity}:{uid}"


def _advance(mailbox: ImapMailbox, uid: int) -> None:
    """All up to this uid are settled, except from the first on that is to be tried again."""
    again = min(map(int, mailbox.troubles), default=uid + 1)
    mailbox.last_uid = max(mailbox.last_uid, min(uid, again - 1))
    _keep(mailbox, PROGRESS)


def _note(mailbox: ImapMailbox, trouble: Trouble | None) -> None:
    now = timezone.now()
    mailbox.checked_at, mailbox.lease_until, mailbox.error = now, None, trouble or ""
    mailbox.failed_at = (mailbox.failed_at or now) if trouble else None
    _keep(mailbox, ("checked_at", "lease_until", "error", "failed_at"))
    if mailbox.has_failed_for(ALARM_AFTER, at=now):
        log.error(
            "mailbox has failed for more than an hour",
            extra={"mailbox": mailbox.pk, "agency": mailbox.agency_id, "trouble": mailbox.error},
        )


@transaction.atomic
def _keep(mailbox: ImapMailbox, names: Iterable[str]) -> None:
    """An update, because the mailbox may have been removed in the meantime."""
    ImapMailbox.objects.filter(pk=mailbox.pk).update(**{name: getattr(mailbox, name) for name in names})
