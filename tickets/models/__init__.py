"""Tickets, what is said on them, and who works on them."""

from .around import (
    Change,
    ChecklistItem,
    FieldValue,
    Follower,
    Link,
    LinkKind,
    SavedView,
    WatchOut,
)
from .kinds import Stage, TicketField, TicketStatus, TicketType, usual_type
from .talk import GRACE, Comment, CommentVersion, DescriptionVersion, TicketFile, answers_client, told_about
from .teams import Handover, Team, TeamMember
from .ticket import (
    NEVER,
    Priority,
    Ticket,
    TicketCounter,
    TicketQuerySet,
    can_be_opened_by,
)

__all__ = [
    "GRACE",
    "NEVER",
    "Change",
    "ChecklistItem",
    "Comment",
    "CommentVersion",
    "DescriptionVersion",
    "FieldValue",
    "Follower",
    "Handover",
    "Link",
    "LinkKind",
    "Priority",
    "SavedView",
    "Stage",
    "Team",
    "TeamMember",
    "Ticket",
    "TicketCounter",
    "TicketField",
    "TicketFile",
    "TicketQuerySet",
    "TicketStatus",
    "TicketType",
    "WatchOut",
    "answers_client",
    "can_be_opened_by",
    "told_about",
    "usual_type",
]
