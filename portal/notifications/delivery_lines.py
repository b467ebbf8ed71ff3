"""Deliveries as lines: to whom, what, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_datetime, format_time
from portal.mail.models import OutgoingMail
from portal.notifications.models import Delivery, Outcome


@dataclass(frozen=True, slots=True)
class State:
    """What became of it, in a word, with a tone and a remark."""

    word: str
    tone: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery, or all that went out in one mail."""

    name: str
    address: str
    title: str
    others: int
    client: str
    queued: str
    iso: str
    state: State


def lines_of(rows: Iterable[Delivery]) -> list[Line]:
    """Rows with their members, notifications, clients and mails; those of one mail are one line."""
    found: dict[tuple, list[Delivery]] = {}
    for row in rows:
        found.setdefault(("mail", row.mail_id) if row.mail_id else ("row", row.pk), []).append(row)
    return [_line_of(together) for together in found.values()]


def _line_of(rows: list[Delivery]) -> Line:
    row, clients = rows[-1], dict.fromkeys(str(row.client) for row in rows if row.client)
    return Line(
        name=str(row.member),
        address=row.mail.to[0] if row.mail else row.member.user.email,
        title=row.notification.title,
        others=len(rows) - 1,
        client=", ".join(clients),
        queued=format_datetime(row.created_at),
        iso=row.created_at.isoformat(),
        state=_state_of(row),
    )


def _state_of(row: Delivery) -> State:
    if row.ended_at is None:
        return State(_("Waits"), "mute", _("until %(time)s, for what else happens") % {"time": format_time(row.due_at)})
    if row.outcome != Outcome.MAILED:
        tone = "bad" if row.outcome == Outcome.BROKEN else "mute"
        return State(_("Left out"), tone, str(row.get_outcome_display()))
    return _state_of_mail(row.mail) if row.mail else State(str(Outcome.MAILED.label), "mute")


def _state_of_mail(mail: OutgoingMail) -> State:
    if mail.bounced_at:
        return State(_("Came back"), "bad", f"{format_datetime(mail.bounced_at)} · {mail.bounce_text}")
    if mail.sent_at:
        return State(_("Sent"), "ok", format_datetime(mail.sent_at))
    if mail.failed_at:
        return State(_("Failed"), "bad", f"{format_datetime(mail.failed_at)} · {mail.last_error}")
    if mail.last_error:
        number = mail.attempts
        tries = ngettext("%(number)s try", "%(number)s tries", number) % {"number": number}
        again = _("next at %(time)s") % {"time": format_time(mail.next_try_at)}
        return State(_("Tries again"), "warn", f"{tries}, {again} · {mail.last_error}")
    return State(_("On its way"), "info")
