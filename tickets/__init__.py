"""Tickets: every request and every word about it in one place."""
