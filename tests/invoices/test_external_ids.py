"""How another program calls an invoice or a payment is said when it is known, and changes nothing of what was issued."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from invoices.actions import naming, paying
from portal.audit.models import AuditEvent
from portal.core.context import tenant
from tests.browse import browse_as, reload, url


@pytest.fixture
def payment(cast, sides):
    sums = {"amount": Decimal(10), "currency": "EUR", "paid_on": date(2026, 11, 18)}
    return paying.receive(cast.acme, {}, by=cast.olaf, **sums)


def test_an_issued_invoice_gets_its_external_id(cast, issued):
    invoice, olaf = issued(), browse_as(cast.olaf)
    before = _whole(invoice)

    olaf.post(url("invoices:external_id", cast.acme, invoice.pk), {"external_id": "  DATEV-4711 "})

    assert _whole(invoice) == before | {"external_id": "DATEV-4711"}
    assert "DATEV-4711" in olaf.get(url("invoices:detail", cast.acme, invoice.pk)).content.decode()
    assert "DATEV-4711" not in browse_as(cast.anna).get(url("invoices:detail", cast.acme, invoice.pk)).content.decode()


def test_a_payment_gets_its_external_id_and_stays_what_it_was(cast, payment):
    olaf = browse_as(cast.olaf)

    olaf.post(url("settling:external_id", cast.acme, payment.pk), {"external_id": "TX-9"})

    assert (reload(payment).external_id, reload(payment).amount) == ("TX-9", Decimal(10))
    assert "TX-9" in olaf.get(url("settling:payment", cast.acme, payment.pk)).content.decode()
    assert "TX-9" not in browse_as(cast.anna).get(url("settling:payment", cast.acme, payment.pk)).content.decode()


def test_each_id_is_one_things_alone_and_no_id_is_everybodys(cast, issued):
    first, second = issued(), issued()
    naming.name(first, "4711", by=cast.olaf)

    with pytest.raises(naming.Taken):
        naming.name(second, "4711", by=cast.olaf)
    path = url("invoices:external_id", cast.acme, second.pk)
    said = browse_as(cast.olaf).post(path, {"external_id": "4711"}, follow=True)
    assert "Another one has this id already" in said.content.decode()
    assert "at most 120" in browse_as(cast.olaf).post(path, {"external_id": "x" * 121}, follow=True).content.decode()
    naming.name(first, "", by=cast.olaf)
    naming.name(second, "4711", by=cast.olaf)
    assert [reload(row).external_id for row in (first, second)] == ["", "4711"]


def test_what_is_wrong_stands_at_the_field_with_what_was_typed(cast, issued, payment):
    other = paying.receive(cast.acme, {}, by=cast.olaf, amount=Decimal(1), currency="EUR", paid_on=date(2026, 11, 18))
    rows = {"invoices:external_id": (issued(), issued()), "settling:external_id": (payment, other)}
    for view, (first, second) in rows.items():
        naming.name(first, "4711", by=cast.olaf)
        for typed, words in (("4711", "Another one has this id already."), ("x" * 121, "at most 120")):
            answer = browse_as(cast.olaf).post(url(view, cast.acme, second.pk), {"external_id": typed})
            field = answer.context["naming"]["external_id"]
            assert (answer.status_code, field.value()) == (422, typed)
            assert words in field.errors[0]
            page = answer.content.decode()
            assert 'aria-describedby="id_external_id-error"' in page
            assert f'value="{typed}"' in page
        assert reload(second).external_id == ""


def test_only_who_writes_invoices_says_it(cast, issued, payment):
    invoice = issued()
    for member in (cast.anna, cast.nora, cast.pavel):
        for row in (invoice, payment):
            with pytest.raises(PermissionDenied), transaction.atomic():
                naming.name(row, "Stolen", by=member)
    assert browse_as(cast.anna).post(url("invoices:external_id", cast.acme, invoice.pk)).status_code == 403


def test_the_audit_log_keeps_what_it_was(cast, issued, payment):
    for row in (issued(), payment):
        naming.name(row, "old", by=cast.olaf)
        naming.name(row, "new", by=cast.olaf)
        with tenant(cast.north.pk), transaction.atomic():
            seen = AuditEvent.objects.filter(tab=row._meta.db_table, row_pk=str(row.pk)).order_by("pk").last()
        assert (seen.kind, seen.old["external_id"], seen.new["external_id"]) == ("update", "old", "new")


def _whole(row) -> dict:
    return {name: value for name, value in vars(reload(row)).items() if name != "_state"}
