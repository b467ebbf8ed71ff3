"""The budget of the month: what is used, left and forecast; who sets it and who sees it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from portal.core.context import tenant
from portal.people.actions.clients import save_vendor
from portal.tenancy import actions
from tests.browse import browse_as, url
from tests.limited import fresh
from worklog.actions.budgeting import agree
from worklog.budgets import forecast_of
from worklog.charging import chargeable
from worklog.models import WorkBudget

OCTOBER = date(2026, 10, 1)


def _page(member, client, query="?month=2026-10") -> str:
    return browse_as(member).get(url("worklog:index", client) + query).content.decode()


def test_manager_sets_hours_and_the_client_sees_what_is_left(cast, log):
    browser = browse_as(cast.olaf)
    form = {"month": "2026-10", "hours": "10,5", "project": ""}
    assert "Hours a month" in browser.get(url("worklog:budget", cast.acme)).content.decode()
    browser.post(url("worklog:budget", cast.acme), form)
    (
        log(90, day=OCTOBER),
        log(30, day=OCTOBER, charge="goodwill"),
        log(60, day=OCTOBER, by=cast.pavel, project=cast.shop),
    )

    page = _page(cast.anna, cast.acme)

    assert "Left of the budget" in page and ">9:00 <" in page
    assert "1:30 of 10:30" in page
    assert "from October 2026 on" in browser.get(url("worklog:budget", cast.acme)).content.decode()


def test_budget_goes_on_until_it_ends(cast, log):
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    agree(cast.acme, date(2026, 11, 1), 300, by=cast.olaf)
    agree(cast.acme, date(2026, 12, 1), None, by=cast.olaf)
    for month in (9, 10, 11, 12):
        log(60, day=date(2026, month, 2))

    assert "None was agreed." in _page(cast.anna, cast.acme, "?month=2026-09")
    assert "1:00 of 10:00" in _page(cast.anna, cast.acme, "?month=2026-10")
    assert "1:00 of 5:00" in _page(cast.anna, cast.acme, "?month=2026-11")
    assert "None was agreed." in _page(cast.nora, cast.acme, "?month=2026-12")


def test_project_has_a_budget_of_its_own(cast, log):
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    agree(cast.acme, OCTOBER, 60, by=cast.olaf, project=cast.shop)
    log(60, day=OCTOBER), log(90, day=OCTOBER, project=cast.shop)

    page = _page(cast.anna, cast.acme)

    assert "2:30 of 10:00" in page
    assert "More than agreed · Shop" in page and "1:30 of 1:00" in page


def test_running_month_is_forecast(cast, log):
    with time_machine.travel("2026-10-13 12:00:00+02:00", tick=False):
        agree(cast.acme, OCTOBER, 600, by=cast.olaf)
        log(300, day=date(2026, 10, 6))
        page = _page(cast.anna, cast.acme, "")

    assert "Logged so far" in page
    assert "At this pace 12:13" in page and "more than agreed" in page
    assert "13 working days left" in page


@given(st.integers(0, 10**6), st.integers(1, 31), st.integers(0, 31))
def test_forecast_is_the_pace_times_the_days(used, total, passed):
    found = forecast_of(used, total, passed)

    if 0 < passed < total:
        assert abs(found - used * total / passed) <= 0.5
        assert found >= used
    else:
        assert found is None


def test_amounts_are_for_those_who_see_money(cast, log):
    log(60, day=OCTOBER)
    with tenant(cast.north.pk):
        WorkBudget.objects.create(agency=cast.north, client=cast.acme, month=OCTOBER, amount="1234.50")

    assert "1,234.50" in _page(cast.olaf, cast.acme)
    money = cast.anna.accesses[0].areas
    assert ("1,234.50" in _page(cast.anna, cast.acme)) == ("money" in money)


def test_hours_that_an_amount_replaced_are_agreed_no_more(cast, log):
    """Nora sees no sums: not the amount, and not the hours from before it as if they still held."""
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    agree(cast.acme, OCTOBER, 120, by=cast.olaf, project=cast.shop)
    agree(cast.acme, date(2026, 11, 1), None, by=cast.olaf, amount=Decimal("1234.50"))
    log(day=date(2026, 11, 2))

    page = _page(cast.nora, cast.acme, "?month=2026-11")

    assert "of 10:00" not in page and "1,234.50" not in page
    assert "of 2:00" in page
    assert "0:00 of 10:00" in _page(cast.nora, cast.acme)


def test_form_begins_with_what_holds(cast):
    """Saved as it stands, nothing changes: whoever only looked takes nothing away."""
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    agree(cast.acme, OCTOBER, 120, by=cast.olaf, project=cast.shop)
    agree(cast.acme, date(2026, 12, 1), None, by=cast.olaf, amount=Decimal("1234.50"))
    browser, path = browse_as(cast.olaf), url("worklog:budget", cast.acme)

    november = browser.get(path, {"month": "2026-11"}).content.decode()
    december = browser.get(path, {"month": "2026-12"}).content.decode()

    assert 'name="hours" value="10:00"' in november
    assert 'name="amount" value="1234.50"' in december and 'name="hours" value' not in december


def test_provider_is_told_nothing_about_the_budget(cast, log):
    """Not that there is none either: what agency and client agreed is no business of his."""
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    log(60, day=OCTOBER, by=cast.pavel, project=cast.shop)

    page = _page(cast.pavel, cast.acme)

    assert ">1:00 <" in page
    assert "None was agreed." not in page and "Budget" not in page


def test_only_managers_agree(cast):
    for member in (cast.nora, cast.rita, cast.fred, cast.anna, cast.pavel, cast.saul):
        with pytest.raises(PermissionDenied):
            agree(cast.acme, OCTOBER, 600, by=member)
    with pytest.raises(PermissionDenied):
        agree(cast.acme, OCTOBER, 600, by=cast.olaf, project=cast.rocket)
    assert browse_as(cast.nora).get(url("worklog:budget", cast.acme)).status_code == 403
    assert browse_as(cast.anna).get(url("worklog:budget", cast.acme)).status_code == 404


@pytest.mark.parametrize(
    "changed", [{"hours": "soon"}, {"hours": "-1"}, {"month": "2026-13"}, {"month": ""}, {"project": "999"}]
)
def test_what_cannot_be_agreed_says_why(cast, changed):
    form = {"month": "2026-10", "hours": "10", "project": "", **changed}

    assert browse_as(cast.olaf).post(url("worklog:budget", cast.acme), form).status_code == 422


def test_amount_is_agreed_by_who_sees_sums(cast, log):
    form = {"month": "2026-10", "hours": "", "amount": "1234.50", "project": ""}
    browser, path = browse_as(cast.olaf), url("worklog:budget", cast.acme)
    assert browser.post(path, {**form, "hours": "10"}).status_code == 422

    browser.post(path, form)

    assert "1,234.50" in browser.get(path).content.decode()
    assert log(day=OCTOBER).charge == "retainer"


def test_entry_counts_as_what_is_in_force(cast, log):
    """The project's budget goes on, also when nothing is agreed any more for the client as a whole."""
    agree(cast.acme, OCTOBER, 600, by=cast.olaf, project=cast.shop)
    agree(cast.acme, date(2026, 11, 1), None, by=cast.olaf)

    day = date(2026, 11, 2)
    assert log(day=day, project=cast.shop).charge == "retainer"
    assert log(day=day).charge == "billable"
    assert "1:30 of 10:00" in _page(cast.anna, cast.acme, "?month=2026-11")


