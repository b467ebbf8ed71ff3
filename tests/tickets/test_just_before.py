"""What a colleague does between the look of a view and its deed is said in words, and no page breaks."""

from tests.browse import browse_as, url
from tests.tickets.makers import open_for, type_of
from tickets import actions


def test_a_state_of_the_kind_that_it_was(cast, monkeypatch):
    ticket, move = open_for(cast.acme, cast.anna, title="Odd"), actions.move

    def slower(row, **words):
        actions.change(ticket, by=cast.olaf, type=type_of(cast.north, "simple"))
        return move(row, **words)

    monkeypatch.setattr(actions, "move", slower)
    path = url("tickets:move", cast.acme, ticket.number)
    answer = browse_as(cast.nora).post(path, {"status": "in-progress"}, follow=True)
    assert "This kind of ticket has no such state." in answer.content.decode()
