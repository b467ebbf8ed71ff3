"""A comment together with the time that it took: both are kept, or neither."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from portal.tenancy.models import Member
from tickets.actions.talking import comment
from tickets.models import Comment, Ticket
from worklog.actions import logging
from worklog.days import Stretch


@transaction.atomic
def answer(ticket: Ticket, *, by: Member, work: Sequence[Stretch] = (), kind: str = "", **words: Any) -> Comment:
    """Say something (see `comment`) and log work of this kind on the ticket. Raises MonthClosed.

    The entry is called like the ticket, because the client reads it also when the comment is private.
    """
    if work:
        log_on(ticket, work, by=by, kind=kind)
    return comment(ticket, by=by, **words)


def log_on(ticket: Ticket, work: Sequence[Stretch], *, by: Member, kind: str) -> None:
    """Time for this ticket, in its project; whoever must not log it there is refused by `log`. Raises MonthClosed."""
    words: dict[str, Any] = {
        "text": str(ticket)[:500],
        "project": ticket.project,
        "subject": logging.subject_of(ticket),
    }
    logging.log(ticket.client, work, by=by, kind=kind, **words)
