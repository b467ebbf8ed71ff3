"""What a paper says is right to the last digit, by the agency's clock: it can never be printed again."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone

from invoices.actions import drafting, issuing
from invoices.actions.drafting import Part
from portal.core.context import tenant
from tests.invoices.test_from_work import rate, take, today
from tests.invoices.test_papers import words_of
from worklog.actions import logging
from worklog.days import Stretch

__all__ = ["rate", "take", "today"]


def test_work_report_prints_times_by_the_agencys_clock(cast, rate, take, today, paper):
    """The printer's own clock is UTC; Hamburg is ahead of it."""
    rate(95)
    start, end = (datetime(today.year, today.month, today.day, *clock, tzinfo=UTC) for clock in ((7, 10), (9, 50)))
    with tenant(cast.north.pk):
        stretch = Stretch(today, 160, start, end)
        logging.log(cast.acme, [stretch], by=cast.nora, text="Which wood", kind="Content creation")
    draft = take()
    drafting.change(draft, by=cast.olaf, with_annex=True)
    with timezone.override(UTC):
        words = words_of(paper(issuing.issue(draft, by=cast.olaf), "annex").content)

    local = [timezone.localtime(moment) for moment in (start, end)]
    assert f"{local[0]:%H:%M}–{local[1]:%H:%M}" in words


def test_rates_and_percentages_are_printed_with_all_their_digits(issued, paper):
    rate = {"books_rate": Decimal("0.00023405"), "books_on": date(2026, 10, 30), "books_source": "ECB"}
    part = Part("Care", Decimal(1), Decimal(1000), tax_rate=Decimal("8.25"))
    words = words_of(paper(issued(part, currency="NOK", discount=Decimal("12.75"), **rate)).content)

    assert "1 NOK = 0.00023405 EUR" in words
    assert "12.75%" in words
    assert "8.25%" in words
