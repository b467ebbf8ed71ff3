"""Lists of tickets and the forms around them, as a browser shows them: filters in place, the list of keys, what a choice hides."""

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from tests.people.confirming import confirmed
from tests.tickets.makers import open_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]


@pytest.fixture
def open_as(windows):
    """A window of somebody who is signed in."""

    def open_as(member, **options) -> Page:
        cookies = confirmed(member).cookies
        return windows.open(cookies={name: cookie.value for name, cookie in cookies.items()}, **options)

    return open_as


def test_filter_in_place_leads_on_and_keys_are_called_by_their_labels(cast, open_as):
    with transaction.atomic():
        ticket = open_for(cast.acme, cast.anna, project=cast.shop)
        open_for(cast.acme, cast.anna, kind="task", title="Banner")
    nora = open_as(cast.nora)
    nora.goto("/north/tickets/")
    nora.get_by_label("Kind").focus()
    nora.get_by_label("Kind").select_option("task")
    expect(nora.locator("[data-row]")).to_have_count(1)
    expect(nora.get_by_label("Kind")).to_be_focused()
    nora.get_by_role("link", name="Board").click()
    expect(nora.locator(".board-card")).to_have_count(1)
    expect(nora.locator(".board-card")).to_contain_text("Banner")

    nora.goto(f"/north/acme/tickets/{ticket.number}/")
    nora.keyboard.press("?")
    expect(nora.get_by_role("dialog", name="Keys on this page")).to_contain_text("rTextsStateaWorks on it")


def test_projects_are_chosen_only_where_not_all_are_open(cast, open_as):
    anna = open_as(cast.anna, js=False)
    anna.goto(f"/north/acme/people/{cast.carl.pk}/projects/")
    projects = anna.get_by_role("combobox", name="Shop")
    expect(projects).to_be_hidden()
    anna.get_by_text("Only these projects").click()
    expect(projects).to_be_visible()
