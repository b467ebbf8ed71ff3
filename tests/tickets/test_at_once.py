"""What thirty-two people do to one ticket at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connections, transaction

from portal.core.context import tenant
from portal.mail import intake
from portal.mail.addresses import Recipient, address_for
from portal.mail.models import InboundMail
from portal.mail.parsing import parse
from tests.mail.makers import raw_letter
from tests.tickets.makers import open_for, status_of, type_of
from tickets import actions, mail_in
from tickets.actions import changing, continuing, editing
from tickets.models import Change, Comment, Link, Ticket

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


def test_comments_moves_and_merges_lose_nothing(cast):
    with tenant(cast.north.pk), transaction.atomic():
        ticket = open_for(cast.acme, cast.anna, title="Busy")
        others = [open_for(cast.acme, cast.anna, title=f"Same {number}") for number in range(8)]
        steps = [status_of(ticket, code) for code in ("in-progress", "waiting", "accepted", "received")]
    work = [lambda number=number: actions.comment(ticket, by=cast.nora, text=f"Word {number}") for number in range(16)]
    work += [lambda step=step: actions.move(ticket, by=cast.nora, status=step) for step in [*steps, *steps]]
    work += [lambda other=other: actions.merge(other, ticket, by=cast.nora) for other in others]

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(_alone(cast), work))

    assert results == [None] * 32
    with tenant(cast.north.pk), transaction.atomic():
        said = list(Comment.objects.filter(ticket=ticket).order_by("pk"))
        assert sum(one.text.startswith("Word") for one in said) == 16
        assert sum(one.text.startswith("**ACM-") for one in said) == 8
        words = [one for one in said if one.text.startswith("Word")]
        assert words == sorted(words, key=lambda one: one.created_at)
        assert Link.objects.filter(other=ticket, kind="merged").count() == 8
        assert Ticket.objects.open().count() == 1
        moves = list(Change.objects.filter(ticket=ticket, what="status").order_by("pk").values_list("old", "new"))
        assert [old for old, _new in moves] == ["received", *(new for _old, new in moves[:-1])]
        assert moves[-1][1] == Ticket.objects.select_related("status").get(pk=ticket.pk).status.code


def test_numbers_of_one_moment_are_different(cast):
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(_alone(cast), [lambda: open_for(cast.acme, cast.nora)] * 8))

    assert results == [None] * 8
    with tenant(cast.north.pk), transaction.atomic():
        assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 9))


def test_whole_moves_while_somebody_closes_a_part(cast, monkeypatch):
    """Neither waits for what the other holds. The first pauses where it has the whole and not yet the parts."""
    with tenant(cast.north.pk), transaction.atomic():
        whole = open_for(cast.acme, cast.nora, kind="complex", project=cast.shop)
        part = actions.add_part(whole, by=cast.nora, title="Basket", type=type_of(cast.north, "task"))
    has_whole, has_part = Event(), Event()
    monkeypatch.setattr(editing, "move_along", lambda _ticket: (has_whole.set(), has_part.wait(0.5)))
    put = changing.put
    monkeypatch.setattr(changing, "put", lambda *args, **words: (has_part.set(), put(*args, **words))[1])

    def close():
        assert has_whole.wait(10)
        actions.close(part, by=cast.nora)

    with ThreadPoolExecutor(2) as pool:
        move = pool.submit(_alone(cast), lambda: actions.change(whole, by=cast.nora, project=cast.blog, is_sure=True))
        results = [pool.submit(_alone(cast), close).result(), move.result()]

    assert results == [None, None]
    with tenant(cast.north.pk), transaction.atomic():
        part = Ticket.objects.get(pk=part.pk)
        assert part.is_closed and part.project_id == cast.blog.pk
        assert Ticket.objects.get(pk=whole.pk).percent == 99


def test_answer_to_a_merged_ticket_while_both_are_changed(cast, monkeypatch):
    """Neither waits for what the other holds: the answer pauses where it knows where it goes and may have its ticket."""
    with tenant(cast.north.pk), transaction.atomic():
        living, merged = open_for(cast.acme, cast.anna), open_for(cast.acme, cast.anna)
        actions.merge(merged, living, by=cast.nora)
    knows, has_first = _pause_in_living(monkeypatch)

    def change_several():
        assert knows.wait(10)
        with tenant(cast.north.pk):
            Ticket.objects.select_for_update(no_key=True).get(pk=living.pk)
            has_first.set()
            actions.lock(living, merged)

    with ThreadPoolExecutor(2) as pool:
        answer = pool.submit(_alone(cast), lambda: actions.comment(merged, by=cast.anna, text="Still broken"))
        results = [pool.submit(_alone(cast), change_several).result(), answer.result()]

    assert results == [None, None]
    with tenant(cast.north.pk), transaction.atomic():
        assert Comment.objects.get(text="Still broken").ticket_id == living.pk


def test_answer_follows_a_ticket_that_is_merged_on_meanwhile(cast, monkeypatch):
    with tenant(cast.north.pk), transaction.atomic():
        last, living, merged = (open_for(cast.acme, cast.anna, title=title) for title in ("Last", "Living", "Merged"))
        actions.merge(merged, living, by=cast.nora)
    knows, is_merged = _pause_in_living(monkeypatch)

    def merge():
        assert knows.wait(10)
        actions.merge(living, last, by=cast.nora)

    with ThreadPoolExecutor(2) as pool:
        answer = pool.submit(_alone(cast), lambda: actions.comment(merged, by=cast.anna, text="Still broken"))
        results = [pool.submit(_alone(cast), merge).result()]
        is_merged.set()
        results.append(answer.result())

    assert results == [None, None]
    with tenant(cast.north.pk), transaction.atomic():
        assert Comment.objects.get(text="Still broken").ticket_id == last.pk
        assert Ticket.objects.count() == 3


def test_mail_that_is_delivered_twice_at_the_same_moment_opens_one_ticket(cast, monkeypatch):
    with tenant(cast.north.pk), transaction.atomic():
        to = mail_in.address_of(address_for(cast.acme))
    raw = raw_letter(to=to, text="On Sylt", From="anna@anna.example")
    (pk,) = intake.accept(raw, intake.Envelope("anna@anna.example", {to: cast.north.pk}, "127.0.0.1"))
    with tenant(cast.north.pk), transaction.atomic():
        inbound = InboundMail.objects.get(pk=pk)
    both, opening = Barrier(2, timeout=10), mail_in._open
    monkeypatch.setattr(mail_in, "_open", lambda *words: (both.wait(), opening(*words))[1])
    deliver = lambda: mail_in.receive(inbound, parse(raw), [Recipient(cast.acme, "ticket")])  # noqa: E731

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(_alone(cast), [deliver, deliver]))

    assert results == [None, None]
    with tenant(cast.north.pk), transaction.atomic():
        assert Ticket.objects.get().description == "On Sylt"


def _pause_in_living(monkeypatch) -> tuple[Event, Event]:
    """The first who asks where a merged ticket goes on says so, and waits (shortly) before he goes there."""
    knows, may_go, living = Event(), Event(), continuing.living

    def pausing(ticket):
        found = living(ticket)
        if not knows.is_set():
            knows.set()
            may_go.wait(3)
        return found

    monkeypatch.setattr(continuing, "living", pausing)
    return knows, may_go


def _alone(cast):
    """Each in a connection of its own; what went wrong comes back."""

    def run(act):
        try:
            with tenant(cast.north.pk), transaction.atomic():
                act()
        except Exception as error:
            return repr(error)
        finally:
            connections.close_all()

    return run
