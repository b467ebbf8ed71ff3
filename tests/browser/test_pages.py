"""Every page, light and dark, wide and narrow: axe-core finds nothing, the console is silent, nothing scrolls sideways."""

import pytest

from tests.browser.pages import places
from tests.browser.windows import LOOKS, OTHER_LOOKS, look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("place", places(), ids=str)
def test_page_is_in_order(place, scenery, visitors):
    page = visitors.of(place.who, scenery.cookies[place.who or None])

    answer = page.goto(place.path(scenery))

    assert answer.status == 200
    assert answer.header_value("content-type").startswith("text/html")
    wrong = look(page, LOOKS + OTHER_LOOKS if place.is_main else LOOKS)
    assert not wrong, wrong
