"""The pages of both sides: the agency drafts and issues, the client sees at a glance, opens lines, downloads."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from invoices.actions import crediting, issuing
from invoices.actions.drafting import Part
from invoices.models import Invoice, InvoiceRead, TaxProfile
from portal.core.context import tenant
from portal.core.formats import format_date
from portal.core.pdf import PdfTrouble
from tests.browse import browse_as, events_of, reload, url
from tests.counting import queries_of
from tests.invoices.conftest import both_sides
from tests.invoices.test_from_work import rate, take, today
from tests.people.confirming import confirmed
from tests.worklog.conftest import log
from worklog.actions import invoicing
from worklog.models import WorkRate

__all__ = ["log", "rate", "take", "today"]
HOUR = Part("Care", Decimal(1), Decimal(100))


def page(browser, name, place, *args, status=200) -> str:
    answer = browser.get(url(name, place, *args))
    assert answer.status_code == status, answer.headers
    return answer.content.decode()


def test_story_from_work_to_the_clients_download(cast, log, rate, sides, today, django_capture_on_commit_callbacks):
    rate(95)
    log(125), log(30, kind="Design")
    olaf, anna = confirmed(cast.olaf), browse_as(cast.anna)
    words = {"title": "Retainer", "group": "kind", "first": today - timedelta(days=3), "last": today}
    drafted = olaf.post(url("worklog:charge", cast.acme), words)
    with tenant(cast.north.pk):
        invoice = Invoice.objects.get()
    assert drafted.headers["Location"] == url("invoices:edit", cast.acme, invoice.pk)
    draft = page(olaf, "invoices:edit", cast.acme, invoice.pk)
    assert "2:35" in draft
    assert "Issue €292.05" in draft
    assert olaf.get(url("invoices:preview", cast.acme, invoice.pk)).content.startswith(b"%PDF")
    assert page(anna, "invoices:edit", cast.acme, invoice.pk, status=404)

    assert olaf.post(url("invoices:issue", cast.acme, invoice.pk)).status_code == 302
    invoice = reload(invoice)
    listed = page(anna, "invoices:index", cast.acme)
    assert invoice.number in listed
    assert "€292.05" in listed
    detail = page(anna, "invoices:detail", cast.acme, invoice.pk)
    assert "2:05 h × €95.00 = €197.92" in detail.replace("\N{NO-BREAK SPACE}", " ")
    answer = anna.get(url("invoices:paper", cast.acme, invoice.pk, "pdf"))
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"%PDF")
    again = b"".join(anna.get(url("invoices:paper", cast.acme, invoice.pk, "pdf")).streaming_content)
    assert again == content

    with tenant(cast.north.pk):
        mark = InvoiceRead.objects.get(invoice=invoice)
    assert (mark.member_id, mark.downloaded_at is not None) == (cast.anna.pk, True)
    assert [kind for kind, _actor in events_of(invoice)] == ["invoice.issued", "invoice.read"]
    assert "Downloaded by Anna" in page(olaf, "invoices:detail", cast.acme, invoice.pk)


def test_entry_in_the_work_log_is_invoiced_and_no_more_provisional(cast, log, rate, take):
    rate(95)
    entry = log(60)
    issuing.issue(take(), by=cast.olaf)

    shown = page(browse_as(cast.anna), "worklog:entry", cast.acme, entry.pk)
    assert "invoiced" in shown
    assert "provisional" not in shown
    assert browse_as(cast.nora).get(url("worklog:edit", cast.acme, entry.pk)).status_code == 403
    month = page(browse_as(cast.anna), "worklog:index", cast.acme)
    assert "invoiced" in month


def test_line_by_hand_says_that_no_work_is_behind_it(cast, issued):
    invoice = issued(HOUR)

    assert "no work entry behind this line" in page(browse_as(cast.anna), "invoices:detail", cast.acme, invoice.pk)


def test_money_is_for_those_who_see_money(cast, issued, draft):
    invoice, other = issued(HOUR), draft(HOUR)
    names = [("invoices:index",), ("invoices:detail", invoice.pk), ("invoices:paper", invoice.pk, "pdf")]
    for member in (cast.carl, cast.bob, cast.vera, cast.pavel, cast.nora, cast.rita):
        for name, *args in names:
            assert browse_as(member).get(url(name, cast.acme, *args)).status_code == 404, (member, name)
    assert browse_as(cast.anna).get(url("invoices:detail", cast.acme, other.pk)).status_code == 404


def test_draft_by_hand_without_javascript(cast, sides):
    olaf = browse_as(cast.olaf)
    form = olaf.get(url("invoices:create", cast.acme)).context["form"]
    words = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    made = olaf.post(url("invoices:create", cast.acme), {**words, "title": "By hand", "with_annex": ""})
    assert made.status_code == 302
    with tenant(cast.north.pk):
        invoice = Invoice.objects.get()
    path = url("invoices:edit", cast.acme, invoice.pk)
    new = {
        "text": "Workshop",
        "quantity": "1:30",
        "unit": "minute",
        "unit_price": "100",
        "tax_category": "S",
        "tax_rate": "19",
    }
    sent = {**words, "title": "Workshops", "discount": "10", **{f"new-{name}": value for name, value in new.items()}}
    assert olaf.post(path, {**sent, "with_annex": ""}).status_code == 302
    invoice = reload(invoice)
    assert (invoice.title, str(invoice.net), str(invoice.gross)) == ("Workshops", "135.00", "160.65")

    with tenant(cast.north.pk):
        line = invoice.lines.get()
    changed = {**new, "text": "Talk", "quantity": "2", "unit": "day"}
    sent = {**words, "title": "Workshops", **{f"line-{line.pk}-{name}": value for name, value in changed.items()}}
    assert olaf.post(path, {**sent, "with_annex": ""}).status_code == 302
    assert str(reload(invoice).net) == "200.00"
    sent[f"line-{line.pk}-drop"] = "on"
    assert olaf.post(path, {**sent, "with_annex": ""}).status_code == 302
    assert reload(invoice).net == 0
    assert olaf.post(path, {**sent, "title": ""}).status_code == 422
    assert olaf.post(url("invoices:discard", cast.acme, invoice.pk)).status_code == 302
    with tenant(cast.north.pk):
        assert not Invoice.objects.exists()


def test_what_stands_in_the_way_is_said_on_the_page(cast, draft):
    with tenant(cast.north.pk):
        TaxProfile.objects.all().delete()
    invoice = draft(HOUR)
    answer = confirmed(cast.olaf).post(url("invoices:issue", cast.acme, invoice.pk), follow=True)

    assert "missing in the settings of invoices" in answer.content.decode()
    assert reload(invoice).number is None


def test_credit_note_from_the_page(cast, issued):
    invoice = issued(Part("Care", Decimal(90), Decimal(60), unit="minute"), HOUR)
    path = url("invoices:credit", cast.acme, invoice.pk)
    olaf = confirmed(cast.olaf)
    with tenant(cast.north.pk):
        first, second = invoice.lines.order_by("position")
    form = page(olaf, "invoices:credit", cast.acme, invoice.pk)
    assert ("1:30" in form, "Left of it: €90.00 net" in form, "€226.10" in form) == (True, True, True)
    too_much = {"reason": "Wrong", f"line-{first.pk}": "2:00", f"line-{second.pk}": ""}
    assert olaf.post(path, too_much).status_code == 422
    part = {"reason": "Half an hour", f"line-{first.pk}": "0:30", f"line-{second.pk}": ""}
    assert olaf.post(path, part).status_code == 302

    assert str(reload(invoice).open_amount) == "190.40"
    shown = page(browse_as(cast.anna), "invoices:index", cast.acme)
    assert "−€35.70" in shown
    assert "Half an hour" in shown
    assert browse_as(cast.anna).post(path, part).status_code == 404
    assert "€190.40" in page(olaf, "invoices:credit", cast.acme, invoice.pk), "what is left now"
    with tenant(cast.north.pk):
        note = Invoice.objects.get(corrects=invoice)
    shown = browse_as(cast.anna).get(url("invoices:detail", cast.acme, note.pk)).context
    assert (shown["sums"][0], shown["total"]) == (("Net", "€30.00"), "€35.70"), "they sum, as on paper"


def test_desk_says_for_whom_work_waits_and_its_draft_is_named(cast, log, rate, sides):
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    month, path = format_date(last, style="month"), url("invoice_desk:index", cast.north)
    rate(95), log(90, day=last), log(30, day=last, kind="Design"), log(500)
    olaf = browse_as(cast.olaf)
    coming = olaf.get(path).context["to_come"]
    assert coming[0] == (cast.acme, "2:00\N{NO-BREAK SPACE}h")
    assert {hours for _client, hours in coming[1:]} == {""}
    assert f"{month}: 2:00" in page(olaf, "invoice_desk:index", cast.north)
    assert f'value="Services in {month}"' in page(olaf, "worklog:charge", cast.acme)
    invoicing.draft(cast.acme, last, last, by=cast.olaf, group="kind", title="Retainer")
    assert {hours for _client, hours in olaf.get(path).context["to_come"]} == {""}


def test_a_contact_on_a_phone_finds_the_way_to_pay(cast, issued):
    invoice = issued(HOUR)
    shown = page(browse_as(cast.anna), "invoices:detail", cast.acme, invoice.pk)
    assert 'href="#pay">Pay €119.00' in shown
    assert 'id="pay"' in shown
    assert 'href="#pay"' not in page(browse_as(cast.olaf), "invoices:detail", cast.acme, invoice.pk)


def test_desk_shows_open_overdue_paid_and_drafts_of_all_clients(cast, issued, draft, north_sees):
    today = timezone.localdate()
    late = issued(HOUR, on=today - timedelta(days=40))
    paid = issued(HOUR, on=today - timedelta(days=30))
    fresh, unfinished = issued(HOUR, title="Fresh"), draft(HOUR, title="Unfinished")
    with north_sees():
        Invoice.objects.filter(pk=paid.pk).update(settled=paid.gross, settled_on=today)
    olaf = browse_as(cast.olaf)
    path = url("invoice_desk:index", cast.north)
    whole = olaf.get(path).content.decode()

    assert "€238.00" in whole
    assert "26 days overdue" in whole
    found = {state: olaf.get(f"{path}?state={state}").context["rows"] for state in ("open", "overdue", "paid", "draft")}
    numbers = {state: [row.number for row in rows] for state, rows in found.items()}
    assert numbers == {
        "open": [fresh.number, late.number],
        "overdue": [late.number],
        "paid": [paid.number],
        "draft": [unfinished.title],
    }
    assert browse_as(cast.nora).get(path).status_code == 404
    assert browse_as(cast.anna).get(path).status_code == 404


def test_desk_shows_one_client_alone(cast, issued, draft):
    with tenant(cast.north.pk):
        both_sides(cast.bolt)
    mine, other = issued(HOUR), issued(HOUR, client=cast.bolt)
    olaf, path = browse_as(cast.olaf), url("invoice_desk:index", cast.north)
    chosen = olaf.get(f"{path}?client=bolt&year={timezone.localdate().year}")

    assert [row.number for row in chosen.context["rows"]] == [other.number]
    assert chosen.context["figures"][0].sums == ["€119.00"]
    assert "client=bolt" in chosen.context["states"][1][0]
    assert '<option value="bolt" selected>Bolt</option>' in chosen.content.decode()
    assert [row.number for row in olaf.get(path).context["rows"]] == [other.number, mine.number]
    assert "No invoice matches" in olaf.get(f"{path}?client=nobody").content.decode()


def test_lists_of_the_agency_say_what_the_client_has_read(cast, issued, paper):
    unread, opened, taken = (issued(HOUR) for _number in range(3))
    anna = browse_as(cast.anna)
    anna.get(url("invoices:detail", cast.acme, opened.pk))
    paper(taken)
    anna.get(url("invoices:paper", cast.acme, taken.pk, "pdf"))
    day = format_date(timezone.now(), style="short")
    told = {unread.number: "", opened.number: f"Read on {day}", taken.number: f"Downloaded on {day}"}
    for path in (url("invoice_desk:index", cast.north), url("invoices:index", cast.acme)):
        assert {row.number: row.mark for row in browse_as(cast.olaf).get(path).context["rows"]} == told
        assert f"Downloaded on {day}" in browse_as(cast.olaf).get(path).content.decode()
    rows = anna.get(url("invoices:index", cast.acme)).context["rows"]
    assert {row.mark for row in rows} == {""}, "these marks are for the agency"


def test_pages_cost_the_same_with_one_and_three_invoices(cast, issued, log, rate, take):
    rate(95), log(60), log(30)
    first = issuing.issue(take(), by=cast.olaf)
    anna, olaf = browse_as(cast.anna), browse_as(cast.olaf)

    def costs() -> list[int]:
        paths = [url("invoices:index", cast.acme), url("invoices:detail", cast.acme, first.pk)]
        return [len(queries_of(anna, path)) for path in paths] + [
            len(queries_of(olaf, url("invoice_desk:index", cast.north)))
        ]

    one = costs()
    issued(HOUR), issued(HOUR)
    assert costs() == one
    assert one == [11, 10, 10]


def test_list_goes_on_where_it_ended(cast, issued):
    for number in range(27):
        issued(HOUR, title=f"No {number}")
    anna = browse_as(cast.anna)
    answer = anna.get(url("invoices:index", cast.acme))
    more = answer.context["more"]
    rest = anna.get(url("invoices:index", cast.acme) + more, headers={"HX-Request": "true"})

    assert len(answer.context["rows"]) == 25
    assert [row.number[-4:] for row in rest.context["rows"]] == ["0002", "0001"]


def test_settings_are_checked_by_their_digits(cast):
    olaf = browse_as(cast.olaf)
    path = url("invoice_desk:settings", cast.north)
    words = {"name": "North GmbH", "country": "DE", "tax_rate": "19", "terms_days": "14"}
    wrong = olaf.post(path, {**words, "iban": "DE02120300000000202052", "vat_id": "DE136695977"})
    assert {"iban", "vat_id"} <= set(wrong.context["form"].errors)
    good = {**words, "iban": "DE02 1203 0000 0000 2020 51", "vat_id": "de 136 695 976"}
    assert olaf.post(path, good).status_code == 302
    with tenant(cast.north.pk):
        profile = TaxProfile.objects.get()
    assert (profile.iban, profile.vat_id) == ("DE02120300000000202051", "DE136695976")
    assert browse_as(cast.nora).get(path).status_code == 404


def test_billing_data_of_a_client(cast):
    olaf = browse_as(cast.olaf)
    path = url("invoices:billing", cast.acme)
    words = {
        "name": "Acme AS",
        "country": "NO",
        "vat_id": "NO 988 077 917 MVA",
        "tax_category": "AE",
        "currency": "NOK",
    }
    assert olaf.post(path, words).status_code == 302, olaf.post(path, words).context["form"].errors
    assert "988077917" in page(olaf, "invoices:billing", cast.acme)
    assert olaf.post(path, {**words, "vat_id": ""}).status_code == 422
    assert browse_as(cast.anna).get(path).status_code == 404


def test_rates_are_set_and_withdrawn(cast):
    olaf = browse_as(cast.olaf)
    path = url("my_work:rates", cast.north)
    assert (
        olaf.post(path, {"amount": "95", "currency": "EUR", "valid_from": "2026-01-01", "client": ""}).status_code
        == 302
    )
    assert "€95.00" in page(olaf, "my_work:rates", cast.north)
    with tenant(cast.north.pk):
        row = WorkRate.objects.get()
    assert olaf.post(url("my_work:withdraw_rate", cast.north, row.pk)).status_code == 302
    assert "No price yet" in page(olaf, "my_work:rates", cast.north)
    assert browse_as(cast.nora).get(path).status_code == 404


def test_a_pdf_that_is_not_there_is_tried_again(cast, issued, monkeypatch):
    def broken(invoice):
        raise PdfTrouble("not printed")

    invoice = issued(HOUR)
    monkeypatch.setattr("invoices.actions.making.pdf_of_invoice", broken)
    answer = browse_as(cast.anna).get(url("invoices:paper", cast.acme, invoice.pk, "pdf"), follow=True)

    assert "still being made" in answer.content.decode()
    with tenant(cast.north.pk):
        document = invoice.documents.get()
    assert (document.tries, document.file) == (1, None)
    assert reload(invoice).number
    monkeypatch.undo()
    anna, path = browse_as(cast.anna), url("invoices:paper", cast.acme, invoice.pk, "pdf")
    assert anna.get(path).status_code == 302, "whoever clicks on is not quicker than its next try"
    with tenant(cast.north.pk):
        assert invoice.documents.get().tries == 1
        invoice.documents.update(next_try_at=timezone.now())
    assert anna.get(path).status_code == 200


def test_a_pdf_that_nobody_wanted_yet_is_made_for_whoever_does(cast, issued):
    """As in the demo world, whose old papers the worker leaves alone."""
    invoice = issued(HOUR)
    with tenant(cast.north.pk):
        invoice.documents.update(next_try_at=timezone.now() + timedelta(days=3650))
    assert browse_as(cast.anna).get(url("invoices:paper", cast.acme, invoice.pk, "pdf")).status_code == 200


def test_year_filter(cast, issued):
    issued(HOUR, on=date(2026, 1, 5)), issued(HOUR, on=date(2027, 1, 5))
    answer = browse_as(cast.anna).get(url("invoices:index", cast.acme) + "?year=2026")

    assert [row.number for row in answer.context["rows"]] == ["2026-0001"]


def test_credit_whole_frees_page(cast, issued):
    invoice = issued(HOUR)
    crediting.credit(invoice, by=cast.olaf, reason="Wrong")

    assert "taken back whole" in page(browse_as(cast.anna), "invoices:detail", cast.acme, invoice.pk)
