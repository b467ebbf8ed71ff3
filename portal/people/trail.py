"""Audit events as a reader of the Security page sees them: what, who, when to the second, device."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import devices, factors
from portal.accounts.models import User
from portal.accounts.trail import ELSEWHERE
from portal.admin.words import column
from portal.audit.models import AuditEvent
from portal.core.formats import format_date, format_datetime
from portal.people.veils import Veils
from portal.tenancy.models import Member

ACCOUNT = ("sign_in.", "sign_out", "session.", "trust.", "factor.", "password.", "email.", "account.")
OWN_SECURITY = reduce(or_, (Q(kind__startswith=start) for start in ACCOUNT))
GROUPS = {
    "sign-ins": (gettext_lazy("Sign-ins"), OWN_SECURITY),
    "exports": (gettext_lazy("Exports"), Q(kind__startswith="export.") | Q(kind="file.downloaded")),
    "changes": (gettext_lazy("Changes"), Q(kind__in=("insert", "update"))),
    "deletions": (gettext_lazy("Deletions"), Q(kind="delete")),
}
VERBS = {
    "insert": (gettext_lazy("Added: %(what)s"), "plus", ""),
    "update": (gettext_lazy("Changed: %(what)s"), "edit", ""),
    "delete": (gettext_lazy("Deleted: %(what)s"), "trash", "warn"),
}
WORDS = {
    "sign_in.done": (gettext_lazy("Signed in"), "key", ""),
    "sign_in.failed": (gettext_lazy("Sign-in refused"), "alert", "bad"),
    "sign_in.locked": (gettext_lazy("Too many tries, sign-in locked"), "alert", "bad"),
    "sign_out": (gettext_lazy("Signed out"), "logout", ""),
    "access.refused": (gettext_lazy("Asked for a page that is closed to this person"), "lock", "warn"),
    "session.ended": (gettext_lazy("Ended a session"), "logout", ""),
    "session.others_ended": (gettext_lazy("Ended all other sessions"), "logout", ""),
    "trust.ended": (gettext_lazy("Ended the trust in a browser"), "key", ""),
    "password.changed": (gettext_lazy("Changed the password"), "key", "warn"),
    "password.reset": (gettext_lazy("Reset the password"), "key", "warn"),
    "email.changed": (gettext_lazy("Changed the e-mail address"), "at", "warn"),
    "account.closed": (gettext_lazy("Closed the account"), "lock", "warn"),
    "factor.added": (gettext_lazy("Connected an authenticator app"), "key", ""),
    "factor.removed": (gettext_lazy("Removed the authenticator app"), "key", "warn"),
    "factor.failed": (gettext_lazy("Wrong second factor"), "alert", "bad"),
    "factor.locked": (gettext_lazy("Too many wrong codes, second factor locked"), "alert", "bad"),
    "factor.backup_codes_made": (gettext_lazy("Made new backup codes"), "key", ""),
    "factor.reset_requested": (gettext_lazy("Reset of the second factor requested"), "key", "warn"),
    "factor.reset_cancelled": (gettext_lazy("Reset of the second factor stopped"), "key", ""),
    "factor.reset_done": (gettext_lazy("Second factor reset"), "key", "warn"),
    "import.made": (gettext_lazy("Imported a list"), "plus", ""),
    "member.merged": (gettext_lazy("Merged two contacts"), "users", "warn"),
    "person.erased": (gettext_lazy("Erased the data of a former member"), "trash", "warn"),
    "export.made": (gettext_lazy("Exported data"), "download", "warn"),
    "file.downloaded": (gettext_lazy("Downloaded a file"), "download", ""),
    "mail.downloaded": (gettext_lazy("Downloaded a mail"), "download", ""),
    "platform.viewed": (gettext_lazy("Viewed by platform staff"), "eye", "warn"),
    "platform.changed": (gettext_lazy("Changed by platform staff"), "edit", "warn"),
}
PEOPLE = ("about", "by")
NAMES = ("name", "title", "subject", "number", "email", "slug")


@dataclass(frozen=True)
class Line:
    """One event, in words."""

    what: str
    sub: str
    icon: str
    tone: str
    who: str
    when: str
    at: datetime
    device: str
    ip: str


def lines(events: Iterable[AuditEvent], reader: Member) -> list[Line]:
    """Events in words; the names of the people are read with two queries. What the reader may not read is not named."""
    events, veils = list(events), Veils(reader)
    members = {_image(event).get("member_id") for event in events} - {None}
    users = dict(Member.objects.filter(pk__in=members).values_list("pk", "user_id")) if members else {}
    ids = {event.user_id for event in events} | {_image(event).get("user_id") for event in events} | {*users.values()}
    ids |= {(event.detail or {}).get(key) for event in events for key in PEOPLE}
    people = User.objects.in_bulk(ids - {None})
    return [_line(event, Names(people, users), veils) for event in events]


class Names(NamedTuple):
    """People by id, and the people of members by the member's id."""

    people: dict[int, User]
    users: dict[int, int]

    def of(self, image: dict) -> str:
        """Whom a row is about, when it has no name of its own."""
        user_id = image.get("user_id") or self.users.get(image.get("member_id", 0))
        return str(self.people[user_id]) if user_id in self.people else ""


