"""The route table of the work log."""

from datetime import date

from tests.route_shapes import KEPT, KEPT_WRITTEN, NO_GET, NO_POST, SEEN, WRITTEN, Row, cells

# Zoe's supplier logs no time: the pages are there, and take nothing.
MINE = cells("in 404 404 404 200 404 404 200")
MINE_LOGGED = cells("in 404 404 404 422 404 404 302")
MINE_MOVED = cells("in 404 404 404 302 404 404 302")
MINE_NO_GET = cells("in 404 404 404 405 404 404 405")
NO_PAGE_FOR_CONTACTS = cells("in 404 404 404 404 405 404 405")
EDITED = cells("in 404 404 404 404 403 404 302")
EDITING = cells("in 404 404 404 404 403 404 200")
WRITERS = cells("in 404 404 404 404 404 404 200")
WRITERS_NO_GET = cells("in 404 404 404 404 404 404 405")
WRITERS_MOVED = cells("in 404 404 404 404 404 404 302")


MANAGED = cells("in 404 404 404 404 403 404 200")
MANAGED_WRITTEN = cells("in 404 404 404 404 403 404 302")


def _words(t):
    return {"text": "Stolen"}


def _pk(name):
    return lambda t: (getattr(t, name).pk,)


def _result(name):
    return lambda t: (t.work.pk, getattr(t, name).pk)


def _quick(t):
    return {"text": "Stolen", "place": f"c{t.client.pk}", "kind": t.work.kind.name, "time": "1:30"}


def _cell(t):
    return {"row": f"c{t.client.pk}:{t.work.kind.name}", "t0-1": "1:30"}


def _sent(t):
    return {"sent": "1"}


def _edit(t):
    day = t.work.spent_on.isoformat()
    return {"text": "Stolen", "kind": t.work.kind.name, "spent_on": day, "time": "1:00", "charge": "billable"}


def _month(t):
    return {"client": t.client.pk, "month": date(2026, 2, 1).isoformat()}


WORKLOG = [
    Row("worklog:index", SEEN, NO_POST),
    Row("worklog:entry", SEEN, NO_POST, args=_pk("work")),
    Row("worklog:edit", EDITING, EDITED, "nora", _pk("work"), _edit, writes=True),
    Row("worklog:remove", NO_PAGE_FOR_CONTACTS, EDITED, "nora", _pk("work"), _sent, writes=True),
    Row("worklog:waive", NO_PAGE_FOR_CONTACTS, EDITED, "nora", _pk("work"), _sent, writes=True),
    Row(
        "worklog:add_results",
        NO_PAGE_FOR_CONTACTS,
        EDITED,
        "nora",
        _pk("work"),
        lambda t: {"link": "https://stolen.example/"},
        writes=True,
    ),
    Row("worklog:result", SEEN, NO_POST, args=_result("work_file")),
    Row("worklog:preview", SEEN, NO_POST, args=_result("work_picture")),
    Row("worklog:preview_page", SEEN, NO_POST, args=lambda t: (t.work.pk, t.work_picture.pk, 1)),
    Row(
        "worklog:drop_result",
        NO_PAGE_FOR_CONTACTS,
        EDITED,
        "nora",
        _result("work_link"),
        _sent,
        writes=True,
    ),
    Row("worklog:csv", SEEN, NO_POST),
    Row("worklog:xlsx", SEEN, NO_POST),
    Row("worklog:pdf", SEEN, NO_POST),
    Row("worklog:ask", NO_GET, WRITTEN, "anna", _pk("work"), _words, writes=True),
    Row("worklog:answer", NO_GET, WRITTEN, "nora", _pk("work"), _words, writes=True),
    Row("worklog:release", NO_GET, WRITTEN, "anna", _pk("work"), _sent, writes=True),
    Row(
        "worklog:budget",
        MANAGED,
        MANAGED_WRITTEN,
        "olaf",
        data=lambda t: {"month": "2026-11", "hours": "60"},
        writes=True,
    ),
    Row("my_work:import", WRITERS, cells("in 404 404 404 404 404 404 422"), "nora"),
    Row("my_work:index", MINE, MINE_LOGGED, "nora", data=_quick, writes=True),
    Row("my_work:entries", MINE, MINE_NO_GET, "nora"),
    Row("my_work:csv", MINE, MINE_NO_GET, "nora"),
    Row("my_work:xlsx", MINE, MINE_NO_GET, "nora"),
    Row("my_work:pdf", MINE, MINE_NO_GET, "nora"),
    Row("my_work:understood", MINE, MINE_NO_GET, "nora"),
    Row("my_work:undo", MINE_NO_GET, cells("in 404 404 404 404 404 404 404"), "nora"),
    Row("my_work:week", MINE, MINE_MOVED, "nora", data=_cell, writes=True),
    Row("my_work:week_of", MINE, MINE_MOVED, "nora", lambda t: ("2026-11-16",), _cell, writes=True),
    Row("my_work:timer", MINE, MINE_MOVED, "nora", data=lambda t: {"text": "Stolen"}, writes=True),
    Row("my_work:start", MINE_NO_GET, MINE_MOVED, "nora", data=_sent, writes=True),
    Row("my_work:stop", MINE_NO_GET, MINE_MOVED, "nora", data=_sent),
    Row("my_work:describe", MINE_NO_GET, MINE_MOVED, "nora", data=_sent),
    Row("my_work:confirm", MINE_NO_GET, MINE_MOVED, "nora", data=_sent),
    Row("my_work:discard", MINE_NO_GET, MINE_MOVED, "nora", data=_sent),
    Row("my_work:review", WRITERS, WRITERS_NO_GET, "nora"),
    Row("my_work:months", WRITERS, WRITERS_NO_GET, "nora"),
    Row("my_work:approve", WRITERS_NO_GET, WRITERS_MOVED, "nora", data=_sent),
    Row("my_work:close", WRITERS_NO_GET, WRITERS_MOVED, "olaf", data=_month, writes=True),
    Row("my_work:rules", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"day_minutes": "8:00"}, writes=True),
]
