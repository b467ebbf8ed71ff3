"""The route table of both admins."""

from collections.abc import Callable

from tests.route_shapes import Row, cells
from tests.route_table_admin_parts import ADMIN_OF_PARTS
from tests.route_table_invoices import ADMIN_OF_INVOICES
from tests.route_table_settling import ADMIN_OF_MONEY

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
    "mail_imapmailbox": (lambda t: t.mailbox, {}),
    "mail_inboundmail": (lambda t: t.unplaced, {"change": lambda t: {"try_again": "on"}}),
    "mail_outgoingmail": (lambda t: t.outgoing, {}),
    "mail_providerrequest": (lambda t: t.posted, {}),
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
    "protocols_agendaitem": (lambda t: t.item, {}),
    "protocols_actionitem": (lambda t: t.action, {}),
    "protocols_meeting": (lambda t: t.meeting, {}),
    "protocols_meetingseries": (lambda t: t.series, {}),
    "mailbox_mail": (lambda t: t.mail, {}),
    "mailbox_knownaddress": (lambda t: t.known_address, {}),
    "mailbox_addresstest": (lambda t: t.address_test, {}),
    "mailbox_thread": (lambda t: t.mail.thread, {}),
    "tickets_tickettype": (lambda t: t.ticket_type, {}),
    "tickets_ticketstatus": (lambda t: t.ticket_status, {}),
    "tickets_team": (lambda t: t.queue, {}),
    "tickets_ticket": (lambda t: t.ticket, {}),
    "tickets_comment": (lambda t: t.said, {}),
    "timeline_activitykind": (
        lambda t: t.activity.kind,
        NAMED | {"add": lambda t: {"name": "Sent", "position": 9}, "change": lambda t: {"name": "Sent", "position": 9}},
    ),
    "timeline_activity": (lambda t: t.activity, {}),
    "timeline_activityfile": (lambda t: t.activity_link, {}),
    "timeline_decision": (lambda t: t.decision, {}),
    "worklog_workkind": (
        lambda t: t.work.kind,
        NAMED | {"add": lambda t: {"name": "Sent", "position": 9}, "change": lambda t: {"name": "Sent", "position": 9}},
    ),
    "worklog_workentry": (lambda t: t.work, {}),
    "worklog_workcorrection": (lambda t: t.work_correction, {}),
    "worklog_worknote": (lambda t: t.work_note, {}),
    "worklog_workresult": (lambda t: t.work_file, {}),
    "worklog_explanation": (lambda t: t.explanation, {}),
    "worklog_explanationpost": (lambda t: t.explanation_post, {}),
    "worklog_monthclosing": (lambda t: t.month_closing, {}),
    "worklog_workbudget": (lambda t: t.work_budget, {}),
    "worklog_workpolicy": (lambda t: t.work_policy, {}),
    "worklog_workstatement": (lambda t: t.work_statement, {}),
    "worklog_clientworkpolicy": (lambda t: t.client_work_policy, {}),
    "events_revision": (lambda t: t.revision, {}),
    **ADMIN_OF_INVOICES,
    **ADMIN_OF_MONEY,
    **ADMIN_OF_PARTS,
    "search_entry": (lambda t: t.entry, {}),
    "search_filetext": (lambda t: t.file_text, {}),
    "profile_section": (lambda t: t.section, {}),
    "profile_field": (lambda t: t.field, {}),
    "profile_change": (lambda t: t.change, {}),
    "profile_proposal": (lambda t: t.proposal, {}),
}
PLATFORM = {
    "accounts_user": (lambda t: t.contact.user, {}),
    "tenancy_network": (lambda t: t.network, NAMED | {"add": lambda t: {"name": "Sent"}}),
    "tenancy_agency": (lambda t: t.client.agency, {"change": lambda t: {"network": t.network.pk}}),
    "tenancy_client": (lambda t: t.client, {}),
    "tenancy_member": (lambda t: t.staff, {}),
    "mail_stray": (lambda t: t.stray, {}),
}


def only(answer: int) -> dict:
    """Found by the insider alone."""
    return cells(f"in 404 404 404 404 404 404 {answer}")


def admin_rows(site: str, models: dict, who: str) -> list[Row]:
    """Four routes of the site, and six per model."""
    rows = [
        Row(f"{site}:index", only(200), only(405), who),
        Row(f"{site}:autocomplete", only(403), only(405), who),
        Row(f"{site}:jsi18n", only(200), only(405), who),
        Row(f"{site}:app_list", only(200), only(405), who, lambda t: ("tenancy",)),
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
        Row(f"{name}_changelist", only(200), only(405), who),
        Row(f"{name}_add", seen("add"), done("add"), who, data=data["add"], writes="add" in sent),
        Row(f"{name}_history", only(200), only(405), who, args),
        Row(f"{name}_delete", seen("delete"), done("delete"), who, args, data["delete"], writes="delete" in sent),
        Row(f"{name}_change", only(200), done("change"), who, args, data["change"], writes="change" in sent),
        Row(f"{name}_row", only(302), only(405), who, args),
    ]
