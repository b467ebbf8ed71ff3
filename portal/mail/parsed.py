"""A mail that has been read: plain data, so that it can travel between processes."""

from dataclasses import dataclass, field
from datetime import datetime

TOO_DEEP = "too_deep"
TOO_MANY_PARTS = "too_many_parts"
UNREADABLE = "unreadable"
NO_HEADERS = "no_headers"


@dataclass
class Person:
    """Name and address as the mail claims them."""

    name: str = ""
    address: str = ""


@dataclass
class Attachment:
    """A part that is kept as a file. content_id: how the HTML text refers to it, "" when it does not."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass
class ParsedMail:
    """What could be read of a mail. problem: one of the constants above, "" when all of it could be read.

    content_key: the same for every delivery of one mail, by whatever way it came. html is sanitised.
    remote_images: how many pictures of other servers were left out.
    """

    content_key: str
    message_id: str = ""
    subject: str = ""
    sender: Person = field(default_factory=Person)
    to: list[Person] = field(default_factory=list)
    cc: list[Person] = field(default_factory=list)
    sent_at: datetime | None = None
    references: list[str] = field(default_factory=list)
    text: str = ""
    html: str = ""
    remote_images: int = 0
    attachments: list[Attachment] = field(default_factory=list)
    problem: str = ""
