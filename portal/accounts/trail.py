"""What happens to an account, in the audit log of every agency in which the person has a place."""

from typing import Any

from portal.accounts import hooks
from portal.accounts.models import User
from portal.audit.log import log


def write(kind: str, user: User | None, *, durable: bool = False, **detail: Any) -> None:
    """One audit event per agency of the person; one without agency when there is none, or nobody was meant."""
    for agency_id in _agencies(user):
        log(kind, detail, agency_id=agency_id, user_id=user.pk if user else None, durable=durable)


def write_about(kind: str, user: User, *, by_user_id: int | None, **detail: Any) -> None:
    """The same for what somebody else did: the event is that person's, its detail says whom it is about."""
    for agency_id in _agencies(user):
        log(kind, {"about": user.pk, **detail}, agency_id=agency_id, user_id=by_user_id)


def _agencies(user: User | None) -> tuple[int | None, ...]:
    return (tuple(hooks.agencies_of(user)) if user else ()) or (None,)
