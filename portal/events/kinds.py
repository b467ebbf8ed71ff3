"""What can happen in the product. Each app declares its kinds in `<app>/events.py` and registers them at start-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of event.

    code: "<noun>.<past participle>"; title: template filled with the payload, translated when shown; area: which of a contact's
    areas opens it; timeline: whether it makes a row there; internal: contacts and vendors may never see it;
    told: who is notified by default (event -> members), the actor excepted; link: event -> path inside the agency;
    label: what the kind is called where people choose what they are told of; every kind with `told` has one;
    waits: outsiders are told of it only when the timeline shows it to them, because it has no page that is open before;
    members: which kinds of members can be told; of_projects: contacts too, if only single projects are open to them;
    has_own_mail: its app writes the mail itself, to whom the choice of this kind allows it;
    urgent: its mail waits for no others; reply: what an answer to its mail becomes (portal.mail.replies), "" for nothing;
    offer: what its mail offers to do at once: (event, member) -> label and path;
    leave: what ends the mails about this one thing: (event, member) -> label and path of a page that works without signing in;
    quote: what was said, for the mail: (event, member) -> Said or None, asked when the mail leaves and with the member's own sight;
    said: the words of its payload as whoever reads them gets them (behind the veil, portal.tenancy.veiling);
    amends: the kind of an earlier event about the same thing, whose words are those of this one from now on (red-line).
    """

    code: str
    title: Any
    area: str = "work"
    icon: str = "info"
    timeline: bool = True
    internal: bool = False
    told: Callable[[Any], Iterable] | None = field(default=None, compare=False)
    link: Callable[[Any], str] | None = field(default=None, compare=False)
    label: Any = ""
    waits: bool = False
    members: tuple[str, ...] = ("specialist", "contact", "vendor")
    of_projects: bool = False
    has_own_mail: bool = False
    urgent: bool = False
    reply: str = ""
    offer: Callable[[Any, Any], tuple[str, str]] | None = field(default=None, compare=False)
    leave: Callable[[Any, Any], tuple[str, str]] | None = field(default=None, compare=False)
    quote: Callable[[Any, Any], "Said | None"] | None = field(default=None, compare=False)
    said: Callable[[dict[str, Any]], dict[str, Any]] | None = field(default=None, compare=False)
    amends: str = ""


@dataclass(frozen=True)
class Said:
    """Somebody's words, as Markdown; files: names of what was attached."""

    author: str
    text: str
    files: tuple[str, ...] = ()


_kinds: dict[str, Kind] = {}
_groups: dict[str, Any] = {}


def register(*kinds: Kind, group: Any = "") -> None:
    """Declare kinds; a code that exists already, or one that people are told of without a label, is a programmer's error.

    group: the heading under which people choose them; "" is the name of their area.
    """
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"event kind {kind.code} is declared twice")
        if kind.told and not kind.label:
            raise ValueError(f"event kind {kind.code} needs a label to be chosen by")
        _kinds[kind.code], _groups[kind.code] = kind, group


def kind_of(code: str) -> Kind:
    """The declared kind of this code; KeyError for an undeclared one."""
    return _kinds[code]


def group_of(kind: Kind) -> Any:
    """The heading under which people choose it, "" when it has none of its own."""
    return _groups.get(kind.code, "")


def on_timeline() -> list[str]:
    """Codes of the kinds that make a row on the timeline."""
    return [kind.code for kind in _kinds.values() if kind.timeline]


def internal_kinds() -> list[str]:
    """Codes of the kinds that contacts may never hear of, and vendors only with the right to private words."""
    return [kind.code for kind in _kinds.values() if kind.internal]


def told_kinds() -> list[Kind]:
    """The kinds that people are told of, in the order of their declaration."""
    return [kind for kind in _kinds.values() if kind.told]
