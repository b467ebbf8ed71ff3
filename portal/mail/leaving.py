"""What must still be so when a mail leaves: a relay may be down for days, and what a mail says may be settled meanwhile.

The app that queues such a mail registers the question under a name, in its AppConfig.ready, and names it with the ids that it needs.
"""

from collections.abc import Callable

from portal.mail.models import OutgoingMail

Question = Callable[[list[int]], bool]
DROPPED = "not sent: what it says was no longer so when it was to leave"

_questions: dict[str, Question] = {}


def register(name: str, question: Question) -> None:
    """question: ids -> whether the mail may leave; asked with the agency's sight, before each try."""
    _questions[name] = question


def may_leave(mail: OutgoingMail) -> bool:
    return not mail.only_if or _questions[mail.only_if](mail.only_if_ids)
