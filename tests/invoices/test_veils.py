"""The audit log names no sums to staff who see none, and nothing of a client's providers to the agency at all."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import transaction

from invoices.actions import banking
from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.people import trail, veils
from portal.tenancy.models import TenantModel
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.invoices import bank_files
from tests.invoices.bank_files import Written
from tests.invoices.bills import bill
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage"]


@pytest.fixture
def read_by(cast):
    """What the log says to somebody of North about rows of these tables, or about these kinds of events."""

    def read_by(member, **wanted):
        with acting_as(member), transaction.atomic():
            return [line.sub for line in trail.lines(AuditEvent.objects.filter(**wanted), member)]

    return read_by


def test_what_the_bank_says_is_named_to_those_who_see_all_sums(cast, read_by):
    with tenant(cast.north.pk):
        lines = [Written("Secret Payer", "DE1", Decimal("12.00"), "Salary", "")]
        banking.bring_in("secret-account.xml", bank_files.camt(lines), by=cast.olaf)
    for table in ("invoices_bankline", "invoices_bankfile"):
        assert "ecret" in read_by(cast.olaf, tab=table)[0]
        for member in (cast.nora, cast.rita, cast.fred):
            (said,) = read_by(member, tab=table)
            assert "ecret" not in said, (member, table)


def test_each_table_with_money_has_a_veil(cast):
    tables = {
        model._meta.db_table for model in apps.get_app_config("invoices").get_models() if issubclass(model, TenantModel)
    }
    assert len(tables) > 15
    for table in tables:
        image = {"id": 1, "issuer_id": None, "invoice_id": None, "payment_id": None, "credit_id": None}
        assert veils.Veils(cast.nora).instead_of(table, image), table
        assert not veils.Veils(cast.olaf).instead_of(table, image), table


def test_a_download_of_a_providers_file_is_not_named_to_the_agency(cast, read_by):
    provided = bill(cast.acme, "500.00", by=cast.pavel)
    own = bill(cast.acme, "119.00", by=cast.olaf)
    anna = browse_as(cast.anna)
    for row in (provided, own):
        answer = anna.get(url("settling:outside_pdf", cast.acme, row.pk))
        assert b"".join(answer.streaming_content)
    said = read_by(cast.olaf, kind="file.downloaded")
    assert sorted("invoice.pdf" in words for words in said) == [False, True]
    assert sum("a file of a provider" in words for words in said) == 1
