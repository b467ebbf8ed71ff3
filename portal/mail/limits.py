"""How much one peer may ask of a mail door: connections at a time, mails a minute. What is remembered about peers is bounded."""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable

from django.conf import settings

MOST_PEERS = 10_000
"""Peers whose rate is remembered; the one that was silent longest is forgotten first. 10,000 take about 2 MB."""
V6_NETWORK = 64
"""Whoever has one IPv6 address has 2^64 of them."""


class Rate:
    """So many a minute for each peer, saved up for one minute at most (token bucket)."""

    def __init__(self, per_minute: int, most_peers: int = MOST_PEERS, clock: Callable[[], float] = time.monotonic):
        self.per_minute, self.most_peers, self.clock = per_minute, most_peers, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, peer: str) -> bool:
        """Take one from what the peer has left; False when there is none."""
        now = self.clock()
        left, since = self._left.pop(peer, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - since) * self.per_minute / 60)
        allowed = left >= 1
        self._left[peer] = (left - 1 if allowed else left, now)
        while len(self._left) > self.most_peers:
            self._left.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._left)


class Peers:
    """The peers of one door. Trusted ones (our own relay, this machine) are never held back."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self.trusted = [ipaddress.ip_network(network) for network in trusted]
        self.mails = Rate(settings.MAIL_RATE_PER_MINUTE)

    def is_one_too_many(self, peer: str, open_now: Iterable[str]) -> bool:
        """Whether the peer has as many connections open as one may have. `open_now`: the peers of all of them."""
        return not self.is_trusted(peer) and Counter(open_now)[peer] >= settings.MAIL_CONNECTIONS_PER_PEER

    def may_send(self, peer: str) -> bool:
        """Whether the peer may begin another mail now, or ask for another address after an unknown one."""
        return self.is_trusted(peer) or self.mails.allows(peer)

    def is_trusted(self, peer: str) -> bool:
        """Whether it is in one of the trusted networks. A peer without an address is a local socket."""
        if not peer:
            return True
        address = ipaddress.ip_network(peer, strict=False).network_address
        return any(address in network for network in self.trusted)


def peer_of(name: object) -> str:
    """Who somebody is, from what the socket says: the IPv4 address, the IPv6 network, "" for a socket without any."""
    if not isinstance(name, tuple):
        return ""
    address = ipaddress.ip_address(name[0].partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 4 or mapped:
        return str(mapped or address)
    return str(ipaddress.ip_network((address, V6_NETWORK), strict=False))
