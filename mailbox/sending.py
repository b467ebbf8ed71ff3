"""Writing and answering from the tab: what is sent stands in the thread at once, and answers come back to it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mailbox import placing
from mailbox.models import Draft, Mail, MailAttachment, MailRead, Thread, can_be_written_by, snippet_of
from mailbox.people import Addressee
from mailbox.replying import PURPOSE
from portal.core.context import tenant
from portal.core.formats import format_datetime
from portal.core.markdown import render
from portal.events.record import record
from portal.files.actions import store_all
from portal.files.models import File
from portal.mail import replies
from portal.mail.addresses import address_for, tagged
from portal.mail.models import OutgoingMail
from portal.mail.parsed import VERIFIED
from portal.mail.sanitising import sanitise
from portal.mail.sending import queue
from portal.tenancy.models import Agency, Client, Member, Project

MOST_QUOTED = 20_000
MOST_REFERENCES = 20


@dataclass(frozen=True)
class Letter:
    """What somebody wrote. text: Markdown."""

    to: list[Addressee]
    subject: str
    text: str
    cc: list[Addressee] = field(default_factory=list)
    project: Project | None = None


def check(client: Client, by: Member, answers: Mail | None) -> None:
    """Raises PermissionDenied for whoever may not answer this mail, or begin a thread when it is None."""
    if not (answers.can_be_answered_by(by) if answers else can_be_written_by(by, client)):
        raise PermissionDenied


@transaction.atomic
def send(
    client: Client, *, by: Member, letter: Letter, answers: Mail | None = None, uploads: Iterable[UploadedFile] = ()
) -> Mail:
    """Send it under the agency's address with the writer's name; a Mail stands in the thread in the same transaction."""
    check(client, by, answers)
    now, project = timezone.now(), answers.project if answers else letter.project
    files = store_all(uploads, client=client, area="mails", project=project, by=by)
    with tenant(client.agency_id):
        thread = placing.join(answers.thread, at=now) if answers else placing.begin(client, project, at=now)
        outgoing = _queued(client, by, letter, answers, thread, files)
        mail = _filed(outgoing, by, letter, answers, thread, files)
        _ask_for_answers(outgoing, letter, about=answers or mail)
        placing.note_last_word(mail, is_ours=by.side == "agency")
        MailRead.objects.create(agency_id=mail.agency_id, mail=mail, member=by)
        Draft.objects.filter(agency_id=mail.agency_id, client=client, member=by, answers=answers).delete()
    addresses = [one.address for one in [*letter.to, *letter.cc]]
    record("mail.sent", mail, by=by, mail=mail.pk, title=str(mail), addresses=addresses)
    return mail


def _queued(
    client: Client, by: Member, letter: Letter, answers: Mail | None, thread: Thread, files: list[File]
) -> OutgoingMail:
    portal = _portal_address(client, thread)
    with translation.override(client.agency.language):
        text, html = _words_of(letter, answers)
    return queue(
        client.agency,
        [one.address for one in letter.to],
        letter.subject,
        text,
        html,
        headers=_references_to(answers),
        reply_to=portal,
        cc=[*(one.address for one in letter.cc), portal],
        files=files,
        sender_name=sender_name_of(by, client.agency),
    )


def sender_name_of(by: Member, agency: Agency) -> str:
    """Who is named as the sender of a mail from the tab, in the agency's language."""
    with translation.override(agency.language):
        return _("%(name)s via %(agency)s") % {"name": by, "agency": agency.name}


def _portal_address(client: Client, thread: Thread) -> str:
    """The client's address, with the project's name where the thread lies in one."""
    address = address_for(client)
    return tagged(address, thread.project.slug) if thread.project else address


def _ask_for_answers(outgoing: OutgoingMail, letter: Letter, *, about: Mail) -> None:
    """To the signed address, when the letter goes to one person who has a place here and may answer in the thread."""
    people = [*letter.to, *letter.cc]
    if len(people) != 1:
        return
    members = Member.objects.filter(agency_id=about.agency_id).at_address(people[0].address).active()
    member = members.complete().first()
    signed = replies.address_for(member, PURPOSE, about.pk) if member else ""
    if signed:
        OutgoingMail.objects.filter(pk=outgoing.pk).update(reply_to=signed)


def _references_to(answers: Mail | None) -> dict[str, str]:
    if answers is None or not answers.message_id:
        return {}
    earlier = [*answers.references, answers.message_id][-MOST_REFERENCES:]
    return {"In-Reply-To": answers.message_id, "References": " ".join(earlier)}


def _words_of(letter: Letter, answers: Mail | None) -> tuple[str, str]:
    """Text and HTML, both with the mail that is answered below."""
    quoted, intro = "", ""
    if answers:
        quoted = answers.text[:MOST_QUOTED].strip()
        when = format_datetime(answers.sent_at or answers.received_at)
        intro = _("On %(when)s, %(name)s wrote:") % {"when": when, "name": answers.sender}
    lines = "\n".join(f"> {line}".rstrip() for line in quoted.split("\n"))
    text = f"{letter.text.strip()}\n\n{intro}\n{lines}" if answers else letter.text.strip()
    words = {"body": render(letter.text), "intro": intro, "quoted": quoted}
    return text, render_to_string("mailbox/letter.html", words)


def _filed(
    outgoing: OutgoingMail, by: Member, letter: Letter, answers: Mail | None, thread: Thread, files: list[File]
) -> Mail:
    place = {"agency_id": thread.agency_id, "client": thread.client, "project": thread.project}
    mail = Mail.objects.create(
        **place,
        thread=thread,
        outgoing=outgoing,
        author=by,
        content_key=hashlib.sha256(outgoing.message_id.encode()).hexdigest(),
        message_id=outgoing.message_id,
        references=[*answers.references, answers.message_id] if answers else [],
        subject=outgoing.subject,
        from_name=str(by)[:200],
        from_address=by.user.email,
        to=[{"name": one.name, "address": one.address} for one in letter.to],
        cc=[{"name": one.name, "address": one.address} for one in letter.cc],
        sent_at=outgoing.created_at,
        received_at=outgoing.created_at,
        snippet=snippet_of(letter.text),
        text=outgoing.text,
        html=sanitise(outgoing.html).html,
        attachment_count=len(files),
        verdict=VERIFIED,
    )
    MailAttachment.objects.bulk_create(
        MailAttachment(**place, mail=mail, file=file, received_at=mail.received_at) for file in files
    )
    return mail


@transaction.atomic
def keep_draft(client: Client, *, by: Member, answers: Mail | None = None, **words: str) -> Draft:
    """Keep what is being written (to, cc, subject, text), as typed; the last state counts."""
    check(client, by, answers)
    which: dict[str, Any] = {"agency_id": client.agency_id, "client": client, "member": by, "answers": answers}
    return Draft.objects.update_or_create(**which, defaults={**words, "saved_at": timezone.now()})[0]


@transaction.atomic
def discard_draft(client: Client, *, by: Member, answers: Mail | None = None) -> None:
    """Forget it."""
    Draft.objects.visible_to(by).filter(client=client, answers=answers).delete()
