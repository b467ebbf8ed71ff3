"""Canaries: every text of every tenant's row carries a token that says whose it is; a crawler reads answers and looks for others'.

A token is `cnry-<agency>-<place>-<table>-<number>`. The place is a client ("acme"), a shared project ("shop"), all of an
agency ("agency"), its staff alone ("internal"), an organisation of its own ("zeta"), one behind the veil ("hush"), the
provider's own time ("pixel") or one contact's draft ("ownacme").
"""

import re
from collections.abc import Iterator
from itertools import count

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone

from mailbox.models import Mail
from portal.accounts.models import User
from portal.core.context import tenant
from portal.search.models import Entry
from portal.tenancy.models import Agency, Member, TenantModel
from protocols.models import ProtocolFile
from tests.invoice_scenery import KEPT_KEYS, KEPT_OF_INVOICES, OF_MONEY, places_of_invoices, unfrozen
from tests.settling_scenery import KEPT_OF_MONEY, places_of_money
from tests.ticket_scenery import KEPT_OF_TICKETS, OF_TICKETS, TICKETS, places_of_tickets, renumber
from timeline.models import FAR

TOKEN = re.compile(r"cnry-([a-z]+)-([a-z]+)(?:-([a-z_]+)(?:-([0-9a-f]{6}))?)?")
KEPT = {
    "tenancy_agency": "slug host mail_domain brand_hex logo_key logo_type language time_zone currency",
    "tenancy_role": "code",
    "tenancy_calendar": "time_zone windows country region",
    "tenancy_calendarexception": "windows",
    "mail_clientaddress": "domain",
    "mail_inboundmail": "envelope_from recipients helo source source_key error",
    "mail_imapmailbox": "host password",
    "mail_mailreply": "purpose content_key",
    "mail_providerrequest": "content_type",
    "mail_outgoingmail": "headers seed only_if",
    "mailbox_mail": "content_key verdict",
    "mailbox_knownaddress": "address",
    "mailbox_addresstest": "key address",
    "files_file": "media_type sha256 scan_verdict",
    "events_event": "kind area subject_type",
    "notifications_notification": "area kind payload subject_type",
    "notifications_preference": "kind",
    "people_invitation": "language digest",
    "profile_section": "code",
    "protocols_protocol": "language",
    "protocols_actionitem": "key",
    "protocols_calendarfeed": "secret",
    "protocols_meetingseries": "time_zone guest_ids",
    "worklog_workentry": "subject_type import_key",
    "worklog_workresult": "link text sha256",
    "worklog_timer": "subject_type",
    **KEPT_OF_TICKETS,
    **KEPT_OF_INVOICES,
    **KEPT_OF_MONEY,
    "accounts_user": "password language time_zone",
}
"""Columns that the product computes with; what arrived as a mail cannot be changed, its token stands in the raw text."""
KEPT_WORDS = {"client", "kind", "number", "until", "comment", *KEPT_KEYS}
_numbers = count(1)


def token(agency: str, place: str, table: str) -> str:
    """A text that nobody else has."""
    return f"cnry-{agency}-{place}-{table}-{next(_numbers):06x}"


def plant(w) -> None:
    """Write tokens into every text column, through the maintenance role."""
    with unfrozen(), transaction.atomic(using="maint"):
        for model in tenant_models():
            for row in model._base_manager.using("maint"):
                agency, place = place_of(w, row)
                values = dict(_planted(row, agency, place))
                if row._meta.db_table == "events_event" and row.client:
                    values["payload"]["client"] = row.client.slug  # planted by now, and part of links
                if values:
                    model._base_manager.using("maint").filter(pk=row.pk).update(**values)
                if model is User:
                    EmailAddress.objects.using("maint").filter(user=row).update(email=values["email"])
        _renumber(w)
    for things in w.things.values():
        _read_again(things)


def tenant_models() -> list[type[models.Model]]:
    """Every table whose rows belong to somebody; what the search knows of them follows by itself, by triggers."""
    found = [model for model in apps.get_models() if issubclass(model, TenantModel) and model is not Entry]
    return [Agency, User, *found]


