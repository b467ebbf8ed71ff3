"""Whose mails are let in: a mail in which nobody is known to the client waits until somebody of the agency has read it.

Known are the agency's people, the client's contacts, its providers, suppliers with whom a project of it is shared, and whoever
took part in a mail that was filed for it. That the sender is who he claims to be is another question (portal.mail.processing).
"""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from mailbox import letter
from mailbox.models import AddressTest, Held, KnownAddress, Mail
from portal.mail.addresses import Recipient
from portal.mail.aliases import is_hidden_in
from portal.mail.models import ClientAddress, InboundMail
from portal.mail.parsed import FAILED, ParsedMail
from portal.tenancy.models import Client, ClientAccess, Member, ProjectAccess
from portal.tenancy.models.role import Kind

MOST_PEOPLE = 200
"""So many addresses of one mail are looked at."""


def marks_of(inbound: InboundMail, parsed: ParsedMail, recipient: Recipient) -> dict[str, Any]:
    """How a mail that comes in is marked: as a test, as sent by a member, or held back."""
    test = _test_of(parsed, recipient.client)
    if test:
        return {"tester": test.member}
    sender = _sender_by_alias(parsed, recipient)
    if sender or recipient.is_placed or not recipient.client.agency.hold_strangers:
        return {"author": sender}
    people = {*addresses_of(parsed), inbound.envelope_from.strip("<>").lower()}
    return {} if is_known(recipient.client, people) else {"held_at": timezone.now(), "held_reason": Held.STRANGER}


def addresses_of(parsed: ParsedMail) -> set[str]:
    """Who takes part, by what the mail claims, in lower case."""
    people = [parsed.sender, *parsed.to, *parsed.cc][:MOST_PEOPLE]
    return {person.address.lower() for person in people if "@" in person.address}


def is_known(client: Client, addresses: set[str]) -> bool:
    """Whether one of these is known to the client."""
    if client.agency.sender_address.lower() in addresses - {""}:
        return True
    known = KnownAddress.objects.filter(agency_id=client.agency_id, client=client, address__in=addresses)
    return known.exists() or _people_of(client).filter(lowered__in=addresses).exists()


def remember(mail: Mail) -> None:
    """Whoever takes part in a mail that was filed is known from now on; the client's own addresses are nobody."""
    people = [mail.from_address, *(person["address"] for person in [*mail.to, *mail.cc][:MOST_PEOPLE])]
    told = {address.lower() for address in people if "@" in address and len(address) <= 320}
    own = set(ClientAddress.objects.filter(agency_id=mail.agency_id).values_list("domain", flat=True).distinct())
    rows = [
        KnownAddress(agency_id=mail.agency_id, client_id=mail.client_id, address=address)
        for address in sorted(told)
        if address.rpartition("@")[2] not in own
    ]
    KnownAddress.objects.bulk_create(rows, ignore_conflicts=True)


def know_both(member: Member, into: Member) -> None:
    """Two places are one person's, who goes on writing from either address: the one that ends stays known to the clients."""
    rows = [
        KnownAddress(agency_id=into.agency_id, client_id=client_id, address=member.user.email.lower())
        for client_id in ClientAccess.objects.filter(member=into).values_list("client_id", flat=True)
    ]
    KnownAddress.objects.bulk_create(rows, ignore_conflicts=True)


def _people_of(client: Client):
    """Active members who have to do with the client, with their addresses as `lowered`."""
    shares = ProjectAccess.objects.filter(agency_id=client.agency_id, client=client)
    contacts = ClientAccess.objects.filter(agency_id=client.agency_id, client=client)
    mine = Q(kind=Kind.SPECIALIST) | Q(vendor__client=client) | Q(pk__in=contacts.values("member_id"))
    mine |= Q(pk__in=shares.values("member_id")) | Q(vendor_id__in=shares.values("vendor_id"))
    members = Member.objects.filter(mine, agency_id=client.agency_id).active()
    return members.annotate(lowered=Lower("user__email"))


def _sender_by_alias(parsed: ParsedMail, recipient: Recipient) -> Member | None:
    """The member whose alias was used; not when the mail is forged, or says that somebody else whom we know has written it."""
    member, address = recipient.member, parsed.sender.address.lower()
    if (
        member is None
        or parsed.verdict == FAILED
        or not is_hidden_in(parsed)
        or not letter.is_open(member, recipient.client)
    ):
        return None
    others = Member.objects.filter(agency_id=member.agency_id).at_address(address).active()
    return None if address and others.exclude(pk=member.pk).exists() else member


def _test_of(parsed: ParsedMail, client: Client) -> AddressTest | None:
    """The test that this mail is, which is over then."""
    key = AddressTest.key_in(parsed.message_id)
    if not key:
        return None
    tests = AddressTest.objects.filter(agency_id=client.agency_id, client=client, key=key, mail=None)
    test = tests.select_related("member").first()
    return test if test and test.message_id == parsed.message_id else None
