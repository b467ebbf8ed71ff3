"""Minutes and meetings of a client."""

from .contents import ActionItem, AgendaItem, InternalNote, Participation, Version
from .meetings import CalendarFeed, Meeting, MeetingGuest, MeetingSeries, MeetingTopic
from .protocol import (
    COMMENTING,
    CONTRIBUTING,
    Comment,
    Kind,
    Protocol,
    ProtocolFile,
    ProtocolQuerySet,
    ProtocolRead,
    can_be_filed_by,
    can_be_written_by,
)

__all__ = [
    "COMMENTING",
    "CONTRIBUTING",
    "ActionItem",
    "AgendaItem",
    "CalendarFeed",
    "Comment",
    "InternalNote",
    "Kind",
    "Meeting",
    "MeetingGuest",
    "MeetingSeries",
    "MeetingTopic",
    "Participation",
    "Protocol",
    "ProtocolFile",
    "ProtocolQuerySet",
    "ProtocolRead",
    "Version",
    "can_be_filed_by",
    "can_be_written_by",
]
