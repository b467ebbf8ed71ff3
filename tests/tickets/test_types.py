"""The owner arranges the kinds of tickets: their order, the client's words, what an answer after the closing does."""

from portal.core.context import tenant
from tests.browse import browse_as, reload, url
from tests.tickets.makers import type_of
from tickets.models import TicketStatus

WORDS = {
    "word_received": "Received",
    "word_accepted": "We have seen it",
    "word_in-progress": "In progress",
    "word_waiting": "Your turn",
    "word_done": "Done",
}


def test_clients_word_is_what_the_client_reads(cast, ticket):
    path = url("desk:type", cast.north, ticket.type_id)
    assert browse_as(cast.nora).get(path).status_code == 404
    browse_as(cast.olaf).post(path, {"reopen_days": "3", "is_open_to_contacts": "on", **WORDS})

    page = browse_as(cast.anna).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
    assert "Your turn" in page and "We have seen it" in page
    assert "Your turn" not in browse_as(cast.nora).get(url("tickets:index", cast.acme)).content.decode()
    with tenant(cast.north.pk):
        kept = TicketStatus.objects.get(type=ticket.type_id, code="received")
    assert kept.client_word == "Received" and reload(ticket.type).reopen_days == 3


def test_what_nobody_changed_stays_translated(cast, ticket):
    cast.olaf.user.language = "de"
    cast.olaf.user.save()
    path = url("desk:type", cast.north, ticket.type_id)
    form = browse_as(cast.olaf).get(path).context["form"]

    data = {bound.name: bound.value() for bound in form if bound.name.startswith("word_")}
    browse_as(cast.olaf).post(path, {"reopen_days": "14", **data})

    with tenant(cast.north.pk):
        words = set(TicketStatus.objects.filter(type=ticket.type_id).values_list("client_word", flat=True))
    assert data["word_in-progress"] != "In progress" and "In progress" in words


def test_order_is_that_of_the_form(cast):
    def offered():
        return [kind.code for kind in browse_as(cast.anna).get(url("tickets:create", cast.acme)).context["kinds"]]

    assert offered()[:2] == ["bug", "simple"]
    for how in ("up", "down"):
        browse_as(cast.olaf).post(url("desk:place_type", cast.north, type_of(cast.north).pk), {"how": how})
    assert offered()[:2] == ["simple", "bug"]


def test_kind_that_only_the_agency_opens_and_days_of_reopening(cast, ticket):
    path = url("desk:type", cast.north, ticket.type_id)
    browse_as(cast.olaf).post(path, {"reopen_days": "0", **WORDS})

    assert "bug" not in [
        kind.code for kind in browse_as(cast.anna).get(url("tickets:create", cast.acme)).context["kinds"]
    ]
    assert browse_as(cast.olaf).post(path, {"reopen_days": "-1", **WORDS}).status_code == 422
    page = browse_as(cast.olaf).get(url("desk:types", cast.north)).content.decode()
    assert "only the agency opens it" in page and "opens again within 0 days" in page
