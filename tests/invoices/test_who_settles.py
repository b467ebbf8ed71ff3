"""Who brings invoices, says that they are paid and books what the bank says: each right alone is too little."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from invoices.actions import banking, crediting, paying
from invoices.actions.paying import receive
from invoices.models import BankLine, may_settle
from portal.core.context import tenant
from portal.tenancy.actions import share_project
from portal.tenancy.models import Client, Role
from tests.browse import browse_as, reload, url
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill
from tests.limited import fresh
from tests.mailbox.conftest import PNG

ONE, DAY = Decimal(1), date(2026, 11, 18)
RIGHTS = ("money", "all_clients", "write")
CONTENT = bank_files.camt([Written("Acme", "DE1", Decimal("119.00"), "2026-0418", "")])


@pytest.fixture
def allow(cast):
    """Nora's role allows this and no more; gives Nora."""

    def allow(*rights):
        with tenant(cast.north.pk), transaction.atomic():
            Role.objects.filter(pk=cast.nora.role_id).update(permissions=list(rights))
        return fresh(cast.nora)

    return allow


@pytest.mark.parametrize("missing", RIGHTS)
def test_only_who_sees_all_sums_and_writes_touches_what_the_bank_says(cast, allow, missing):
    own = bill(cast.acme, by=cast.olaf)
    with tenant(cast.north.pk), transaction.atomic():
        banking.bring_in("x.xml", CONTENT, by=cast.olaf)
        line = BankLine.objects.get()
        share_project(cast.shop, level="manage", member=cast.nora)
    nora = allow(*(right for right in RIGHTS if right != missing))
    deeds = [
        lambda: banking.bring_in("y.xml", CONTENT + b" ", by=nora),
        lambda: banking.book(line, [own], by=nora),
        lambda: banking.put_aside(line, by=nora),
    ]
    for deed in deeds:
        with tenant(cast.north.pk), pytest.raises(PermissionDenied), transaction.atomic():
            deed()
    assert reload(own).settled == 0


def test_nobody_writes_of_money_who_only_looks_or_for_a_closed_client(cast, allow):
    with tenant(cast.north.pk):
        assert not may_settle(allow("money", "all_clients"), cast.acme)
        assert not may_settle(allow("money", "write"), cast.acme), "Nora sees no client then"
        assert may_settle(allow(*RIGHTS), cast.acme)
        Role.objects.filter(pk=cast.anna.role_id).update(permissions=list(RIGHTS))
        assert not may_settle(fresh(cast.anna), cast.acme), "who owes it says nothing of it"
        assert not may_settle(cast.pavel, cast.acme, cast.supplier.pk), "each provider for itself"
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    acme = reload(cast.acme)
    with tenant(cast.north.pk):
        assert not may_settle(fresh(cast.olaf), acme)
    for member in (cast.olaf, cast.pavel):
        with pytest.raises(PermissionDenied):
            bill(acme, by=member)


def test_whoever_only_looks_moves_no_money_and_is_asked_for_no_proof(cast, allow):
    nora = allow("money", "all_clients")
    own, note = bill(cast.acme, by=cast.olaf), bill(cast.acme, by=cast.olaf, is_credit=True)
    with tenant(cast.north.pk), transaction.atomic():
        loose = receive(cast.acme, {}, by=cast.olaf, amount=ONE, currency="EUR", paid_on=DAY)
    deeds = [
        lambda: paying.waive(own, ONE, by=nora, reason="Lost"),
        lambda: paying.pay_out(note, ONE, by=nora, on=DAY),
        lambda: paying.allocate(loose, {own: ONE}, by=nora),
        lambda: paying.pay_back(loose, ONE, by=nora, on=DAY),
        lambda: paying.reverse(loose, by=nora, reason="Lost"),
        lambda: crediting.use(note, own, by=nora),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    browser = browse_as(nora)
    for view, row in (("pay_out", note), ("pay_back", loose), ("reverse", loose)):
        assert browser.post(url(f"settling:{view}", cast.acme, row.pk)).status_code == 403, view
    for view in ("issue", "credit"):
        assert browser.post(url(f"invoices:{view}", cast.acme, own.pk)).status_code == 403, view


def test_no_picture_is_an_invoice(cast):
    words = {"number": "R-7", "kind": "invoice", "issued_on": "2026-11-02", "gross": "1", "currency": "EUR"}
    file = SimpleUploadedFile("scan.png", PNG, "image/png")
    answer = browse_as(cast.olaf).post(url("settling:bring", cast.acme), words | {"file": file})
    assert "This is no PDF." in answer.content.decode()


def test_the_agencys_own_payment_is_not_taken_back_by_a_providers_button(cast):
    """There nobody asks for a proof of identity."""
    own = bill(cast.acme, by=cast.olaf)
    browser, path = browse_as(cast.olaf), url("settling:outside_paid", cast.acme, own.pk)
    assert browser.post(path).status_code == 403
    sums = {"amount": own.gross, "currency": "EUR", "paid_on": own.issued_on}
    with tenant(cast.north.pk), transaction.atomic():
        receive(cast.acme, {own: own.gross}, by=cast.olaf, **sums)
    assert browser.post(path, {"again": "1"}).status_code == 403
    assert reload(own).open_amount == 0
