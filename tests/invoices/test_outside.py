"""Invoices made elsewhere: the agency's in the same lists, a provider's for its client alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from invoices import embedded
from invoices.actions.uploading import KnownNumber
from invoices.models import Invoice, InvoiceDocument, InvoiceRead, Kind, Payment, may_settle
from invoices.readers import readers_of
from portal.core.context import tenant
from portal.events.models import Event
from portal.files.models import File
from portal.mail import leaving
from portal.mail.models import OutgoingMail
from portal.tenancy.actions import set_access
from portal.tenancy.models import Client, Member, Role
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, reload, url
from tests.invoices.bills import bill, pdf
from tests.invoices.conftest import rows
from tests.invoices.test_money_machine import broken
from tests.limited import fresh

TYPED = {
    "number": "R-7",
    "kind": "invoice",
    "issued_on": "2026-11-02",
    "due_on": "2026-11-30",
    "gross": "1.190,00",
    "vat": "190",
}


@pytest.fixture
def upload(cast):
    """Somebody fills the form in; gives the answer."""

    def upload(member=None, content=None, **words):
        file = content or pdf("rechnung.pdf")
        return browse_as(member or cast.olaf).post(
            url("settling:bring", cast.acme), TYPED | {"currency": "EUR"} | words | {"file": file}
        )

    return upload


@pytest.fixture
def provided(cast):
    """Pavel's organisation, engaged by Acme, has brought an invoice."""
    return bill(cast.acme, "500.00", by=cast.pavel, number="P-1")


def test_what_was_typed_is_kept_with_the_pdf(cast, upload, north_sees):
    assert upload().status_code == 302
    with north_sees():
        (invoice,) = rows(Invoice.objects.visible_to(cast.olaf))
        (paper,) = rows(InvoiceDocument.objects.select_related("file"))
    assert (invoice.number, invoice.net, invoice.gross) == ("R-7", Decimal("1000.00"), Decimal("1190.00"))
    assert paper.sha256 == paper.file.sha256
    answer = browse_as(cast.anna).get(url("settling:outside_pdf", cast.acme, invoice.pk))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_what_the_pdf_says_need_not_be_typed(cast, issued, paper, upload, north_sees):
    made = issued(on=date(2026, 11, 2))
    content = SimpleUploadedFile("x.pdf", paper(made).content, "application/pdf")
    said = embedded.read(paper(made).content)
    assert (said.number, said.gross, said.due_on) == (made.number, made.gross, made.due_on)
    empty = dict.fromkeys(("issued_on", "due_on", "gross", "vat", "currency"), "")
    assert "In the PDF stands: 1190.00" in upload(content=content, gross="1,00", number="").content.decode()
    content.seek(0)
    assert upload(content=content, number="", **empty).status_code == 302
    with north_sees():
        (brought,) = rows(Invoice.objects.filter(origin="outside"))
    assert (brought.number, brought.gross, brought.vat, brought.kind) == (
        made.number,
        made.gross,
        made.vat,
        Kind.INVOICE,
    )


def test_what_is_missing_or_no_pdf_is_said(upload):
    assert "The PDF does not say it" in upload(gross="").content.decode()
    assert upload(content=SimpleUploadedFile("x.pdf", b"<html>", "application/pdf")).status_code == 422
    assert upload(due_on="2026-10-01").status_code == 422
    assert upload(vat="2000").status_code == 422


