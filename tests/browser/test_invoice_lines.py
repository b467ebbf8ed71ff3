"""From a line of an invoice to what came of the work behind it, in place; without scripts by a page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from invoices.actions import issuing
from portal.core import jobs
from portal.core.context import tenant
from tests.browse import browse_as
from tests.invoices.conftest import both_sides
from worklog.actions import invoicing, logging, proving, rating
from worklog.days import Stretch
from worklog.models import WorkEntry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]


@pytest.fixture
def invoice(cast, monkeypatch):
    """90 minutes of Nora's for Acme, with a file that came of it, charged by Olaf."""
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    day = timezone.localdate()
    with tenant(cast.north.pk), transaction.atomic():
        both_sides(cast.acme)
        rating.rate(Decimal(95), "EUR", by=cast.olaf, valid_from=day - timedelta(days=30))
        words = {"by": cast.nora, "kind": "Content creation", "text": "Guide: which wood"}
        (row,) = logging.log(cast.acme, [Stretch(day, 90)], **words)
        proving.add(row, by=cast.nora, uploads=[SimpleUploadedFile("Draft.txt", b"Oak or beech?", "text/plain")])
        WorkEntry.objects.update(visible_from=timezone.now() - timedelta(minutes=1))
    draft = invoicing.draft(cast.acme, day, day, by=cast.olaf, group="kind", title="Retainer")
    return issuing.issue(draft, by=cast.olaf)


@pytest.mark.parametrize("js", [True, False], ids=["in place", "without scripts"])
def test_what_came_of_the_work_is_two_clicks_from_the_line(cast, invoice, windows, js):
    cookies = {name: cookie.value for name, cookie in browse_as(cast.anna).cookies.items()}
    anna = windows.open(cookies=cookies, js=js)
    page = f"/north/acme/invoices/{invoice.pk}/"
    anna.goto(page)
    expect(anna.get_by_text("1:30 h × €95.00 = €142.50")).to_be_visible()

    anna.get_by_role("link", name="Draft.txt").click()

    expect(anna.get_by_text("Oak or beech?")).to_be_visible()
    assert anna.url.endswith(page) == js
