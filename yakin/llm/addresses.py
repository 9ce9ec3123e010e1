"""Addresses: which are private, and what exactly an endpoint's origin is."""

import ipaddress
import socket
from urllib.parse import urlsplit

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
_DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]


def origin_of(url: str) -> Origin:
    """Scheme, host and port of a URL; raises ValueError when one is missing."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    if not parts.hostname or port is None:
        raise ValueError("an address needs http or https and a host")
    return parts.scheme, parts.hostname.lower(), port


def is_private(address: str) -> bool:
    """Whether an IP address is loopback or inside a private network. Link-local is not: cloud metadata lives there."""
    parsed = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in _PRIVATE)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by name or by literal address, without asking a name server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def resolves_to_private(host: str) -> bool:
    """Whether every address of a host is private right now. A name that does not resolve is not."""
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(is_private(address) for address in found)
