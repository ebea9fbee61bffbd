"""Where a ledger can live: the kinds of database, and how each is opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

from riwaya.ledger.errors import LedgerError, spoken
from riwaya.ledger.store import Ledger

BUSY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ledger: its name, which addresses it takes, and how it is opened."""

    name: str
    fits: Callable[[str], bool]
    open: Callable[[str, bool], Engine]


def sqlite(address: str, create: bool) -> Engine:
    """One file, one writer at a time, any number of readers beside it.

    ``synchronous=FULL``: an acknowledged report is on the disk, not only with the operating system, so
    it outlives a power cut as well as a kill.  It costs one flush per report, far less than reading it.
    """
    path = Path(make_url(address).database or "") if address.startswith("sqlite:") else Path(address)
    if not create and not path.is_file():
        raise LedgerError(f"{path}: there is no ledger", "riwaya add REPORTS… makes one")
    if not create and not writable(path):
        return archive(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def writable(path: Path) -> bool:
    """Whether a ledger and the logs beside it can be written."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(place, os.W_OK, effective_ids=effective) for place in (path, path.parent))


def archive(path: Path) -> Engine:
    """A ledger that may only be read: on a read-only disk, or somebody else's."""
    logged = path.with_name(f"{path.name}-wal").exists()
    url = f"sqlite:///file:{quote(str(path.absolute()))}?mode=ro&uri=true" + (
        "" if logged else "&immutable=1"
    )
    return create_engine(url)


def prepare(connection: Any, _: Any) -> None:
    """Leave transactions to us, keep a write-ahead log, wait for other writers, hold the rows together."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Any) -> None:
    """Take the write lock at once where a transaction writes: two that upgrade later would both fail."""
    writes = not connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def server(address: str, create: bool) -> Engine:
    """A PostgreSQL server, through psycopg 3."""
    url = make_url(address)
    return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def shown(address: str) -> str:
    """An address as it may be printed: without the password in it."""
    return make_url(address).render_as_string() if "://" in address else address


# In the order in which they are tried.
LEDGERS: tuple[Kind, ...] = (
    Kind("postgresql", lambda address: address.startswith("postgres") and "://" in address, server),
    Kind("sqlite", lambda address: "://" not in address or address.startswith("sqlite:"), sqlite),
)


def open_ledger(address: str | Path, *, create: bool = True, half_moved: bool = False) -> Ledger:
    """The ledger at a path or address; made there unless ``create`` says no.

    ``half_moved`` opens one into which not everything has been moved yet, to go on with that.
    """
    address = str(address)
    for kind in LEDGERS:
        if kind.fits(address):
            with spoken(shown(address)):
                engine = kind.open(address, create)
            return Ledger(engine, shown(address), half_moved=half_moved)
    raise LedgerError(f"{address.split('://')[0]}: no such kind of ledger", "a file, or postgresql://…")
