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
NO_PAGE = {"in", 404, 405}
"""A route that answers everybody's GET with one of these has no page; what the answers say is read by test_walls.py."""
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
PAGES = [
    row
    for row in TABLE[AGENCY]
    if not row.name.startswith(NOT_CRAWLED) and not row.name.endswith(SAME_TEXT) and set(row.get.values()) - NO_PAGE
]


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
    asks_all=True,
) -> Iterator[str]:
    """What the viewer sees that he must not.

    of: whose things he asks for; at: at the address of which agency (else the things' own); under: in whose client's
    pages (else the things' own); is_real: at the real addresses, though the viewer is behind the veil; host: at the own
    domain of the agency `at`, where paths begin with `prefix`; asks_all: not if test_walls.py has him open pages as well.
    """
    browser = browser_of(w, viewer)
    with Trial() as trial:
        with veiling.put_on(viewer in VEILED and not is_real):
            places = dict(_places(w, of, at, under, is_admin, prefix))
        read = set() if asks_all else read_by_walls(w, viewer)
        for path, row in places.items():
            questions, status = QUESTIONS.get(row.name, ()), row.get.get("insider")
            if path not in read:
                status, found = _asked(trial, browser, viewer, path, at, host)
                yield from found
            # Who is refused a page is refused it before anybody reads what he asks of it.
            for question in () if status in NO_PAGE | {302} else questions:
                yield from _asked(trial, browser, viewer, path + question, at, host)[1]


def read_by_walls(w, viewer: str) -> set[str]:
    """The pages for which the route table names this viewer: test_walls.py opens them as he, reads every word and the log,
    and expects the answer of the table; here only the questions are left to ask."""
    ours = (row for row in PAGES if row.who == viewer and not row.reveals)
    return {path_of(row, w.things["acme"]) for row in ours}


def _places(w, of: list[str], at: str, under: str, is_admin: bool, prefix: str) -> Iterator[tuple[str, Row]]:
    """Paths, and the row that each is from. A page that belongs to no client is one path, whosever things are asked for."""
    for name in of:
        things, client = w.things[name], w.things[under].client if under else None
        for row in (row for row in [*PAGES, *HIDDEN] if is_admin or not row.name.startswith("admin:")):
            if not under or args_of(row, things):
                path = path_of(row, things, agency=at or things.client.agency.slug, client=client, prefix=prefix)
                yield path, row


def _asked(trial: Trial, browser, viewer: str, path: str, at: str, host: str) -> tuple[int, list[str]]:
    """The status of the answer, and what is wrong with it."""
    place = {"HTTP_HOST": host} if host else {}
    headers = {"HX-Request": "true"} if "after=" in path else {}
    answer, _written = trial.ask(browser, "get", path, headers=headers, **place)
    where, found = f"{path} by {viewer}", []
    if answer.status_code >= 500:
        found.append(f"{where}: {answer.status_code} {answer.trouble}")
    address = at if host else path.split("/")[1]
    read = f"{MARK.sub('', text_of(answer))}\n{answer.log}"
    tokens = sorted(foreign_tokens(read, viewer, address=address, asked=path))
    return answer.status_code, found + [f"{where} ({answer.status_code}): {token}" for token in tokens]
