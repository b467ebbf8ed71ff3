"""Protocols: minutes of calls, jours fixes and meetings, with comments and files."""
