"""An answer to a mail of the portal joins the thread, under the person who was asked."""

from email.message import Message

from django.core.exceptions import PermissionDenied
from django.db import transaction

from mailbox import placing
from mailbox.actions import attach
from mailbox.models import Mail, MailRead
from portal.core.context import tenant
from portal.events.record import record
from portal.mail import headers
from portal.mail.headers import headers_of
from portal.mail.models import InboundMail, MailReply
from portal.mail.parsed import FAILED, Attachment
from portal.mail.text import decode_header
from portal.tenancy.models import Member

PURPOSE = "mail"


def may(member: Member, mail_id: int) -> bool:
    """Whether the member could answer it now."""
    mail = _visible_to(member).filter(pk=mail_id).first()
    return mail is not None and mail.can_be_answered_by(member)


@transaction.atomic
def take(member: Member, mail_id: int, text: str, attachments: list[Attachment], inbound: InboundMail) -> None:
    """File it in the member's name. Raises DoesNotExist or PermissionDenied when the mail is not open any more.

    An answer to all came to the client's address too; it is there already, and only its author becomes certain; if it began a thread
    because nobody vouched for it, it comes to the one it answers. If it was taken
    for a stranger's there, because the member wrote from an address of his that we know and the client does not, it waits no more.
    """
    answered = _visible_to(member).get(pk=mail_id)
    if not answered.can_be_answered_by(member):
        raise PermissionDenied
    with tenant(member.agency_id):
        about = {"agency_id": member.agency_id, "member": member, "purpose": PURPOSE, "subject_id": mail_id}
        key = MailReply.objects.filter(inbound=inbound, **about).values_list("content_key", flat=True)[0]
        filed = Mail.objects.filter(agency_id=member.agency_id, client=answered.client, content_key=key).first()
        if filed and filed.held_at:
            filed.delete()
        elif filed:
            if filed.verdict != FAILED:
                placing.bring(filed, answered.thread)
            Mail.objects.filter(pk=filed.pk, thread=answered.thread_id).update(author=member, verdict="verified")
            return
        mail = _filed(member, answered, text, inbound, key, len(attachments))
        attach(mail, attachments)
        placing.note_last_word(mail, is_ours=member.side == "agency")
        MailRead.objects.create(agency_id=mail.agency_id, mail=mail, member=member)
    record(
        "mail.received", mail, by=member, mail=mail.pk, sender=mail.sender, address=mail.from_address, title=str(mail)
    )


def _visible_to(member: Member):
    return Mail.objects.visible_to(member).select_related("client__agency", "thread", "project")


def _filed(member: Member, answered: Mail, text: str, inbound: InboundMail, key: str, file_count: int) -> Mail:
    head: Message = headers_of(bytes(inbound.raw))
    thread = placing.join(answered.thread, at=inbound.received_at)
    return Mail.objects.create(
        agency_id=answered.agency_id,
        client=answered.client,
        project=thread.project,
        thread=thread,
        inbound=inbound,
        author=member,
        content_key=key,
        message_id=headers.message_id(head),
        references=headers.references(head),
        subject=decode_header(headers.raw_header(head, "subject"))[:500],
        from_name=str(member)[:200],
        from_address=member.user.email,
        to=[{"name": answered.from_name, "address": answered.from_address}],
        sent_at=headers.moment(head),
        received_at=inbound.received_at,
        snippet=" ".join(text.split())[:300],
        text=text,
        attachment_count=file_count,
        verdict="verified",
    )