def test_a_hostile_pdf_is_an_invoice_without_data(tmp_path):
    assert embedded.read(b"%PDF-1.7\n" + b"1 0 obj<<" * 20_000) is None
    assert embedded.said_in(b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><x>&e;</x>") is None


def test_a_number_comes_once_from_each_issuer(cast, provided):
    bill(cast.acme, by=cast.olaf, number="P-1")
    for member in (cast.pavel, cast.olaf):
        with pytest.raises(KnownNumber), transaction.atomic():
            bill(cast.acme, by=member, number="P-1")
    bill(cast.bolt, by=cast.olaf, number="P-1")


def test_a_providers_invoice_is_its_clients_and_its_own_alone(cast, provided):
    for name in ("anna", "pavel"):
        member = getattr(cast, name)
        with acting_as(member), transaction.atomic():
            assert Invoice.objects.visible_to(member).get().pk == provided.pk
            assert File.objects.visible_to(member).filter(area="money").count() == 1
        page = browse_as(member).get(url("settling:outside", cast.acme)).content.decode()
        assert "€500.00" in page
    for name in ("olaf", "nora", "rita", "carl", "bob", "vera", "saul"):
        member = getattr(cast, name)
        with acting_as(member), transaction.atomic():
            assert not Invoice.objects.visible_to(member).exists(), name
            assert not Invoice.objects.exists(), name
            assert not File.objects.visible_to(member).filter(area="money").exists(), name
            assert not File.objects.filter(area="money").exists(), name
        assert browse_as(member).get(url("settling:outside_pdf", cast.acme, provided.pk)).status_code == 404, name


def test_the_agency_hears_nothing_of_it(cast, provided):
    with tenant(cast.north.pk), transaction.atomic():
        assert not Event.objects.filter(subject_type="invoices.invoice").exists()
        (mail,) = OutgoingMail.objects.all()
    assert mail.to == [cast.anna.user.email]
    assert "500" not in mail.text + mail.html.replace("font-weight:500", "")
    browse_as(cast.anna).get(url("invoices:detail", cast.acme, provided.pk))
    trail = browse_as(cast.olaf).get(url("people:security", cast.north) + "?kind=changes").content.decode()
    assert "an invoice" in trail
    assert "P-1" not in trail
    with tenant(cast.north.pk), transaction.atomic():
        assert not Event.objects.filter(subject_type="invoices.invoice").exists()


@pytest.mark.parametrize(("areas", "leaves"), [(["money", "work"], True), (["work"], False)])
def test_a_late_notice_goes_only_to_whom_the_money_is_still_open(cast, provided, areas, leaves):
    with tenant(cast.north.pk), transaction.atomic():
        set_access(cast.anna, cast.acme, areas)
        assert leaving.may_leave(OutgoingMail.objects.get()) is leaves


def test_the_provider_says_that_it_was_paid(cast, provided):
    assert browse_as(cast.anna).post(url("settling:outside_paid", cast.acme, provided.pk)).status_code == 403
    browse_as(cast.pavel).post(url("settling:outside_paid", cast.acme, provided.pk))
    assert reload(provided).open_amount == 0
    with acting_as(cast.olaf), transaction.atomic():
        assert not Payment.objects.exists()
    assert "Paid on" in browse_as(cast.anna).get(url("settling:outside", cast.acme)).content.decode()


def test_a_mark_set_by_mistake_is_taken_back(cast, provided):
    browser, path = browse_as(cast.pavel), url("settling:outside_paid", cast.acme, provided.pk)
    page = url("settling:outside", cast.acme)
    assert "It is not paid" not in browser.get(page).content.decode()
    browser.post(path)
    assert "It is not paid" in browser.get(page).content.decode()
    assert "It is not paid" not in browse_as(cast.anna).get(page).content.decode()
    assert browse_as(cast.anna).post(path, {"again": "1"}).status_code == 403
    assert "It is open again." in browser.post(path, {"again": "1"}, follow=True).content.decode()
    assert (reload(provided).open_amount, reload(provided).settled_on) == (Decimal("500.00"), None)
    with acting_as(cast.olaf), transaction.atomic():
        assert not Payment.objects.exists()
    browser.post(path)
    assert reload(provided).open_amount == 0


def test_a_providers_credit_note_is_for_one_of_its_invoices(cast, provided):
    note = bill(cast.acme, "120.00", by=cast.pavel, number="P-2", is_credit=True)
    foreign = bill(cast.acme, "9.00", by=cast.pavel, number="P-3", currency="NOK")
    browser, path = browse_as(cast.pavel), url("settling:outside_off", cast.acme, note.pk)
    page = browser.get(url("settling:outside", cast.acme)).content.decode()
    assert (f'value="{provided.pk}">P-1' in page, f'value="{foreign.pk}"' in page) == (True, False)
    assert "Set off" not in browse_as(cast.anna).get(url("settling:outside", cast.acme)).content.decode()
    assert browse_as(cast.anna).post(path, {"invoice": provided.pk}).status_code == 403
    assert browse_as(cast.olaf).post(path, {"invoice": provided.pk}).status_code == 404
    browser.post(path, {"invoice": foreign.pk})
    browser.post(path, {"invoice": provided.pk})
    assert (reload(provided).open_amount, reload(note).open_amount) == (Decimal("380.00"), 0)
    assert "Set off by P-2" in browse_as(cast.anna).get(url("invoices:detail", cast.acme, provided.pk)).content.decode()
    with tenant(cast.north.pk), transaction.atomic():
        assert not Event.objects.filter(subject_type="invoices.invoice").exists()
        assert broken() == []


def test_a_provider_records_nothing_for_a_closed_client_or_after_its_last_day(cast, provided):
    browser, path = browse_as(cast.pavel), url("settling:outside_paid", cast.acme, provided.pk)
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    assert browser.post(path).status_code == 403
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=None)
        assert may_settle(cast.pavel, cast.acme, cast.provider.pk)
        assert not may_settle(cast.pavel, cast.bolt, cast.provider.pk)
    assert reload(provided).settled == 0


def test_who_took_the_paper_along_is_marked(cast):
    own = bill(cast.acme, by=cast.olaf)
    answer = browse_as(cast.anna).get(url("settling:outside_pdf", cast.acme, own.pk))
    assert b"".join(answer.streaming_content)
    with tenant(cast.north.pk):
        assert InvoiceRead.objects.get(invoice=own).downloaded_at is not None


