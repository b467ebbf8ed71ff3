"""Whose invoice it is: the agency's and those of the client's own providers are never taken for one another, nor summed as one."""

import pytest
from django.db import transaction

from invoices import menu
from invoices.actions.uploading import KnownNumber
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.invoices.bills import bill
from tests.protocols.conftest import _own_storage

__all__ = ["_own_storage"]
NAME = "Pixel Print"


@pytest.fixture
def owed(cast):
    """The agency's 119, the provider's 500."""
    return bill(cast.acme, "119.00", by=cast.olaf, number="2026-0419"), bill(cast.acme, "500.00", by=cast.pavel)


def test_each_provider_is_named_in_the_list_and_on_the_invoice(cast, owed):
    own, provided = owed
    anna = browse_as(cast.anna)
    rows = {row.number: row.issuer for row in anna.get(url("invoices:index", cast.acme)).context["rows"]}
    assert rows == {own.number: "", provided.number: NAME}
    assert f">{NAME}</span>" in anna.get(url("invoices:index", cast.acme)).content.decode()
    pages = [anna.get(url("invoices:detail", cast.acme, row.pk)).content.decode() for row in owed]
    assert [NAME in page for page in pages] == [False, True]


def test_figures_and_badge_are_the_agencys_and_the_providers_stand_apart(cast, owed):
    figures = browse_as(cast.anna).get(url("invoices:index", cast.acme)).context["figures"]
    assert [figure.sums for figure in figures] == [["€119.00"], ["€119.00"], ["–"], ["€500.00"]]
    assert str(figures[-1].label) == "Open at your providers"
    assert len(browse_as(cast.olaf).get(url("invoices:index", cast.acme)).context["figures"]) == 3
    with acting_as(cast.anna), transaction.atomic():
        assert menu._open(cast.anna, cast.acme).get() == owed[0]


def test_the_card_on_the_start_page_sums_them_apart(cast, owed):
    answer = browse_as(cast.anna).get(url("client_home", cast.acme))
    assert (answer.context["to_pay"], answer.context["to_providers"]) == ("€119.00", "€500.00")
    lines = [row.line[0] for row in answer.context["invoices"]]
    assert sorted(lines) == [NAME, "€119.00"]


def test_a_provider_cannot_bring_a_number_of_the_agency(cast, owed):
    for number in ("2026-0419", " 2026-0419 ", "2026 - 0419"):
        with pytest.raises(KnownNumber), transaction.atomic():
            bill(cast.acme, "500.00", by=cast.pavel, number=number)
    bill(cast.bolt, "119.00", by=cast.olaf, number="2026-0777")
    bill(cast.acme, "500.00", by=cast.pavel, number="2026-0777")
