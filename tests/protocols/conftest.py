"""Protocols of Acme, written by Nora, and the words of the form."""

from datetime import UTC, datetime

import pytest

from portal.core.context import tenant
from protocols import actions

HELD = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def write(cast):
    """Write a protocol as somebody; Nora, for Acme, published, unless told otherwise."""

    def write(title="Jour fixe", *, by=None, client=None, publish=True, **fields):
        words = {"held_at": HELD, "kind": "jour_fixe", "key_points": "## Results\n\n- **Go** for oak", **fields}
        client = client or cast.acme
        with tenant(client.agency_id):
            return actions.write(client, by=by or cast.nora, publish=publish, title=title, **words)

    return write


@pytest.fixture
def protocol(write):
    return write()


@pytest.fixture
def words():
    """What a browser sends for a new protocol."""
    return {
        "kind": "call",
        "title": "Delivery times",
        "held_at": "2026-11-19T13:30",
        "duration_minutes": "25",
        "place": "Phone",
        "project": "",
        "key_points": "Six to nine days",
        "publish": "",
    }
