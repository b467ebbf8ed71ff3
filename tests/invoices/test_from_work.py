"""From work to an invoice: what may be charged is, each minute once, and the chain from the entry to the cent is never broken."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from invoices.actions import crediting, drafting, issuing
from invoices.behind import WorkChanged
from invoices.models import Invoice, LineWork
from invoices.sums import line_net, parts_of
from portal.core.context import tenant
from portal.events.models import Event
from portal.tenancy.actions import set_access
from tests.browse import browse_as, reload, url
from tests.counting import queries_of
from tests.scenery import text_file
from tests.tickets.conftest import open_ticket
from tests.timeline.conftest import post
from tests.worklog.conftest import log
from timeline.actions import posting
from worklog.actions import correcting, explaining, invoicing, proving, rating
from worklog.actions.invoicing import NothingToCharge
from worklog.models import Charge, Explanation, WorkEntry
from worklog.proofs import PROOFS

__all__ = ["log", "open_ticket", "post"]
FIRST = date(2026, 1, 1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def rate(cast):
    def rate(amount, **words):
        words = {"by": cast.olaf, "valid_from": FIRST, **words}
        return rating.rate(Decimal(amount), words.pop("currency", "EUR"), **words)

    return rate


@pytest.fixture
def take(cast, sides, today):
    """A draft of the last 30 days."""

    def take(group="kind", by=None):
        first = today - timedelta(days=30)
        return invoicing.draft(cast.acme, first, today, by=by or cast.olaf, group=group, title="Retainer")

    return take


def lines_of(invoice) -> list[tuple]:
    with tenant(invoice.agency_id):
        return [(line.text, int(line.quantity), str(line.net)) for line in invoice.lines.order_by("position")]


def test_work_becomes_lines_that_sum_to_the_cent(cast, log, rate, take):
    rate(95)
    for minutes in (50, 61, 7):
        log(minutes)
    log(200, kind="Design", by=cast.olaf)
    invoice = issuing.issue(take(), by=cast.olaf)

    assert lines_of(invoice) == [("Design", 200, "316.67"), ("Content creation", 118, "186.83")]
    with tenant(cast.north.pk):
        for line in invoice.lines.all():
            rows = list(line.work.all())
            assert sum(row.minutes for row in rows) == line.quantity
            assert sum(row.net for row in rows) == line.net
        assert WorkEntry.objects.filter(invoiced_at=None).count() == 0


@pytest.mark.parametrize(
    ("group", "lines"),
    [
        ("member", {("Nora Example", 60, "95.00"), ("Nora Example", 60, "120.00"), ("Olaf Example", 60, "95.00")}),
        ("project", {("Shop", 60, "120.00"), ("Without a project", 120, "190.00")}),
        ("kind", {("Content creation", 120, "190.00"), ("Content creation", 60, "120.00")}),
    ],
)
def test_lines_are_grouped_as_wished(cast, log, rate, take, group, lines):
    rate(95), rate(120, project=cast.shop)
    log(60), log(60, by=cast.olaf), log(60, project=cast.shop)

    assert set(lines_of(take(group))) == lines


def test_the_closest_rate_counts_and_the_newest_of_them(cast, log, rate, take, today):
    rate(50), rate(60, role=cast.nora.role), rate(80, client=cast.acme)
    rate(90, client=cast.acme, valid_from=today), rate(200, client=cast.acme, valid_from=today + timedelta(days=1))
    rate(10, currency="NOK", project=cast.shop)
    log(60, day=today - timedelta(days=1)), log(60)

    assert sorted(net for _text, _minutes, net in lines_of(take())) == ["80.00", "90.00"]


def test_what_is_asked_about_hidden_or_free_stays_out(cast, log, rate, take, seen_by_anna):
    rate(95)
    asked, hidden, free, good = log(10), log(20), log(30, charge=Charge.GOODWILL), log(40)
    seen_by_anna(asked)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=hidden.pk).update(visible_from=None)

    assert lines_of(take()) == [("Content creation", 40, "63.33")]
    assert {asked.pk, free.pk, good.pk}
    with pytest.raises(NothingToCharge):
        take()


def test_what_waits_for_an_answer_stands_on_the_draft(cast, log, rate, take, seen_by_anna):
    rate(95)
    asked, _charged = log(10, text="Why so long"), log(40)
    seen_by_anna(asked)
    invoice, olaf = take(), browse_as(cast.olaf)
    page = url("invoices:edit", cast.acme, invoice.pk)
    ((words, path),) = olaf.get(page).context["asked"]
    assert (words.startswith("Why so long, "), path) == (True, url("worklog:entry", cast.acme, asked.pk))
    assert "1 entry of the period is not in it" in olaf.get(page).content.decode()
    assert len(queries_of(olaf, page)) == 11

    with tenant(cast.north.pk):
        explaining.release(Explanation.objects.get(entry=asked), by=cast.anna)
    olaf.post(url("worklog:recharge", cast.acme, invoice.pk), {"group": "kind"})
    assert olaf.get(page).context["asked"] == []
    assert lines_of(invoice) == [("Content creation", 50, "79.17")]


@pytest.fixture
def seen_by_anna(cast):
    def ask(entry):
        with tenant(cast.north.pk):
            explaining.ask(WorkEntry.objects.select_related("client__agency").get(pk=entry.pk), "Why?", by=cast.anna)

    return ask


def test_entry_of_a_draft_is_not_taken_twice(cast, log, rate, take):
    rate(95)
    log(60)
    invoice = take()
    log(30)
    assert lines_of(take()) == [("Content creation", 30, "47.50")]
    with tenant(cast.north.pk), pytest.raises(IntegrityError), transaction.atomic():
        row = LineWork.objects.filter(invoice=invoice).get()
        row.pk, row.line_id = None, invoice.lines.get().pk
        row.save()


def test_what_changed_since_the_draft_stops_the_issue(cast, log, rate, take):
    rate(95)
    entry = log(60)
    invoice = take()
    with tenant(cast.north.pk):
        correcting.correct(entry, by=cast.olaf, minutes=45)
    with pytest.raises(WorkChanged):
        issuing.issue(invoice, by=cast.olaf)

    invoicing.renew(invoice, by=cast.olaf, group="kind")
    assert lines_of(issuing.issue(invoice, by=cast.olaf)) == [("Content creation", 45, "71.25")]


def test_a_question_since_the_draft_stops_the_issue(cast, log, rate, take, seen_by_anna):
    rate(95)
    entry = log(60)
    invoice = take()
    seen_by_anna(entry)

    with pytest.raises(WorkChanged):
        issuing.issue(invoice, by=cast.olaf)


def test_invoiced_entry_is_final(cast, log, rate, take):
    rate(95)
    entry = log(60)
    issuing.issue(take(), by=cast.olaf)
    entry = reload(entry)

    assert not entry.can_be_edited_by(cast.nora)
    assert not entry.can_be_corrected_by(cast.olaf)
    for change in ({"minutes": 5}, {"text": "Else"}, {"spent_on": FIRST}):
        with tenant(cast.north.pk), pytest.raises(IntegrityError), transaction.atomic():
            WorkEntry.objects.filter(pk=entry.pk).update(**change)
    with tenant(cast.north.pk), pytest.raises(IntegrityError), transaction.atomic():
        WorkEntry.objects.filter(pk=entry.pk).delete()


def test_whole_credit_note_frees_the_work(cast, log, rate, take):
    rate(95)
    entry = log(60)
    invoice = issuing.issue(take(), by=cast.olaf)
    note = crediting.credit(invoice, by=cast.olaf, reason="Wrong client")

    assert (note.gross, note.kind, note.corrects_id) == (invoice.gross, "credit", invoice.pk)
    invoice = reload(invoice)
    assert invoice.cancelled_at
    assert (invoice.open_amount, reload(note).open_amount) == (0, 0)
    assert reload(entry).invoiced_at is None
    again = issuing.issue(take(), by=cast.olaf)
    assert lines_of(again) == lines_of(invoice)
    with tenant(cast.north.pk):
        assert LineWork.objects.filter(entry_id=entry.pk).count() == 2


def test_credit_note_in_part_keeps_the_work(cast, log, rate, take):
    rate(60)
    entry = log(90)
    invoice = issuing.issue(take(), by=cast.olaf)
    with tenant(cast.north.pk):
        line = invoice.lines.get()
    note = crediting.credit(invoice, by=cast.olaf, reason="Half an hour", quantities={line.pk: Decimal(30)})

    assert (str(note.gross), str(reload(invoice).open_amount)) == ("35.70", "71.40")
    assert reload(entry).invoiced_at
    with pytest.raises(crediting.NothingLeft):
        crediting.credit(invoice, by=cast.olaf, reason="Too much", quantities={line.pk: Decimal(61)})
    with pytest.raises(crediting.NothingLeft):
        crediting.credit(invoice, by=cast.olaf, reason="Whole")
    crediting.credit(reload(invoice), by=cast.olaf, reason="The rest", quantities={line.pk: Decimal(60)})
    assert reload(entry).invoiced_at is None


def test_who_must_not_draft_from_work(cast, log, rate, take):
    rate(95)
    log(60)
    for member in (cast.nora, cast.rita, cast.anna, cast.saul):
        with pytest.raises(Exception, match=r"^$"):
            take(by=member)
    with tenant(cast.north.pk):
        assert not Invoice.objects.exists()


def test_discarded_draft_gives_the_work_back(cast, log, rate, take):
    rate(95)
    log(60)
    drafting.discard(take(), by=cast.olaf)

    assert lines_of(take()) == [("Content creation", 60, "95.00")]


@given(
    st.lists(st.integers(1, 1500), min_size=1, max_size=40),
    st.decimals(0, 400, places=2),
    st.sampled_from(["EUR", "JPY"]),
)
def test_parts_of_entries_always_sum_to_their_line(minutes, price, currency):
    net = line_net(Decimal(sum(minutes)), price, currency, in_minutes=True)
    parts = parts_of(net, minutes, currency)

    assert sum(parts) == net
    assert all(abs(part - net * m / sum(minutes)) < 1 for part, m in zip(parts, minutes, strict=True))


def test_a_line_for_each_ticket_is_named_by_it_and_leads_there(cast, log, rate, take, open_ticket):
    rate(95)
    basket, search = open_ticket(title="Basket loses content"), open_ticket(title="Search is slow")
    for row, minutes in ((basket, 200), (search, 30), (basket, 10)):
        log(minutes, subject=("tickets.ticket", row.pk))
    log(5)

    invoice = issuing.issue(take("subject"), by=cast.olaf)

    assert lines_of(invoice) == [
        (f"{basket.key} Basket loses content", 210, "332.50"),
        (f"{search.key} Search is slow", 30, "47.50"),
        ("Content creation", 5, "7.92"),
    ]
    with tenant(cast.north.pk):
        set_access(cast.carl, cast.acme, ["money"])
    path, ticket = (
        url("invoices:detail", cast.acme, invoice.pk),
        url("tickets:detail", cast.acme, basket.number),
    )
    for member, leads in ((cast.olaf, True), (cast.anna, True), (cast.carl, False)):
        shown = browse_as(member).get(path).content.decode()
        assert "Basket loses content" in shown
        assert (f'href="{ticket}"' in shown) == leads, member


def test_credit_note_keeps_what_its_lines_were_for(cast, log, rate, take, open_ticket):
    rate(95)
    log(60, subject=("tickets.ticket", (ticket := open_ticket()).pk))
    note = crediting.credit(issuing.issue(take("subject"), by=cast.olaf), by=cast.olaf, reason="Wrong")

    with tenant(cast.north.pk):
        line = note.lines.get()
    assert (line.subject_type, line.subject_id) == ("tickets.ticket", ticket.pk)


def test_result_of_a_held_back_activity_is_on_no_invoice(cast, log, rate, take, post):
    """Neither counted nor as a hash; and the proofs hold whatever becomes of the activity."""
    rate(95)
    entry, activity = log(60), post()
    (shown,) = proving.add(entry, by=cast.nora, text="Oak")
    (held,) = proving.add(entry, by=cast.nora, text="Soon", event=activity.event)
    invoice = issuing.issue(take(), by=cast.olaf)

    with tenant(cast.north.pk):
        assert LineWork.objects.get().results == [shown.sha256]
        assert _unproven() == []
    assert held.sha256 not in browse_as(cast.anna).get(url("invoices:detail", cast.acme, invoice.pk)).content.decode()
    with tenant(cast.north.pk):
        for moment in (timezone.now(), timezone.now() + timedelta(days=1)):
            Event.objects.filter(pk=activity.event_id).update(visible_from=moment)
            assert _unproven() == []
    posting.take_back(activity, by=cast.nora)
    with tenant(cast.north.pk):
        assert _unproven() == []


def _unproven() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(PROOFS["charged results are those of the entry"])
        return cursor.fetchall()


def test_each_entry_shows_what_came_of_it_in_place(cast, log, rate, take, open_ticket):
    rate(95)
    entry = log(60, subject=("tickets.ticket", open_ticket().pk))
    with tenant(cast.north.pk):
        (file,) = proving.add(entry, by=cast.nora, uploads=[text_file("Draft.txt")])
        proving.add(entry, by=cast.nora, link="https://example.org/oak", title="Live page")
    invoice = issuing.issue(take("subject"), by=cast.olaf)
    with tenant(cast.north.pk):
        set_access(cast.carl, cast.acme, ["money"])
    page, preview = (
        url("invoices:detail", cast.acme, invoice.pk),
        url("worklog:preview", cast.acme, entry.pk, file.pk),
    )

    anna = browse_as(cast.anna)
    shown = anna.get(page).content.decode()
    assert f'<a href="{preview}" hx-get="{preview}" hx-target="next .opened"' in shown
    assert 'href="https://example.org/oak"' in shown
    assert "31.5 kg" in anna.get(preview).content.decode(), "a page of its own without JavaScript"
    assert "<html" not in anna.get(preview, headers={"HX-Request": "true"}).content.decode()
    assert len(queries_of(anna, page)) == 12

    without_work = browse_as(cast.carl).get(page).content.decode()
    assert "2 results" in without_work
    assert preview not in without_work
    assert "example.org" not in without_work
