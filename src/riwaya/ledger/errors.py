"""What can go wrong with a ledger, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class LedgerError(Exception):
    """A ledger that cannot be opened, read or written: what is wrong, and what to do."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what} ({hint})" if hint else what)


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
    ("not a database", "this file is no ledger", "name another file"),
    ("malformed", "the ledger is damaged", "restore a copy"),
    ("locked", "another program has held the ledger for too long", "wait for it to end and try again"),
    ("connection refused", "the database server does not answer", "is it running, is the address right?"),
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
    for words, what, hint in SAID:
        if words in said.lower():
            return what, hint
    return said.splitlines()[0] if said else "the database failed", ""
