"""The profile's order by mouse, by keys and without scripts."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def rows(scenery, windows):
    """The page of the order, as Nora sees it, and the names of its sections as they stand."""

    def go(**options):
        page = windows.open(cookies=scenery.cookies["nora"], **options)
        page.goto(f"/north/{scenery.acme.slug}/profile/order/")
        return page, page.locator("#order > li > .order-row > h2")

    return go


def names(found) -> list[str]:
    return found.all_inner_texts()


@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_a_button_moves_a_row(rows, js):
    page, found = rows(js=js)
    before = names(found)

    page.locator("#order > li").nth(1).locator("[data-move=up]").first.click()

    expect(found).to_have_text([before[1], before[0], *before[2:]])


def test_the_keyboard_moves_it_and_stays_on_it(rows):
    page, found = rows()
    before = names(found)
    button = page.locator("#order > li").first.locator("[data-move=down]").first
    kept = button.get_attribute("id")
    button.focus()

    page.keyboard.press("Alt+ArrowDown")
    expect(found).to_have_text([before[1], before[0], *before[2:]])
    assert page.evaluate("document.activeElement.id") == kept
    page.keyboard.press("Alt+ArrowDown")
    expect(found).to_have_text([before[1], before[2], before[0], *before[3:]])


def test_the_mouse_drags_it_by_its_handle(rows):
    page, found = rows()
    before = names(found)
    handles = page.locator("#order > li > .order-row > [data-handle]")

    handles.nth(0).drag_to(handles.nth(2))

    expect(found).to_have_text([before[1], before[2], before[0], *before[3:]])
