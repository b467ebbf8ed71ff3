"""A member's own alias of the client's address: `<client>-<random>+me-<seal>@<mail domain>`. A mail to it is the member's.

The seal is made of the member and of the address, so nothing has to be kept, and a new address ends all aliases of the old
one. 40 bits can be tried only by sending mails. Whoever reads an alias could use it; so it counts only in mails in which no
other reader finds it (`is_hidden_in`): when it stands in Bcc, when the mail is redirected, or goes to it alone. Readers of the tab
get to see the client's address instead (portal.mail.personal).
"""

import hmac
from base64 import b32encode

from django.conf import settings
from django.utils.crypto import salted_hmac

from portal.mail.models import ClientAddress
from portal.mail.parsed import ParsedMail
from portal.tenancy.models import Member

PREFIX = "me-"
SALT = "portal.mail.aliases"
SEAL_LETTERS = 8
"""As short as can be: the local part of an address has 64 characters."""


def alias_of(member: Member, address: ClientAddress) -> str:
    """The member's own spelling of the client's address."""
    return f"{address.local_part}+{PREFIX}{_seal(member.pk, address, settings.SECRET_KEY)}@{address.domain}"


def member_behind(tag: str, address: ClientAddress) -> Member | None:
    """The member who can come in and whose alias of this address has this word after the `+`; None for any other word."""
    seal = tag.removeprefix(PREFIX)
    if seal == tag or len(seal) != SEAL_LETTERS or not seal.isascii():
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    members = Member.objects.filter(agency_id=address.agency_id).admitted().select_related("user", "role", "vendor")
    return next((one for one in members if any(_fits(seal, one, address, key) for key in keys)), None)


def is_hidden_in(mail: ParsedMail) -> bool:
    """Whether no other recipient of the mail could have read an alias to which it went."""
    named = [person.address.lower() for person in (*mail.to, *mail.cc)]
    return not any(f"+{PREFIX}" in address for address in named) or len(named) == 1


def _fits(seal: str, member: Member, address: ClientAddress, key: str) -> bool:
    return hmac.compare_digest(seal, _seal(member.pk, address, key))


def _seal(member_id: int, address: ClientAddress, key: str) -> str:
    text = f"{address.agency_id}:{address.pk}:{member_id}"
    digest = salted_hmac(SALT, text, secret=key, algorithm="sha256").digest()
    return b32encode(digest).decode()[:SEAL_LETTERS].lower()
