"""The route table of profiles."""

from tests.route_shapes import FOR_WRITERS, NO_GET, NO_POST, SEEN, WRITTEN, Row, cells

# Only for the agency's people, of whom those who write may do it.
STAFF_FORM = cells("in 404 404 404 404 403 404 200")
STAFF_FORM_SENT = cells("in 404 404 404 404 403 404 302")
STAFF_BUTTON = cells("in 404 404 404 404 405 404 405")


def _section(t):
    return {"title": t.section.title, "title_was": t.section.title, "label_new": "Budget", "text_new": "Sent"}


def _seen(t):
    return {"seen": t.section.changed_at.isoformat()}


def _pk(name):
    return lambda t: (getattr(t, name).pk,)


PROFILE = [
    Row("profile:index", SEEN, NO_POST),
    Row("profile:history", SEEN, NO_POST),
    Row("profile:begin", STAFF_BUTTON, STAFF_FORM_SENT, "nora", data=lambda t: {"sent": "1"}),
    Row(
        "profile:order",
        STAFF_FORM,
        STAFF_FORM_SENT,
        "nora",
        data=lambda t: {"row": f"section-{t.empty_section.pk}", "to": "0"},
        writes=True,
    ),
    Row("profile:create", STAFF_FORM, STAFF_FORM_SENT, "nora", data=lambda t: {"title": "Stolen"}, writes=True),
    Row("profile:edit", STAFF_FORM, STAFF_FORM_SENT, "nora", _pk("section"), _section, writes=True),
    Row("profile:remove", STAFF_BUTTON, STAFF_FORM_SENT, "nora", _pk("empty_section"), writes=True),
    Row("profile:confirm", NO_GET, WRITTEN, args=_pk("section"), data=_seen, writes=True),
    Row("profile:choose", FOR_WRITERS, NO_POST),
    Row("profile:propose", FOR_WRITERS, WRITTEN, args=_pk("field"), data=lambda t: {"text": "Stolen"}, writes=True),
    Row("profile:propose_new", FOR_WRITERS, WRITTEN, data=lambda t: {"label": "Stolen", "text": "Stolen"}, writes=True),
    Row(
        "profile:proposal",
        SEEN,
        WRITTEN,
        "nora",
        _pk("proposal"),
        lambda t: {"decline": "1", "answer": "No"},
        writes=True,
    ),
]
