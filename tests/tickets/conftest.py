"""Tickets of Acme."""

import pytest

from portal.core.context import tenant
from tests.tickets.makers import open_for


@pytest.fixture
def ticket(cast):
    """Anna's, about the shop; Vera's studio shares it."""
    return open_for(cast.acme, cast.anna, project=cast.shop, description="Sylt sees the *mainland* price")


@pytest.fixture
def open_ticket(cast):
    """Opens tickets of Acme: `open_ticket(by=cast.nora, title="…")`."""

    def make(client=None, by=None, **fields):
        return open_for(client or cast.acme, by or cast.anna, **fields)

    return make


@pytest.fixture
def say(cast):
    """Says something on a ticket: `say(ticket, cast.nora, "…", is_private=True)`."""
    from tickets import actions

    def make(ticket, by, text="Hello", **words):
        with tenant(ticket.agency_id):
            return actions.comment(ticket, by=by, text=text, **words)

    return make
