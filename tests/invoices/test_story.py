"""The whole way in one run: work, draft, issue, the client's download, the bank's file, paid; every page on the way is the product's."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from invoices.models import BankLine, Invoice
from portal.core.context import tenant
from tests.browse import browse_as, events_of, reload, url
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.test_from_work import rate, today
from tests.invoices.test_money_machine import broken
from tests.people.confirming import confirmed
from tests.worklog.conftest import log

__all__ = ["log", "rate", "today"]


def test_from_the_work_to_the_money(cast, log, rate, sides, today):
    rate(95)
    log(125), log(30, kind="Design")
    olaf, anna = confirmed(cast.olaf), browse_as(cast.anna)
    words = {"title": "Retainer", "group": "kind", "first": today - timedelta(days=3), "last": today}
    draft = olaf.post(url("worklog:charge", cast.acme), words).headers["Location"]
    assert anna.get(draft).status_code == 404
    with tenant(cast.north.pk):
        invoice = Invoice.objects.get()
    issued = olaf.post(url("invoices:issue", cast.acme, invoice.pk)).headers["Location"]

    assert "€292.05" in anna.get(issued).content.decode()
    paper = anna.get(url("invoices:paper", cast.acme, invoice.pk, "pdf"))
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    invoice = reload(invoice)
    line = Written("Acme", "DE1", invoice.gross, f"Rechnung {invoice.number}", "")
    file = SimpleUploadedFile("camt.xml", bank_files.camt([line]))
    page = olaf.post(url("bank:index", cast.north), {"file": file}).headers["Location"]
    assert "1 certain match" in olaf.get(page).content.decode()
    assert reload(invoice).settled == 0, "nothing is booked by itself"
    with tenant(cast.north.pk):
        bank_line = BankLine.objects.get()
    booked = olaf.post(page + "certain/", {"lines": f"{bank_line.pk}:{invoice.pk}"})

    assert booked.status_code == 302
    assert reload(invoice).open_amount == 0
    assert "Paid on" in anna.get(url("invoices:index", cast.acme)).content.decode()
    assert [kind for kind, _actor in events_of(invoice)] == ["invoice.issued", "invoice.read"]
    with tenant(cast.north.pk):
        assert broken() == []
