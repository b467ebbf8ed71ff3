"""The route table of the work log."""

from tests.route_shapes import NO_POST, SEEN, Row, cells

# Zoe's supplier logs no time: the page is there, and takes nothing.
MINE = cells("in 404 404 404 200 404 404 200")
MINE_LOGGED = cells("in 404 404 404 422 404 404 302")


def _pk(name):
    return lambda t: (getattr(t, name).pk,)


def _quick(t):
    return {"text": "Stolen", "place": f"c{t.client.pk}", "kind": t.work.kind.name, "time": "1:30"}


WORKLOG = [
    Row("worklog:index", SEEN, NO_POST),
    Row("worklog:entry", SEEN, NO_POST, args=_pk("work")),
    Row("my_work:index", MINE, MINE_LOGGED, "nora", data=_quick, writes=True),
]
