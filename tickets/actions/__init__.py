"""Every write on tickets. Who is told follows from the events' kinds."""

from .answering import answer
from .arranging import arrange, can_be_arranged_by, place
from .changing import CannotAssign, OtherType, advance, assign, close, move, move_to, reopen
from .editing import WiderCircle, change, has_parts
from .following import add, add_followers, can_see, follow, mute, remove, unfollow
from .history import lock
from .linking import SameTicket, join, living, part_ways
from .merging import merge
from .noting import confirm, doubt, keep_watch_out
from .opening import NotOpenToContacts, open_follower, open_ticket
from .saving import forget_view, keep_view
from .splitting import NoParts, TooMany, add_item, add_part, release, remove_item, tick
from .talking import comment, edit, withdraw
from .teaming import archive_team, can_be_kept_by, keep_team

__all__ = [
    "CannotAssign",
    "NoParts",
    "NotOpenToContacts",
    "OtherType",
    "SameTicket",
    "TooMany",
    "WiderCircle",
    "add",
    "add_followers",
    "add_item",
    "add_part",
    "advance",
    "answer",
    "archive_team",
    "arrange",
    "assign",
    "can_be_arranged_by",
    "can_be_kept_by",
    "can_see",
    "change",
    "close",
    "comment",
    "confirm",
    "doubt",
    "edit",
    "follow",
    "forget_view",
    "has_parts",
    "join",
    "keep_team",
    "keep_view",
    "keep_watch_out",
    "living",
    "lock",
    "merge",
    "move",
    "move_to",
    "mute",
    "open_follower",
    "open_ticket",
    "part_ways",
    "place",
    "release",
    "remove",
    "remove_item",
    "reopen",
    "tick",
    "unfollow",
    "withdraw",
]
