"""What happens to an account, in the audit log of every agency in which the person has a place."""

from typing import Any

from portal.accounts import hooks
from portal.accounts.models import User
from portal.audit.log import log
from portal.core.context import traced

ELSEWHERE = "elsewhere"
"""Marks in its detail what was done by somebody who has no place in the event's agency."""


def write(kind: str, user: User | None, *, durable: bool = False, **detail: Any) -> None:
    """One audit event per agency of the person; one without agency when there is none, or nobody was meant."""
    for agency_id in _agencies(user):
        log(kind, detail, agency_id=agency_id, user_id=user.pk if user else None, durable=durable)


def write_about(kind: str, user: User, *, by: User | None, **detail: Any) -> None:
    """The same for what somebody else did: the event is that person's, its detail says whom it is about.

    Agencies in which that person has no place learn that it was done, not by whom and from where.
    """
    known, found = {*_agencies(by), None}, {"about": user.pk, **detail}
    for agency_id in _agencies(user):
        if agency_id in known or by == user:
            log(kind, found, agency_id=agency_id, user_id=by.pk if by else None)
        else:
            with traced(user_id=None, ip="", ua=""):
                log(kind, {**found, ELSEWHERE: True}, agency_id=agency_id)


def _agencies(user: User | None) -> tuple[int | None, ...]:
    return (tuple(hooks.agencies_of(user)) if user else ()) or (None,)
