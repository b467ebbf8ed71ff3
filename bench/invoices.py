"""Invoices: what one page and ten cost on paper, cold and warm and with all presses at work; many issued and printed.

`bin/bench --invoices [1000]`. Cold is the first one, while the press loads. Plain is WeasyPrint alone in this process, with the same HTML
and style sheet; ours is the whole way: template, press, embedded data, storage.
"""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from unittest import mock

from django.db import connections, transaction
from pypdf import PdfReader

from bench import data
from portal.core import pdf
from portal.core.context import tenant

LINES = {1: 3, 10: 205}
"""So many lines make so many pages."""
PRESSES = 4
"""Threads that ask for papers; portal.core.pdf lets two of them print at a time."""


def measure(rounds: int, count: int) -> list[dict]:
    """The lines that bin/bench prints. count: invoices that are issued and printed."""
    world = data.build(1)
    with tenant(world.agency.pk):
        _sides(world)
        results = [_pages(world, pages, rounds) for pages in LINES]
        issued, seconds = _issue_many(world, count)
        results.append(_line("invoices issued", count, seconds))
        results.append(_line(f"invoices printed, {PRESSES} threads", count, _print_all(world, issued)))
    return results


def _sides(world) -> None:
    from invoices.models import BillingData, TaxProfile

    place = {"street": "Kanalstraße 48", "postcode": "23552", "city": "Lübeck", "country": "DE"}
    own = place | {"name": "Bench GmbH", "vat_id": "DE136695976", "iban": "DE02120300000000202051"}
    with transaction.atomic():
        TaxProfile.objects.update_or_create(agency=world.agency, defaults=own)
        buyer = place | {"name": "Busy GmbH", "vat_id": "DE129273398"}
        BillingData.objects.update_or_create(agency=world.agency, client=world.client, defaults=buyer)


def _issue(world, lines: int):
    from invoices.actions import drafting, issuing
    from invoices.actions.drafting import Part

    parts = [Part(f"Content for page {n}", Decimal(3), Decimal("95.00"), tax_rate=Decimal(19)) for n in range(lines)]
    days = {"service_from": date(2026, 10, 1), "service_until": date(2026, 10, 31)}
    draft = drafting.draft(world.client, parts, by=world.specialist, title="Retainer", **days)
    return issuing.issue(draft, by=world.specialist)


def _pages(world, pages: int, rounds: int) -> dict:
    """Seconds for one paper: the first, the best of the rest, and the number of pages as proof."""
    seconds, content = [], b""
    for _round in range(max(2, rounds)):
        with transaction.atomic():
            invoice = _issue(world, LINES[pages])
        began = time.perf_counter()
        content = _printed(world, invoice)
        seconds.append(time.perf_counter() - began)
    found = len(PdfReader(io.BytesIO(content)).pages)
    plain = _plain(world, pages, rounds)
    words = {"cold_s": round(seconds[0], 2), "warm_s": round(min(seconds[1:]), 3), "plain_s": round(plain, 3)}
    return {"bench": f"invoice of {found} pages", **words, "x_plain": round(min(seconds[1:]) / plain, 2)}


class Plain:
    """In place of the press: WeasyPrint as anybody would call it."""

    seconds = float("inf")

    def printed(self, html: bytes, brand: str, variant: str, **_limits) -> bytes:
        from weasyprint import CSS, HTML

        began = time.perf_counter()
        look = CSS(string=f":root {{ --brand: {brand} }}{pdf.STYLE.read_text()}")
        content = HTML(string=html.decode()).write_pdf(stylesheets=[look], pdf_variant=variant or None)
        self.seconds = min(self.seconds, time.perf_counter() - began)
        return content


def _plain(world, pages: int, rounds: int) -> float:
    """The best of its seconds."""
    plain = Plain()
    with mock.patch.object(pdf, "_press", plain):
        for _round in range(max(2, rounds)):
            with transaction.atomic():
                invoice = _issue(world, LINES[pages])
            _printed(world, invoice)
    return plain.seconds


def _printed(world, invoice) -> bytes:
    from django.core.files.storage import default_storage

    from invoices.actions import making
    from invoices.models import InvoiceDocument

    with tenant(world.agency.pk), transaction.atomic():
        document = making.made(InvoiceDocument.objects.get(invoice=invoice, kind="pdf"))
    with default_storage.open(document.file.key) as stored:
        return stored.read()


def _issue_many(world, count: int) -> tuple[list, float]:
    began, issued = time.perf_counter(), []
    for _number in range(count):
        with transaction.atomic():
            issued.append(_issue(world, LINES[1]))
    return issued, time.perf_counter() - began


def _print_all(world, issued: list) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(PRESSES) as pool:
        list(pool.map(lambda invoice: _print_one(world, invoice), issued))
    return time.perf_counter() - began


def _print_one(world, invoice) -> None:
    try:
        _printed(world, invoice)
    finally:
        connections.close_all()


def _line(name: str, count: int, seconds: float) -> dict:
    return {"bench": name, "count": count, "seconds": round(seconds, 1), "per_s": round(count / max(seconds, 1e-9), 2)}
