"""Who counts as one client: an IPv4 address, or an IPv6 network, which is what one customer of a provider has.

Belongs here: reading the address that the socket or the trusted proxies (TRUSTED_PROXIES) saw, and how much of it
counts. Does not belong here: counting (`limits.py`, `brakes.py`).
"""

from __future__ import annotations

import ipaddress
import re

from flask import request

from service.http.context import part
from service.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Where it cannot be told; all of these are one client.
UNKNOWN = "unknown"
# What proxies write: `203.0.113.9:40001`, `[2001:db8::1]`, `[2001:db8::1]:443`, `fe80::1%eth0`, and addresses alone.
_WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<v4>[0-9.]+))(?::[0-9]{1,5})?")


def client_network() -> str:
    """The client of this request as limits and brakes count it, such as `203.0.113.9` or `2001:db8:1:2::/64`."""
    network = network_of_client()
    if network is None:
        return UNKNOWN
    return str(network) if network.version == 6 else str(network.network_address)


def network_of_client() -> Network | None:
    """The same as a network; None where it cannot be told."""
    address = address_in(request.remote_addr or "")
    if address is None or address.version == 4:
        return None if address is None else ipaddress.IPv4Network(address)
    return ipaddress.IPv6Network((int(address), part(Settings).ipv6_prefix), strict=False)


def address_in(written: str) -> Address | None:
    """The address in what a socket or a proxy writes, without port and zone, IPv4 where it stands for that; or None."""
    found = _WITH_PORT.fullmatch(written.strip())
    try:
        address = ipaddress.ip_address((found["v6"] or found["v4"]) if found else written.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address
    return address
