"""Taking in answers to mails of ours: once each, only from the person who was asked, never from a program.

The address tells who was asked and about what; it counts only together with the sender, and not when the sender's domain says that
the mail is forged. Whatever is not taken is kept with its reason, and the agency's people see it.
"""

import logging
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.mail import regrets
from portal.mail.models import InboundMail, KeptBack, MailReply, OutgoingMail
from portal.mail.parsed import FAILED, Attachment, ParsedMail
from portal.mail.personal import unsealed
from portal.mail.quotes import cut
from portal.mail.replies import purposes
from portal.mail.reply_addresses import Question
from portal.mail.sanitising import text_of
from portal.mail.signs import Signs
from portal.tenancy.models import Member
from portal.tenancy.scope import acting_as

log = logging.getLogger(__name__)

REGRET_AGAIN_AFTER = timedelta(days=1)
MOST_ANSWERS, MINUTES = 10, timedelta(minutes=10)
"""Nobody answers one question more often in so short a time, but two portals do that have lost their marks on the way."""
MOST_IN_A_DAY, DAY = 30, timedelta(days=1)
"""And those whose mails wait for a while, so that they never answer often in a short time."""
SMALL_PICTURE = 15_000
"""A smaller picture inside the text of a mail is a logo or an icon of a signature."""
CALENDAR = "text/calendar"
SEALS = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", CALENDAR}


def take_in(inbound: InboundMail, mail: ParsedMail, signs: Signs, questions: list[Question]) -> None:
    """Hand an answer on for each question to which it was addressed; a second delivery changes nothing."""
    for question in questions:
        members = Member.objects.complete().select_for_update(of=("self",))
        member = members.filter(agency_id=inbound.agency_id, pk=question.member_id).first()
        reply = _recorded(inbound, mail, question, member)
        if reply is None:
            continue
        by_program = purposes[question.purpose].is_calendar and bool(calendars_in(mail))
        reason = _objection(reply, mail, signs, member, by_program=by_program)
        if member and not reason:
            reason = _hand_on(inbound, mail, question, member)
        if reason:
            _keep_back(reply, mail, reason, member if signs.is_answerable else None)


def _recorded(inbound: InboundMail, mail: ParsedMail, question: Question, member: Member | None) -> MailReply | None:
    """The new row, or None when this answer is there already. A delivery at the same moment waits for the member's lock."""
    about = {"member": member, "purpose": question.purpose, "subject_id": question.subject_id}
    filed = MailReply.objects.filter(agency_id=inbound.agency_id, content_key=mail.content_key, **about)
    try:
        with transaction.atomic():
            return MailReply.objects.create(
                agency_id=inbound.agency_id,
                inbound=inbound,
                content_key=mail.content_key,
                sender=mail.sender.address[:320],
                subject=mail.subject,
                received_at=inbound.received_at,
                **about,
            )
    except IntegrityError:
        if filed.exists():
            return None
        raise


def _objection(reply: MailReply, mail: ParsedMail, signs: Signs, member: Member | None, *, by_program: bool) -> str:
    """What speaks against it before anybody has looked at what it says; "" when nothing does.

    by_program: a calendar program may have written it, for the person who pressed a button there.
    """
    if (signs.is_automatic and not by_program) or OutgoingMail.objects.filter(message_id=mail.message_id).exists():
        return KeptBack.AUTOMATIC
    if member is None or not signs.is_single or mail.verdict == FAILED or not _is_from(member, mail):
        return KeptBack.SENDER
    if mail.problem:
        return KeptBack.UNREADABLE
    if _is_flood(reply):
        return KeptBack.FLOOD
    return KeptBack.CLOSED if member.ended_at or not member.user.is_active else ""


def _is_flood(reply: MailReply) -> bool:
    """The agency's people see what comes after, and take it by hand or not."""
    asked = {name: getattr(reply, name) for name in ("agency_id", "member_id", "purpose", "subject_id")}
    rows = MailReply.objects.filter(**asked)
    limits = ((MOST_ANSWERS, MINUTES), (MOST_IN_A_DAY, DAY))
    return any(rows.filter(received_at__gt=reply.received_at - span).count() > most for most, span in limits)


def _is_from(member: Member, mail: ParsedMail) -> bool:
    address = mail.sender.address.strip().lower()
    if address == member.user.email.lower():
        return True
    return EmailAddress.objects.filter(user_id=member.user_id, verified=True, email__iexact=address).exists()


def _hand_on(inbound: InboundMail, mail: ParsedMail, question: Question, member: Member) -> str:
    """Let the app that asked take it, as the member; "" when it did."""
    is_calendar = purposes[question.purpose].is_calendar
    text, files = ("", calendars_in(mail)) if is_calendar else (own_words(mail), worth_keeping(mail))
    if not text and not files:
        return KeptBack.EMPTY
    try:
        with acting_as(member), transaction.atomic():
            purposes[question.purpose].take(member, question.subject_id, text, files, inbound)
    except (PermissionDenied, ObjectDoesNotExist):
        return KeptBack.CLOSED
    return ""


@transaction.atomic
def settle(reply: MailReply) -> None:
    """Somebody of the agency has looked at it; the first time counts."""
    MailReply.objects.filter(pk=reply.pk, settled_at=None).update(settled_at=timezone.now())


def own_words(mail: ParsedMail) -> str:
    """What the person wrote, without what was quoted."""
    answered = OutgoingMail.objects.filter(message_id__in=mail.references).first() if mail.references else None
    return unsealed(cut(mail.text, f"{answered.text}\n{text_of(answered.html)}" if answered else ""))


def worth_keeping(mail: ParsedMail) -> list[Attachment]:
    """The files that somebody meant to send: no seals, and no logos of signatures."""
    return [file for file in mail.attachments if file.content_type not in SEALS and not _is_ornament(file)]


def calendars_in(mail: ParsedMail) -> list[Attachment]:
    """The parts that calendar programs write; in a mail there is one, now and then also as a file."""
    return [file for file in mail.attachments if file.content_type == CALENDAR]


def _is_ornament(file: Attachment) -> bool:
    return bool(file.content_id) and file.content_type.startswith("image/") and len(file.content) < SMALL_PICTURE


def _keep_back(reply: MailReply, mail: ParsedMail, reason: str, member: Member | None) -> None:
    """Keep it for the agency's people. A person who was cut off is told so, once a day; nobody tells programs."""
    reply.reason, reply.text = reason, cut(mail.text) or mail.text
    if reason == KeptBack.AUTOMATIC:
        reply.settled_at = timezone.now()
    elif reason == KeptBack.CLOSED and member and not _was_told(member) and regrets.may_go_to(member):
        regrets.send(member, mail)
        reply.answered_at = timezone.now()
    reply.save(update_fields=["reason", "text", "settled_at", "answered_at"])
    log.warning("reply kept back", extra={"inbound": reply.inbound_id, "reason": reason})


def _was_told(member: Member) -> bool:
    since = timezone.now() - REGRET_AGAIN_AFTER
    return MailReply.objects.filter(agency_id=member.agency_id, member=member, answered_at__gt=since).exists()
