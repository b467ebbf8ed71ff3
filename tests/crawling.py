"""The crawl: somebody opens every page with own and with foreign ids, words and marks, and reads everything that comes back."""

import re
from collections.abc import Iterator

from portal.tenancy import veiling
from tests.asking import Trial, args_of, browser_of, path_of, text_of
from tests.canary import foreign_tokens
from tests.route_shapes import Row
from tests.route_table import TABLE
from tests.routes import AGENCY

HIDDEN = [
    Row("protocols:detail", {}, {}, args=lambda t: (t.draft.number,)),
    Row("protocols:detail", {}, {}, args=lambda t: (t.own_draft.number,)),
    Row("protocols:pdf", {}, {}, args=lambda t: (t.own_draft.number,)),
    Row("protocols:download", {}, {}, args=lambda t: (t.own_draft.number, t.own_link.pk)),
    Row("protocols:preview", {}, {}, args=lambda t: (t.own_draft.number, t.own_link.pk)),
    Row("protocols:detail", {}, {}, args=lambda t: (t.shared.number,)),
    Row("mailbox:detail", {}, {}, args=lambda t: (t.shared_mail.pk,)),
    Row("mailbox:body", {}, {}, args=lambda t: (t.shared_mail.pk,)),
    Row("timeline:entry", {}, {}, args=lambda t: (t.hidden_event.pk,)),
    Row("timeline:entry", {}, {}, args=lambda t: (t.internal_event.pk,)),
    Row("timeline:entry", {}, {}, args=lambda t: (t.held_activity.event_id,)),
    Row("timeline:activity", {}, {}, args=lambda t: (t.held_activity.pk,)),
    Row("timeline:download", {}, {}, args=lambda t: (t.held_activity.pk, t.held_link.pk)),
    Row("worklog:entry", {}, {}, args=lambda t: (t.held_work.pk,)),
    Row("profile:propose", {}, {}, args=lambda t: (t.internal_field.pk,)),
    Row("profile:edit", {}, {}, args=lambda t: (t.internal_section.pk,)),
    Row("tickets:detail", {}, {}, args=lambda t: (t.shared_ticket.number,)),
    Row("tickets:reword", {}, {}, args=lambda t: (t.ticket.number, t.note.pk)),
    Row("tickets:versions", {}, {}, args=lambda t: (t.ticket.number, t.note.pk)),
    Row("tickets:download", {}, {}, args=lambda t: (t.ticket.number, t.note_link.pk)),
    Row("tickets:preview", {}, {}, args=lambda t: (t.ticket.number, t.note_link.pk)),
    Row("invoices:detail", {}, {}, args=lambda t: (t.credit_note.pk,)),
    Row("invoices:detail", {}, {}, args=lambda t: (t.invoice_draft.pk,)),
    Row("worklog:entry", {}, {}, args=lambda t: (t.charged_work.pk,)),
    Row("people:member", {}, {}, args=lambda t: (t.staff.pk,)),
    Row("people:invite", {}, {}, args=lambda t: ("specialist",)),
    Row("people:invite", {}, {}, args=lambda t: ("vendor",)),
]
"""Rows of a client that not everybody of the client may see."""
QUESTIONS = {
    "protocols:index": ("?q=cnry", "?kind=call&year=2026", "?after=99999999999999999-9"),
    "mailbox:index": ("?after=99999999999999999-9", "?q=cnry"),
    "tickets:index": (
        "?q=cnry",
        "?tab=done",
        "?tab=waiting&who=me",
        "?after=99999999999999999-9",
        "?follows=1&due=late",
    ),
    "desk:index": ("?q=cnry", "?tab=done", "?tab=waiting", "?of=acme"),
    "profile:history": ("?after=99999999999999999-9",),
    "timeline:index": (
        "?after=99999999999999999-9",
        "?side=client&area=money",
        "?area=mails",
        "?area=kind-1&person=2",
        "?project=1",
    ),
    "invoices:index": ("?state=paid&year=2026", "?state=draft", "?after=700000-9"),
    "settling:statement": ("?from=1990-01-01&to=2026-12-31&currency=EUR", "?currency=XXX&from=x"),
    "bank:index": ("?after=99999999999999999-9",),
    "settling:outside": ("?after=99999999999999999-9",),
    "invoice_desk:index": ("?state=draft", "?state=overdue", "?after=700000-9"),
    "notifications:index": ("?show=new", "?after=99999999999999999-9"),
    "notifications:deliveries": ("?which=waiting", "?which=failed", "?q=cnry", "?after=99999999999999999-9"),
    "notifications:replies": ("?after=99999999999999999-9",),
    "search:index": ("?q=cnry", "?q=cnry+north", "?q=cnry+south"),
    "people:clients": ("?q=cnry", "?whose=ended", "?whose=mine"),
    "people:members": ("?q=cnry", "?kind=vendor"),
    "people:security": ("?kind=data", "?after=99999999999999999-9"),
    "people:client_security": ("?after=99999999999999999-9",),
    "admin:invoices_invoice_changelist": ("?q=cnry",),
    "admin:tenancy_client_changelist": ("?q=cnry", "?o=-1", "?all="),
    "admin:tenancy_member_changelist": ("?q=cnry",),
    "admin:events_event_changelist": ("?o=2",),
    "admin:autocomplete": ("?app_label=tenancy&model_name=client&field_name=manager&term=",),
}
"""Search words, filters, orders and page marks. Every token begins with cnry, so that word finds whatever can be found."""
VEILED = {"wanda"}
"""Who must not learn what clients are called: their addresses of clients are made up."""
MARK = re.compile(r"</?mark[^>]*>")
SAME_TEXT = ("_add", "_delete", "_row")
"""Pages of the admin that show no more than the others of the same row."""
NOT_CRAWLED = (
    "account_",
    "otp_",
    "session",
    "factor_",
    "trust_",
    "brand_",
    "set_",
    # Their address is the key: whoever has it was sent it.
    "people:join",
    "people:answer_by_mail",
    "desk:mute",
    "action_items",
    "legal",
)


