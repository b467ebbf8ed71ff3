"""Placing what waits: letting mails of strangers in, filing a mail for a client by hand, and ending what nobody wanted."""

import hashlib
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mailbox import placing
from mailbox.actions import admit, receive
from mailbox.models import HeldQuerySet, Mail
from portal.audit.log import log as audit_log
from portal.events.models import Event
from portal.events.record import record
from portal.mail import headers, quarantine
from portal.mail.addresses import Recipient
from portal.mail.models import InboundMail, Reason
from portal.mail.parsed import UNREADABLE, Attachment, ParsedMail, Person
from portal.mail.processing import content_of
from portal.mail.reading import ReaderDied
from portal.mail.stray_models import KEPT_FOR
from portal.mail.text import decode_header
from portal.tenancy.models import Agency, Client, Member

TOLD_EVERY = timedelta(hours=23)


@transaction.atomic
def let_in(mail: Mail, *, by: Member) -> Mail | None:
    """The mail is the client's, as if it had come now; whoever took part in it is known from now on."""
    held = _held(mail, Mail.held.waiting(), by)
    if held is None:
        return None
    now, parsed = timezone.now(), _content_of(held.inbound)
    held.thread = placing.place(held.client, held.project, parsed, at=now)
    held.held_at, held.held_reason, held.received_at, held.project = None, "", now, held.thread.project
    held.let_in_at, held.let_in_by = now, by
    held.save(update_fields=["thread", "project", "held_at", "held_reason", "received_at", "let_in_at", "let_in_by"])
    admit(held, parsed)
    return held


@transaction.atomic
def dismiss(mail: Mail, *, by: Member) -> bool:
    """Not relevant: it leaves the list, and goes 90 days after it came."""
    held = _held(mail, Mail.held.waiting(), by)
    if held is None:
        return False
    held.dismissed_at, held.dismissed_by = timezone.now(), by
    held.save(update_fields=["dismissed_at", "dismissed_by"])
    return True


@transaction.atomic
def take_back(mail: Mail, *, by: Member) -> bool:
    """It was dismissed by mistake: it waits again."""
    held = _held(mail, Mail.held.dismissed(), by)
    if held is None:
        return False
    held.dismissed_at = held.dismissed_by = None
    held.save(update_fields=["dismissed_at", "dismissed_by"])
    return True


def _held(mail: Mail, rows: HeldQuerySet, by: Member) -> Mail | None:
    """The row, locked; None when somebody else has decided already, and it is not among these rows any more."""
    if mail.agency_id != by.agency_id or not quarantine.can_sort(by):
        raise PermissionDenied
    rows = rows.visible_to(by).select_for_update(of=("self",))
    return rows.select_related("client__agency", "project").filter(pk=mail.pk).first()


@transaction.atomic
def place(mail: Mail, client: Client, *, by: Member) -> bool:
    """A mail of a stranger is this client's: let in, or filed there instead of where it was sent."""
    if client.pk == mail.client_id:
        return let_in(mail, by=by) is not None
    if not dismiss(mail, by=by):
        return False
    inbound = InboundMail.objects.get(pk=mail.inbound_id)
    receive(inbound, _content_of(inbound), [Recipient(client, is_placed=True)])
    return True


@transaction.atomic
def assign(inbound: InboundMail, client: Client, *, by: Member) -> bool:
    """File it for the client. What could not be read is kept whole in a file of the mail, and not tried again."""
    inbound = quarantine.taken(inbound, by=by)
    if client.agency_id != inbound.agency_id or inbound.quarantined_at is None or inbound.emptied_at:
        return False
    parsed = _content_of(inbound) if inbound.reason == Reason.NO_CLIENT else _whole(bytes(inbound.raw))
    receive(inbound, parsed, [Recipient(client, is_placed=True)])
    quarantine.file_by_hand(inbound)
    audit_log("mail.assigned", {"inbound": inbound.pk, "client": client.pk}, agency_id=inbound.agency_id)
    return True


def _content_of(inbound: InboundMail) -> ParsedMail:
    try:
        return content_of(inbound)
    except ReaderDied:
        return _whole(bytes(inbound.raw))


def _whole(raw: bytes) -> ParsedMail:
    """The headers, and the mail itself as a file: reading more of it has failed, and is not tried again here."""
    message = headers.headers_of(raw)
    senders = headers.people(message, "from") or [Person()]
    return ParsedMail(
        content_key=hashlib.sha256(raw).hexdigest(),
        message_id=headers.message_id(message),
        subject=decode_header(headers.raw_header(message, "subject"))[:500],
        sender=senders[0],
        to=headers.people(message, "to"),
        cc=headers.people(message, "cc"),
        sent_at=headers.moment(message),
        attachments=[Attachment("mail.eml", "message/rfc822", raw)],
        problem=UNREADABLE,
    )


def waiting_in(agency: Agency) -> int:
    """How many mails wait for a person."""
    held = Mail.held.filter(agency_id=agency.pk).waiting()
    return InboundMail.objects.filter(agency_id=agency.pk).in_quarantine().count() + held.count()


@transaction.atomic
def tell(agency: Agency) -> bool:
    """Once a day those who may sort are told that something waits; never that nothing does. Safe to run at any time."""
    Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency.pk)
    recent = Event.objects.filter(agency_id=agency.pk, kind="quarantine.waiting", client=None)
    if recent.filter(happened_at__gt=timezone.now() - TOLD_EVERY).exists():
        return False
    number = waiting_in(agency)
    if number:
        record("quarantine.waiting", agency, by=None, number=number)
    return number > 0


def end_old(agency_id: int) -> None:
    """What nobody wanted or placed within 90 days goes: mails of strangers, then the bytes of what came in."""
    old = Mail.objects.filter(agency_id=agency_id, held_at__lt=timezone.now() - KEPT_FOR)
    for mail in old.select_related("inbound").defer("inbound__raw", "text", "html")[: quarantine.AT_ONCE]:
        _end(mail)
    quarantine.empty_old(agency_id)


@transaction.atomic
def _end(mail: Mail) -> None:
    inbound = mail.inbound
    mail.delete()
    if not Mail.objects.filter(agency_id=mail.agency_id, inbound=inbound).exists():
        quarantine.empty(inbound)
