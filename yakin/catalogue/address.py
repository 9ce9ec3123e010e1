"""Whether an address is private: own machines only count as on premises when their address is."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

# Narrower than `ipaddress.is_private`, which also holds test networks and the clouds' metadata address.
_PRIVATE = tuple(
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)


@dataclass(frozen=True, slots=True)
class Privacy:
    """Whether a host is private, why, and whether the answer is known at all."""

    private: bool
    reason: str
    resolved: bool = True


def host_privacy(url: str) -> Privacy:
    """Look at the host of a URL. A name is private when every address that it resolves to is."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return Privacy(True, "localhost")
    literal = _literal(host)
    if literal is not None:
        return Privacy(True, host) if _is_private(literal) else Privacy(False, f"{host} is not a private address")
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return Privacy(False, f"{host} does not resolve, so it is not known to be private", resolved=False)
    public = sorted(address for address in found if not _is_private(ip_address(address.partition("%")[0])))
    if public or not found:
        return Privacy(False, f"{host} resolves to {', '.join(public) or 'nothing'}, which is not private")
    return Privacy(True, f"{host} resolves to private addresses only")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_private(address: IPv4Address | IPv6Address) -> bool:
    plain = (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
    return any(plain in network for network in _PRIVATE)
