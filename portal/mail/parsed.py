"""A mail that has been read: plain data, so that it can travel between processes."""

from dataclasses import dataclass, field
from datetime import datetime

TOO_DEEP = "too_deep"
TOO_MANY_PARTS = "too_many_parts"
UNREADABLE = "unreadable"
NO_HEADERS = "no_headers"

MAIL, BOUNCE, AUTOMATIC = "mail", "bounce", "automatic"
"""What a mail is: written by a person, the report that a mail could not be delivered, or another answer of a program."""

VERIFIED, UNVERIFIED, FAILED = "verified", "unverified", "failed"
"""Whether the sender's domain vouches for the mail: it does, nobody can tell, it says that the mail is forged."""


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
class Forwarded:
    """The mail that was passed on, as far as the program that passed it on said so. sent: its own words, not a moment."""

    sender: Person = field(default_factory=Person)
    subject: str = ""
    sent: str = ""


@dataclass
class Failure:
    """What a bounce tells. message_ids: of the mail that came back; kind: "hard" (for good) or "soft"; text: the reason.

    recipients: whom it did not reach.
    """

    kind: str = "hard"
    text: str = ""
    recipients: list[str] = field(default_factory=list)
    message_ids: list[str] = field(default_factory=list)


@dataclass
class Appointment:
    """What a calendar part says. starts, ends: ISO 8601, a day alone for whole days, "" when it does not say."""

    method: str = ""
    summary: str = ""
    place: str = ""
    starts: str = ""
    ends: str = ""


@dataclass
class ParsedMail:
    """What could be read of a mail. problem: one of the constants above, "" when all of it could be read.

    content_key: the same for every delivery of one mail, by whatever way it came. html is sanitised.
    kind: one of the constants above; failure: only of a bounce. verdict: one of the constants above.
    remote_images: how many pictures of other servers were left out; remote: their addresses, without trackers;
    trackers: who would have learnt that the mail was opened, by name or host.
    appointment: the first that it carries; calendar_line: the same in one line, in the agency's language and zone;
    forwarded: the mail inside, when it passes one on.
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
    remote: list[str] = field(default_factory=list)
    trackers: list[str] = field(default_factory=list)
    kind: str = MAIL
    failure: Failure | None = None
    verdict: str = UNVERIFIED
    appointment: Appointment | None = None
    calendar_line: str = ""
    forwarded: Forwarded | None = None
    attachments: list[Attachment] = field(default_factory=list)
    problem: str = ""

    def speaks_for(self, address: str) -> bool:
        """Whether the mail counts as that person's own word: sent from the address, and its domain vouches for it."""
        return (
            bool(address)
            and self.verdict == VERIFIED
            and self.sender.address.strip().lower() == address.strip().lower()
        )
