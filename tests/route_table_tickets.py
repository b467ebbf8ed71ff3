"""The route table of tickets. Carl sees tickets; Rita and Gina only read."""

from tests.route_shapes import KEPT, KEPT_NO_GET, KEPT_WRITTEN, OPEN, Row, cells
from tests.scenery import text_file

# stranger saul bob carl zoe rita gina insider
SEEN = cells("in 404 404 200 404 200 200 200")
NO_POST = cells("in 404 404 405 404 405 405 405")
NO_GET = NO_POST
FOR_WRITERS = cells("in 404 404 200 404 403 403 200")
WRITTEN = cells("in 404 404 302 404 403 403 302")
FOR_DOERS = cells("in 404 404 403 404 403 403 200")
DONE = cells("in 404 404 403 404 403 403 302")
OWN_POST = cells("in 404 404 302 404 302 302 302")
FOR_AUTHOR = cells("in 404 404 403 404 403 403 200")
AUTHORED = cells("in 404 404 403 404 403 403 302")
NOTHING = cells("in 404 404 404 404 404 404 404")
STAFF_NO_POST = cells("in 404 404 404 404 405 404 405")

DESK = cells("in 404 404 404 200 200 404 200")
DESK_NO_METHOD = cells("in 404 404 404 405 405 404 405")
DESK_POST = cells("in 404 404 404 302 302 404 302")


def _number(t):
    return (t.ticket.number,)


def _said(t):
    return (t.ticket.number, t.said.pk)


def _new(t):
    return {"type": str(t.ticket.type_id), "title": "Stolen words", "uploads": text_file("Sent.txt")}


def _facts(t):
    return {"type": str(t.ticket.type_id), "title": "Stolen words", "priority": "2", "percent": "5"}


def _rules(t):
    codes = ("received", "accepted", "in-progress", "waiting", "done")
    return {"reopen_days": "7", **{f"word_{code}": "Stolen" for code in codes}}