def narrowed(rows: QuerySet, *, group: str, user_id: int | None, first: date | None, last: date | None) -> QuerySet:
    """Events of a group, a person, a period (whole days of the reader's zone)."""
    if group in GROUPS:
        rows = rows.filter(GROUPS[group][1])
    if user_id:
        rows = rows.filter(user_id=user_id)
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    if last:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _line(event: AuditEvent, names: Names, veils: Veils) -> Line:
    what, icon, tone = _words(event)
    local = timezone.localtime(event.at)
    return Line(
        what=what,
        sub=_more(event, names, veils),
        icon=icon,
        tone=tone,
        who=_who(event, names),
        when=f"{format_date(local)}, {local:%H:%M:%S}",
        at=event.at,
        device=devices.name_of(event.ua) if event.ua else event.task or "",
        ip=event.ip or "",
    )


def _who(event: AuditEvent, names: Names) -> str:
    """Without a person it was us, unless somebody was at the door whom we do not know, or it is the business of others."""
    if (event.detail or {}).get(ELSEWHERE):
        return _("Somebody without a place here")
    at_the_door = event.ip and not event.task
    nobody = _("Unknown") if at_the_door or event.user_id else _("The system")
    return names.of({"user_id": event.user_id}) or nobody


def _words(event: AuditEvent) -> tuple[str, str, str]:
    if event.tab:
        text, icon, tone = VERBS[event.kind]
        return str(text) % {"what": _table(event.tab)}, icon, tone
    if event.kind not in WORDS:
        return capfirst(event.kind.replace(".", ": ").replace("_", " ")), "shield", ""
    text, icon, tone = WORDS[event.kind]
    return str(text), icon, tone


def _image(event: AuditEvent) -> dict:
    return event.new or event.old or {}


def _more(event: AuditEvent, names: Names, veils: Veils) -> str:
    """Which row, and which of its columns; of everything else the short details. Values of columns are never shown."""
    if event.tab:
        name = veils.instead_of(event.tab, _image(event)) or _name_of(event, names)
        columns = ", ".join(column(name) for name in event.changed_columns)
        return f"{name[:80]}: {columns}" if columns else name[:80]
    detail = dict(event.detail or {})
    if "file" in detail:
        detail["name"] = veils.instead_of("files_file", {"id": detail["file"]}) or detail.get("name", "")
    detail.pop(ELSEWHERE, None)  # stands at the person
    said = (f"{column(key)}: {_said(key, value, names)}" for key, value in detail.items() if _is_plain(value))
    return ", ".join(said)[:200]


def _name_of(event: AuditEvent, names: Names) -> str:
    image = _image(event)
    name = next((str(image[key]) for key in NAMES if image.get(key)), "") or names.of(image) or f"#{event.row_pk}"
    return _(name) if event.tab == "tenancy_role" else name  # presets are stored in English


def _said(key: str, value: str | int, names: Names) -> str:
    """The value of a detail in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key in ("factor", "method"):
        return str(factors.LABELS.get(str(value), value))
    if key == "due_at":
        return format_datetime(datetime.fromisoformat(str(value)))
    return names.of({"user_id": value}) or _("The system") if key in PEOPLE else str(value)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int) and value != ""


def _table(name: str) -> str:
    model = _models().get(name)
    return str(model._meta.verbose_name) if model else name


@lru_cache
def _models() -> dict:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
