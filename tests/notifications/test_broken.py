"""One happening that cannot be put into words holds up nobody's other mails."""

import pytest

from portal.core.context import tenant
from portal.notifications.models import Delivery
from tests.tickets.makers import deliver, mails_to, open_for
from tickets import actions


@pytest.fixture
def told(cast):
    """Anna was told of two tickets, and nothing is mailed yet."""
    first, second = (open_for(cast.acme, cast.anna, title=title) for title in ("First", "Second"))
    deliver(cast.north)
    with tenant(cast.north.pk):
        for ticket in (first, second):
            actions.comment(ticket, by=cast.nora, text="Hello")


def test_words_that_cannot_be_read_stay_in_the_portal(cast, told, monkeypatch, caplog):
    from tickets import events

    broken = lambda event, member: 1 / 0  # noqa: E731
    kind = next(kind for kind in events.KINDS if kind.code == "ticket.commented")
    monkeypatch.setattr("portal.notifications.mails.kind_of", _with(kind, quote=broken))

    mail = mails_to(deliver(cast.north), cast.anna)

    assert len(mail) == 1 and "First" in mail[0].text and "Hello" not in mail[0].text
    assert "could not be read" in caplog.text


def test_what_cannot_be_written_ends_and_the_others_go_out(cast, told, monkeypatch, caplog):
    from portal.notifications import mails

    send = mails.send

    def picky(member, rows):
        if any("First" in row.title for row in rows):
            raise ValueError("no such words")
        return send(member, rows)

    monkeypatch.setattr(mails, "send", picky)

    mail = mails_to(deliver(cast.north), cast.anna)

    assert ["Second" in one.text for one in mail] == [True]
    assert "could not be written" in caplog.text
    with tenant(cast.north.pk):
        assert not Delivery.objects.waiting().filter(member=cast.anna).exists()
        assert Delivery.objects.filter(member=cast.anna, outcome="broken").count() == 1


def _with(kind, **more):
    from dataclasses import replace

    from portal.events.kinds import kind_of

    return lambda code: replace(kind, **more) if code == kind.code else kind_of(code)