def _planted(row, agency: str, place: str) -> Iterator[tuple[str, object]]:
    table = row._meta.db_table
    kept = KEPT.get(table, "").split()
    if getattr(row, "area", "") == "mails" and table == "events_event":
        table = "events_mails"
    if getattr(row, "area", "") == "tickets" and table in ("events_event", "files_file"):
        table = OF_TICKETS[table]
    if getattr(row, "area", "") == "money" and table in OF_MONEY:
        table = OF_MONEY[table]
    for column in row._meta.concrete_fields:
        if column.name in kept or column.choices or not isinstance(column, TEXTS):
            continue
        value = _value(column, getattr(row, column.attname), lambda: token(agency, place, table), table)
        if value is not None:
            yield column.name, value


TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)


def _value(column, old, make, table: str) -> object:
    if isinstance(column, models.EmailField):
        return f"{make()}@x.example"
    if isinstance(column, models.JSONField):
        return _in_json(old, make)
    if isinstance(column, ArrayField):
        is_mail = isinstance(column.base_field, models.EmailField)
        return [f"{make()}@x.example" for _old in old] if is_mail else None
    extension = "." + old.rpartition(".")[2] if column.name == "name" and "." in old else ""
    if isinstance(column, models.SlugField):
        return make().replace(table, "slug")
    text = f"<p>{make()}</p>" if column.name == "html" else make() + extension
    return text[: column.max_length] if column.max_length else text


def _in_json(old, make):
    if isinstance(old, str):
        return make()
    if isinstance(old, list):
        return [_in_json(entry, make) for entry in old]
    if isinstance(old, dict):
        return {key: value if key in KEPT_WORDS else _in_json(value, make) for key, value in old.items()}
    return old


def _renumber(w) -> None:
    """Numbers of protocols say whose they are, so that a page found under a number is the wrong one or the right one."""
    for index, things in enumerate(w.things.values()):
        rows = type(things.protocol)._base_manager.using("maint").filter(client=things.client)
        rows.update(number=models.F("number") + 100 * index)
        renumber(things, 100 * index)


def _read_again(things) -> None:
    with tenant(things.client.agency_id), transaction.atomic():
        for row in (things.client, things.project):
            row.refresh_from_db(fields=["slug"])
        for row in (*(things.protocol, things.draft, things.shared, things.own_draft), *things.tickets):
            row.refresh_from_db(fields=["number"])
        for kind in (things.activity.kind, things.work.kind):
            kind.refresh_from_db(fields=["name"])


# --- Whose a row is -----------------------------------------------------------------------------------------------


def place_of(w, row) -> tuple[str, str]:
    """Agency and place of a row."""
    if isinstance(row, User):
        member = Member.objects.using("maint").select_related("vendor").filter(user=row).first()
        return place_of(w, member) if member else ("none", "platform")
    agency = "north" if row.agency_id == w.north.pk else "south"
    place = PLACES.get(row._meta.label_lower) or PLACES.get(row._meta.model_name, _of_client)
    return agency, place(w, row)


def _of_client(w, row) -> str:
    if getattr(row, "area", "") == "money":
        if getattr(row, "vendor_id", None):
            return "pixelmoney"
        return f"{_name(w, row.client_id)}money"
    if getattr(row, "is_internal", False) or getattr(row, "internal", False) or row.client_id is None:
        return "internal"
    return "shop" if getattr(row, "project_id", None) == w.shop.pk else _name(w, row.client_id)


def _of_protocol(w, row) -> str:
    if row.published_at is None:
        return "internal" if row.side == "agency" else f"own{_name(w, row.client_id)}"
    return _of_client(w, row)


def _of_section(w, row) -> str:
    is_shared = row.fields.using("maint").filter(is_internal=False).exists()
    return _of_client(w, row) if is_shared else "internal"


def _of_file(w, row) -> str:
    if row.event_id:
        return _of_event(w, row.event)
    links = ProtocolFile.objects.using("maint").filter(file=row).select_related("protocol")
    return _of_protocol(w, links[0].protocol) if links else _of_client(w, row)


def _of_inbound(w, row) -> str:
    """The original goes with the mail; see `ORIGINAL`."""
    mail = Mail.objects.using("maint").filter(inbound=row, held_at=None).first()
    return _of_client(w, mail) if mail else "internal"


