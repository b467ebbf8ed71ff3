"""Which thread a mail joins. Pure.

By References and In-Reply-To alone, never by subject; and only for somebody who already takes part and for whom his domain, or his
personal address here, vouches. Where nobody examines senders at all, the name has to do. So nobody comes into a thread by guessing
or by a name that is not his; his mail begins its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.mail.parsed import FAILED, VERIFIED, ParsedMail


@dataclass(frozen=True)
class Known:
    """A mail of a thread: its Message-ID, and the addresses of whoever wrote it or got it."""

    thread: int
    message_id: str
    people: frozenset[str]


def is_vouched(mail: ParsedMail, *, has_own_address: bool, is_examined: bool) -> bool:
    """Whether the mail may count as its sender's. has_own_address: it came to the secret address of one person.

    is_examined: somebody here looks whether domains vouch; then one that does not is not believed.
    """
    if mail.verdict == FAILED:
        return False
    return mail.verdict == VERIFIED or has_own_address or not is_examined


def thread_of(mail: ParsedMail, known: Iterable[Known]) -> int | None:
    """The thread of the latest mail to which this one refers, if its sender takes part there; None when it begins its own."""
    sender = mail.sender.address.strip().lower()
    if not sender:
        return None
    known = list(known)
    open_to_sender = {one.thread for one in known if sender in one.people}
    places = {one.message_id: one.thread for one in known if one.thread in open_to_sender}
    return next((places[reference] for reference in reversed(mail.references) if reference in places), None)


def people_of(from_address: str, *others: Iterable[dict]) -> frozenset[str]:
    """The addresses of a mail in lower case; `others` are the rows of To and Cc."""
    named = (person["address"] for people in others for person in people)
    return frozenset(address.strip().lower() for address in (from_address, *named) if address)
