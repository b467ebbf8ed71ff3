"""Meetings planned ahead: series, invitations, agendas, calendars to subscribe to, and protocols that are still to be written."""