def _of_event(w, event) -> str:
    """What is held back without an end is the agency's own until then."""
    return "internal" if event.visible_from >= FAR else _of_client(w, event)


def _of_work(w, entry) -> str:
    """Vendors see no time but their own; contacts see entries once they show."""
    if entry.visible_from is None or entry.visible_from > timezone.now():
        return "internal"
    return "pixel" if entry.vendor_id else _name(w, entry.client_id)


def _of_member(w, row) -> str:
    if row.kind == "specialist":
        return "agency"
    if row.kind == "vendor":
        return _of_vendor(w, row.vendor)
    return next(name for name, t in w.things.items() if t.client.pk in row.shared_client_ids)


def _of_vendor(w, row) -> str:
    if row.client_id:
        return _name(w, row.client_id)
    return {w.supplier.pk: "acme", w.wanda.vendor_id: "hush"}.get(row.pk, "zeta")


def _name(w, client_id: int) -> str:
    return next(name for name, t in w.things.items() if t.client.pk == client_id)


PLACES = {
    "agency": lambda w, row: "agency",
    "role": lambda w, row: "agency",
    "calendar": lambda w, row: "agency",
    "calendarexception": lambda w, row: "agency",
    "absence": lambda w, row: "internal",
    "imapmailbox": lambda w, row: "internal",
    "inboundmail": _of_inbound,
    "providerrequest": lambda w, row: "internal",
    "mailreply": lambda w, row: "internal",
    "outgoingmail": lambda w, row: "internal",
    "client": lambda w, row: _name(w, row.pk),
    "project": lambda w, row: "shop" if row.pk == w.shop.pk else _name(w, row.client_id),
    "member": _of_member,
    "vendor": _of_vendor,
    "protocol": _of_protocol,
    "comment": lambda w, row: _of_protocol(w, row.protocol),
    "protocolfile": lambda w, row: _of_protocol(w, row.protocol),
    "agendaitem": lambda w, row: _of_protocol(w, row.protocol),
    "participation": lambda w, row: _of_protocol(w, row.protocol),
    "version": lambda w, row: _of_protocol(w, row.protocol),
    "internalnote": lambda w, row: "internal",
    "file": _of_file,
    "section": _of_section,
    "protocolread": lambda w, row: "internal",
    "calendarfeed": lambda w, row: "internal",
    "meetingguest": lambda w, row: _of_client(w, row.meeting),
    "meetingtopic": lambda w, row: _of_client(w, row.meeting),
    "mailread": lambda w, row: "internal",
    "mail": lambda w, row: "internal" if row.held_at else _of_client(w, row),
    "knownaddress": lambda w, row: "internal",
    "addresstest": lambda w, row: "internal",
    "draft": lambda w, row: f"own{_name(w, row.client_id)}",
    "preference": lambda w, row: "internal",
    "accessrequest": lambda w, row: "internal",
    "vendorcard": lambda w, row: "internal",
    "pinnedclient": lambda w, row: "internal",
    "startchoice": lambda w, row: "internal",
    "submission": lambda w, row: "internal",
    "event": _of_event,
    "revision": lambda w, row: "internal" if row.is_internal else _of_event(w, row.event),
    "activitykind": lambda w, row: "agency",
    "activity": lambda w, row: _of_event(w, row.event),
    "activityfile": lambda w, row: _of_event(w, row.activity.event),
    "decision": lambda w, row: "internal",
    "filetext": lambda w, row: "internal",
    "visit": lambda w, row: "internal",
    "weeklychoice": lambda w, row: "internal",
    "weeklymail": lambda w, row: "internal",
    "workkind": lambda w, row: "agency",
    "workentry": _of_work,
    "workcorrection": lambda w, row: "internal" if row.is_internal else _of_work(w, row.entry),
    "worknote": lambda w, row: "internal",
    "workresult": lambda w, row: _of_work(w, row.entry),
    "explanationpost": lambda w, row: _of_work(w, row.explanation.entry),
    "explanation": lambda w, row: _of_work(w, row.entry),
    "workpolicy": lambda w, row: "agency",
    "worklook": lambda w, row: "internal",
    "timer": lambda w, row: "internal",
    "workrate": lambda w, row: "internalmoney",
    **places_of_invoices(lambda w, client_id: _name(w, client_id)),
    **places_of_money(lambda w, client_id: _name(w, client_id)),
    **{f"tickets.{name}": place for name, place in places_of_tickets(_of_client).items()},
}

