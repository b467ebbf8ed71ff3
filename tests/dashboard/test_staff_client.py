"""The agency's page of one client: what was worked for it this month, and the way to log more."""

from django.utils import timezone

from tests.browse import browse_as, url
from tests.worklog.conftest import _own_storage, log
from worklog.actions.budgeting import agree

__all__ = ["_own_storage", "log"]


def test_hours_budget_and_the_last_entries(cast, log):
    today = timezone.localdate()
    agree(cast.acme, today.replace(day=1), 20 * 60, by=cast.olaf)
    for number in range(6):
        log(number + 60, text=f"Guide {number}", day=today)
    log(text="Of Bolt", client=cast.bolt, by=cast.olaf)

    page = browse_as(cast.nora).get(url("client_home", cast.acme)).content.decode()

    card = page.partition("h-work")[2].partition("</section>")[0].replace("\N{NO-BREAK SPACE}", " ")
    assert "6:15 <small>h</small>" in card and "6:15 of 20:00 h used" in card
    assert [number for number in range(6) if f"Guide {number}" in card] == [1, 2, 3, 4, 5]
    assert "Of Bolt" not in card


def test_log_time_begins_at_this_client(cast, log):
    log(client=cast.bolt, by=cast.olaf)
    page = browse_as(cast.olaf).get(url("client_home", cast.acme)).content.decode()
    [link] = [part.split('"')[0] for part in page.split('href="') if "place=c" in part.split('"')[0]]

    form = browse_as(cast.olaf).get(link.replace("&amp;", "&")).content.decode()

    assert f'<option value="c{cast.acme.pk}" selected>' in form


def test_who_only_reads_is_not_sent_to_log(cast, log):
    log()

    page = browse_as(cast.rita).get(url("client_home", cast.acme)).content.decode()

    assert "Guide: which wood" in page
    assert "place=c" not in page
