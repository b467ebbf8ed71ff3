"""Every page that is opened by GET asks the database at most twelve times; the few that ask more are named with their number."""

from tests.asking import browser_of
from tests.browser.pages import places
from tests.counting import queries_of
from tests.scenery import scenery

__all__ = ["scenery"]

MOST = 12
MORE = {"worklog:entry-anna": 13, "invoices:edit-olaf": 21, "bank:file-olaf": 14}


def test_no_page_asks_more_than_twelve_times(scenery):
    asked = {
        str(place): len(queries_of(browser_of(scenery, place.who or "stranger"), place.path(scenery)))
        for place in places()
    }

    assert len(asked) > 150
    assert {page: number for page, number in asked.items() if number > MOST} == MORE
