"""The time of a protocol, logged for all who were there; and protocols of calls of which only the time is known."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import tenant
from protocols.actions import Contents
from protocols.actions.timing import log_time
from protocols.models import Protocol
from tests.browse import browse_as, reload, url
from worklog.actions import logging
from worklog.days import Stretch
from worklog.models import WorkEntry


@pytest.fixture
def talk(cast, write):
    """Three quarters of an hour; Nora, Olaf and Anna were there, Rita was not."""
    people = Contents(present=[cast.nora, cast.olaf, cast.anna], absent=[cast.rita])
    return write(title="Jour fixe", duration_minutes=45, project=cast.shop, contents=people)


@pytest.fixture
def call(cast):
    """Nora's time of a call that has no protocol."""
    with tenant(cast.north.pk):
        stretch = Stretch(timezone.localdate(), 29)
        return logging.log(cast.acme, [stretch], by=cast.nora, kind="Call", text="Spring catalogue")[0]


def test_one_click_logs_the_time_of_all_of_the_agency_who_were_there(cast, talk):
    browser = browse_as(cast.nora)
    assert (
        "Log 0:45\N{NO-BREAK SPACE}h for 2 people"
        in browser.get(url("protocols:detail", cast.acme, 1)).content.decode()
    )

    page = browser.post(url("protocols:log_time", cast.acme, 1), follow=True).content.decode()

    rows = _all(cast)
    assert [(row.member, row.minutes, row.kind.name) for row in rows] == [
        (cast.olaf, 45, "Meeting"),
        (cast.nora, 45, "Meeting"),
    ]
    assert {(row.started_at, row.project, row.subject_id, row.source) for row in rows} == {
        (talk.held_at, cast.shop, talk.pk, "protocol")
    }
    assert "for 2 people" in page and "Log 0:45" not in page


def test_it_counts_once_and_only_for_whom_it_lacks(cast, talk):
    log_time(talk, by=cast.nora)

    assert log_time(talk, by=cast.olaf) == []
    assert len(_all(cast)) == 2


def test_contacts_and_readers_do_not_log_it(cast, talk, write):
    for member in (cast.anna, cast.rita):
        with pytest.raises(PermissionDenied):
            log_time(talk, by=member)
    assert browse_as(cast.anna).post(url("protocols:log_time", cast.acme, 1)).status_code == 404
    with pytest.raises(PermissionDenied):
        log_time(write(title="Nobody knows how long"), by=cast.nora)


def test_entry_leads_to_its_protocol(cast, talk):
    row = log_time(talk, by=cast.nora)[0]
    page = browse_as(cast.olaf).get(url("worklog:entry", cast.acme, row.pk)).content.decode()

    assert f'href="{url("protocols:detail", cast.acme, talk.number)}"' in page


def test_call_without_a_protocol_waits_on_its_authors_desk_until_it_has_one(cast, call, words):
    browser = browse_as(cast.nora)
    desk = browser.get(url("my_day", cast.north)).content.decode()
    assert "Spring catalogue" in desk and f"?entry={call.pk}" in desk
    assert f"?entry={call.pk}" not in browse_as(cast.olaf).get(url("my_day", cast.north)).content.decode()

    path = f"{url('protocols:create', cast.acme)}?entry={call.pk}"
    assert 'value="Spring catalogue"' in browser.get(path).content.decode()
    browser.post(path, words)

    with tenant(cast.north.pk):
        made = Protocol.objects.get()
    assert (reload(call).subject_type, reload(call).subject_id) == ("protocols.protocol", made.pk)
    assert f"?entry={call.pk}" not in browser.get(url("my_day", cast.north)).content.decode()


def test_call_that_needs_no_protocol_is_off_the_desk(cast, call):
    browser = browse_as(cast.nora)

    browser.post(url("worklog:waive", cast.acme, call.pk))

    assert f"?entry={call.pk}" not in browser.get(url("my_day", cast.north)).content.decode()
    assert browse_as(cast.olaf).post(url("worklog:waive", cast.acme, call.pk)).status_code == 403


def test_protocol_for_somebody_elses_call_is_not_begun(cast, call):
    path = f"{url('protocols:create', cast.acme)}?entry={call.pk}"

    assert browse_as(cast.olaf).get(path).status_code == 404
    assert browse_as(cast.anna).get(path).status_code == 404


def _all(cast) -> list[WorkEntry]:
    with tenant(cast.north.pk):
        return list(WorkEntry.objects.select_related("member", "kind", "project").order_by("pk"))
