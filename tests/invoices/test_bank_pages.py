"""From the bank file to the paid invoice, on the pages: confirmed one by one or all certain ones, and nothing by itself."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from invoices import bank_page
from invoices.actions import paying
from invoices.actions.drafting import Part
from invoices.models import BankContent, BankFile, BankLine, Payment
from portal.audit.models import AuditEvent
from portal.tenancy.models import Role
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.counting import queries_of
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill
from tests.invoices.conftest import rows
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage"]


@pytest.fixture
def bills(cast):
    return [
        bill(cast.acme, gross, by=cast.olaf, number=f"2026-04{place}")
        for place, gross in enumerate(("119.00", "250.00", "80.00"), 18)
    ]


@pytest.fixture
def bring(cast):
    """Olaf brings a file with these lines in; gives the answer."""

    def bring(*lines, by=None, form=bank_files.camt, name="camt053-20261119.xml"):
        file = SimpleUploadedFile(name, form([Written(*line) for line in lines]))
        return browse_as(by or cast.olaf).post(url("bank:index", cast.north), {"file": file})

    return bring


CERTAIN = ("Acme", "DE1", Decimal("119.00"), "RG 2026-0418", "")
SHORT = ("ACME", "DE1", Decimal("245.00"), "2026-0419 abzgl. Skonto", "")
NOBODY = ("M. Unbekannt", "DE2", Decimal("31.00"), "Danke", "")
OUT = ("Vermieter", "DE3", Decimal("-900.00"), "Miete 2026-0420", "")


def test_a_file_books_nothing_by_itself(bring, bills, north_sees):
    answer = bring(CERTAIN, SHORT, NOBODY, OUT)
    with north_sees():
        assert (len(rows(BankFile.objects.all())), len(rows(BankLine.objects.all()))) == (1, 4)
        assert rows(Payment.objects.all()) == []
    assert answer.status_code == 302


def test_the_page_shows_what_each_line_may_be_for(bring, bills, olaf):
    page = browse_as(olaf).get(bring(CERTAIN, SHORT, NOBODY, OUT).url).content.decode()
    assert "1 certain match" in page
    assert "€5.00 too little" in page
    assert "Unknown" in page
    assert "1 outgoing line" in page


def test_certain_ones_are_booked_together_and_each_once(bring, bills, cast, north_sees):
    address = bring(CERTAIN, SHORT).url
    browser = browse_as(cast.olaf)
    choice = browser.get(address).context["certain"][0]["choice"]
    for _twice in range(2):
        browser.post(f"{address}certain/", {"lines": [choice, "1:1"]})
    with north_sees():
        (payment,) = rows(Payment.objects.select_related("line"))
    assert (payment.amount, payment.payer_iban) == (Decimal("119.00"), "DE1")
    assert [reload(row).open_amount for row in bills] == [0, Decimal("250.00"), Decimal("80.00")]


def test_a_line_that_is_too_small_is_part_or_the_rest_is_waived(bring, bills, cast, north_sees):
    browser, address = browse_as(cast.olaf), bring(SHORT).url
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    browser.post(url("bank:book", cast.north, line.pk), {"invoices": bills[1].pk})
    assert reload(bills[1]).open_amount == Decimal("5.00")
    browser.post(url("bank:book", cast.north, line.pk), {"invoices": bills[1].pk, "forgo": "5.00"})
    assert reload(bills[1]).open_amount == Decimal("5.00"), "a line is booked once"
    with north_sees():
        paying.reverse(rows(Payment.objects.all())[0], by=cast.olaf, reason="Wrong line")
    browser.post(url("bank:book", cast.north, line.pk), {"invoices": bills[1].pk, "forgo": "5.00"})
    assert reload(bills[1]).open_amount == 0
    assert "1 booked payment" in browser.get(address).content.decode()


def test_only_the_rest_that_was_shown_is_waived_and_only_a_discount(bring, bills, cast, north_sees):
    browser = browse_as(cast.olaf)
    page = browser.get(bring(SHORT, ("Acme", "DE1", Decimal("100.00"), "RG 2026-0418", "")).url).content.decode()
    assert page.count('name="forgo"') == 1
    assert 'name="forgo" value="5.00"' in page
    with north_sees():
        short, small = rows(BankLine.objects.order_by("position"))
    refused = [
        (small, {"invoices": bills[0].pk, "forgo": "19.00"}),
        (short, {"invoices": bills[1].pk, "forgo": "4.00"}),
        (short, {"invoices": [row.pk for row in bills], "forgo": "204.00"}),
    ]
    for line, sent in refused:
        answer = browser.post(url("bank:book", cast.north, line.pk), sent, follow=True)
        assert "Nothing was booked" in answer.content.decode()
        with north_sees():
            assert rows(Payment.objects.all()) == []


def test_one_line_pays_two_invoices_by_their_numbers_and_what_is_left_waits(bring, bills, cast, north_sees):
    bring(("X", "DE1", Decimal("400.00"), "alles", ""))
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    browse_as(cast.olaf).post(url("bank:book", cast.north, line.pk), {"numbers": "2026-0418, 2026-0419"})
    with north_sees():
        assert paying.rest_of(rows(Payment.objects.all())[0]) == Decimal("31.00")
    assert [reload(row).open_amount for row in bills[:2]] == [0, 0]


def test_invoices_of_two_clients_are_never_paid_by_one_line(bring, bills, cast, north_sees):
    other = bill(cast.bolt, "50.00", by=cast.olaf, number="2026-0500")
    bring(("X", "DE1", Decimal("400.00"), "alles", ""))
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    browse_as(cast.olaf).post(url("bank:book", cast.north, line.pk), {"invoices": [bills[0].pk, other.pk]})
    with north_sees():
        assert rows(Payment.objects.all()) == []


def test_a_line_may_be_put_aside_and_taken_up_again(bring, cast, north_sees):
    address = bring(NOBODY).url
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    browser = browse_as(cast.olaf)
    browser.post(url("bank:put_aside", cast.north, line.pk))
    assert "1 line for no invoice" in browser.get(address).content.decode()
    browser.post(url("bank:put_aside", cast.north, line.pk), {"again": "1"})
    assert reload(line).put_aside_at is None


def test_a_line_that_was_booked_is_not_put_aside(bring, bills, cast, north_sees):
    bring(CERTAIN)
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    browser = browse_as(cast.olaf)
    browser.post(url("bank:book", cast.north, line.pk), {"invoices": bills[0].pk})
    answer = browser.post(url("bank:put_aside", cast.north, line.pk), follow=True)
    assert "It is booked already." in answer.content.decode()
    assert reload(line).put_aside_at is None


def test_whoever_only_reads_is_shown_no_form(bring, cast, north_sees):
    bring(NOBODY)
    with north_sees():
        cast.rita.role = Role.objects.get(agency=cast.north, code="bookkeeper")
        cast.rita.save()
    page = browse_as(cast.rita).get(url("bank:index", cast.north)).content.decode()
    assert "camt053-20261119.xml" in page
    assert 'type="file"' not in page


def test_only_so_many_lines_are_judged_at_once(bring, bills, cast, monkeypatch):
    monkeypatch.setattr(bank_page, "MOST_JUDGED", 2)
    address = bring(CERTAIN, NOBODY, SHORT).url
    context = browse_as(cast.olaf).get(address).context
    assert (len(context["certain"]), len(context["others"]), context["left_out"]) == (1, 1, 1)
    browse_as(cast.olaf).post(f"{address}certain/", {"lines": [context["certain"][0]["choice"]]})
    context = browse_as(cast.olaf).get(address).context
    assert (len(context["certain"]), len(context["others"]), context["left_out"]) == (0, 2, 0)


def test_a_file_comes_in_once_and_so_does_a_line_in_two_files(bring, bills, north_sees):
    first = bring(CERTAIN, NOBODY)
    assert bring(CERTAIN, NOBODY).url == first.url
    bring(CERTAIN, NOBODY, SHORT)
    with north_sees():
        assert [len(rows(model.objects.all())) for model in (BankFile, BankLine)] == [2, 3]


def test_a_foreign_invoice_paid_in_the_books_currency_keeps_the_rate(bring, cast, north_sees):
    nok = bill(cast.acme, "4100.00", by=cast.olaf, number="2026-0430", currency="NOK")
    bring(("Acme", "DE1", Decimal("350.55"), "2026-0430", ""))
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    page = browse_as(cast.olaf).get(url("bank:file", cast.north, line.file_id)).content.decode()
    assert "Rate unknown" in page
    assert "at 1 NOK = 0.0855" in page
    address = url("bank:book", cast.north, line.pk)
    answer = browse_as(cast.olaf).post(address, {"invoices": nok.pk}, follow=True)
    assert "keeps no exchange rate" in answer.content.decode()
    assert reload(nok).settled == 0, "nobody has said yet that so much is the whole"
    browse_as(cast.olaf).post(address, {"invoices": nok.pk, "whole": "1"})
    with north_sees():
        (payment,) = rows(Payment.objects.all())
    assert reload(nok).open_amount == 0
    assert (payment.amount, payment.currency, payment.books_source) == (Decimal("4100.00"), "NOK", "350.55 EUR")
    assert (payment.amount * payment.books_rate).quantize(Decimal("0.01")) == Decimal("350.55")


@pytest.mark.parametrize(
    ("came", "paid", "word"),
    [
        ("5.00", "58.07", "Underpaid"),
        ("2010.00", "24000.00", "Probable"),
        ("2500.00", "24000.00", "Overpaid"),
    ],
)
def test_a_foreign_invoice_is_paid_as_far_as_the_line_is_worth(bring, cast, issued, north_sees, came, paid, word):
    rate = {"books_rate": Decimal("0.0861"), "books_on": date(2026, 11, 2), "books_source": "ECB"}
    part = Part("Shoot", Decimal(1), Decimal(24000), tax_category="Z", tax_rate=Decimal(0))
    invoice = issued(part, currency="NOK", on=date(2026, 11, 2), **rate)
    address = bring(("Acme", "DE1", Decimal(came), invoice.number, "")).url
    with north_sees():
        (line,) = rows(BankLine.objects.all())
    assert word in browse_as(cast.olaf).get(address).content.decode()
    browse_as(cast.olaf).post(url("bank:book", cast.north, line.pk), {"invoices": invoice.pk})
    with north_sees():
        (payment,) = rows(Payment.objects.all())
        assert paying.rest_of(payment) == (Decimal("5036.00") if came == "2500.00" else 0)
    assert reload(invoice).settled == Decimal(paid)
    assert (payment.amount * payment.books_rate).quantize(Decimal("0.01")) == Decimal(came)


def test_what_is_no_bank_file_is_refused_in_words(bring):
    file = bring(form=lambda lines: b"hello", name="letter.txt")
    assert file.status_code == 422
    assert "no CAMT.053 and no MT940" in file.content.decode()


def test_bank_files_are_for_those_who_see_all_sums(bring, bills, cast):
    address = bring(CERTAIN).url
    for name in ("nora", "rita", "fred", "anna", "carl", "vera", "pavel"):
        assert browse_as(getattr(cast, name)).get(address).status_code == 404, name
        assert browse_as(getattr(cast, name)).get(url("bank:index", cast.north)).status_code == 404, name


@pytest.mark.parametrize("count", [1, 3])
def test_queries(bring, bills, cast, count):
    address = bring(*[(f"X{number}", "DE1", Decimal(number + 1), "2026-0418", "") for number in range(count)]).url
    browser = browse_as(cast.olaf)
    browser.get(address)
    assert len(queries_of(browser, address)) == 11


def test_the_file_itself_is_kept_byte_for_byte_for_those_who_may_see_it(bring, cast, north_sees):
    address, sent = bring(CERTAIN, OUT).url, bank_files.camt([Written(*CERTAIN), Written(*OUT)])
    page, olaf = f"{address}content/", browse_as(cast.olaf)

    answer = olaf.get(page)

    assert answer.content == sent
    assert answer["Content-Disposition"] == 'attachment; filename="camt053-20261119.xml"'
    assert hashlib.sha256(sent).hexdigest()[:8] in olaf.get(address).content.decode()
    with acting_as(cast.olaf):
        assert len(rows(AuditEvent.objects.filter(kind="bank_file.downloaded"))) == 1
    for member in (cast.nora, cast.fred, cast.anna, cast.vera, cast.pavel, cast.saul):
        assert browse_as(member).get(page).status_code == 404, member
    with north_sees(), pytest.raises(IntegrityError), transaction.atomic():
        BankContent.objects.update(content=b"other")


def test_after_its_time_the_file_goes_and_what_was_read_stays(bring, cast, north_sees):
    address = bring(CERTAIN).url
    with north_sees():
        BankContent.objects.all().delete()

    assert browse_as(cast.olaf).get(f"{address}content/").status_code == 404
    assert "Download" not in browse_as(cast.olaf).get(address).content.decode()
    with north_sees():
        assert len(rows(BankLine.objects.all())) == 1
