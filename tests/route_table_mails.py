"""Routes of the client's mail address, and of mails that wait for a person."""

from tests.route_shapes import NO_GET, SEEN, Row, cells

# Whoever sees every client reads; a role that may write decides. Stranger saul bob carl zoe rita gina insider.
SORTED_BY_STAFF = cells("in 404 404 404 404 200 404 200")
NO_METHOD_FOR_STAFF = cells("in 404 404 404 404 405 404 405")
DECIDED = cells("in 404 404 404 404 403 404 302")

ADDRESSES = [
    Row("mailbox:address", SEEN, NO_GET),
    Row("mailbox:address_qr", SEEN, NO_GET),
    Row(
        "mailbox:renew_address",
        NO_GET,
        cells("in 404 404 404 404 403 403 302"),
        data=lambda t: {"days": "30"},
        writes=True,
    ),
    Row(
        "mailbox:test_address",
        cells("in 404 404 404 404 302 302 302"),
        cells("in 404 404 404 404 302 302 302"),
        writes=True,
    ),
]
QUARANTINE = [
    Row("quarantine:index", SORTED_BY_STAFF, NO_METHOD_FOR_STAFF, "nora"),
    Row("quarantine:unplaced", SORTED_BY_STAFF, NO_METHOD_FOR_STAFF, "nora"),
    Row("quarantine:strangers", SORTED_BY_STAFF, NO_METHOD_FOR_STAFF, "nora"),
    Row("quarantine:original", SORTED_BY_STAFF, NO_METHOD_FOR_STAFF, "nora", lambda t: (t.unplaced.pk,)),
    Row(
        "quarantine:sort",
        NO_METHOD_FOR_STAFF,
        DECIDED,
        "nora",
        data=lambda t: {"discard": str(t.unplaced.pk), "back": "unplaced"},
        writes=True,
    ),
    Row(
        "quarantine:sort_strangers",
        NO_METHOD_FOR_STAFF,
        DECIDED,
        "nora",
        data=lambda t: {"let_in": str(t.held_mail.pk)},
        writes=True,
    ),
]
