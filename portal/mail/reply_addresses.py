"""Addresses under which a mail of ours can be answered: `reply+<token>@<mail domain>`.

The token says who was asked and about what, and is signed for this domain; so nothing has to be kept, and a guessed
address is refused at the door. Whoever has the token is not yet the person: see portal.mail.replies.
"""

import hashlib
import hmac
from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from portal.tenancy.models import Agency

LOCAL = "reply"
SALT = "portal.mail.replies"
SEAL_BYTES = 12
PURPOSE_BYTES = 2
MOST_BYTES = 40
RETURN = "return"
"""The purpose of the addresses that mails of ours come back to; the row is the mail, the member nobody."""


@dataclass(frozen=True)
class Question:
    """What can be answered: by this member, for this purpose (portal.mail.replies), about this row."""

    agency_id: int
    member_id: int
    subject_id: int
    purpose: str


def address_of(question: Question, agency: Agency) -> str:
    """Where the answer goes; the same one for the same question."""
    domain = (agency.mail_domain or settings.MAIL_DOMAIN).lower()
    packed = _packed(question)
    return f"{LOCAL}+{_spelled(packed + _seal(packed, domain, settings.SECRET_KEY))}@{domain}"


def return_address(agency: Agency, outgoing_id: int) -> str:
    """The envelope sender of a mail of ours: what comes back to it is about this mail, whatever stands in it."""
    return address_of(Question(agency.pk, 0, outgoing_id, RETURN), agency)


def question_of(token: str, domain: str, purposes: Iterable[str]) -> Question | None:
    """The question to which this token belongs; None for one that we have not made for this domain."""
    try:
        data = b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    if _spelled(data) != token.lower():
        return None  # the last letter has bits to spare: only our own spelling counts
    packed, seal = data[:-SEAL_BYTES], data[-SEAL_BYTES:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if len(data) > MOST_BYTES or not any(hmac.compare_digest(seal, _seal(packed, domain, key)) for key in keys):
        return None
    codes = {_code(purpose): purpose for purpose in purposes}
    purpose = codes.get(packed[:PURPOSE_BYTES])
    if purpose is None:
        return None
    agency_id, member_id, subject_id = _numbers(packed[PURPOSE_BYTES:])
    return Question(agency_id, member_id, subject_id, purpose)


def _spelled(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()


def _seal(packed: bytes, domain: str, key: str) -> bytes:
    text = f"{domain}:{packed.hex()}"
    return salted_hmac(SALT, text, secret=key, algorithm="sha256").digest()[:SEAL_BYTES]


def _code(purpose: str) -> bytes:
    return hashlib.sha256(purpose.encode()).digest()[:PURPOSE_BYTES]


def _packed(question: Question) -> bytes:
    """As short as can be: the local part of an address has 64 characters."""
    numbers = (question.agency_id, question.member_id, question.subject_id)
    return _code(question.purpose) + b"".join(_number(number) for number in numbers)


def _number(value: int) -> bytes:
    content = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([len(content)]) + content


def _numbers(packed: bytes) -> list[int]:
    found = []
    while packed:
        size = packed[0]
        found.append(int.from_bytes(packed[1 : 1 + size], "big"))
        packed = packed[1 + size :]
    return found
