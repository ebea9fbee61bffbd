"""What can go wrong with a ledger, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager


class LedgerError(Exception):
    """A ledger that cannot be opened, read or written: what is wrong, and what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} ({hint})" if hint else what)


NO_DATABASE = re.compile(r"database \".*\" does not exist")
LOST = "the connection to the database was lost; what was acknowledged before is safe"
AGAIN = "do it again when the server is back"

# What the database says, what that means, and what to do.
SAID: tuple[tuple[str, str, str], ...] = (
    ("disk is full", "the disk is full; what was acknowledged before is safe", "make room and add again"),
    ("disk i/o error", "the disk cannot be written or read", "look at the disk, then add again"),
    ("readonly", "no permission to write the ledger", "change its permissions or name another file"),
    (
        "unable to open",
        "the ledger cannot be opened or made there",
        "does the folder exist, may you write it?",
    ),
    ("database is full", "the disk is full; what was acknowledged before is safe", "make room and add again"),
    ("not a database", "this file is no ledger", "name another file"),
    ("malformed", "the ledger is damaged", "restore a copy"),
    ("locked", "another program has held the ledger for too long", "wait for it to end and try again"),
    ("read-only", "the database may only be read", "use another account or server"),
    ("no space left", "the server's disk is full; what was acknowledged before is safe", "make room there"),
    ("password authentication failed", "the database does not let you in", "are name and password right?"),
    ("no password supplied", "the database wants a password", "put it into the address or ~/.pgpass"),
    ("too many clients", "the server takes no more connections", "end others, or raise max_connections"),
    ("terminating connection", LOST, AGAIN),
    ("server closed the connection", LOST, AGAIN),
    ("connection is lost", LOST, AGAIN),
    ("connection is closed", LOST, AGAIN),
    ("consuming input failed", LOST, AGAIN),
    ("deadlock detected", "two writers waited for one another", "do it again"),
    ("connection refused", "the database server does not answer", "is it running, is the address right?"),
    ("connection timeout", "the database server does not answer", "is it running, is the address right?"),
    ("could not translate host", "there is no server of that name", "is the address right?"),
    ("could not connect", "the database server does not answer", "is it running, is the address right?"),
)


@contextmanager
def spoken(where: str) -> Iterator[None]:
    """Turn what the database says into what the person needs to know."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    try:
        yield
    except DBAPIError as error:
        raise LedgerError(f"{where}: {meaning(str(error.orig))[0]}", meaning(str(error.orig))[1]) from error
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise LedgerError(f"{where}: no such kind of ledger: {error}", "a file, or postgresql://…") from error


@contextmanager
def spoken_plainly(where: str) -> Iterator[None]:
    """The same for what SQLite says without anything in between."""
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        what, hint = meaning(str(error))
        raise LedgerError(f"{where}: {what}", hint) from error


def meaning(said: str) -> tuple[str, str]:
    """What went wrong and what to do."""
    if NO_DATABASE.search(said):
        return "there is no such database on the server", "createdb makes one"
    for words, what, hint in SAID:
        if words in said.lower():
            return what, hint
    return said.splitlines()[0] if said else "the database failed", ""
