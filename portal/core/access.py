"""Who may open a view, written above it. Closed by default: without a decorator a view needs a member of the agency.

The rule of a view is data: the door (portal.tenancy.middleware) enforces it, tests/test_walls.py holds every route against its table.
"""

from dataclasses import dataclass, replace

ATTRIBUTE = "access_rule"


@dataclass(frozen=True)
class Rule:
    """public: anyone. signed_in: any person. enrolling: open before the second factor stands. Else a member, and:

    kinds: member kinds that may enter (all by default); permission: what the role must allow; area: what must be
    open to the member at the client; whole: contacts to whom only some of its projects are open have no part in it.
    """

    public: bool = False
    signed_in: bool = False
    enrolling: bool = False
    kinds: tuple[str, ...] = ()
    permission: str = ""
    area: str = ""
    whole: bool = False


def ruled(**changes):
    """A decorator that adds to the view's rule."""

    def decorate(view):
        setattr(view, ATTRIBUTE, replace(getattr(view, ATTRIBUTE, Rule()), **changes))
        return view

    return decorate


def rule_of(view) -> Rule:
    """The rule of a view."""
    return getattr(view, ATTRIBUTE, Rule())


public = ruled(public=True)
signed_in = ruled(signed_in=True)
enrolling = ruled(signed_in=True, enrolling=True)
staff_only = ruled(kinds=("specialist",))


def needs(permission: str):
    """Only members whose role allows this."""
    return ruled(permission=permission)


def area(name: str):
    """Only members to whom this area of the client is open."""
    return ruled(area=name)


def whole_client(name: str):
    """The same, but not contacts to whom only some projects of the client are open."""
    return ruled(area=name, whole=True)
