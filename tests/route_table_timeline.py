"""The route table of timelines."""

from tests.route_shapes import NO_GET, NO_POST, SEEN, WRITTEN, Row, cells

# Contacts read it and do not post; rita and gina only read.
FOR_POSTERS = cells("in 404 404 404 404 403 403 200")
POSTED = cells("in 404 404 404 404 403 403 302")
DAY = cells("in 404 404 404 404 403 404 200")
DAY_SET = cells("in 404 404 404 404 403 404 302")
FOR_OUTSIDERS = cells("in 404 404 404 404 404 200 200")
CHOSEN = cells("in 404 404 404 404 404 302 302")


def _activity(t):
    version = t.activity.event.changed_at.isoformat()
    return {"kind": t.activity.kind.name, "title": "Stolen", "happened_at": "2026-11-02T10:00", "version": version}


def _pk(name):
    return lambda t: (getattr(t, name).pk,)


TIMELINE = [
    Row("timeline:index", SEEN, NO_POST),
    Row("timeline:entry", SEEN, NO_POST, args=_pk("event")),
    Row("timeline:create", FOR_POSTERS, POSTED, "nora", data=_activity, writes=True),
    Row("timeline:activity", SEEN, NO_POST, args=_pk("activity")),
    Row("timeline:edit", FOR_POSTERS, POSTED, "nora", _pk("activity"), _activity, writes=True),
    Row("timeline:take_back", NO_GET, WRITTEN, "nora", _pk("activity"), lambda t: {"sent": "1"}, writes=True),
    Row("timeline:download", SEEN, NO_POST, args=lambda t: (t.activity.pk, t.activity_link.pk)),
    Row(
        "timeline:decide",
        DAY,
        DAY_SET,
        "nora",
        _pk("hidden_event"),
        lambda t: {"do": "release", "reason": "Stolen"},
        writes=True,
    ),
    Row("timeline:period", SEEN, NO_POST),
    Row("timeline:pdf", SEEN, NO_POST),
    Row("timeline:weekly", FOR_OUTSIDERS, CHOSEN, data=lambda t: {"weekday": "3"}, writes=True),
]
