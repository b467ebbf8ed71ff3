"""Whose invoice it is: the agency's and those of the client's own providers are never taken for one another, nor summed as one."""

import pytest
from django.db import transaction

from invoices import menu
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.invoices.bills import bill, pdf
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


def test_the_sum_is_of_all_however_few_are_shown(cast, owed):
    for _number in range(55):
        bill(cast.acme, "10.00", by=cast.olaf)
    answer = browse_as(cast.anna).get(url("client_home", cast.acme))
    assert len(answer.context["invoices"]) == 5
    assert (answer.context["to_pay"], answer.context["to_providers"]) == ("€669.00", "€500.00")


def test_a_provider_does_not_learn_which_numbers_the_agency_has(cast, owed):
    """Whatever the agency has, the answer is the same; a number that the provider itself has used is refused."""
    pavel, path = browse_as(cast.pavel), url("settling:bring", cast.acme)
    sent = {"kind": "invoice", "issued_on": "2026-11-02", "due_on": "2026-11-16", "gross": "9", "currency": "EUR"}
    answers = [
        pavel.post(path, sent | {"file": pdf(), "number": number}).status_code
        for number in ("2026-0419", "2026-9999", "2026-0419")
    ]
    assert answers == [302, 302, 422]


def test_the_client_is_told_of_two_invoices_with_one_number(cast, owed):
    """Else the provider's could be taken for the agency's, and be paid to the wrong account."""
    own, other = owed
    twin = bill(cast.acme, "500.00", by=cast.pavel, number="2026 - 0419")
    anna = browse_as(cast.anna)
    told = {row.pk: anna.get(url("invoices:detail", cast.acme, row.pk)).context["twin"] for row in (own, other, twin)}
    assert told == {own.pk: None, other.pk: None, twin.pk: own}
    page = anna.get(url("invoices:detail", cast.acme, twin.pk)).content.decode()
    assert "North has an invoice with this number, too" in page
    assert url("invoices:detail", cast.acme, own.pk) in page
