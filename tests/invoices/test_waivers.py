"""What was not asked for is asked for again: once, with a reason, and the books, the statement and the proofs agree."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from invoices.actions import crediting, paying
from invoices.actions.drafting import Part
from invoices.actions.paying import NotFitting
from invoices.models import Waiver
from invoices.statement import Account
from portal.accounts.adapters import CONFIRMED_AT
from portal.core.context import tenant
from tests.browse import browse_as, events_of, reload, url
from tests.invoices.bills import bill
from tests.invoices.test_money_machine import broken
from tests.people.confirming import confirmed

REASON = {"reason": "The discount was not agreed"}


@pytest.fixture
def invoice(cast):
    return bill(cast.acme, "119.00", by=cast.olaf, number="2026-0418")


@pytest.fixture
def waiver(cast, invoice):
    return paying.waive(invoice, Decimal("119.00"), by=cast.olaf, reason="Discount")


def account(cast, last=date.max):
    with tenant(cast.north.pk):
        return Account.of(cast.olaf, cast.acme).statement("EUR", date(2026, 1, 1), last)


def test_from_the_page_of_the_invoice(cast, invoice, waiver):
    olaf, anna, page = confirmed(cast.olaf), browse_as(cast.anna), url("invoices:detail", cast.acme, invoice.pk)
    path = url("settling:claim", cast.acme, waiver.pk)
    assert path in olaf.get(page).content.decode()
    assert path not in anna.get(page).content.decode()
    assert olaf.post(path, REASON).headers["Location"] == page

    row = reload(invoice)
    assert (row.open_amount, row.settled_on) == (Decimal("119.00"), None)
    assert events_of(invoice)[-1] == ("invoice.claimed", cast.olaf.pk)
    told = [words for words, *_rest in anna.get(page).context["history"]]
    assert [words for words in told if "asked" in words] == [
        "€119.00 not asked for: Discount",
        "€119.00 asked for again: The discount was not agreed",
    ]
    assert path not in olaf.get(page).content.decode()
    olaf.post(path, {"reason": "Twice"})
    assert reload(waiver).reversal_reason == REASON["reason"]


def test_what_was_typed_waits_while_identity_is_proved(cast, invoice, waiver):
    olaf, page = browse_as(cast.olaf), url("invoices:detail", cast.acme, invoice.pk)
    assert "/accounts/confirm/" in olaf.post(url("settling:claim", cast.acme, waiver.pk), REASON).headers["Location"]
    assert reload(waiver).reversed_at is None
    session = olaf.session
    session[CONFIRMED_AT] = timezone.now().timestamp()
    session.save()
    (row,) = olaf.get(page).context["payments"]
    assert row["claim"].initial == REASON


def test_the_statement_says_both_and_the_debt_is_as_old_as_it_was(cast, invoice, waiver):
    paying.claim(waiver, by=cast.olaf, reason="Not agreed")
    found = account(cast)
    assert [entry.text for entry in found.entries[1:]] == [
        "Not asked for: the rest of 2026-0418",
        "Asked for again: the rest of 2026-0418",
    ]
    assert (found.closing, found.charged, found.paid) == (Decimal("119.00"), Decimal("119.00"), 0)
    assert sum(amount for _label, amount in found.ages) == Decimal("119.00")
    before = account(cast, timezone.localdate() - timedelta(days=1))
    assert sum(amount for _label, amount in before.ages) == before.closing
    with tenant(cast.north.pk):
        assert broken() == []


def test_a_credit_note_that_leaves_something_is_set_off_first(cast, issued):
    invoice = issued(Part("Care", Decimal(1), Decimal(100)))
    waiver = paying.waive(invoice, Decimal("19.00"), by=cast.olaf, reason="Discount")
    note = crediting.credit(invoice, by=cast.olaf, reason="Wrong client")
    assert reload(note).open_amount == Decimal("19.00")
    paying.claim(waiver, by=cast.olaf, reason="It was taken back anyway")
    assert (reload(invoice).open_amount, reload(note).open_amount) == (0, 0)
    with tenant(cast.north.pk):
        assert broken() == []
    assert account(cast).closing == 0


def test_only_who_settles_asks_again_and_only_once(cast, invoice, waiver):
    for member in (cast.nora, cast.rita, cast.fred, cast.anna, cast.carl, cast.vera, cast.pavel):
        with pytest.raises(PermissionDenied), transaction.atomic():
            paying.claim(waiver, by=member, reason="x")
    paying.claim(waiver, by=cast.olaf, reason="x")
    with pytest.raises(NotFitting):
        paying.claim(waiver, by=cast.olaf, reason="x")
    assert reload(invoice).settled == 0


def test_raw_sql_takes_no_reversal_back_and_changes_nothing_else(cast, invoice, waiver, in_north):
    statements = [
        "UPDATE invoices_waiver SET amount = 1",
        "UPDATE invoices_waiver SET reversed_at = now()",
        "DELETE FROM invoices_waiver",
    ]
    _refused(*statements)
    paying.claim(waiver, by=cast.olaf, reason="x")
    _refused(*statements[::2], "UPDATE invoices_waiver SET reversed_at = NULL, reversal_reason = ''")
    assert Waiver.objects.standing().count() == 0
    paying.waive(invoice, Decimal("119.00"), by=cast.olaf, reason="Again")
    assert reload(invoice).open_amount == 0


def _refused(*statements: str) -> None:
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
