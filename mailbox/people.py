"""Who can be written to from the tab, and how an address list that was typed is read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from mailbox.models import Mail
from portal.core.context import tenant
from portal.mail.addresses import split
from portal.mail.models import ClientAddress
from portal.mail.reply_addresses import LOCAL
from portal.tenancy.models import Client, ClientAccess, Member, ProjectAccess
from portal.tenancy.models.role import Kind, Permission

MOST_RECIPIENTS = 20
MOST_MAILS = 50
ENTRY = re.compile(r'(?:"[^"]*"|[^,;\r\n"])+')
NAMED = re.compile(r"(.*)<([^<>]*)>\s*")
Places = frozenset[tuple[str, str]]


@dataclass(frozen=True, order=True)
class Addressee:
    """Somebody to write to. member: his id, None for people without a place here."""

    name: str
    address: str
    member: int | None = None

    def __str__(self):
        """As `read` understands it: a name with a comma in it, which Outlook likes, stands in quotation marks."""
        name = self.name.replace('"', "'")
        name = f'"{name}"' if "," in name or ";" in name else name
        return f"{name} <{self.address}>" if name else self.address


def known_to(member: Member, client: Client) -> list[Addressee]:
    """Whom the member may write to before they take part; suppliers, who have no address of the client either, the agency's people."""
    is_supplier = member.is_vendor and client.pk not in member.clients_of("mails")
    return people_of(client, Kind.SPECIALIST) if is_supplier else people_of(client)


def people_of(client: Client, *kinds: Kind) -> list[Addressee]:
    """The client's people with the area mails, its providers, and the agency's people; of these kinds. Read with the agency's sight."""
    mine = {"agency_id": client.agency_id, "client": client}
    reaching = ClientAccess.objects.filter(**mine).whole().filter(areas__contains=["mails"]).values("member_id")
    sharing = ProjectAccess.objects.filter(**mine, member__isnull=False).values("member_id")
    staff = Q(role__permissions__contains=[Permission.ALL_CLIENTS]) | Q(pk__in=sharing)
    wanted = Q(kind=Kind.CONTACT, pk__in=reaching) | Q(staff, kind=Kind.SPECIALIST) | Q(vendor__client=client)
    with tenant(client.agency_id):
        members = Member.objects.filter(wanted, agency_id=client.agency_id, kind__in=kinds or list(Kind))
        members = members.active().select_related("user")
        return [Addressee(str(one), one.user.email, one.pk) for one in members.order_by("kind", "user__name", "pk")]


def people_in(mail: Mail, reader: Member) -> list[Addressee]:
    """Whoever takes part in the thread, as far as the reader sees it, each once; never the portal's own addresses."""
    rows = Mail.objects.visible_to(reader).filter(thread=mail.thread_id).newest_first()
    parts = rows.values_list("from_name", "from_address", "to", "cc")[:MOST_MAILS]
    everybody = [({"name": name, "address": address}, *to, *cc) for name, address, to, cc in parts]
    return _people(chain.from_iterable(everybody), places_of(mail.client))


def answered_by(mail: Mail, member: Member) -> tuple[list[Addressee], list[Addressee]]:
    """To whom an answer of the member's goes, and in Cc to whom: everybody in the mail stays in the conversation."""
    places, own = places_of(mail.client), member.user.email.lower()
    is_own = mail.from_address.lower() == own
    to = _people(mail.to if is_own else [{"name": mail.from_name, "address": mail.from_address}], places)
    cc = _people(mail.cc if is_own else [*mail.to, *mail.cc], places)
    told = {own, *(one.address.lower() for one in to)}
    others = [one for one in cc if one.address.lower() not in told and _is_address(one.address)]
    return to[:MOST_RECIPIENTS], others[:MOST_RECIPIENTS]


def _people(rows: Iterable[dict], places: Places) -> list[Addressee]:
    """Each once, as first named, without the portal's own addresses."""
    found: dict[str, Addressee] = {}
    for one in rows:
        if one["address"] and not is_portal(one["address"], places):
            found.setdefault(one["address"].lower(), Addressee(one["name"], one["address"]))
    return list(found.values())


def places_of(client: Client) -> Places:
    """(local part, domain) of the client's addresses here, also of those that were replaced."""
    with tenant(client.agency_id):
        rows = ClientAddress.objects.filter(agency_id=client.agency_id, client=client)
        return frozenset(rows.values_list("local_part", "domain"))


def is_portal(address: str, places: Places) -> bool:
    """Whether it is one of the client's own addresses here, or one for signed answers."""
    local, _tag, domain = split(address)
    return (local, domain) in places or (local == LOCAL and any(domain == own for _local, own in places))


def read(text: str, known: Iterable[Addressee]) -> list[Addressee]:
    """The people in a list as it was typed: addresses, or names of people who are known. Raises ValidationError."""
    by_name: dict[str, Addressee] = {}
    by_address: dict[str, Addressee] = {}
    for somebody in known:
        by_name.setdefault(somebody.name.casefold(), somebody)
        by_address.setdefault(somebody.address.lower(), somebody)
    found: dict[str, Addressee] = {}
    for entry in filter(None, map(str.strip, ENTRY.findall(text))):
        parts = NAMED.fullmatch(entry)
        name, address = (parts[1].strip(' "'), parts[2].strip()) if parts else ("", entry)
        one = by_name.get(address.casefold()) or by_address.get(address.lower()) or Addressee(name, address)
        _check(one)
        found.setdefault(one.address.lower(), one)
    if len(found) > MOST_RECIPIENTS:
        raise ValidationError(_("At most %(limit)d people."), code="many", params={"limit": MOST_RECIPIENTS})
    return list(found.values())


def _is_address(text: str) -> bool:
    """Mails name all kinds of things in To and Cc."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _check(one: Addressee) -> None:
    if not _is_address(one.address):
        words = {"text": one.address[:80]}
        raise ValidationError(_("“%(text)s” is no address."), code="address", params=words)
    if len(one.address) > 254:
        raise ValidationError(_("This address is too long."), code="address")
