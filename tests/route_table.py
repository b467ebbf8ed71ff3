"""What every route answers to every viewer, by GET and by POST. A route without a row fails, and so does a row without a route.

A cell is a status code; "in" is the way to the sign-in page (302, for htmx 401). The columns are closed:
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.routes import AGENCY, GLOBAL
from tests.scenery import text_file

COLUMNS = ("stranger", "saul", "bob", "carl", "zoe", "rita", "gina", "insider")
"""Nobody, the owner of another agency, a contact of another client, a contact without the area, a vendor without the
project, staff who only read, a contact who only reads, and the one for whom it is (`who`)."""


def cells(text: str) -> dict[str, int | str]:
    """One answer per column; one too few or too many is an error."""
    answers = [int(word) if word.isdigit() else word for word in text.split()]
    return dict(zip(COLUMNS, answers, strict=True))


def everybody(answer: int, stranger: int | str = "") -> dict[str, int | str]:
    """The same answer to all, except perhaps to strangers."""
    return {name: answer for name in COLUMNS} | {"stranger": stranger or answer}


@dataclass(frozen=True)
class Row:
    """One route. args and data are made from the things of a client (tests/scenery.py).

    writes: the insider's POST must write, so the same POST by an outsider would, if nobody stopped it.
    read_writes: tables that a GET may write besides the marks of reading.
    reveals: tables of which the address itself, a secret in a mail, is the key.
    """

    name: str
    get: dict
    post: dict
    who: str = "anna"
    args: Callable = lambda t: ()
    data: Callable = lambda t: {}
    writes: bool = False
    read_writes: set = field(default_factory=set)
    reveals: set = field(default_factory=set)


# --- Shapes: stranger saul bob carl zoe rita gina insider ---------------------------------------------------------
OPEN = everybody(200)
HAS_ACCOUNT = everybody(200, "in")
MOVES_ON = everybody(302)
NO_METHOD = everybody(405)
NOWHERE = everybody(404)
ACCOUNT_MOVES_ON = everybody(302, "in")

# Inside a client, area "work" or "mails"
SEEN = cells("in 404 404 404 404 200 200 200")
NO_GET = cells("in 404 404 404 404 405 405 405")
NO_POST = NO_GET
FOR_WRITERS = cells("in 404 404 404 404 403 403 200")
WRITTEN = cells("in 404 404 404 404 403 403 302")
# Inside a client, only for the agency's people
STAFF_SEEN = cells("in 404 404 404 404 200 404 200")
STAFF_NO_POST = cells("in 404 404 404 404 405 404 405")
# For those whose role has the permission
KEPT = cells("in 404 404 404 404 404 404 200")
KEPT_WRITTEN = cells("in 404 404 404 404 404 404 302")
KEPT_NO_GET = cells("in 404 404 404 404 404 404 405")
# For every member of the agency
OWN = cells("in 404 200 200 200 200 200 200")
OWN_WRITTEN = cells("in 404 302 302 302 302 302 302")
OWN_NO_METHOD = cells("in 404 405 405 405 405 405 405")


def _protocol(t):
    return {
        "kind": "call",
        "title": "Stolen words",
        "held_at": "2026-11-19T13:30",
        "key_points": "Six days",
        "version": t.protocol.edited_at.isoformat(),
        "publish": "",
    }


def _file(t):
    return {"uploads": text_file("Sent.txt")}


def _person(t):
    return {"email": "sent@new.example", "name": "Sent", "role": t.contact_role.pk, "areas": ["work"]}


def _invited(t):
    return (t.invitation.pk,)


# --- Sign-in and account, with and without an agency -------------------------------------------------------------
ACCOUNTS = [
    Row("account_login", cells("200 302 302 302 302 302 302 302"), cells("200 302 302 302 302 302 302 302")),
    Row("account_logout", cells("302 200 200 200 200 200 200 200"), MOVES_ON),
    Row("account_inactive", OPEN, NO_METHOD),
    Row("account_signup", cells("200 302 302 302 302 302 302 302"), cells("200 302 302 302 302 302 302 302")),
    Row("session_expired", cells("200 302 302 302 302 302 302 302"), cells("200 302 302 302 302 302 302 302")),
    Row("account_email_verification_sent", OPEN, NO_METHOD),
    Row("account_confirm_email", OPEN, NOWHERE, args=lambda t: ("no-such-key",)),
    Row("account_reset_password", OPEN, MOVES_ON, data=lambda t: {"email": "nobody@nowhere.example"}),
    Row("account_reset_password_done", OPEN, NO_METHOD),
    Row("account_reset_password_from_key", OPEN, OPEN, args=lambda t: ("1", "no-such-key")),
    Row("account_reset_password_from_key_done", OPEN, NO_METHOD),
    Row("account_change_password", ACCOUNT_MOVES_ON, ACCOUNT_MOVES_ON),
    Row("account_set_password", HAS_ACCOUNT, HAS_ACCOUNT, data=lambda t: {"password1": "x"}),
    Row("account_email", HAS_ACCOUNT, ACCOUNT_MOVES_ON),
    Row("account_reauthenticate", HAS_ACCOUNT, HAS_ACCOUNT, data=lambda t: {"token": "000000"}),
    Row("account_reauthenticate_by", HAS_ACCOUNT, HAS_ACCOUNT, args=lambda t: ("totp",), data=lambda t: {"token": "1"}),
    Row("otp_challenge", MOVES_ON, MOVES_ON),
    Row("otp_challenge_by", MOVES_ON, MOVES_ON, args=lambda t: ("totp",)),
    Row("otp_step_up", HAS_ACCOUNT, HAS_ACCOUNT, data=lambda t: {"token": "000000"}),
    Row("otp_step_up_by", HAS_ACCOUNT, HAS_ACCOUNT, args=lambda t: ("totp",), data=lambda t: {"token": "000000"}),
    Row("otp_enrol", HAS_ACCOUNT, HAS_ACCOUNT, data=lambda t: {"token": "000000"}, read_writes={"otp_totp_totpdevice"}),
    Row("otp_qr", everybody(404, "in"), everybody(405, "in")),
    Row("otp_remove", cells("in 302 200 200 200 302 200 200"), ACCOUNT_MOVES_ON),
    Row("otp_backup_codes", HAS_ACCOUNT, HAS_ACCOUNT, writes=True),
    Row("factor_reset_cancel", OPEN, OPEN, args=lambda t: ("no-such-token",)),
    Row("account_security", HAS_ACCOUNT, HAS_ACCOUNT),
    Row(
        "session_end",
        everybody(405, "in"),
        cells("in 404 404 404 404 404 404 302"),
        args=lambda t: (t.session.pk,),
        writes=True,
    ),
    Row("sessions_end_others", everybody(405, "in"), ACCOUNT_MOVES_ON, writes=True),
    Row(
        "trust_end", everybody(405, "in"), cells("in 404 404 404 404 404 404 302"), args=lambda t: (t.trust.pk,), writes=True
    ),
]
LOOK = [
    Row("brand_css", OPEN, OPEN),
    Row("brand_logo", NOWHERE, NOWHERE),
    Row("set_theme", NO_METHOD, MOVES_ON, data=lambda t: {"theme": "dark"}),
    Row("set_language", NO_METHOD, MOVES_ON, data=lambda t: {"language": "de"}),
]

# --- People, clients, settings -------------------------------------------------------------------------------------
PEOPLE = [
    Row("people:join", cells("200 403 403 403 403 403 403 403"), cells("302 403 403 403 403 403 403 403"),
        args=lambda t: (t.token,), data=lambda t: {"name": "New", "password": "a long and good one"},
        reveals={"people_invitation", "accounts_user"}),
    Row("people:members", KEPT, KEPT, "olaf"),
    Row("people:invite", KEPT, KEPT_WRITTEN, "olaf", lambda t: ("contact",),
        lambda t: _person(t) | {"client": t.client.pk}, writes=True),
    Row("people:member", KEPT, KEPT_WRITTEN, "olaf", lambda t: (t.contact.pk,),
        lambda t: {"role": t.contact.role_id, "position": "Changed"}, writes=True),
    Row("people:end_member", KEPT, KEPT_WRITTEN, "olaf", lambda t: (t.contact.pk,), lambda t: {"to": ""}, writes=True),
    Row("people:areas", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.contact.pk, t.client.slug),
        lambda t: {"areas": ["work"]}, writes=True),
    Row("people:absence", KEPT, KEPT_WRITTEN, "olaf", lambda t: (t.staff.pk,),
        lambda t: {"starts_on": "2026-12-01", "ends_on": "2026-12-02"}, writes=True),
    Row("people:reset_factor", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.contact.pk,), writes=True),
    Row("people:delete_absence", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.absence.pk,), writes=True),
    Row("people:send_again", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _invited, writes=True),
    Row("people:revoke", KEPT_NO_GET, KEPT_WRITTEN, "olaf", _invited, writes=True),
    Row("people:clients", cells("in 404 404 404 404 200 404 200"), cells("in 404 404 404 404 200 404 200"), "nora"),
    Row("people:new_client", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"name": "New one"}, writes=True),
    Row("people:vendors", KEPT, KEPT, "olaf"),
    Row("people:new_vendor", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"name": "N", "engagement": "supplier"}, writes=True),
    Row("people:vendor", KEPT, KEPT_WRITTEN, "olaf", lambda t: (t.vendor.pk,),
        lambda t: {"name": "Changed", "engagement": "supplier"}, writes=True),
    # The audit log names every row that was changed, so also contacts' drafts.
    Row("people:security", KEPT, KEPT, "olaf", reveals={"protocols_protocol"}),
    Row("people:export_security", KEPT_NO_GET, KEPT, "olaf", reveals={"protocols_protocol"}),
    Row("people:settings", OWN, OWN_WRITTEN, "anna", data=lambda t: {"name": "Changed"}, writes=True),
    Row("people:agency", KEPT, KEPT_WRITTEN, "olaf", writes=True, data=lambda t: {
        "name": "Changed", "language": "en", "time_zone": "Europe/Berlin", "currency": "EUR", "embargo_days": "3"}),
    Row("people:look", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"brand_hex": "#123456"}, writes=True),
    Row("people:factors", KEPT, KEPT_WRITTEN, "olaf", writes=True, data=lambda t: {
        "staff_factor": "totp", "contact_factor": "totp", "vendor_factor": "totp"}),
    Row("people:texts", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"imprint": "Changed"}, writes=True),
    Row("people:calendar", KEPT, KEPT_WRITTEN, "olaf", writes=True, data=lambda t: {
        "time_zone": "Europe/Berlin", "day_0": "09:00-12:00"}),
    Row("people:add_day", KEPT_NO_GET, KEPT_WRITTEN, "olaf", data=lambda t: {"day-day": "2026-12-24"}, writes=True),
    Row("people:delete_day", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.day.pk,), writes=True),
    Row("people:client_settings", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"name": "Changed"}, writes=True),
    Row("people:end_client", KEPT_NO_GET, KEPT_WRITTEN, "olaf", data=lambda t: {"access_until": "2027-12-31"}, writes=True),
    Row("people:archive_client", KEPT_NO_GET, KEPT_WRITTEN, "olaf", writes=True),
    Row("people:restore_client", KEPT_NO_GET, KEPT_WRITTEN, "olaf", writes=True),
    Row("people:projects", STAFF_SEEN, STAFF_SEEN, "nora"),
    Row("people:new_project", KEPT, KEPT_WRITTEN, "olaf", data=lambda t: {"name": "New one"}, writes=True),
    Row("people:project", STAFF_SEEN, STAFF_SEEN, "nora", lambda t: (t.project.slug,)),
    Row("people:edit_project", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.project.slug,),
        lambda t: {"name": "Changed"}, writes=True),
    Row("people:share", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.project.slug,),
        lambda t: {"whom": f"vendor-{t.vendor.pk}", "level": "comment"}, writes=True),
    Row("people:unshare", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.project.slug, t.share.pk), writes=True),
    Row("people:archive_project", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.project.slug,), writes=True),
    Row("people:restore_project", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.project.slug,), writes=True),
    Row("people:team", cells("in 404 404 404 404 404 200 200"), cells("in 404 404 404 404 404 200 200")),
    Row("people:team_areas", cells("in 404 404 404 404 405 405 405"), cells("in 404 404 404 404 404 403 302"), "anna",
        data=lambda t: {"member": [t.colleague.pk], f"areas-{t.colleague.pk}": ["work"]}, writes=True),
    Row("people:team_invite", cells("in 404 404 404 404 404 404 200"), cells("in 404 404 404 404 404 404 302"), "anna",
        data=_person, writes=True),
    Row("people:team_send_again", cells("in 404 404 404 404 405 405 405"), cells("in 404 404 404 404 404 403 302"), "anna",
        _invited, writes=True),
    Row("people:team_revoke", cells("in 404 404 404 404 405 405 405"), cells("in 404 404 404 404 404 403 302"), "anna",
        _invited, writes=True),
    Row("people:client_security", cells("in 404 404 404 404 404 200 200"), cells("in 404 404 404 404 404 200 200")),
]

# --- One's own, and the start pages -----------------------------------------------------------------------------------
OWN_PAGES = [
    Row("notifications:index", OWN, OWN_NO_METHOD),
    Row("notifications:read_all", OWN_NO_METHOD, OWN_WRITTEN, writes=True),
    Row("notifications:follow", cells("in 404 404 404 404 404 404 302"), OWN_NO_METHOD, "anna",
        lambda t: (t.notification.pk,), read_writes={"notifications_notification"}),
    Row("notifications:preferences", OWN, OWN_WRITTEN, data=lambda t: {"sent": "1"}),
    Row("home", cells("in 404 302 302 200 302 302 302"), OWN_NO_METHOD),
    Row("my_day", STAFF_SEEN, STAFF_NO_POST, "nora"),
    Row("client_home", cells("in 404 404 200 404 200 200 200"), cells("in 404 404 405 404 405 405 405")),
]

# --- Work, mails, timeline -----------------------------------------------------------------------------------------------
CENTER = [
    Row("protocols:index", SEEN, NO_POST),
    Row("protocols:create", FOR_WRITERS, WRITTEN, data=_protocol, writes=True),
    Row("protocols:detail", SEEN, NO_POST, args=lambda t: (t.protocol.number,)),
    Row("protocols:edit", FOR_WRITERS, WRITTEN, "nora", lambda t: (t.protocol.number,), _protocol, writes=True),
    Row("protocols:publish", NO_GET, cells("in 404 404 404 404 403 404 302"), "nora", lambda t: (t.draft.number,), writes=True),
    Row("protocols:comment", NO_GET, WRITTEN, args=lambda t: (t.protocol.number,), data=lambda t: {"text": "Sent"}, writes=True),
    Row("protocols:attach", NO_GET, WRITTEN, args=lambda t: (t.protocol.number,), data=_file, writes=True),
    Row("protocols:download", SEEN, NO_POST, args=lambda t: (t.protocol.number, t.link.pk)),
    Row("protocols:preview", SEEN, NO_POST, args=lambda t: (t.protocol.number, t.link.pk)),
    Row("protocols:preview_page", SEEN, NO_POST, args=lambda t: (t.protocol.number, t.picture_link.pk, 1)),
    Row("mailbox:index", SEEN, NO_POST),
    Row("mailbox:detail", SEEN, NO_POST, args=lambda t: (t.mail.pk,)),
    Row("mailbox:body", SEEN, NO_POST, args=lambda t: (t.mail.pk,)),
    Row("mailbox:raw", STAFF_SEEN, STAFF_NO_POST, "nora", lambda t: (t.mail.pk,)),
    Row("mailbox:attachment", SEEN, NO_POST, args=lambda t: (t.mail.pk, t.attachment.pk)),
    Row("mailbox:preview", SEEN, NO_POST, args=lambda t: (t.mail.pk, t.attachment.pk)),
    Row("mailbox:preview_page", SEEN, NO_POST, args=lambda t: (t.mail.pk, t.picture_attachment.pk, 1)),
    Row("timeline:index", SEEN, NO_POST),
    Row("timeline:entry", SEEN, NO_POST, args=lambda t: (t.event.pk,)),
]

# --- Admin: which rows, and what is sent to add, change or delete them; what is missing there is refused -----------
NAMED = {"change": lambda t: {"name": "Changed", "external_id": "K-1"}}
ADMIN = {
    "tenancy_role": (lambda t: t.contact_role, {}),
    "tenancy_clientaccess": (lambda t: t.access, {}),
    "tenancy_projectaccess": (lambda t: t.share, {}),
    "tenancy_calendar": (lambda t: t.calendar, {}),
    "tenancy_absence": (lambda t: t.absence, {}),
    "events_event": (lambda t: t.event, {}),
    "files_file": (lambda t: t.link.file, {}),
    "mail_clientaddress": (lambda t: t.address, {}),
    "mail_inboundmail": (lambda t: t.mail.inbound, {}),
    "mail_outgoingmail": (lambda t: t.outgoing, {}),
    "notifications_notification": (lambda t: t.owner_notification, {}),
    "notifications_preference": (lambda t: t.preference, {}),
    "tenancy_agency": (lambda t: t.client.agency, NAMED),
    "tenancy_client": (lambda t: t.client, NAMED),
    "tenancy_project": (lambda t: t.project, NAMED),
    "tenancy_member": (lambda t: t.staff, {"change": lambda t: {"position": "Changed"}}),
    "tenancy_vendor": (lambda t: t.vendor, NAMED),
    "tenancy_calendarexception": (
        lambda t: t.day,
        NAMED
        | {"add": lambda t: {"calendar": t.calendar.pk, "day": "2026-12-24", "name": "Sent"}}
        | {"delete": lambda t: {"post": "yes"}},
    ),
    "protocols_protocol": (lambda t: t.protocol, {}),
    "protocols_comment": (lambda t: t.comment, {}),
    "mailbox_mail": (lambda t: t.mail, {}),
}
PLATFORM = {
    "accounts_user": (lambda t: t.contact.user, {}),
    "tenancy_network": (lambda t: t.network, NAMED | {"add": lambda t: {"name": "Sent"}}),
    "tenancy_agency": (lambda t: t.client.agency, {"change": lambda t: {"network": t.network.pk}}),
    "tenancy_client": (lambda t: t.client, {}),
    "tenancy_member": (lambda t: t.staff, {}),
}


def only(answer: int) -> dict:
    """Found by the insider alone."""
    return cells(f"in 404 404 404 404 404 404 {answer}")


def admin_rows(site: str, models: dict, who: str) -> list[Row]:
    """Four routes of the site, and six per model."""
    rows = [
        Row(f"{site}:index", only(200), only(200), who),
        Row(f"{site}:autocomplete", only(403), only(405), who),
        Row(f"{site}:jsi18n", only(200), only(405), who),
        Row(f"{site}:app_list", only(200), only(200), who, lambda t: ("tenancy",)),
    ]
    for model, (row_of, sent) in models.items():
        rows += _model_rows(f"{site}:{model}", row_of, sent, who)
    return rows


def _model_rows(name: str, row_of: Callable, sent: dict, who: str) -> list[Row]:
    args = lambda t: (row_of(t).pk,)  # noqa: E731
    seen = lambda verb: only(200 if verb in sent else 403)  # noqa: E731
    done = lambda verb: only(302 if verb in sent else 403)  # noqa: E731
    data = {verb: sent.get(verb, lambda t: {"name": "Changed"}) for verb in ("add", "change", "delete")}
    return [
        Row(f"{name}_changelist", only(200), only(200), who),
        Row(f"{name}_add", seen("add"), done("add"), who, data=data["add"], writes="add" in sent),
        Row(f"{name}_history", only(200), only(200), who, args),
        Row(f"{name}_delete", seen("delete"), done("delete"), who, args, data["delete"], writes="delete" in sent),
        Row(f"{name}_change", only(200), done("change"), who, args, data["change"], writes="change" in sent),
        Row(f"{name}_row", only(302), only(302), who, args),
    ]


TABLE = {
    AGENCY: [
        *ACCOUNTS,
        *LOOK,
        Row("legal", OPEN, OPEN, args=lambda t: ("imprint",)),
        *admin_rows("admin", ADMIN, "olaf"),
        *OWN_PAGES,
        *PEOPLE,
        *CENTER,
    ],
    GLOBAL: [
        Row("healthz", OPEN, OPEN),
        Row("readyz", OPEN, OPEN),
        Row("home", ACCOUNT_MOVES_ON, ACCOUNT_MOVES_ON),
        Row("first_run", NOWHERE, NOWHERE),
        *ACCOUNTS,
        *LOOK,
        Row("legal", NOWHERE, NOWHERE, args=lambda t: ("imprint",)),
        *admin_rows("platform", PLATFORM, "paula"),
    ],
}
