"""Every page that a person can open by GET, made from the route table, so that a new one is looked at from its first day."""

from dataclasses import dataclass

from django.urls import reverse

from portal.tenancy.scope import agency_urls, at_prefix
from tests.route_table import TABLE, Row
from tests.routes import AGENCY, GLOBAL, routes_of

NO_PAGES = set(
    """
    healthz readyz brand_css brand_logo otp_qr people:export_security protocols:download protocols:pdf
    protocols:preview_page calendar_feed timeline:download timeline:pdf
    notifications:bell notifications:reply_original
    mailbox:body mailbox:pictures mailbox:raw mailbox:address_qr mailbox:test_address quarantine:original quarantine:index
    mailbox:attachment mailbox:preview_page worklog:result worklog:preview_page
    settling:csv settling:xlsx settling:pdf settling:year settling:outside_pdf
    worklog:csv worklog:xlsx worklog:pdf my_work:csv my_work:xlsx my_work:pdf my_work:understood account_reauthenticate_by otp_step_up_by
    invoices:paper invoices:data invoices:preview bank:content
    tickets:download tickets:preview_page tickets:original tickets:request_original tickets:export desk:export
    """.split()
)
"""Answers by GET that are data, downloads or frames, or the same page as another."""

ALSO = {
    "nora": """client_home protocols:index protocols:create protocols:detail mailbox:index mailbox:detail mailbox:address
        mailbox:write timeline:index timeline:entry timeline:activity notifications:index people:settings profile:index
        profile:history profile:proposal
        protocols:meetings protocols:plan_meeting protocols:meeting""",
    "vera": """profile:index protocols:meetings home client_home protocols:index protocols:create mailbox:index
        timeline:index notifications:index""",
    "pavel": "home mailbox:index",
    "olaf": "invoices:index invoices:detail",
    "carl": "client_home",
    "gina": "client_home protocols:detail",
}
"""Pages that look different to others than to the one whom the route table names."""

MAIN = set(
    """
    invoices:index invoices:detail invoices:edit settling:statement settling:receive bank:file reminders:index
    account_login account_security otp_enrol my_day client_home notifications:index protocols:index protocols:create
    profile:index protocols:detail protocols:meetings protocols:meeting mailbox:index mailbox:detail mailbox:answer
    mailbox:address quarantine:strangers timeline:index worklog:index worklog:entry my_work:index my_work:week
    people:members people:member people:invite people:clients people:team people:settings people:calendar people:security
    """.split()
)
"""Looked at in all four combinations of width and colours, and in German."""

ADMIN = {
    "admin": """index tenancy_member_changelist tenancy_member_change tenancy_member_history
        tenancy_calendarexception_add tenancy_calendarexception_delete""",
    "platform": "index accounts_user_changelist",
}
"""The admin's pages are drawn by a dozen templates: one of each shape."""


@dataclass(frozen=True)
class Place:
    """One page as one person sees it; who "" is a stranger."""

    urlconf: str
    row: Row
    who: str

    def __str__(self):
        return f"{self.row.name}-{self.who or 'stranger'}"

    @property
    def is_main(self) -> bool:
        return self.row.name in MAIN

    def path(self, w) -> str:
        """Where it is, in the scenery."""
        things = w.things["acme"]
        pattern = {route.name: route.pattern for route in routes_of(self.urlconf)}[self.row.name]
        args = [things.client.slug] if "<client:client>" in pattern else []
        with agency_urls(w.north) if self.urlconf == AGENCY else at_prefix("/"):
            return reverse(self.row.name, self.urlconf, args=[*args, *self.row.args(things)])


def places() -> list[Place]:
    """All of them, each page first as the one sees it for whom it is."""
    found = [Place(AGENCY, row, _reader(row)) for row in TABLE[AGENCY] if _is_page(row)]
    rows = {row.name: row for row in TABLE[AGENCY]}
    for who, names in ALSO.items():
        found += [Place(AGENCY, rows[name], who) for name in names.split()]
    platform = [row for row in TABLE[GLOBAL] if row.name.startswith("platform:") and _is_page(row)]
    return found + [Place(GLOBAL, row, _reader(row)) for row in platform]


def _is_page(row: Row) -> bool:
    site, _colon, name = row.name.partition(":")
    if site in ADMIN and name not in ADMIN[site].split():
        return False
    return row.name not in NO_PAGES and 200 in (row.get["insider"], row.get["stranger"])


def _reader(row: Row) -> str:
    return "" if row.get["stranger"] == 200 else row.who
