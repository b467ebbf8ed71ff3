"""Every write on tickets. Who is told follows from the events' kinds."""

from .changing import CannotAssign, OtherType, assign, change, close, move, reopen
from .following import add, add_followers, can_see, follow, mute, unfollow
from .linking import join
from .noting import keep_watch_out
from .opening import NotOpenToContacts, open_follower, open_ticket
from .talking import comment, edit

__all__ = [
    "CannotAssign",
    "NotOpenToContacts",
    "OtherType",
    "add",
    "add_followers",
    "assign",
    "can_see",
    "change",
    "close",
    "comment",
    "edit",
    "follow",
    "join",
    "keep_watch_out",
    "move",
    "mute",
    "open_follower",
    "open_ticket",
    "reopen",
    "unfollow",
]
