"""What headers tell about who is speaking: one person, or a program that answers by itself (RFC 3834 and its forerunners)."""

import re
from dataclasses import dataclass
from email.message import Message

from portal.mail.headers import headers_of, people, raw_header
from portal.mail.text import decode_header

PROGRAMS = re.compile(
    r"(?:mailer-daemon|postmaster|no-?_?reply|do-?not-?reply|noreply-\S*|bounces?(?:[+-]\S*)?)@", re.IGNORECASE
)
REPLYING = {"auto_reply", "auto-reply"}
BULK = {"bulk", "junk", "list"}
REPLIED = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")
MACHINES = ("x-loop", "x-fc-machinegenerated", "feedback-id")
LISTS = ("list-id", "list-unsubscribe")
AWAY = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?reply|autoreply|out of (?:the )?office|automatische antwort|abwesenheit|"
    r"autosvar|automatisk svar|fravær|автоответ|автоматический ответ|автоматична відповідь|автовідповідь|"
    r"automatikus válasz|házon kívül|undeliver|delivery status notification|mail delivery failed|unzustellbar)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Signs:
    """is_automatic: no person wrote it now. is_single: exactly one sender is named.

    is_answerable: a program may answer it by itself; nobody's mail that asks for no such answer, and no program's.
    """

    is_automatic: bool
    is_single: bool
    is_answerable: bool = True


def signs_of(raw: bytes, envelope_from: str | None) -> Signs:
    """Read the headers of a mail; envelope_from is None when the door does not know it. Never raises."""
    message = headers_of(raw)
    named = [name for name, _value in message.raw_items() if name.lower() == "from"]
    is_automatic = _is_automatic(message, envelope_from)
    is_single = len(named) == 1 and len(people(message, "from")) == 1
    return Signs(is_automatic, is_single, not is_automatic and is_single and not _declines_answers(message))


def is_from_nobody(envelope_from: str | None) -> bool:
    """Whether the envelope has the empty sender, that of programs. None: the door does not know the envelope."""
    return envelope_from is not None and not envelope_from.strip("<> ")


def is_reply_of_a_program(message: Message) -> bool:
    """Whether a program answered, for instance with an absence note; newsletters and lists are no answers."""
    return (
        _value(message, "auto-submitted").partition(";")[0].strip() not in ("", "no")
        or _value(message, "precedence") in REPLYING
        or any(raw_header(message, name) for name in REPLIED)
        or AWAY.match(decode_header(raw_header(message, "subject"))) is not None
    )


def _declines_answers(message: Message) -> bool:
    return _value(message, "x-auto-response-suppress") not in ("", "none") or any(
        raw_header(message, name) for name in MACHINES
    )


def _is_automatic(message: Message, envelope_from: str | None) -> bool:
    return (
        is_from_nobody(envelope_from)
        or is_reply_of_a_program(message)
        or _value(message, "precedence") in BULK
        or any(raw_header(message, name) for name in LISTS)
        or _value(message, "content-type").startswith("multipart/report")
        or any(PROGRAMS.match(person.address) for person in people(message, "from"))
    )


def _value(message: Message, name: str) -> str:
    return raw_header(message, name).strip().lower()
