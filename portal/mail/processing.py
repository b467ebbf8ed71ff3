"""From raw mail to the tab: at least once, at most three tries, and a bad mail never stops the next one."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from portal.core.context import tenant
from portal.mail import answers, bounces, reading, receiving, replies
from portal.mail.addresses import recipients_among, split
from portal.mail.appointments import line_of
from portal.mail.limits import Peers, peer_of
from portal.mail.models import InboundMail, Reason
from portal.mail.originals import for_outsiders
from portal.mail.parsed import MAIL, UNVERIFIED, Attachment, ParsedMail
from portal.mail.personal import unsealed_bytes
from portal.mail.replies import questions_among
from portal.mail.reply_addresses import RETURN, Question
from portal.mail.signs import signs_of
from portal.mail.text import clean_line

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
"""How long a try may take before the sweeper (every 30 s) gives the mail to somebody else."""
MAX_ATTEMPTS = 3
SWEEP_AFTER = timedelta(seconds=10)
SWEEP_AT_ONCE = 500
ENVELOPES = ("smtp", "lmtp")
"""Doors at which the sending server names the envelope's sender."""


def process(agency_id: int, inbound_id: int) -> None:
    """Read a mail and hand it on. Safe to run twice; a failure is kept in the row and tried again."""
    with tenant(agency_id):
        if not _take(inbound_id):
            return
        try:
            _hand_on(inbound_id)
        except reading.ReaderDied as error:
            log.warning("mail ended its reader", extra={"inbound": inbound_id})
            _note_failure(inbound_id, error, Reason.CRASHED)
        except Exception as error:
            log.exception("mail could not be processed", extra={"inbound": inbound_id})
            _note_failure(inbound_id, error, Reason.FAILED)


@transaction.atomic
def _take(inbound_id: int) -> bool:
    """Lease the mail and count the try, before the work that may end this process."""
    now = timezone.now()
    rows = InboundMail.objects.waiting(at=now).select_for_update(skip_locked=True).defer("raw")
    inbound = rows.filter(pk=inbound_id).first()
    if inbound is None:
        return False
    if inbound.attempts >= MAX_ATTEMPTS:
        _quarantine(inbound, Reason.CRASHED)
        return False
    inbound.attempts += 1
    inbound.lease_until = now + LEASE
    inbound.save(update_fields=["attempts", "lease_until"])
    return True


def _hand_on(inbound_id: int) -> None:
    with transaction.atomic():
        arrived = InboundMail.objects.select_related("agency").get(pk=inbound_id)
    mail, signs = content_of(arrived), signs_of(bytes(arrived.raw), _envelope_from(arrived))
    with transaction.atomic():
        inbound = InboundMail.objects.undone().select_for_update().defer("raw").filter(pk=inbound_id).first()
        if inbound is None:
            return
        questions = questions_among(inbound.agency_id, map(split, inbound.recipients))
        if inside := _inside(inbound, mail):
            questions, recipients = inside, []
        else:
            recipients = recipients_among(inbound.agency_id, inbound.recipients, at=inbound.received_at)
        returned = [question for question in questions if question.purpose == RETURN]
        asked = [question for question in questions if question.purpose != RETURN]
        inbound.verdict = mail.verdict
        came_back = bounces.take_in(inbound, mail, returned)
        is_for_nobody = not recipients and not asked and not came_back
        if is_for_nobody and not (returned and mail.kind != MAIL):
            _quarantine(inbound, Reason.NO_CLIENT)
            return
        if recipients and not came_back:
            receiving.hand_on(inbound, mail, recipients)
        answers.take_in(inbound, mail, signs, asked)
        inbound.processed_at = timezone.now()
        inbound.save(update_fields=["processed_at", "verdict"])


