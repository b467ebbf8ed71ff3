"""Mails of a client: threads, mails and their files, drafts, and the addresses that are known."""

from .addresses import AddressTest, KnownAddress
from .contents import Draft, MailAttachment
from .mail import (
    Held,
    HeldQuerySet,
    Mail,
    MailQuerySet,
    MailRead,
    Problem,
    can_be_written_by,
    is_letter,
    sender_of,
    snippet_of,
    title_of,
)
from .threads import MailsQuerySet, Thread, ThreadQuerySet

__all__ = [
    "AddressTest",
    "Draft",
    "Held",
    "HeldQuerySet",
    "KnownAddress",
    "Mail",
    "MailAttachment",
    "MailQuerySet",
    "MailRead",
    "MailsQuerySet",
    "Problem",
    "Thread",
    "ThreadQuerySet",
    "can_be_written_by",
    "is_letter",
    "sender_of",
    "snippet_of",
    "title_of",
]
