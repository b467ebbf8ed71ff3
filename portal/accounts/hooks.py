"""What accounts must know of the rooms above. They put it in at start-up (AppConfig.ready)."""

from collections.abc import Callable, Iterable

from portal.accounts.models import User


def _email(user: User) -> str:
    return "email"


def _nameless() -> str:
    return ""


def _always(asker: User, user: User) -> bool:
    return True


def _nowhere(user: User) -> Iterable[int]:
    return ()


policy_of: Callable[[User], str] = _email
"""The second factor asked of a person: "totp" or "email", the strictest of all places."""

agencies_of: Callable[[User], Iterable[int]] = _nowhere
"""Ids of the agencies in whose audit log the sign-ins of a person stand."""

name_of_place: Callable[[], str] = _nameless
"""The name of the agency at whose door the request came; "" without one."""

may_still_help: Callable[[User, User], bool] = _always
"""Whether the first person, who once asked for the second one's reset, still may in one of their agencies."""
