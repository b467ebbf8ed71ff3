"""How often something may be tried. Counted in the database on a connection of its own: before the try, whatever
becomes of the request, and without holding a lock while a password is hashed or a mail is sent.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.db import connections, transaction
from django.utils.crypto import salted_hmac

from portal.accounts.models import Attempt

ALIAS = "log"
COUNT = """
INSERT INTO accounts_attempt AS a (key, count, until) VALUES (%s, 1, now() + %s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN a.until < now() THEN 1 ELSE a.count + 1 END,
  until = CASE WHEN a.until < now() THEN excluded.until ELSE a.until END
RETURNING count, greatest(1, ceil(extract(epoch FROM until - now())))::int
"""


@dataclass(frozen=True)
class Limit:
    """At most `amount` tries in `seconds`."""

    name: str
    amount: int
    seconds: int


SIGN_IN = Limit("sign-in", 5, 300)
SIGN_IN_NETWORK = Limit("sign-in-network", 30, 300)
SIGN_IN_ACCOUNT = Limit("sign-in-account", 100, 3600)
RESET_MAIL = Limit("reset-mail", 5, 3600)
RESET_MAIL_NETWORK = Limit("reset-mail-network", 30, 3600)
RESET_MAIL_ACCOUNT = Limit("reset-mail-account", 20, 3600)
LOCKED_NOTED = Limit("locked-noted", 1, 300)
"""Refused tries cost nothing, and what is in the audit log stays: of many only the first is noted, for each person and network."""
KNOWN_NETWORK = Limit("known-network", 1, 90 * 86400)


def network_of(ip: str) -> str:
    """The address, or for IPv6 its network: a subscriber has a whole /64."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip
    return str(ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)


def consume(limit: Limit, *about: object) -> int:
    """Count one try; seconds to wait when it is one too many, else 0."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(COUNT, [_key(limit, about), limit.seconds])
        count, seconds = cursor.fetchone()
    return seconds if count > limit.amount else 0


def give_back(limit: Limit, *about: object) -> None:
    """The try was a right one: it does not count."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_attempt SET count = greatest(count - 1, 0) WHERE key = %s", [_key(limit, about)]
        )


def forget(limit: Limit, *about: object) -> None:
    """Begin anew."""
    Attempt.objects.using(ALIAS).filter(key=_key(limit, about)).delete()


def remember(limit: Limit, *about: object) -> None:
    """Note that this was seen, for as long as the limit's window."""
    forget(limit, *about)
    consume(limit, *about)


def is_known(limit: Limit, *about: object) -> bool:
    """Whether it was noted and the window is still open."""
    rows = Attempt.objects.using(ALIAS).filter(key=_key(limit, about))
    return rows.extra(where=["until > now()"]).exists()


def _key(limit: Limit, about: tuple[object, ...]) -> str:
    text = "\0".join(str(part).strip().lower() for part in about)
    return f"{limit.name}:{salted_hmac('accounts.attempt', text, algorithm='sha256').hexdigest()}"
