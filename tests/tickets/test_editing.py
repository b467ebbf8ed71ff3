"""Changing what a ticket is about: nobody's words are lost, and nothing that is odd ends in an error page."""

import html
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event
from portal.tenancy.models import Project
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.tickets.makers import deliver, mails_to, open_for, status_of
from tickets import actions
from tickets.fields import EstimateField
from tickets.models import GRACE, DescriptionVersion, Link, Ticket


def test_two_people_edit_and_neither_loses_words(cast, ticket):
    path = url("tickets:edit", cast.acme, ticket.number)
    nora, olaf = browse_as(cast.nora), browse_as(cast.olaf)
    first, second = (_drawn(one.get(path)) for one in (nora, olaf))

    nora.post(path, first | {"description": "Sylt sees the island price", "priority": "1"})
    assert olaf.post(path, second | {"title": "Wrong price on Sylt"}).status_code == 302
    changed = reload(ticket)
    assert (changed.title, changed.priority, changed.description) == (
        "Wrong price on Sylt",
        1,
        "Sylt sees the island price",
    )

    clash = olaf.post(path, second | {"title": "Wrong price on Sylt", "description": "Föhr too"})
    page = clash.content.decode()
    assert clash.status_code == 422 and "<del>" in page and "Föhr" in page
    assert reload(ticket).description == "Sylt sees the island price"

    olaf.post(path, _drawn(clash))

    changed = reload(ticket)
    assert (changed.description, changed.priority) == ("Föhr too", 1)
    versions = browse_as(cast.anna).get(url("tickets:request_versions", cast.acme, ticket.number)).content.decode()
    assert "*mainland*" in versions and "island price" in versions
    assert browse_as(cast.bob).get(url("tickets:request_versions", cast.acme, ticket.number)).status_code == 404


def test_earlier_words_are_kept_once_and_shown_from_the_ticket(cast, ticket):
    detail = url("tickets:detail", cast.acme, ticket.number)
    link = url("tickets:request_versions", cast.acme, ticket.number)
    assert link not in browse_as(cast.anna).get(detail).content.decode()
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, description="Other words")
        actions.change(ticket, by=cast.nora, description="Other words")
        assert DescriptionVersion.objects.get().edited_by_id == cast.nora.pk

    assert link in browse_as(cast.anna).get(detail).content.decode()


def test_own_words_changed_at_once_leave_nothing_that_outsiders_read(cast, open_ticket):
    ticket = open_ticket(by=cast.nora, project=cast.shop, description="He pays late")
    versions, detail = (url(f"tickets:{name}", cast.acme, ticket.number) for name in ("request_versions", "detail"))
    with tenant(cast.north.pk):
        told = reload(ticket).told_at
        actions.change(ticket, by=cast.nora, description="The invoice of May")

    for outsider in (cast.anna, cast.vera):
        page = browse_as(outsider).get(detail).content.decode()
        assert "The invoice of May" in page and versions not in page and "wrote anew" not in page
        assert "He pays late" not in browse_as(outsider).get(versions).content.decode()
        with acting_as(outsider):
            assert not DescriptionVersion.objects.exists()
    assert reload(ticket).told_at == told
    assert "He pays late" in browse_as(cast.olaf).get(versions).content.decode()


def test_title_that_was_mended_in_time_is_mailed_as_it_is_now(cast, open_ticket):
    ticket = open_ticket(by=cast.nora, title="Zobel never pays", followers=[cast.anna])
    with tenant(cast.north.pk):
        for event in Event.objects.filter(delivered_at=None).order_by("pk"):
            delivery.deliver(event.pk)
        actions.change(ticket, by=cast.nora, title="Reminder")

    mails = mails_to(deliver(cast.north), cast.anna)

    assert mails and "Zobel" not in "".join(f"{mail.subject}{mail.text}{mail.html}" for mail in mails)
    assert "New ticket ACM-1: Reminder" in mails[0].text


def test_grace_ends_and_is_for_whoever_wrote_it_alone(cast, ticket, open_ticket):
    own, theirs = open_ticket(by=cast.vera, project=cast.shop, description="Vera's"), ticket
    with tenant(cast.north.pk):
        Ticket.objects.filter(pk=own.pk).update(created_at=timezone.now() - GRACE)
    for one, by in ((own, cast.vera), (theirs, cast.nora)):
        with acting_as(by):
            actions.change(one, by=by, description="Other words")
        with acting_as(cast.anna):
            assert DescriptionVersion.objects.get(ticket=one).text == one.description
    with acting_as(cast.vera):
        fresh = open_for(cast.acme, cast.vera, project=cast.shop, description="A slip")
        actions.change(fresh, by=cast.vera, description="None")
        assert not DescriptionVersion.objects.filter(ticket=fresh).exists()


