"""The route table of protocols."""

from django.core import signing

from protocols.events import BY_MAIL
from tests.route_shapes import FOR_WRITERS, NO_GET, NO_POST, SEEN, STAFF_NO_POST, WRITTEN, Row, cells, everybody
from tests.scenery import text_file

# The agency's draft: contacts and vendors do not even find it.
OF_DRAFT = cells("in 404 404 404 404 403 404 200")
DRAFT_WRITTEN = cells("in 404 404 404 404 403 404 302")
DRAFT_NO_GET = cells("in 404 404 404 404 405 405 405")
ANSWERED = cells("in 404 404 404 404 403 403 200")


def _protocol(t):
    return {
        "kind": "call",
        "title": "Stolen words",
        "held_at": "2026-11-19T13:30",
        "key_points": "Six days",
        "version": t.protocol.edited_at.isoformat(),
        "publish": "",
    }


def _kept(t):
    return {name: value for name, value in _protocol(t).items() if name != "publish"}


def _typed(t):
    return {"notes": "Stolen notes", "revision": str(t.item.revision)}


def _file(t):
    return {"uploads": text_file("Sent.txt")}


def _number(t):
    return (t.protocol.number,)


OFFERED = Row(
    "action_items:done",
    everybody(200),
    everybody(200),
    args=lambda t: (signing.dumps([t.contact.pk, t.action.pk], salt=BY_MAIL),),
    writes=True,
    reveals={"protocols_actionitem", "protocols_protocol", "tenancy_client", "tenancy_agency", "slug"},
)
"""The key stands in the mail; whoever holds it may mark this one thing as done, and learns nothing else."""

PROTOCOLS = [
    OFFERED,
    Row("protocols:keep", NO_GET, ANSWERED, data=_kept, writes=True),
    Row("protocols:understood", NO_GET, ANSWERED, data=lambda t: {"notes": "! Go"}),
    Row("protocols:begin", NO_GET, WRITTEN, "nora", lambda t: (t.held.pk,), writes=True),
    Row("protocols:minutes", OF_DRAFT, DRAFT_NO_GET, "nora", lambda t: (t.draft.number,)),
    Row(
        "protocols:add_item",
        NO_GET,
        DRAFT_WRITTEN,
        "nora",
        lambda t: (t.draft.number,),
        lambda t: {"title": "Stolen"},
        writes=True,
    ),
    Row("protocols:save_item", NO_GET, WRITTEN, "nora", lambda t: (t.protocol.number, t.item.pk), _typed, writes=True),
    Row(
        "protocols:do",
        NO_GET,
        WRITTEN,
        args=lambda t: (t.protocol.number, t.action.pk),
        data=lambda t: {"done": "1"},
        writes=True,
    ),
    Row(
        "protocols:settle",
        FOR_WRITERS,
        WRITTEN,
        "nora",
        lambda t: (t.shared.number, t.correction.pk),
        lambda t: {"how": "answered", "answer": "We looked it up"},
        writes=True,
    ),
    Row("protocols:accept", NO_GET, WRITTEN, args=_number, writes=True),
    Row("protocols:versions", SEEN, NO_POST, args=_number),
    Row("protocols:version", SEEN, NO_POST, args=lambda t: (t.protocol.number, 1)),
    Row("protocols:index", SEEN, NO_POST),
    Row("protocols:create", FOR_WRITERS, WRITTEN, data=_protocol, writes=True),
    Row("protocols:detail", SEEN, NO_POST, args=lambda t: (t.protocol.number,)),
    Row("protocols:edit", FOR_WRITERS, WRITTEN, "nora", lambda t: (t.protocol.number,), _protocol, writes=True),
    Row(
        "protocols:publish",
        NO_GET,
        cells("in 404 404 404 404 403 404 302"),
        "nora",
        lambda t: (t.draft.number,),
        writes=True,
    ),
    Row(
        "protocols:comment",
        NO_GET,
        WRITTEN,
        args=lambda t: (t.protocol.number,),
        data=lambda t: {"text": "Sent"},
        writes=True,
    ),
    Row(
        "protocols:log_time",
        STAFF_NO_POST,
        DRAFT_WRITTEN,
        "nora",
        _number,
        lambda t: {"sent": "1"},
        writes=True,
    ),
    Row("protocols:attach", NO_GET, WRITTEN, args=lambda t: (t.protocol.number,), data=_file, writes=True),
    Row("protocols:pdf", SEEN, NO_POST, args=lambda t: (t.protocol.number,)),
    Row("protocols:download", SEEN, NO_POST, args=lambda t: (t.protocol.number, t.link.pk)),
    Row("protocols:preview", SEEN, NO_POST, args=lambda t: (t.protocol.number, t.link.pk)),
    Row("protocols:preview_page", SEEN, NO_POST, args=lambda t: (t.protocol.number, t.picture_link.pk, 1)),
]