# --- Who may see what ------------------------------------------------------------------------------------------------

STAFF_PLACES = {"agency", "internal", "acme", "bolt", "shop", "cosmo", "zeta", "hush", "pixel"}
MONEY = {"internalmoney", "acmemoney", "boltmoney", "cosmomoney"}
"""Sums and all that stands beside them: for staff whose role sees them, and contacts with the area."""
MAILS = {"mailbox_mail", "mail_inboundmail", "mail_clientaddress", "files_file", "events_mails"}
FACES = {"slug", "tenancy_client", "tenancy_member", "tenancy_vendor", "accounts_user"}
"""What people who share something learn of each other."""
PROFILE = {"profile_section", "profile_field", "profile_change"}
"""Shared fields of a client are for the vendors of its projects too."""
SEES = {
    "olaf": ("north", STAFF_PLACES | MONEY, {}),
    "nora": ("north", STAFF_PLACES, {}),
    "rita": ("north", STAFF_PLACES, {}),
    "fred": ("north", {"agency"}, {"internal": {"tickets_team"}}),
    "anna": ("north", {"agency", "acme", "shop", "pixel", "ownacme", "acmemoney", "pixelmoney"}, {"hush": FACES}),
    "gina": ("north", {"agency", "acme", "shop", "pixel", "acmemoney", "pixelmoney"}, {"hush": FACES}),
    "carl": (
        "north",
        {"agency"},
        {"hush": FACES, "acme": FACES | {"tenancy_project"} | TICKETS, "shop": {"tenancy_project", "slug"} | TICKETS},
    ),
    "lena": ("north", {"agency", "shop", "pixel"}, {"hush": FACES, "acme": FACES}),
    "bob": ("north", {"agency", "bolt", "ownbolt", "boltmoney"}, {}),
    "vera": ("north", {"agency", "shop"}, {"acme": FACES | PROFILE, "hush": FACES}),
    "pavel": ("north", {"agency", "shop", "pixel", "pixelmoney"}, {"acme": FACES | MAILS | PROFILE, "hush": FACES}),
    "zoe": ("north", {"agency", "zeta"}, {}),
    "wanda": ("north", {"agency", "hush"}, {"shop": {"tenancy_project", "slug"} | TICKETS}),
    "saul": ("south", STAFF_PLACES | MONEY, {}),
    "sofia": ("south", {"agency", "cosmo", "owncosmo", "cosmomoney"}, {}),
    "stranger": ("", set(), {}),
}
"""viewer -> agency, places open to him as a whole, and tables open to him of other places."""
NEVER_OUTSIDE = {
    "mail_imapmailbox",
    "mail_providerrequest",
    "mail_inboundmail",
    "mail_mailreply",
    "mail_outgoingmail",
    "tenancy_absence",
}


ORIGINAL = re.compile(r"/mails/\d+/original/$")
"""The one page on which outsiders who see a mail see it as it came."""


def foreign_tokens(text: str, viewer: str, *, address: str = "", asked: str = "") -> set[str]:
    """Tokens in an answer that the viewer must not see. What the request itself contained is no news to him.

    address: the agency at whose address he asks; her name and texts are for everybody there.
    """
    found = {match.group(0): match.groups() for match in TOKEN.finditer(text.lower())}
    known = {match.group(0) for match in TOKEN.finditer(asked.lower())}
    never = NEVER_OUTSIDE - {"mail_inboundmail"} if ORIGINAL.search(asked) else NEVER_OUTSIDE
    return {
        whole for whole, parts in found.items() if whole not in known and not _may_see(viewer, parts, address, never)
    }


def _may_see(viewer: str, parts: tuple, address: str, never: set[str]) -> bool:
    agency, place, table, _number = parts
    if (agency, place) == (address, "agency") and (table or "").startswith("tenancy_agency"):
        return True
    own, places, tables = SEES[viewer]
    if agency != own or (place not in places and table not in tables.get(place, ())):
        return False
    return "internal" in places or table not in never