TICKETS = [
    Row("tickets:index", SEEN, NO_POST),
    Row("tickets:create", FOR_WRITERS, WRITTEN, data=_new, writes=True),
    Row("tickets:board", SEEN, NO_POST),
    Row("tickets:calendar", SEEN, NO_POST),
    Row("tickets:export", SEEN, NO_POST, args=lambda t: ("csv",)),
    Row("tickets:change", NO_GET, OWN_POST, data=lambda t: {"do": "close", "chosen": [t.ticket.pk]}, writes=True),
    Row("tickets:project", SEEN, NO_POST, args=lambda t: (t.project.slug,)),
    Row("tickets:detail", SEEN, NO_POST, args=_number),
    Row("tickets:print", SEEN, NO_POST, args=_number),
    Row("tickets:edit", FOR_DOERS, DONE, "nora", _number, _facts, writes=True),
    Row("tickets:request_original", NOTHING, STAFF_NO_POST, "nora", _number),
    Row("tickets:request_versions", SEEN, NO_POST, args=_number),
    Row("tickets:confirm", NO_GET, DONE, "nora", _number, lambda t: {"sent": "1"}),
    Row("tickets:move", NO_GET, DONE, "nora", _number, lambda t: {"status": "waiting"}, writes=True),
    Row("tickets:advance", NO_GET, DONE, "nora", _number, lambda t: {"to": "waiting"}, writes=True),
    Row("tickets:close", NO_GET, WRITTEN, args=_number, data=lambda t: {"sent": "1"}, writes=True),
    Row("tickets:reopen", NO_GET, OWN_POST, args=_number, data=lambda t: {"sent": "1"}),
    Row("tickets:assign", NO_GET, DONE, "nora", _number, lambda t: {"assignee": "", "reason": "Stolen"}, writes=True),
    Row("tickets:take", NO_GET, DONE, "olaf", _number, lambda t: {"sent": "1"}, writes=True),
    Row(
        "tickets:start_timer",
        STAFF_NO_POST,
        cells("in 404 404 404 404 403 404 302"),
        "nora",
        _number,
        lambda t: {"sent": "1"},
        writes=True,
    ),
    Row("tickets:comment", NO_GET, WRITTEN, args=_number, data=lambda t: {"text": "Stolen"}, writes=True),
    Row("tickets:reword", FOR_AUTHOR, AUTHORED, args=_said, data=lambda t: {"text": "Stolen"}, writes=True),
    Row("tickets:withdraw", NO_GET, AUTHORED, args=_said, data=lambda t: {"sent": "1"}, writes=True),
    Row("tickets:versions", SEEN, NO_POST, args=_said),
    Row("tickets:original", NOTHING, STAFF_NO_POST, "nora", _said),
    Row(
        "tickets:add_follower",
        NO_GET,
        WRITTEN,
        "nora",
        _number,
        lambda t: {"follower": str(t.colleague.pk)},
        writes=True,
    ),
    Row(
        "tickets:remove_follower",
        STAFF_NO_POST,
        cells("in 404 404 404 404 403 404 302"),
        "nora",
        lambda t: (t.ticket.number, t.contact.pk),
        lambda t: {"sent": "1"},
        writes=True,
    ),
    Row("tickets:following", NO_GET, OWN_POST, args=_number, data=lambda t: {"how": "mute"}, writes=True),
    Row(
        "tickets:link",
        STAFF_NO_POST,
        cells("in 404 404 404 404 403 404 302"),
        "nora",
        _number,
        lambda t: {"kind": "duplicate", "key": t.other_ticket.key},
        writes=True,
    ),
    Row(
        "tickets:unlink",
        STAFF_NO_POST,
        cells("in 404 404 404 404 403 404 302"),
        "nora",
        lambda t: (t.ticket.number, t.tickets_link.pk),
        lambda t: {"sent": "1"},
        writes=True,
    ),
    Row(
        "tickets:release",
        STAFF_NO_POST,
        cells("in 404 404 404 404 403 404 404"),
        "nora",
        lambda t: (t.ticket.number, t.other_ticket.pk),
        lambda t: {"sent": "1"},
    ),
    Row(
        "tickets:add_part",
        STAFF_NO_POST,
        cells("in 404 404 404 404 403 404 302"),
        "nora",
        _number,
        lambda t: {"title": "Stolen", "type": str(t.ticket.type_id)},
    ),
    Row("tickets:add_item", NO_GET, DONE, "nora", _number, lambda t: {"text": "Stolen"}, writes=True),
    Row(
        "tickets:tick",
        NO_GET,
        DONE,
        "nora",
        lambda t: (t.ticket.number, t.to_do.pk),
        lambda t: {"how": "done"},
        writes=True,
    ),
    Row("tickets:download", SEEN, NO_POST, args=lambda t: (t.ticket.number, t.ticket_link.pk)),
    Row("tickets:preview", SEEN, NO_POST, args=lambda t: (t.ticket.number, t.ticket_link.pk)),
    Row("tickets:preview_page", NOTHING, NO_POST, args=lambda t: (t.ticket.number, t.ticket_link.pk, 9)),
    Row("tickets:save_view", NO_GET, OWN_POST, data=lambda t: {"name": "Stolen", "query": "who=me"}, writes=True),
    Row(
        "tickets:forget_view",
        NO_GET,
        cells("in 404 404 404 404 404 404 302"),
        "nora",
        lambda t: (t.client_view.pk,),
        lambda t: {"sent": "1"},
        writes=True,
    ),
    Row("desk:create", cells("in 404 404 404 404 404 404 200"), cells("in 404 404 404 404 404 404 405"), "nora"),
    Row("desk:board", DESK, DESK_NO_METHOD, "nora"),
    Row("desk:calendar", DESK, DESK_NO_METHOD, "nora"),
    Row("desk:export", DESK, DESK_NO_METHOD, "nora", lambda t: ("csv",)),
    Row(
        "desk:change",
        DESK_NO_METHOD,
        DESK_POST,
        "nora",
        data=lambda t: {"do": "close", "chosen": [t.ticket.pk]},
        writes=True,
    ),
    Row(
        "desk:save_view",
        DESK_NO_METHOD,
        DESK_POST,
        "nora",
        data=lambda t: {"name": "Stolen", "query": "who=me"},
        writes=True,
    ),
    Row(
        "desk:forget_view",
        DESK_NO_METHOD,
        cells("in 404 404 404 404 404 404 302"),
        "nora",
        lambda t: (t.view.pk,),
        lambda t: {"sent": "1"},
        writes=True,
    ),
    # One click from a mail program (RFC 8058) brings neither session nor CSRF token; the link itself is the key.
    Row(
        "desk:mute",
        OPEN,
        OPEN,
        args=lambda t: (t.mute_token,),
        data=lambda t: {"List-Unsubscribe": "One-Click"},
        reveals={"tickets_ticket", "slug"},
    ),
    Row("desk:types", KEPT, KEPT_NO_GET, "olaf"),
    Row("desk:type", KEPT, KEPT_WRITTEN, "olaf", lambda t: (t.ticket.type_id,), _rules, writes=True),
    Row(
        "desk:place_type",
        KEPT_NO_GET,
        KEPT_WRITTEN,
        "olaf",
        lambda t: (t.ticket.type_id,),
        lambda t: {"how": "down"},
        writes=True,
    ),
    Row("desk:teams", cells("in 404 404 404 404 200 404 200"), cells("in 404 404 404 404 405 404 405"), "nora"),
    Row("desk:create_team", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"name": "Stolen"}, writes=True),
    Row("desk:team", KEPT, KEPT_WRITTEN, "olaf", lambda t: (t.queue.pk,), lambda t: {"name": "Stolen"}, writes=True),
    Row(
        "desk:archive_team",
        KEPT_NO_GET,
        KEPT_WRITTEN,
        "olaf",
        lambda t: (t.queue.pk,),
        writes=True,
        data=lambda t: {"sent": "1"},
    ),
    Row(
        "desk:index",
        cells("in 404 404 404 200 200 404 200"),
        cells("in 404 404 404 405 405 404 405"),
        "nora",
    ),
]
