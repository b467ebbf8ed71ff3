"""What is typed into a draft means what it says, or is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoices.actions import drafting, issuing
from invoices.durations import HoursOrNumber
from invoices.models import Invoice
from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.invoices.test_from_work import rate, take, today
from tests.worklog.conftest import log
from worklog.actions import invoicing

__all__ = ["log", "rate", "take", "today"]


@pytest.mark.parametrize("text", ["1,000", "1.000", "12.345", "1.000,5", "1e3", "0.001"])
def test_a_thousand_is_never_taken_for_one(text):
    """Nobody knows whether 1,000 is one or a thousand, but for whoever wrote it."""
    with pytest.raises(Exception, match="at most two decimals"):
        HoursOrNumber().clean(text)


def test_quantities_as_people_write_them():
    field = HoursOrNumber()

    assert [str(field.clean(text)) for text in ("1", "1,5", "2.25", "-3", "1000", "1:30", "0,50 h")] == [
        *("1", "1.5", "2.25", "-3", "1000", "90", "0.50")
    ]


def test_a_rate_left_behind_goes_with_its_currency(cast, draft, paper):
    """The draft was in kroner first: an invoice in euros says nothing of a rate, whoever changed it and when."""
    rate = {"books_rate": Decimal("0.0861"), "books_on": date(2026, 10, 30), "books_source": "ECB"}
    invoice = drafting.change(draft(currency="NOK", **rate), by=cast.olaf, currency="EUR")
    assert (invoice.books_rate, invoice.books_on, invoice.books_source) == (None, None, "")
    assert draft(**rate).books_rate is None

    older = draft()
    with tenant(cast.north.pk):
        Invoice.objects.filter(pk=older.pk).update(**rate)
    assert issuing.issue(older, by=cast.olaf).books_rate is None


def test_take_again_offers_what_was_chosen(cast, log, rate, sides, today):
    """The retainer is among the lines: taken again without looking it stays, and what waits of it is told."""
    rate(95)
    log(60), log(30, charge="retainer")
    words = {"by": cast.olaf, "group": "member", "title": "October", "with_retainer": True}
    invoice = invoicing.draft(cast.acme, today - timedelta(days=3), today, **words)
    page = browse_as(cast.olaf).get(url("invoices:edit", cast.acme, invoice.pk)).content.decode()

    assert '<option value="member" selected>' in page
    assert 'name="with_retainer" checked' in page
    log(15, charge="retainer")
    with tenant(cast.north.pk):
        assert invoicing.left_out(invoice, reader=cast.olaf).minutes == 15
    sent = {"group": "kind", "with_retainer": ""}
    browse_as(cast.olaf).post(url("worklog:recharge", cast.acme, invoice.pk), sent)
    page = browse_as(cast.olaf).get(url("invoices:edit", cast.acme, invoice.pk)).content.decode()
    assert '<option value="kind" selected>' in page
    assert 'name="with_retainer" checked' not in page
