"""The demo world has invoices in every state; those from work are made of real entries, to the cent."""

import re
import time

from django.db import transaction
from django.utils import timezone

from invoices.bank_matching import proposals_of, waiting_in
from invoices.models import BankFile, Invoice, LineWork, Reminder
from invoices.showing import state_of
from portal.core.context import tenant
from portal.demo import cast, invoices, work
from portal.demo.accounts import Accounts
from portal.demo.places import Place
from worklog.models import WorkEntry


def test_forty_invoices_in_every_state(db):
    with transaction.atomic():
        place = Place(cast.NORDLICHT, Accounts()).build()
        with tenant(place.agency.pk):
            work.log_all(place)
            begun = time.process_time()
            invoices.write_all(place)
            spent = time.process_time() - begun
            rows = list(Invoice.objects.filter(agency=place.agency).select_related("client__agency"))
            states = {re.sub(r"\d.*", "", state_of(row, timezone.localdate())[0]).strip() for row in rows}
            overdue = [row for row in rows if row.is_overdue(timezone.localdate())]
            assert 40 <= len(rows) <= 50
            assert {"Draft", "Open", "Partly paid", "Paid on", "Taken back", "Set off"} <= states
            assert overdue
            _money_moves(place, rows)
            charged = LineWork.objects.filter(freed_at=None, invoice__issued_at__isnull=False)
            assert charged.count() == WorkEntry.objects.filter(invoiced_at__isnull=False).count() > 20
    assert spent < 4, spent  # of the processor, on a busy machine


def _money_moves(place: Place, rows: list[Invoice]) -> None:
    """A bank file waits with one suggestion, one reminder was sent, one invoice is a provider's."""
    file = BankFile.objects.get(agency=place.agency)
    proposals = proposals_of(place.owner, waiting_in(place.owner, file))
    assert [bool(one.suggestions) for one in proposals] == [True, False]
    assert not any(one.is_certain for one in proposals)
    assert [row.tier for row in Reminder.objects.filter(agency=place.agency)] == [1]
    (provided,) = (row for row in rows if row.issuer_id)
    assert (provided.client.slug, provided.issuer.name) == ("hanse-moebelwerk", "Lichtbild Lindner")
    assert not Invoice.objects.visible_to(place.owner).filter(pk=provided.pk).exists()
