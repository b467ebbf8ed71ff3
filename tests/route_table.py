"""What every route answers to every viewer, by GET and by POST. A route without a row fails, and so does a row without a route."""

from tests.route_shapes import (
    ACCOUNT_MOVES_ON,
    HAS_ACCOUNT,
    KEPT,
    KEPT_NO_GET,
    KEPT_WRITTEN,
    MOVES_ON,
    NO_METHOD,
    NOWHERE,
    OPEN,
    OWN,
    OWN_NO_METHOD,
    OWN_WRITTEN,
    STAFF_NO_POST,
    STAFF_SEEN,
    Row,
    cells,
    everybody,
)
from tests.route_table_admin import ADMIN, PLATFORM, admin_rows
from tests.route_table_invoices import INVOICES
from tests.route_table_mails import ADDRESSES, MAILS, QUARANTINE
from tests.route_table_meetings import CALENDAR, MEETINGS
from tests.route_table_operation import OPERATION
from tests.route_table_people import PEOPLE
from tests.route_table_profile import PROFILE
from tests.route_table_protocols import PROTOCOLS
from tests.route_table_settling import SETTLING_ROWS
from tests.route_table_tickets import TICKETS
from tests.route_table_timeline import TIMELINE
from tests.route_table_worklog import WORKLOG
from tests.routes import AGENCY, GLOBAL
from tests.scenery import text_file


def _file(t):
    return {"uploads": text_file("Sent.txt")}


# --- Sign-in and account, with and without an agency -------------------------------------------------------------
ACCOUNTS = [
    Row("account_login", cells("200 302 302 302 302 302 302 302"), cells("200 302 302 302 302 302 302 302")),
    Row("account_logout", cells("302 200 200 200 200 200 200 200"), MOVES_ON),
    Row("account_inactive", OPEN, NO_METHOD),
    Row("account_signup", cells("200 302 302 302 302 302 302 302"), cells("200 302 302 302 302 302 302 302")),
    Row("session_expired", cells("200 302 302 302 302 302 302 302"), NO_METHOD),
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
    Row("account_security", HAS_ACCOUNT, everybody(405, "in")),
    Row(
        "session_end",
        everybody(405, "in"),
        cells("in 404 404 404 404 404 404 302"),
        args=lambda t: (t.session.pk,),
        writes=True,
    ),
    Row("sessions_end_others", everybody(405, "in"), ACCOUNT_MOVES_ON, writes=True),
    Row(
        "trust_end",
        everybody(405, "in"),
        cells("in 404 404 404 404 404 404 302"),
        args=lambda t: (t.trust.pk,),
        writes=True,
    ),
]
LOOK = [
    Row("brand_css", OPEN, NO_METHOD),
    Row("brand_logo", NOWHERE, NO_METHOD),
    Row("set_theme", NO_METHOD, MOVES_ON, data=lambda t: {"theme": "dark"}),
    Row("set_language", NO_METHOD, MOVES_ON, data=lambda t: {"language": "de"}),
]

# --- One's own, and the start pages -----------------------------------------------------------------------------------
OWN_PAGES = [
    Row("search:index", OWN, OWN_NO_METHOD),
    Row("notifications:index", OWN, OWN_NO_METHOD),
    Row("notifications:read_all", OWN_NO_METHOD, OWN_WRITTEN, writes=True),
    Row(
        "notifications:follow",
        cells("in 404 404 404 404 404 404 302"),
        OWN_NO_METHOD,
        "anna",
        lambda t: (t.notification.pk,),
        read_writes={"notifications_notification"},
    ),
    Row("notifications:bell", cells("286 286 200 200 200 200 200 200"), NO_METHOD),
    # One click from a mail program (RFC 8058) brings neither session nor CSRF token; the link itself is the key.
    Row(
        "notifications:unsubscribe",
        OPEN,
        OPEN,
        args=lambda t: (t.off_token,),
        data=lambda t: {"List-Unsubscribe": "One-Click"},
    ),
    Row("notifications:deliveries", KEPT, KEPT_NO_GET, "olaf"),
    Row("notifications:replies", KEPT, KEPT_NO_GET, "olaf"),
    Row("notifications:settle_reply", KEPT_NO_GET, KEPT_WRITTEN, "olaf", lambda t: (t.reply.pk,), writes=True),
    Row("notifications:reply_original", KEPT, KEPT_NO_GET, "olaf", lambda t: (t.reply.pk,)),
    Row("notifications:preferences", OWN, OWN_WRITTEN, data=lambda t: {"sent": "1"}),
    Row("home", cells("in 404 302 302 200 302 302 302"), OWN_NO_METHOD),
    Row("my_day", STAFF_SEEN, STAFF_NO_POST, "nora"),
    Row("client_home", cells("in 404 404 200 404 200 200 200"), cells("in 404 404 405 404 405 405 405")),
    Row(
        "pin_client",
        STAFF_NO_POST,
        cells("in 404 404 404 404 302 404 302"),
        "nora",
        data=lambda t: {"pinned": "1"},
        writes=True,
    ),
    Row(
        "keep_period",
        cells("in 404 404 405 404 405 405 405"),
        cells("in 404 404 302 404 302 302 302"),
        data=lambda t: {"days": "60"},
        writes=True,
    ),
    Row(
        "shared_project",
        cells("in 404 404 404 404 302 404 200"),
        cells("in 404 404 405 404 405 405 405"),
        "vera",
        lambda t: (t.project.slug,),
    ),
]

TABLE = {
    AGENCY: [
        *ACCOUNTS,
        *LOOK,
        Row("legal", OPEN, NO_METHOD, args=lambda t: ("imprint",)),
        *admin_rows("admin", ADMIN, "olaf"),
        *OWN_PAGES,
        *PEOPLE,
        *PROTOCOLS,
        *MAILS,
        *ADDRESSES,
        *QUARANTINE,
        *TICKETS,
        *TIMELINE,
        *WORKLOG,
        *INVOICES,
        *SETTLING_ROWS,
        *MEETINGS,
        *PROFILE,
    ],
    GLOBAL: [
        Row("healthz", OPEN, NO_METHOD),
        Row("readyz", OPEN, NO_METHOD),
        Row("home", ACCOUNT_MOVES_ON, everybody(405, "in")),
        Row("first_run", NOWHERE, NOWHERE),
        CALENDAR,
        *(Row(n, NO_METHOD, NOWHERE, args=lambda t: ("postmark",)) for n in ("mail_webhook", "mail_status_webhook")),
        *ACCOUNTS,
        *LOOK,
        Row("legal", NOWHERE, NO_METHOD, args=lambda t: ("imprint",)),
        *admin_rows("platform", PLATFORM, "paula"),
        *OPERATION,
    ],
}
