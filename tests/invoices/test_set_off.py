"""What a credit note leaves is set off against another open invoice of its client, and each of the two says so."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from invoices.actions import crediting, paying
from invoices.actions.drafting import Part
from invoices.actions.paying import NotFitting
from invoices.actions.settling import TooMuch
from invoices.models import Invoice
from invoices.papers.einvoice import terms_of
from portal.core.context import tenant
from tests.browse import browse_as, events_of, reload, url
from tests.invoices.bills import bill
from tests.invoices.test_money_machine import broken
from tests.people.confirming import confirmed

CARE = Part("Care", Decimal(1), Decimal(100))


@pytest.fixture
def note(cast, issued):
    """Of an invoice that was paid: all of it is left."""
    paid = issued(CARE)
    sums = {"amount": paid.gross, "currency": "EUR", "paid_on": paid.issued_on}
    paying.receive(cast.acme, {paid: paid.gross}, by=cast.olaf, **sums)
    return crediting.credit(paid, by=cast.olaf, reason="Our mistake")


def test_from_the_page_of_the_credit_note(cast, note, issued):
    other = issued(Part("Hosting", Decimal(1), Decimal(50)))
    olaf, path = confirmed(cast.olaf), url("invoices:detail", cast.acme, note.pk)
    assert f'<option value="{other.pk}">{other.number}' in olaf.get(path).content.decode()
    answer = olaf.post(url("settling:set_off", cast.acme, note.pk), {"invoice": other.pk})

    assert answer.headers["Location"] == path
    assert (reload(other).open_amount, reload(note).open_amount) == (0, Decimal("59.50"))
    assert ("credit.used", cast.olaf.pk) in events_of(note)
    assert (
        f"Set off by {note.number}"
        in browse_as(cast.anna).get(url("invoices:detail", cast.acme, other.pk)).content.decode()
    )
    assert f"Set off against {other.number}" in browse_as(cast.anna).get(path).content.decode()
    with tenant(cast.north.pk):
        assert broken() == []
    assert olaf.post(url("settling:set_off", cast.acme, note.pk), {"invoice": other.pk}).status_code == 404


def test_only_for_the_same_client_issuer_and_currency(cast, note, issued):
    others = [bill(cast.bolt, by=cast.olaf), bill(cast.acme, by=cast.olaf, currency="NOK")]
    for other in others:
        with pytest.raises(NotFitting):
            crediting.use(note, other, by=cast.olaf)
    with pytest.raises(NotFitting):
        crediting.use(others[0], note, by=cast.olaf)
    for member in (cast.nora, cast.rita, cast.anna, cast.saul):
        with pytest.raises((PermissionDenied, Invoice.DoesNotExist)):
            crediting.use(note, issued(CARE), by=member)
    assert reload(note).open_amount == note.gross


def test_what_was_never_paid_settles_no_other_invoice(cast, issued):
    invoice, other = issued(CARE), issued(CARE)
    paying.waive(invoice, invoice.gross, by=cast.olaf, reason="Bad debt")
    with pytest.raises(TooMuch):
        crediting.use(crediting.credit(invoice, by=cast.olaf, reason="Wrong"), other, by=cast.olaf)


def test_no_credit_note_for_what_was_made_elsewhere(cast):
    """Its lines are not here; the other program writes the credit note too, and it is brought like the invoice."""
    invoice = bill(cast.acme, by=cast.olaf)
    path = url("invoices:credit", cast.acme, invoice.pk)

    assert path not in confirmed(cast.olaf).get(url("invoices:detail", cast.acme, invoice.pk)).content.decode()
    assert confirmed(cast.olaf).get(path).status_code == 404


def test_a_credit_note_says_nothing_untrue_of_its_use(note):
    with tenant(note.agency_id):
        assert terms_of(note)["BT-20"] == "Set off against open invoices, or paid back."
