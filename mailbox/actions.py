"""Filing mails that came in, and marking them read."""

from dataclasses import asdict
from email.utils import parseaddr
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mailbox import echoes, placing
from mailbox.models import AddressTest, Mail, MailAttachment, MailRead, snippet_of
from mailbox.strangers import marks_of, remember
from portal.events.record import record
from portal.files.actions import store_bytes
from portal.mail.addresses import Recipient
from portal.mail.models import InboundMail
from portal.mail.parsed import FAILED, Attachment, Forwarded, ParsedMail, Person
from portal.mail.personal import unsealed
from portal.tenancy.models import Member, Project


@transaction.atomic
def receive(inbound: InboundMail, parsed: ParsedMail, recipients: list[Recipient]) -> None:
    """File a mail for each client in whose name it was addressed; a second delivery changes nothing."""
    for recipient in recipients:
        mail = _create(inbound, parsed, recipient)
        if mail is not None and mail.held_at is None:
            admit(mail, parsed)


def admit(mail: Mail, parsed: ParsedMail) -> None:
    """It is in the tab: with its files, its people are known, and whoever may see it is told."""
    attach(mail, parsed.attachments)
    if mail.tester_id:
        test = AddressTest.objects.filter(agency_id=mail.agency_id, key=AddressTest.key_in(parsed.message_id))
        test.update(mail=mail, processed_at=timezone.now())
        return
    if mail.verdict != FAILED:
        remember(mail)
    sender = _sender_of(mail)
    placing.note_last_word(mail, is_ours=sender is not None and sender.side == "agency")
    _tell(mail, sender, is_quiet=echoes.may_be_one(mail, parsed))


def _create(inbound: InboundMail, parsed: ParsedMail, recipient: Recipient) -> Mail | None:
    """The new row, or None when this mail is there already. A delivery at the same moment waits here for the other one."""
    filed = Mail.objects.filter(agency_id=inbound.agency_id, client=recipient.client, content_key=parsed.content_key)
    if filed.exists() or _is_our_own(inbound, parsed, recipient):
        return None
    marks, project = marks_of(inbound, parsed, recipient), _project(recipient)
    try:
        with transaction.atomic():
            thread = (
                None
                if marks.get("held_at")
                else placing.place(
                    recipient.client, project, parsed, at=inbound.received_at, author=marks.get("author")
                )
            )
            return Mail.objects.create(
                agency_id=inbound.agency_id,
                client=recipient.client,
                project=thread.project if thread else project,
                thread=thread,
                inbound=inbound,
                received_at=inbound.received_at,
                attachment_count=len(parsed.attachments),
                **_content(parsed),
                **marks,
            )
    except IntegrityError:
        if filed.exists():
            return None
        raise


def _is_our_own(inbound: InboundMail, parsed: ParsedMail, recipient: Recipient) -> bool:
    """Whether this is the copy of a mail that was written in the tab, coming back by its portal address in Cc.

    The Message-ID alone would let anybody who knows it make a mail disappear: sender, subject and words must be ours too.
    """
    ours = Mail.objects.filter(agency_id=inbound.agency_id, client=recipient.client, outgoing__isnull=False)
    mail = ours.filter(message_id=parsed.message_id).select_related("outgoing").first() if parsed.message_id else None
    if mail is None or parsed.sender.address.lower() != parseaddr(mail.outgoing.sender)[1].lower():
        return False
    return parsed.subject == mail.outgoing.subject and parsed.text.split() == mail.outgoing.text.split()


def _content(parsed: ParsedMail) -> dict:
    words = unsealed(parsed.text)
    return {
        "content_key": parsed.content_key,
        "message_id": parsed.message_id,
        "references": parsed.references,
        "subject": parsed.subject,
        "from_name": parsed.sender.name,
        "from_address": parsed.sender.address,
        "to": _people(parsed.to),
        "cc": _people(parsed.cc),
        "sent_at": parsed.sent_at,
        "snippet": snippet_of(words),
        "text": words,
        "html": unsealed(parsed.html),
        "remote_images": parsed.remote_images,
        "problem": parsed.problem,
        "verdict": parsed.verdict,
        "trackers": parsed.trackers,
        "calendar_line": parsed.calendar_line[:300],
        "forwarded": _forwarded(parsed.forwarded),
    }


def _people(people: list[Person]) -> list[dict]:
    """As rows, without anybody's alias: whoever reads it could write in that name."""
    return [{key: unsealed(words) for key, words in asdict(person).items()} for person in people]


def _forwarded(inner: Forwarded | None) -> str:
    """The mail inside: its sender, subject and date as they stand there."""
    if inner is None:
        return ""
    sender = inner.sender.name or inner.sender.address
    return " · ".join(part for part in (sender, inner.subject, inner.sent) if part)[:800]


def _project(recipient: Recipient) -> Project | None:
    """The project whose short name stands after the `+` of the address."""
    if not recipient.tag:
        return None
    client = recipient.client
    return Project.objects.filter(agency_id=client.agency_id, client=client, slug=recipient.tag).first()


def attach(mail: Mail, parts: list[Attachment]) -> None:
    """Keep the files that came with a mail; what is dangerous is kept too, and blocked."""
    for part in parts:
        place = {"client": mail.client, "project": mail.project, "area": "mails"}
        MailAttachment.objects.create(
            agency_id=mail.agency_id,
            client=mail.client,
            project=mail.project,
            mail=mail,
            file=store_bytes(part.name, part.content, lenient=True, **place),
            content_id=part.content_id,
            received_at=mail.received_at,
        )


def _tell(mail: Mail, sender: Member | None, *, is_quiet: bool) -> None:
    """Record the event. Nobody is named as its actor, because a mail only claims who sent it; it stands on the sender's side."""
    quiet: dict[str, Any] = {"quiet": True} if is_quiet else {}
    record(
        "mail.received",
        mail,
        by=None,
        side=sender.side if sender else "agency",
        happened_at=mail.received_at,
        mail=mail.pk,
        sender=mail.sender,
        address=sender.user.email if sender else "",
        title=str(mail),
        **quiet,
    )


def _sender_of(mail: Mail) -> Member | None:
    """The member whose address the mail carries; outsiders must belong to this client. None for anybody else, and for a forgery."""
    if mail.verdict == FAILED or not (mail.from_address or mail.author_id):
        return None
    found = Member.objects.filter(agency_id=mail.agency_id).at_address(mail.from_address).active()
    member = mail.author or found.select_related("user", "vendor", "role").first()
    return member if member and (member.is_specialist or mail.client_id in member.client_ids) else None


def mark_read(mail: Mail, *, by: Member) -> None:
    """Remember that this person has opened the mail."""
    MailRead.objects.bulk_create([MailRead(agency_id=mail.agency_id, mail=mail, member=by)], ignore_conflicts=True)


def mark_unread(mail: Mail, *, by: Member) -> None:
    """As if this person had not opened it yet."""
    MailRead.objects.filter(agency_id=mail.agency_id, mail=mail, member=by).delete()
