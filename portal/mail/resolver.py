"""The one place where mail asks name servers: bounded in time, and tests may answer instead of the DNS."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import dns.exception
import dns.resolver

QUESTION_SECONDS = 2.0
ALL_SECONDS = 5.0
"""For all questions about one mail; an SPF record may ask more than a hundred."""

Ask = Callable[[str, str], list[Any]]
"""(name, kind) -> answers, as Resolver.ask gives them."""


class Away(Exception):
    """Nobody answers, or not in time: the answer may be another one tomorrow."""


class Resolver:
    """name_servers: "address" or "address:port" of those that are asked; the system's without any."""

    def __init__(self, name_servers: Iterable[str] = (), seconds: float = ALL_SECONDS):
        self._ends = time.monotonic() + seconds
        self._resolver = dns.resolver.Resolver(configure=not name_servers)
        if name_servers:
            self._resolver.nameservers = [_server(one) for one in name_servers]

    def ask(self, name: str, kind: str) -> list[Any]:
        """A, AAAA, PTR: texts; MX: (preference, name); TXT: bytes. [] when there is none. Raises Away."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Away("too many questions")
        try:
            found = self._resolver.resolve(name, kind, lifetime=min(left, QUESTION_SECONDS))
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            return []
        except (
            dns.exception.Timeout,
            dns.resolver.NoNameservers,
            dns.resolver.NoResolverConfiguration,
            OSError,
        ) as error:
            raise Away(str(error)) from error
        except (dns.exception.DNSException, UnicodeError):
            return []  # no name that could be asked for
        return [_read(record, kind) for record in found]


def _server(told: str) -> "str | dns.nameserver.Nameserver":
    address, colon, port = told.rpartition(":")
    if not colon or not port.isdecimal() or (address.count(":") > 1 and not address.endswith("]")):
        return told
    return dns.nameserver.Do53Nameserver(address.strip("[]"), int(port))


def _read(record: Any, kind: str) -> Any:
    if kind == "TXT":
        return b"".join(record.strings)
    if kind == "MX":
        return record.preference, record.exchange.to_text(omit_final_dot=True)
    return record.target.to_text(omit_final_dot=True) if kind == "PTR" else record.address