def test_words_of_others_are_never_rewritten_unseen(cast, open_ticket):
    """A ticket in the client's name, as from a mail; and one that a colleague has reworded meanwhile."""
    with tenant(cast.north.pk):
        asked = open_for(cast.acme, cast.nora, logger=cast.anna, description="Please by Monday")
        shared = open_ticket(by=cast.nora, project=cast.shop, description="First")
        actions.change(shared, by=cast.olaf, description="Olaf's")
        for one in (asked, shared):
            actions.change(reload(one), by=cast.nora, description="Nora's")

    with acting_as(cast.anna):
        assert DescriptionVersion.objects.get(ticket=asked).text == "Please by Monday"
        assert [version.text for version in DescriptionVersion.objects.filter(ticket=shared)] == ["Olaf's", "First"]


def test_ticket_of_an_archived_project_stays_in_it(cast, ticket):
    with tenant(cast.north.pk):
        Project.objects.filter(pk=cast.shop.pk).update(archived_at=timezone.now())
    path = url("tickets:edit", cast.acme, ticket.number)
    nora = browse_as(cast.nora)

    nora.post(path, _drawn(nora.get(path)) | {"title": "Still there"})

    assert (reload(ticket).title, reload(ticket).project_id) == ("Still there", cast.shop.pk)


def test_work_that_was_estimated_goes_on_where_it_was(cast, open_ticket, say):
    ticket = open_ticket(kind="change")
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "offered"))
    say(ticket, cast.anna, "Do it")
    assert _status(cast, ticket) == "in-progress"

    with tenant(cast.north.pk):
        actions.close(ticket, by=cast.nora)
        actions.reopen(ticket, by=cast.nora)

    assert _status(cast, ticket) == "in-progress"


def test_rule_of_the_type_holds_on_the_page_too(cast, open_ticket):
    ticket = open_ticket(by=cast.nora, kind="complex")
    with tenant(cast.north.pk):
        actions.close(ticket, by=cast.nora)
    anna, path = browse_as(cast.anna), url("tickets:comment", cast.acme, ticket.number)
    anna.post(path, {"text": "Not yet"})
    assert not reload(ticket).is_closed
    with tenant(cast.north.pk):
        actions.close(ticket, by=cast.nora)
        Ticket.objects.filter(pk=ticket.pk).update(closed_at=timezone.now() - timedelta(days=15))
    assert anna.post(url("tickets:reopen", cast.acme, ticket.number)).status_code == 403

    answer = anna.post(path, {"text": "Again broken"})

    assert reload(ticket).is_closed
    with tenant(cast.north.pk):
        new = Link.objects.select_related("ticket__type").get(other=ticket).ticket
        assert (new.type.code, [said.text for said in new.comments.all()]) == ("simple", ["Again broken"])
    assert f"/tickets/{new.number}/" in answer.url


def test_what_was_merged_is_answered_where_it_went_on(cast, ticket, open_ticket):
    other = open_ticket(title="Same thing")
    with tenant(cast.north.pk):
        actions.merge(ticket, other, by=cast.nora)
    anna = browse_as(cast.anna)
    assert anna.post(url("tickets:reopen", cast.acme, ticket.number)).status_code == 403

    anna.post(url("tickets:comment", cast.acme, ticket.number), {"text": "And Föhr"})

    with tenant(cast.north.pk):
        assert other.comments.filter(text="And Föhr").exists()


def test_odd_numbers_and_double_presses(cast, ticket):
    nora = browse_as(cast.nora)
    assert nora.get(url("tickets:detail", cast.acme, 99999999999)).status_code == 404
    whole = {"text": "Ask the carrier", "form_key": "k1"}
    for _twice in range(2):
        nora.post(url("tickets:add_item", cast.acme, ticket.number), whole)
    with tenant(cast.north.pk):
        assert ticket.checklist.count() == 1


def test_vendor_chooses_among_the_words_that_he_may_know(cast, ticket):
    with tenant(cast.north.pk):
        ticket.type.statuses.filter(code="waiting").update(name="Client sleeps")

    pages = [
        browse_as(who).get(url("tickets:detail", cast.acme, ticket.number)).content.decode()
        for who in (cast.nora, cast.vera)
    ]
    assert ["Client sleeps" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("1:75", None), ("1.5 m", None), ("9-10", None), ("1h 30m", 90), ("120 h", 7200), ("1.5", 90), ("1001 h", None)],
)
def test_estimates_are_read_as_the_work_log_reads_time(typed, minutes):
    field = EstimateField(required=False)
    if minutes is None:
        with pytest.raises(Exception, match="Write it like"):
            field.clean(typed)
    else:
        assert field.clean(typed) == minutes


def _status(cast, ticket) -> str:
    with tenant(cast.north.pk):
        return Ticket.objects.select_related("status").get(pk=ticket.pk).status.code


def _drawn(response) -> dict[str, str]:
    """The form as a browser would send it back."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields if name not in ("is_sure", "due_at")}
    values["estimate_minutes"] = form.fields["estimate_minutes"].prepare_value(values["estimate_minutes"]) or ""
    assert html.escape(values["drawn"]) in response.content.decode() and json.loads(values["drawn"])
    return {name: "" if value is None else value for name, value in values.items()}
