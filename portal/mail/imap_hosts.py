"""Which servers we let ourselves be sent to. The name comes from a form, so it may point into our own network (SSRF).

The name is resolved once, every address that it has must be a public one, and the connection goes to an address that was checked, so
that a second answer of the name server changes nothing. The certificate is still checked against the name.
"""

import ipaddress
import socket

from django.conf import settings

NOT_PUBLIC = [ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
"""Ways through IPv6 into IPv4 networks; Python counts some of them as global."""


class Refused(Exception):
    """The host has an address that is not public."""


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """A connection to the host. Raises Refused, or OSError when it cannot be reached."""
    trouble: OSError = OSError("no address")
    for address in addresses_of(host, port):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            trouble = error
    raise trouble


def addresses_of(host: str, port: int) -> list[str]:
    """All addresses of the host. Raises Refused when one of them is not public, OSError when there is none."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("no such host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.IMAP_PRIVATE_HOSTS and not all(map(is_public, addresses)):
        raise Refused(host)
    return addresses


def is_public(text: str) -> bool:
    """Whether the address belongs to the public internet."""
    address = ipaddress.ip_address(text.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast and not any(address in network for network in NOT_PUBLIC)