def test_marks_of_reading_are_everybodys_own_and_all_for_the_agency(cast):
    """The first wall alone: asked with the agency's sight."""
    own = bill(cast.acme, by=cast.olaf)
    with tenant(cast.north.pk), transaction.atomic():
        set_access(cast.carl, cast.acme, ["money"])
        InvoiceRead.objects.bulk_create(
            InvoiceRead(agency_id=own.agency_id, invoice=own, member=member) for member in (cast.anna, cast.carl)
        )
        seen = {name: InvoiceRead.objects.visible_to(getattr(cast, name)) for name in ("anna", "olaf", "nora", "bob")}
        assert {name: marks.count() for name, marks in seen.items()} == {"anna": 1, "olaf": 2, "nora": 0, "bob": 0}


def test_an_uploaded_invoice_promises_no_lines(cast):
    own = bill(cast.acme, by=cast.olaf)
    page = browse_as(cast.anna).get(url("invoices:detail", cast.acme, own.pk)).content.decode()
    assert "Every line opens" not in page
    assert "It was made elsewhere; its lines stand in the PDF." in page
    assert "The account that it is paid to stands in the PDF." in page


def test_net_and_tax_of_what_was_made_elsewhere_are_its_total(cast):
    own = bill(cast.acme, "119.00", by=cast.olaf, vat=Decimal(19))
    shown = browse_as(cast.anna).get(url("invoices:detail", cast.acme, own.pk)).context
    assert (shown["sums"], shown["total"]) == ([("Net", "€100.00"), ("VAT", "€19.00")], "€119.00")


def test_what_happened_begins_with_the_issue_though_it_was_brought_later(cast):
    own = bill(cast.acme, by=cast.olaf)
    path = url("invoices:detail", cast.acme, own.pk)
    browse_as(cast.anna).get(path)
    with tenant(cast.north.pk):
        InvoiceRead.objects.filter(invoice=own).update(read_at=datetime(2026, 11, 2, 12, tzinfo=UTC))
    told = [words for words, *_rest in browse_as(cast.olaf).get(path).context["history"]]
    assert told == ["Issued", "Read by Anna Example"]


def test_whoever_only_looks_brings_none_and_says_nothing_was_paid(cast, provided):
    with tenant(cast.north.pk):
        Role.objects.filter(pk=cast.pavel.role_id).update(permissions=[])
    pavel = fresh(cast.pavel)
    with pytest.raises(PermissionDenied):
        bill(cast.acme, by=pavel)
    assert browse_as(pavel).post(url("settling:outside_paid", cast.acme, provided.pk)).status_code == 403
    assert reload(provided).settled == 0


def test_after_its_last_day_nobody_of_the_client_has_mail_about_money(cast):
    with tenant(cast.north.pk), transaction.atomic():
        assert readers_of(cast.acme) == [cast.anna]
        acme, today = Client.objects.filter(pk=cast.acme.pk), timezone.localdate()
        acme.update(access_until=today - timedelta(days=1))
        assert readers_of(cast.acme) == []
        acme.update(access_until=today)
        assert readers_of(cast.acme) == [cast.anna]
        Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())
        assert readers_of(cast.acme) == []


def test_only_they_bring_invoices(cast):
    for name in ("nora", "rita", "fred", "anna", "carl", "bob", "vera", "saul"):
        with pytest.raises(PermissionDenied):
            bill(cast.acme, by=getattr(cast, name))
    with pytest.raises(PermissionDenied):
        bill(cast.bolt, by=cast.pavel)


KRONER = {"currency": "NOK", "gross": "1190", "vat": "190"}
RATE = {"books_rate": "0.0861", "books_on": "2026-10-30", "books_source": "ECB"}


def test_another_currency_keeps_its_rate(cast, upload, north_sees):
    """Rate, day and source are asked for, kept, and shown under the total."""
    assert "give the exchange rate" in upload(**KRONER).content.decode()
    assert upload(**KRONER, books_rate="0.0861").status_code == 422
    assert upload(**KRONER, **RATE).status_code == 302
    with north_sees():
        (invoice,) = rows(Invoice.objects.all())
    assert (invoice.books_rate, invoice.books_on, invoice.books_source) == (
        Decimal("0.0861"),
        date(2026, 10, 30),
        "ECB",
    )
    page = browse_as(cast.anna).get(url("invoices:detail", cast.acme, invoice.pk)).content.decode()
    assert "1 NOK = 0.0861 EUR on 30 Oct 2026 (ECB); VAT €16.36" in page
    assert upload(number="R-8", **RATE).status_code == 302
    with north_sees():
        assert Invoice.objects.get(number="R-8").books_rate is None


def test_a_provider_is_asked_for_no_rate(cast, upload):
    """The agency's books are no business of somebody whom the client engaged itself."""
    assert upload(cast.pavel, **KRONER | {"currency": "Nok"}).status_code == 302, "as phones write it"
    assert "Three letters, for example EUR." in upload(cast.pavel, currency="€").content.decode()