def _inside(inbound: InboundMail, mail: ParsedMail) -> list[Question]:
    """The questions that were only for the agency's people. The headers count too: a server may deliver to each recipient apart."""
    named = [*inbound.recipients, *(person.address for person in [*mail.to, *mail.cc])]
    return replies.inside(questions_among(inbound.agency_id, map(split, named)))


def _envelope_from(inbound: InboundMail) -> str | None:
    """The envelope's sender; "" is a program's. None where the door cannot tell."""
    return inbound.envelope_from if inbound.source in ENVELOPES else inbound.envelope_from or None


def content_of(inbound: InboundMail) -> ParsedMail:
    """What is in the mail, with what only we know: who vouches for it, and the words of the agency's language.

    Raises reading.ReaderDied.
    """
    raw, agency = bytes(inbound.raw), inbound.agency
    mail = reading.read(raw, _envelope_from(inbound))
    if _stranger(inbound):
        mail.verdict = ""
    for file in mail.attachments:
        file.content = _for_all_readers(file, raw)
    if not mail.verdict:
        mail.verdict = _checked(inbound, raw) or UNVERIFIED
    if mail.appointment:
        with translation.override(agency.language):
            mail.calendar_line = line_of(mail.appointment, ZoneInfo(agency.time_zone))
    return mail


def _for_all_readers(file: Attachment, raw: bytes) -> bytes:
    """The file without addresses by which one person alone writes; a mail of ours that is passed on as a file names one.

    Calendars keep theirs: the program that answers one looks for it.
    """
    if file.content is raw or file.content == raw:
        return for_outsiders(raw)
    is_text = file.content_type.startswith(("message/", "text/")) or file.name.lower().endswith(".eml")
    return unsealed_bytes(file.content) if is_text and file.content_type != answers.CALENDAR else file.content


def _checked(inbound: InboundMail, raw: bytes) -> str:
    """What our own check says; "" without one. Only a stranger's server at our own door is asked whether it may send this."""
    if not settings.MAIL_CHECK_SENDERS:
        return ""
    return reading.check_sender(raw, _stranger(inbound), inbound.envelope_from, inbound.helo)


def _stranger(inbound: InboundMail) -> str:
    """The server that handed the mail over at our own door, if it is none of ours: what it says of the sender is its word alone."""
    peer = inbound.peer if inbound.source == "smtp" else ""
    return "" if not peer or Peers(settings.MAIL_TRUSTED_PEERS).is_trusted(peer_of((peer,))) else peer


@transaction.atomic
def _note_failure(inbound_id: int, error: Exception, reason: Reason) -> None:
    inbound = InboundMail.objects.undone().select_for_update().defer("raw").filter(pk=inbound_id).first()
    if inbound is None:
        return
    inbound.error = clean_line(f"{type(error).__name__}: {error}")[:300]
    inbound.save(update_fields=["error"])
    if inbound.attempts >= MAX_ATTEMPTS:
        _quarantine(inbound, reason)


def _quarantine(inbound: InboundMail, reason: Reason) -> None:
    inbound.quarantined_at, inbound.reason = timezone.now(), reason
    inbound.save(update_fields=["quarantined_at", "reason", "verdict"])
    log.warning("mail in quarantine", extra={"inbound": inbound.pk, "reason": reason})


def left_behind() -> list[tuple[int, int, int]]:
    """(agency id, mail id, tries so far) of what a crash or an absent Redis left behind. Reads through `maint`."""
    now = timezone.now()
    with transaction.atomic(using="maint"):
        rows = InboundMail.objects.using("maint").waiting(at=now).filter(received_at__lt=now - SWEEP_AFTER)
        free = rows.select_for_update(skip_locked=True).order_by("received_at")
        return list(free.values_list("agency_id", "pk", "attempts")[:SWEEP_AT_ONCE])


def oldest_waiting() -> datetime | None:
    """When the oldest unprocessed mail arrived. Reads through `maint`."""
    rows = InboundMail.objects.using("maint").undone().order_by("received_at")
    return rows.values_list("received_at", flat=True).first()