def leaks(
    w,
    viewer: str,
    *,
    of: list[str],
    at: str = "",
    under: str = "",
    is_admin=False,
    is_real=False,
    host: str = "",
    prefix: str = "",
) -> Iterator[str]:
    """What the viewer sees that he must not.

    of: whose things he asks for; at: at the address of which agency (else the things' own); under: in whose client's
    pages (else the things' own); is_real: at the real addresses, though the viewer is behind the veil; host: at the own
    domain of the agency `at`, where paths begin with `prefix`.
    """
    browser = browser_of(w, viewer)
    with Trial() as trial:
        with veiling.put_on(viewer in VEILED and not is_real):
            paths = list(_paths(w, of, at, under, is_admin, prefix))
        for path in paths:
            yield from _leaks_of(trial, browser, viewer, path, at, host)


def _paths(w, of: list[str], at: str, under: str, is_admin: bool, prefix: str) -> Iterator[str]:
    for name in of:
        things, client = w.things[name], w.things[under].client if under else None
        for row in [*TABLE[AGENCY], *HIDDEN]:
            if row.name.startswith(NOT_CRAWLED) or row.name.endswith(SAME_TEXT):
                continue
            if row.name.startswith("admin:") and not is_admin:
                continue
            if under and not args_of(row, things):
                continue
            path = path_of(row, things, agency=at or things.client.agency.slug, client=client, prefix=prefix)
            yield from (path + question for question in ("", *QUESTIONS.get(row.name, ())))


def _leaks_of(trial: Trial, browser, viewer: str, path: str, at: str, host: str) -> Iterator[str]:
    place = {"HTTP_HOST": host} if host else {}
    headers = {"HX-Request": "true"} if "after=" in path else {}
    answer, _written = trial.ask(browser, "get", path, headers=headers, **place)
    if answer.status_code >= 500:
        yield f"{path} by {viewer}: {answer.status_code} {answer.trouble}"
    address = at if host else path.split("/")[1]
    read = f"{MARK.sub('', text_of(answer))}\n{answer.log}"
    for token in sorted(foreign_tokens(read, viewer, address=address, asked=path)):
        yield f"{path} by {viewer} ({answer.status_code}): {token}"
