"""Time on tickets: with the reply, by timer, against the estimate; seen by whoever sees the work log."""

from datetime import timedelta

from django.utils import timezone

from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.clock import begin_early_in_a_minute, says, the_agencys_clock  # noqa: F401, fixture
from tests.counting import queries_of
from tests.tickets.makers import open_for
from tickets import actions
from tickets.models import Comment, Ticket
from worklog.actions import months, timers
from worklog.actions.looking import was_seen
from worklog.models import Timer, WorkEntry

KIND = "Development"


def test_reply_logs_its_minutes_and_the_page_counts_them(cast, ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, estimate_minutes=60)

    _reply(cast, ticket, time="1:35", kind=KIND, text="Done", visibility="private")

    entry = _entries(cast)[0]
    assert (entry.minutes, entry.text, entry.project, entry.kind.name) == (95, str(ticket), cast.shop, KIND)
    page = _page(cast.nora, ticket)
    assert "1:35" in page and "of 1:00\u00a0h estimated" in page and "More than was estimated." in page
    _show(cast, timezone.now() - timedelta(hours=1))
    shown = _page(cast.anna, ticket)
    assert "1:35" in shown and "estimated" not in shown
    back = browse_as(cast.anna).get(url("worklog:entry", cast.acme, entry.pk)).content.decode()
    assert url("tickets:detail", cast.acme, ticket.number) in back


def test_contact_who_reads_it_on_the_ticket_has_seen_it(cast, ticket):
    _reply(cast, ticket, time="1:35", kind=KIND, text="Done", visibility="public")
    entry = _entries(cast)[0]
    _show(cast, timezone.now() - timedelta(hours=1))
    _page(cast.nora, ticket)
    with tenant(cast.north.pk):
        assert not was_seen(WorkEntry.objects.get(pk=entry.pk))

    _page(cast.anna, ticket)

    with tenant(cast.north.pk):
        assert was_seen(WorkEntry.objects.get(pk=entry.pk))


def test_time_without_a_kind_or_in_a_closed_month_says_nothing_and_logs_nothing(cast, ticket):
    assert _reply(cast, ticket, time="1:35", text="Done", visibility="public").status_code == 422
    assert _reply(cast, ticket, time="soon", kind=KIND, text="Done", visibility="public").status_code == 422
    with tenant(cast.north.pk):
        months.close(cast.acme, timezone.localdate(), by=cast.olaf)

    answer = _reply(cast, ticket, time="1:35", kind=KIND, text="Done", visibility="public")

    assert answer.status_code == 422 and "This month is closed" in answer.content.decode()
    with tenant(cast.north.pk):
        assert not Comment.objects.exists() and not WorkEntry.objects.exists()


def test_who_does_not_see_the_work_sees_no_time(cast, ticket):
    _reply(cast, ticket, time="1:35", kind=KIND, text="Done", visibility="public")

    for who in (cast.carl, cast.vera, cast.pavel):
        assert not says(_page(who, ticket), "1:35")
    _show(cast, timezone.now() + timedelta(days=10))
    assert not says(_page(cast.anna, ticket), "1:35")
    assert says(_page(cast.nora, ticket), "1:35")


def test_timer_starts_from_the_ticket_and_its_minutes_land_there(cast, ticket):
    path = url("tickets:start_timer", cast.acme, ticket.number)
    assert browse_as(cast.anna).post(path).status_code == 404
    assert browse_as(cast.rita).post(path).status_code == 403
    assert browse_as(cast.vera).post(path).status_code == 403

    assert browse_as(cast.nora).post(path).status_code == 302
    begin_early_in_a_minute()
    with tenant(cast.north.pk):
        Timer.objects.update(started_at=timezone.now() - timedelta(minutes=20))
        timers.stop(by=cast.nora, kind=KIND)
        assert WorkEntry.objects.about(ticket).total() == 20


def test_provider_logs_in_his_project_and_sees_his_own(cast, ticket):
    path = url("tickets:comment", cast.acme, ticket.number)

    browse_as(cast.pavel).post(path, {"text": "Printed", "visibility": "public", "time": "45m", "kind": KIND})

    assert [(entry.minutes, entry.vendor) for entry in _entries(cast)] == [(45, cast.provider)]
    assert says(_page(cast.pavel, ticket), "0:45") and not says(_page(cast.vera, ticket), "0:45")


def test_parts_count_for_the_whole_and_merged_time_goes_along(cast, ticket):
    whole = open_for(cast.acme, cast.nora, kind="complex", title="Relaunch")
    with tenant(cast.north.pk):
        part = actions.add_part(whole, by=cast.nora, title="Texts", type=ticket.type)
    _reply(cast, part, time="1:15", kind=KIND, text="Done", visibility="public")
    assert "1:15" in _page(cast.nora, whole)

    other = open_for(cast.acme, cast.nora)
    with tenant(cast.north.pk):
        actions.merge(Ticket.objects.get(pk=part.pk), other, by=cast.nora)

    assert "1:15" in _page(cast.nora, other)


def test_page_needs_as_many_queries_however_much_was_logged(cast, ticket):
    path, counts = url("tickets:detail", cast.acme, ticket.number), []
    for _round in range(2):
        _reply(cast, ticket, time="1:35", kind=KIND, text="Done", visibility="public")
        counts.append(len(queries_of(browse_as(cast.nora), path)))

    assert counts == [10, 10]


def _reply(cast, ticket, **data):
    return browse_as(cast.nora).post(url("tickets:comment", cast.acme, ticket.number), data)


def _page(member, ticket) -> str:
    answer = browse_as(member).get(url("tickets:detail", ticket.client, ticket.number))
    assert answer.status_code == 200
    return answer.content.decode()


def _show(cast, moment) -> None:
    """Contacts see the entries from then on; the walls go by the beginning of the transaction."""
    with tenant(cast.north.pk):
        WorkEntry.objects.update(visible_from=moment)


def _entries(cast) -> list[WorkEntry]:
    with tenant(cast.north.pk):
        return list(WorkEntry.objects.select_related("kind", "project", "vendor").order_by("pk"))
