"""Routes of mails, of the client's mail address, and of mails that wait for a person."""

from portal.accounts.models import User
from tests.route_shapes import FOR_WRITERS, NO_GET, NO_POST, SEEN, WRITTEN, Row, cells

# What the agency does with a thread.
HANDLED = cells("in 404 404 404 404 403 404 302")
HANDLED_NO_GET = cells("in 404 404 404 404 405 404 405")


def _letter(t):
    return {"to": User.objects.get(pk=t.staff.user_id).email, "subject": "Stolen words", "text": "Six days"}


def _pk(t):
    return (t.mail.pk,)


MAILS = [
    Row("mailbox:index", SEEN, NO_POST),
    Row("mailbox:files", SEEN, NO_POST),
    Row("mailbox:write", FOR_WRITERS, WRITTEN, data=_letter, writes=True),
    Row("mailbox:detail", SEEN, NO_POST, args=_pk),
    Row("mailbox:answer", FOR_WRITERS, WRITTEN, args=_pk, data=_letter, writes=True),
    Row("mailbox:unread", NO_GET, cells("in 404 404 404 404 302 302 302"), args=_pk, data=lambda t: {"sent": "1"}),
    Row("mailbox:print", SEEN, NO_POST, args=_pk),
    Row("mailbox:body", SEEN, NO_POST, args=_pk),
    Row("mailbox:pictures", SEEN, NO_POST, args=_pk),
    Row("mailbox:raw", SEEN, NO_POST, args=_pk),
    Row("mailbox:handling", cells("in 404 404 404 404 403 404 200"), HANDLED_NO_GET, "nora", _pk),
    Row(
        "mailbox:assignment",
        HANDLED_NO_GET,
        HANDLED,
        "nora",
        _pk,
        lambda t: {"assignee": str(t.staff.pk)},
        writes=True,
    ),
    Row("mailbox:project", HANDLED_NO_GET, HANDLED, "nora", _pk, lambda t: {"project": str(t.project.pk)}, writes=True),
    Row("mailbox:ticket", HANDLED_NO_GET, HANDLED, "nora", _pk, lambda t: {"sent": "1"}, writes=True),
    Row("mailbox:hiding", HANDLED_NO_GET, HANDLED, "nora", _pk, lambda t: {"hidden": "1"}, writes=True),
    Row("mailbox:attachment", SEEN, NO_POST, args=lambda t: (t.mail.pk, t.attachment.pk)),
    Row("mailbox:preview", SEEN, NO_POST, args=lambda t: (t.mail.pk, t.attachment.pk)),
    Row("mailbox:preview_page", SEEN, NO_POST, args=lambda t: (t.mail.pk, t.picture_attachment.pk, 1)),
]

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
    Row("quarantine:index", cells("in 404 404 404 404 302 404 302"), NO_METHOD_FOR_STAFF, "nora"),
    Row("quarantine:unreadable", SORTED_BY_STAFF, NO_METHOD_FOR_STAFF, "nora"),
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
    Row("quarantine:restore", NO_METHOD_FOR_STAFF, DECIDED, "nora", data=lambda t: {"sent": "1"}),
    Row("quarantine:restore_strangers", NO_METHOD_FOR_STAFF, DECIDED, "nora", data=lambda t: {"sent": "1"}),
    Row(
        "quarantine:sort_strangers",
        NO_METHOD_FOR_STAFF,
        DECIDED,
        "nora",
        data=lambda t: {"let_in": str(t.held_mail.pk)},
        writes=True,
    ),
]
