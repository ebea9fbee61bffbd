"""Which addresses may be fetched: only public ones, so that no link makes us ask the machines around us.

A name is resolved once, every address it resolves to is looked at, and the connection goes to the very
address that was looked at: a name that says something else a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 4096  # characters of an address
# IPv6 ranges that carry an IPv4 address, and where in it: mapped, translated (NAT64), 6to4, and the
# deprecated compatible and local-use forms, which nobody public uses.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
REFUSED = tuple(
    map(
        ipaddress.ip_network,
        ("::/96", "64:ff9b:1::/48", "fec0::/10", "2001::/32", "100.64.0.0/10", "0.0.0.0/8"),
    )
)

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""The addresses of a name."""


class RefusedError(ValueError):
    """An address that is not fetched; says why."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be connected to; ``private`` lets in one's own network, on any port."""

    private: bool = False
    ports: frozenset[int] = PORTS

    def check(self, url: str) -> None:
        """Stop at an address that may not be asked, before its name is looked up."""
        if len(url) > LONGEST or any(char.isspace() or ord(char) < 0x20 for char in url):
            raise RefusedError("not a web address")
        try:
            parts = urlsplit(url)
            port = parts.port
            host = parts.hostname
        except ValueError as error:
            raise RefusedError(f"not a web address: {error}") from None
        if parts.scheme not in ("http", "https"):
            raise RefusedError(f"{parts.scheme or 'no'} address; only http and https are fetched")
        if not host:
            raise RefusedError("an address without a host")
        if parts.username is not None or parts.password is not None:
            raise RefusedError("an address with a name or password in it is not fetched")
        if port is not None and port not in self.ports and not self.private:
            raise RefusedError(f"port {port} is not among {', '.join(map(str, sorted(self.ports)))}")

    def addresses(self, host: str, port: int, resolve: Resolve) -> list[str]:
        """Every address of a host, if each of them may be asked."""
        found = [address.partition("%")[0] for address in resolve(host, port)]
        if not found:
            raise RefusedError(f"{host} has no address")
        for address in found:
            if why := self.why_not(address):
                raise RefusedError(f"{host} resolves to {address}, {why}; --allow-private if it is your own")
        return found

    def why_not(self, address: str) -> str:
        """Why an address may not be asked; "" where it may."""
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return "which is no address"
        if self.private:
            return ""
        return next((why for one in (ip, *inside(ip)) if (why := kind(one))), "")


def inside(ip: IP) -> Iterable[IP]:
    """The IPv4 addresses that an IPv6 address carries."""
    if isinstance(ip, ipaddress.IPv4Address):
        return
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
    if ip.sixtofour:
        yield ip.sixtofour
    if ip in NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def kind(ip: IP) -> str:
    """What an address that is not public is; "" for a public one."""
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip in NAT64):
        return ""  # the address inside is looked at
    for name, is_so in (
        ("unspecified", ip.is_unspecified),
        ("the machine itself", ip.is_loopback),
        ("link-local", ip.is_link_local),
        ("multicast", ip.is_multicast),
        ("private", ip.is_private),
        ("reserved", ip.is_reserved or not ip.is_global),
        ("reserved", any(ip in net for net in REFUSED if net.version == ip.version)),
    ):
        if is_so:
            return f"which is {name}"
    return ""


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def in_time(resolve: Resolve, host: str, port: int, seconds: float) -> list[str]:
    """Resolve, but wait no longer than this: the system's resolver knows no deadline."""
    found: list[list[str]] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError(f"{host} is not resolved within {seconds:.0f} s")
    return found[0]
