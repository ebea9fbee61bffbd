"""A copy of a ledger as it is at one moment, while others go on writing; and the way back.

A backup is one SQLite file whatever the ledger is: a ledger in a file is copied by SQLite's online backup,
one on a server is moved row by row.  It is written aside, checked, and then takes its name, so a file of
that name is always whole.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from riwaya.ledger.bytes import ByteStore, settle
from riwaya.ledger.engines import open_ledger
from riwaya.ledger.errors import LedgerError, spoken_plainly
from riwaya.ledger.move import Moved, move
from riwaya.ledger.store import Ledger

PAGES = 2000  # of the database copied at a time, 8 MB; in between others may write

Progress = Callable[[int, int], None]


def back_up(ledger: Ledger, out: Path, progress: Progress = lambda done, of: None) -> None:
    """Write a whole copy of a ledger into one new file.

    Raises:
        LedgerError: where the file is there already, or cannot be written; then nothing is left of it.
    """
    if out.exists():
        raise LedgerError(f"{out}: there is a file of that name", "name another; a backup replaces nothing")
    aside = out.with_name(f".{out.name}.{uuid4().hex[:8]}.part")
    try:
        if ledger.engine.dialect.name == "sqlite":
            copy(Path(ledger.engine.url.database or ""), aside, progress)
        else:
            with open_ledger(aside, half_moved=True) as target:
                move(ledger, target, progress)
            single(aside)
        sound(aside)
        on_disk(aside)
        aside.replace(out)
        settle(out.parent)
    except OSError as error:
        raise LedgerError(f"{out}: the backup cannot be written: {error.strerror}", "make room") from error
    finally:
        for left in (aside, *(aside.with_name(aside.name + end) for end in ("-wal", "-shm", "-journal"))):
            left.unlink(missing_ok=True)


def restore(backup: Path, address: str, progress: Progress = lambda done, of: None) -> Moved | None:
    """Make a ledger out of a backup, where there is none; on a server row by row.

    Raises:
        LedgerError: where the backup is damaged, or there is a ledger already.
    """
    if not backup.is_file():
        raise LedgerError(f"{backup}: there is no backup", "name the file that riwaya backup wrote")
    sound(backup)
    if "://" in address and not address.startswith("sqlite:"):
        with (
            open_ledger(backup, create=False) as source,
            open_ledger(address, half_moved=True) as target,
        ):
            return move(source, target, progress)
    out = Path(address.removeprefix("sqlite:///"))
    with open_ledger(backup, create=False) as source:
        back_up(source, out, progress)
    return None


def copy(source: Path, target: Path, progress: Progress) -> None:
    """SQLite's online backup: a snapshot, even while others write."""
    reading = f"file:{quote(str(source.absolute()))}?mode=ro"
    with (
        spoken_plainly(str(target)),
        closing(sqlite3.connect(reading, uri=True)) as out,
        closing(sqlite3.connect(target)) as into,
    ):
        out.backup(into, pages=PAGES, progress=lambda _, left, of: progress(of - left, of))
        into.execute("PRAGMA journal_mode=DELETE")


def single(path: Path) -> None:
    """Bring what lies in the log beside a database into it, so that one file holds everything."""
    with spoken_plainly(str(path)), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")


def sound(path: Path) -> None:
    """Refuse a file that SQLite finds damaged."""
    with (
        spoken_plainly(str(path)),
        closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as connection,
    ):
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise LedgerError(f"{path}: the file is damaged: {said}", "use another backup")


def on_disk(path: Path) -> None:
    """Have a file on the disk, not only with the operating system."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def carry_bytes(
    source: ByteStore | None, target: ByteStore | None, progress: Progress = lambda done, of: None
) -> int:
    """Bring the bytes that reports came as along, those that are missing; how many files that were.

    Raises:
        LedgerError: where a file is not what its name says.
    """
    if source is None or target is None or not source.folder.is_dir():
        return 0
    brought = 0
    files = sorted(source.folder.glob("??/*.gz"))
    for n, file in enumerate(files, 1):
        sha256 = file.name.removesuffix(".gz")
        if not target.has(sha256):
            with source.open(sha256) as stream:
                target.keep(stream, sha256, str(file))
            brought += 1
        progress(n, len(files))
    return brought
