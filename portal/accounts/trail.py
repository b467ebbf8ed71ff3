"""What happens to an account, in the audit log of every agency in which the person has a place."""

from typing import Any

from portal.accounts import hooks
from portal.accounts.models import User
from portal.audit.log import log


def write(kind: str, user: User | None, *, durable: bool = False, **detail: Any) -> None:
    """One audit event per agency of the person; one without agency when there is none, or nobody was meant."""
    agencies = tuple(hooks.agencies_of(user)) if user else ()
    for agency_id in agencies or (None,):
        log(kind, detail, agency_id=agency_id, user_id=user.pk if user else None, durable=durable)
