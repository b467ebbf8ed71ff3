"""Meetings planned ahead: series, invitations, agendas, calendars to subscribe to, and protocols that are still to be written."""

from protocols.meetings.unwritten import unwritten_of

__all__ = ["unwritten_of"]
