"""The figure at the bell of an open page."""

import re

import pytest
from django.test import Client as Browser

from portal.core.context import tenant
from portal.notifications import actions as notifications
from tests.browse import browse_as, url
from tests.counting import queries_of

POLL = re.compile(r'hx-get="(/north/notifications/bell/\?shown=\d+)"')


def poll_of(answer) -> str:
    return POLL.search(answer.content.decode())[1]


def test_an_open_page_learns_of_what_is_new_and_of_what_was_read_elsewhere(cast, write, tell):
    browser = browse_as(cast.anna)
    first = poll_of(browser.get(url("people:settings", cast.north)))
    assert browser.get(first).status_code == 204

    write()
    tell()
    ringing = browser.get(first)
    assert "Notifications, 1 new" in ringing.content.decode()
    assert browser.get(poll_of(ringing)).status_code == 204

    with tenant(cast.north.pk):
        notifications.mark_read(cast.anna)
    silent = browser.get(poll_of(ringing)).content.decode()
    assert "new" not in silent
    assert 'class="dot"' not in silent


@pytest.mark.parametrize("who", ["stranger", "saul", "half signed in"])
def test_whoever_may_not_know_is_asked_no_more_and_not_torn_away(cast, protocol, tell, who):
    tell()
    browser = browse_as(cast.saul) if who == "saul" else Browser()
    if who == "half signed in":
        browser.force_login(cast.anna.user)

    answer = browser.get(url("notifications:bell", cast.north), headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content, answer["HX-Reswap"]) == (286, b"", "none")
    assert "HX-Redirect" not in answer


def test_asking_is_cheap(cast, protocol, tell):
    tell()
    asked = queries_of(browse_as(cast.anna), url("notifications:bell", cast.north))

    assert len(asked) <= 5, "\n".join(asked)
