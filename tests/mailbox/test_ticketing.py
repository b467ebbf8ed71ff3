"""A mail in the tab becomes a ticket with one click."""

from django.db import transaction

from mailbox.models import Mail
from portal.core.context import tenant
from portal.tenancy.actions import set_access
from tests.browse import browse_as, url
from tests.mailbox.conftest import deliver, mail  # noqa: F401, fixtures
from tickets.models import Ticket, WatchOut


def test_mail_becomes_a_ticket_once_with_words_files_and_writer(cast, deliver):  # noqa: F811
    files = [("Terms.txt", "text/plain", b"31.5 kg")]
    found = deliver(
        From="Anna <anna@anna.example>",
        Cc="carl@carl.example, bob@bob.example",
        text="On Sylt",
        Subject="Wrong price",
        project="shop",
        files=files,
    )[-1]
    path = url("mailbox:ticket", cast.acme, found.pk)
    with tenant(cast.north.pk):
        Mail.objects.filter(pk=found.pk).update(verdict="verified")

    first, second = (browse_as(cast.nora).post(path) for _twice in range(2))

    assert first.url == second.url
    with tenant(cast.north.pk):
        ticket = Ticket.objects.get()
        assert (ticket.title, ticket.logger_id, ticket.opened_by_id) == ("Wrong price", cast.anna.pk, cast.nora.pk)
        assert ticket.project_id == cast.shop.pk
        assert set(ticket.followers.values_list("member_id", flat=True)) == {cast.anna.pk, cast.nora.pk, cast.carl.pk}
    for member in (cast.nora, cast.anna):
        pane = (
            browse_as(member).get(url("mailbox:detail", cast.acme, found.pk)).content.decode().partition("<article")[2]
        )
        assert f'<a href="{first.url}">{ticket.key}</a>' in pane
        assert path not in pane
    page = browse_as(cast.anna).get(first.url).content.decode()
    assert "On Sylt" in page and "Terms.txt" in page
    original = browse_as(cast.nora).get(url("tickets:request_original", cast.acme, ticket.number))
    assert b"Wrong price" in original.content


def test_mail_for_which_nobody_vouches_is_in_nobody_elses_name(cast, deliver):  # noqa: F811
    words = {"From": "Anna <anna@anna.example>", "Cc": "carl@carl.example", "Subject": "New account"}
    found = deliver(**words, text="Pay to DE00")[-1]

    browse_as(cast.nora).post(url("mailbox:ticket", cast.acme, found.pk))

    with tenant(cast.north.pk):
        ticket = Ticket.objects.get()
        assert ticket.logger_id == cast.nora.pk and ticket.is_doubted
        assert list(ticket.followers.values_list("member_id", flat=True)) == [cast.nora.pk]
        assert "nobody vouches" in WatchOut.objects.get(ticket=ticket).text


def test_whoever_has_no_tickets_there_is_not_named_as_who_asked(cast, deliver):  # noqa: F811
    with tenant(cast.north.pk), transaction.atomic():
        set_access(cast.anna, cast.acme, ["mails"])
    for name in ("anna", "bob", "vera"):
        found = deliver(From=f"{name} <{name}@{name}.example>", Subject=f"Of {name}")[-1]
        with tenant(cast.north.pk):
            Mail.objects.filter(pk=found.pk).update(verdict="verified")
        browse_as(cast.nora).post(url("mailbox:ticket", cast.acme, found.pk))
        with tenant(cast.north.pk):
            assert Ticket.objects.get(title=f"Of {name}").logger_id == cast.nora.pk


def test_nobody_else_makes_tickets_of_mails(cast, mail):  # noqa: F811
    path = url("mailbox:ticket", cast.acme, mail.pk)

    statuses = {name: browse_as(getattr(cast, name)).post(path).status_code for name in ("anna", "rita", "bob", "saul")}

    assert statuses == {"anna": 404, "rita": 403, "bob": 404, "saul": 404}