def test_hours_that_an_amount_replaced_are_agreed_no_more_for_nobody(cast, log):
    """Also for those who may not know the amount."""
    with tenant(cast.north.pk):
        actions.set_access(cast.carl, cast.acme, ["work"])
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    agree(cast.acme, date(2026, 11, 1), None, by=cast.olaf, amount=Decimal(1200))
    log(60, day=date(2026, 11, 2))

    for member in (fresh(cast.carl), cast.nora):
        page = _page(member, cast.acme, "?month=2026-11")
        assert "of 10:00" not in page and "1,200" not in page


def test_what_a_vendor_did_as_a_provider_is_never_the_agencys(cast, log):
    """It may become a supplier: then too it uses no budget, is on no invoice, and is corrected by none of the agency."""
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)
    row = log(60, day=OCTOBER, by=cast.pavel, project=cast.shop, charge="billable")
    with tenant(cast.north.pk):
        save_vendor(cast.provider, by=cast.olaf, engagement="supplier", client=None)
        assert not chargeable(cast.acme, OCTOBER, OCTOBER, with_retainer=True).exists()

    assert "0:00 of 10:00" in _page(cast.anna, cast.acme)
    assert browse_as(cast.olaf).get(url("worklog:edit", cast.acme, row.pk)).status_code == 403


def test_who_sees_no_sums_writes_over_none(cast):
    """Nora manages Acme: she learns that there is something, not what."""
    agree(cast.acme, OCTOBER, None, by=cast.olaf, amount=Decimal(1200))
    with tenant(cast.north.pk):
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(manager=cast.nora)
    browser, path = browse_as(cast.nora), url("worklog:budget", cast.acme)

    page = browser.post(path, {"month": "2026-10", "hours": "10", "project": ""})

    assert page.status_code == 422 and "1,200" not in page.content.decode()
    with tenant(cast.north.pk):
        assert WorkBudget.objects.get().amount == 1200
    assert browser.post(path, {"month": "2026-11", "hours": "10", "project": ""}).status_code == 302


def test_who_sees_no_sums_agrees_on_none(cast):
    """Nora manages Acme: she is offered hours alone, and an amount that she sends is none."""
    with tenant(cast.north.pk):
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(manager=cast.nora)
        cast.acme = type(cast.acme).objects.select_related("agency").get(pk=cast.acme.pk)
    browser, path = browse_as(cast.nora), url("worklog:budget", cast.acme)

    browser.post(path, {"month": "2026-10", "hours": "10", "amount": "1200", "project": ""})
    browser.post(path, {"month": "2026-11", "hours": "", "amount": "1200", "project": ""})
    with pytest.raises(PermissionDenied):
        agree(cast.acme, date(2026, 12, 1), None, by=cast.nora, amount=Decimal(1200))

    assert 'name="amount"' not in browser.get(path).content.decode()
    with tenant(cast.north.pk):
        assert set(WorkBudget.objects.values_list("month", "minutes", "amount")) == {
            (OCTOBER, 600, None),
            (date(2026, 11, 1), None, None),
        }


def test_who_sees_sums_puts_hours_in_the_place_of_an_amount(cast):
    agree(cast.acme, OCTOBER, None, by=cast.olaf, amount=Decimal(1200))
    agree(cast.acme, OCTOBER, 600, by=cast.olaf)

    with tenant(cast.north.pk):
        assert WorkBudget.objects.values_list("minutes", "amount").get() == (600, None)
