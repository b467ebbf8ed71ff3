"""Filing mails that came in, and marking them read."""

from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from mailbox.models import AddressTest, Mail, MailAttachment, MailRead
from mailbox.strangers import marks_of, remember
from portal.events.record import record
from portal.files.actions import store_bytes
from portal.mail.addresses import Recipient
from portal.mail.models import InboundMail
from portal.mail.parsed import ParsedMail, Person
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
    _attach(mail, parsed)
    if mail.tester_id:
        AddressTest.objects.filter(agency_id=mail.agency_id, key=parsed.message_id[6:].partition("@")[0]).update(
            mail=mail, processed_at=timezone.now()
        )
        return
    remember(mail)
    _tell(mail)


def _create(inbound: InboundMail, parsed: ParsedMail, recipient: Recipient) -> Mail | None:
    """The new row, or None when this mail is there already. A delivery at the same moment waits here for the other one."""
    filed = Mail.objects.filter(agency_id=inbound.agency_id, client=recipient.client, content_key=parsed.content_key)
    if filed.exists():
        return None
    try:
        with transaction.atomic():
            return Mail.objects.create(
                agency_id=inbound.agency_id,
                client=recipient.client,
                project=_project(recipient),
                inbound=inbound,
                received_at=inbound.received_at,
                attachment_count=len(parsed.attachments),
                **_content(parsed),
                **marks_of(inbound, parsed, recipient),
            )
    except IntegrityError:
        if filed.exists():
            return None
        raise


def _content(parsed: ParsedMail) -> dict:
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
        "snippet": " ".join(parsed.text[:2000].split())[:300],
        "text": parsed.text,
        "html": parsed.html,
        "remote_images": parsed.remote_images,
        "problem": parsed.problem,
    }


def _people(people: list[Person]) -> list[dict]:
    return [asdict(person) for person in people]


def _project(recipient: Recipient) -> Project | None:
    """The project whose short name stands after the `+` of the address."""
    if not recipient.tag:
        return None
    client = recipient.client
    return Project.objects.filter(agency_id=client.agency_id, client=client, slug=recipient.tag).first()


def _attach(mail: Mail, parsed: ParsedMail) -> None:
    for part in parsed.attachments:
        place = {"client": mail.client, "project": mail.project, "area": "mails"}
        MailAttachment.objects.create(
            agency_id=mail.agency_id,
            client=mail.client,
            project=mail.project,
            mail=mail,
            file=store_bytes(part.name, part.content, lenient=True, **place),
            content_id=part.content_id,
        )


def _tell(mail: Mail) -> None:
    """Record the event. Nobody is named as its actor, because a mail only claims who sent it; it stands on the sender's side."""
    record(
        "mail.received",
        mail,
        by=None,
        side="client" if _is_from_client(mail) else "agency",
        happened_at=mail.received_at,
        mail=mail.pk,
        sender=mail.sender,
        address=mail.from_address,
        title=str(mail),
    )


def _is_from_client(mail: Mail) -> bool:
    """Whether the sender's address belongs to a contact of the client or to somebody of a provider."""
    found = Member.objects.filter(agency_id=mail.agency_id, user__email__iexact=mail.from_address)
    member = mail.sender_member or (found.active().select_related("vendor").first() if mail.from_address else None)
    return member is not None and member.side == "client" and mail.client_id in member.client_ids


def mark_read(mail: Mail, *, by: Member) -> None:
    """Remember that this person has opened the mail."""
    MailRead.objects.bulk_create([MailRead(agency_id=mail.agency_id, mail=mail, member=by)], ignore_conflicts=True)
