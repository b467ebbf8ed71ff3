"""Half a year of mails as mail servers deliver them: answers, attachments, HTML, old charsets, strangers and programs.

Texts: texts/mails. Head of an entry: days ago | sender > recipients | subject | how (html, a charset, a program, a project).
Who is not of the demo world is written with his address; a mail to nobody goes to the portal address alone. "AW:" and "SV:"
answer the mail of that subject.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from mailbox.models import Mail, MailAttachment, Thread
from portal.demo import reading
from portal.demo.cast import HOUSES
from portal.demo.past import working_day
from portal.events.models import Event

PEOPLE = {person.name: person.email for house in HOUSES for person in house.people}
ANSWER = re.compile(r"^(?:AW|SV): ")
CHARSETS = {"latin": "iso-8859-1", "latin9": "iso-8859-15"}
HEADERS = {
    "auto": {"Auto-Submitted": "auto-replied"},
    "bounce": {"Auto-Submitted": "auto-replied"},
    "newsletter": {"List-Unsubscribe": "<https://brief.example/abmelden>", "Precedence": "bulk"},
}
PIXEL = '<img src="https://zaehler.example/o.gif?empfaenger=4711" width="1" height="1" alt="">'
SCANNED_AGO = 22
"""Working days since the mail that says of itself not even when."""
SCANNER, OWNER_OF_SCANNER = "Lena Hofmann", "hanse-moebelwerk"


@dataclass(frozen=True)
class Posted:
    """A mail at the door. depth: how many mails of its thread must be there before it."""

    sender: str
    recipient: str
    raw: bytes
    depth: int = 0


def all_of(slug: str, address: str) -> Iterator[Posted]:
    """Everything that was sent with this client's portal address, oldest first."""
    threads: dict[str, list[EmailMessage]] = {}
    written = sorted(reading.entries("mails", slug), key=lambda entry: -float(entry.head[0]))
    for entry in written:
        how = entry.head[3] if len(entry.head) > 3 else ""
        to = _for_project(address, how)
        subject = ANSWER.sub("", entry.head[2])
        thread = threads.setdefault(subject, []) if subject != entry.head[2] else []
        threads[subject] = thread
        letter = _letter(entry, to, how, thread)
        sender = "" if how in ("auto", "bounce") else parseaddr(letter["From"])[1]
        yield Posted(sender, to, letter.as_bytes(), len(thread))
        thread.append(letter)


def hardly_a_mail(address: str) -> Posted:
    """What an old scanner sends: no header, bytes of no charset, cut off."""
    raw = b"\r\nSCAN 0417 \xff\xfe\x81 Lieferschein M\xf6belwerk\r\n%PDF-1.4 \x00\x01\x02\r\n(cut o"
    return Posted(PEOPLE[SCANNER], address, raw)


def set_back_all() -> None:
    """Once they are filed: mails came in when they were sent, so that the tab and the timeline have a past. Safe to run again."""
    came_at = Coalesce("sent_at", Value(working_day(SCANNED_AGO, hours=7.5), output_field=DateTimeField()))
    Mail.objects.exclude(received_at=came_at).update(received_at=came_at)
    came = Subquery(Mail.objects.filter(pk=OuterRef("subject_id")).values("received_at"))
    delay = ExpressionWrapper(F("visible_from") - F("happened_at"), DurationField())
    Event.objects.filter(kind="mail.received").exclude(happened_at=came).update(
        happened_at=came, visible_from=ExpressionWrapper(came + delay, DateTimeField())
    )
    newest = Mail.objects.filter(thread=OuterRef("pk")).newest_first().values("received_at")[:1]
    Thread.objects.update(last_at=Subquery(newest))
    Thread.objects.exclude(answered_at=None).update(answered_at=F("last_at"))
    of_mail = Mail.objects.filter(pk=OuterRef("mail")).values("received_at")
    MailAttachment.objects.update(received_at=Subquery(of_mail))


def _letter(entry: reading.Entry, cc: str, how: str, thread: list[EmailMessage]) -> EmailMessage:
    days_ago, people, subject = entry.head[:3]
    sender, _arrow, to = people.partition(">")
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = _person(sender)
    message["To"] = ", ".join(map(_person, to.split(","))) if to else cc
    message["Cc"] = cc if to else ""
    message["Date"] = format_datetime(_sent_at(float(days_ago)))
    message["Message-ID"] = _message_id(sender, subject, days_ago)
    if thread:
        message["In-Reply-To"] = thread[-1]["Message-ID"]
        message["References"] = " ".join(earlier["Message-ID"] for earlier in thread)
    for name, value in HEADERS.get(how, {}).items():
        message[name] = value
    _fill(message, entry, how)
    return message


def _fill(message: EmailMessage, entry: reading.Entry, how: str) -> None:
    message.set_content(entry.text + "\n", charset=CHARSETS.get(how, "utf-8"))
    if how in ("html", "newsletter"):
        message.add_alternative(_html(entry.text, PIXEL if how == "newsletter" else ""), subtype="html")
    for file in entry.uploads():
        main, _slash, sub = (file.content_type or "").partition("/")
        message.add_attachment(file.read(), maintype=main, subtype=sub, filename=file.name)


def _html(text: str, more: str) -> str:
    paragraphs = text.strip().replace("\n\n", "</p><p>").replace("\n", "<br>")
    return f"<html><body><p>{paragraphs}</p>{more}</body></html>"


def _person(written: str) -> str:
    name = written.strip()
    return formataddr((name, PEOPLE[name])) if name in PEOPLE else formataddr(parseaddr(name))


def _message_id(*parts: str) -> str:
    return f"<{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:24]}@post.example>"


def _for_project(address: str, how: str) -> str:
    """The client's address, or the one of a project of his."""
    local, _at, domain = address.partition("@")
    return f"{local}+{how.removeprefix('project:')}@{domain}" if how.startswith("project:") else address


def _sent_at(days_ago: float) -> datetime:
    """In office hours of as many working days ago as that makes; what is not a day old, exactly then."""
    if days_ago < 1:
        return timezone.now() - timedelta(days=days_ago)
    working, since_evening = divmod(days_ago * 5 / 7, 1)
    return working_day(int(working) + 1, hours=17 - 9 * since_evening)
