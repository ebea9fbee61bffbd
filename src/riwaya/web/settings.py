"""How a desk is served: who may come in, how much they may send, where its own small database lies."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

ASSETS = Path(__file__).with_name("assets")
LOCAL, ACCOUNTS, PROXY = "local", "accounts", "proxy"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``riwaya serve`` was told.

    ``mode`` says who may come in: whoever sits at this computer (``local``), those with an account
    (``accounts``), those a proxy in front lets through (``proxy``, named by ``proxy_header``).  ``hosts``
    are the names the desk answers to; without any, all but in the mode ``local``.  Sizes are in bytes,
    rates in requests a minute.
    """

    mode: str = LOCAL
    hosts: frozenset[str] = LOOPBACK_NAMES
    state: Path | None = None
    assets: Path = ASSETS
    author: str = ""
    proxy_header: str = "x-forwarded-user"
    proxy_role: str = "reviewer"
    tiles: str = ""
    fetch: bool = False
    secure: bool = False
    largest_upload: int = 64 * MIB
    largest_body: int = MIB
    reads_a_minute: int = 3000
    writes_a_minute: int = 300

    @property
    def name(self) -> str:
        """Who sits at this computer, unless they say otherwise."""
        return self.author or whoever()


def whoever() -> str:
    """The name the system knows the person by."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without a name for its user
        return "local"


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach an address."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
