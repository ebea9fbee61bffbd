"""What a watch remembers from one start to the next, in a small database beside the ledger.

Every line is written once what it speaks of is safe in the ledger: a watch that is killed asks again for
what it had not finished and passes over what it had.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

KEPT = 20_000  # entries of one feed that are remembered
TABLES = """
CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT, modified TEXT, due REAL, failures INTEGER);
CREATE TABLE IF NOT EXISTS seen (feed TEXT, entry TEXT, mark TEXT, at REAL, PRIMARY KEY (feed, entry));
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, size INTEGER, changed INTEGER);
"""


class StateError(RuntimeError):
    """A state that cannot be used; says why."""


class Remembered(NamedTuple):
    """What is known of a feed: its tags, when it is asked again (Unix seconds), failures in a row."""

    etag: str = ""
    modified: str = ""
    due: float = 0.0
    failures: int = 0


class State:
    """The memory of one watch; no second one may use it meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(TABLES)
            self._db.execute("INSERT OR REPLACE INTO files VALUES ('', 0, 0)")  # takes the lock
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StateError(f"another watch is using {path}; one at a time") from None
            raise StateError(f"{path} cannot be opened: {error}; does the folder exist?") from None
        except sqlite3.DatabaseError as error:
            raise StateError(f"{path} is damaged ({error}); delete it, what is in the ledger stays") from None

    def close(self) -> None:
        """Let go of it."""
        self._db.close()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def forget(self) -> None:
        """Take everything again: the ledger that this spoke of is gone. Whoever failed still backs off."""
        self._db.execute("DELETE FROM seen")
        self._db.execute("DELETE FROM files")
        self._db.execute("UPDATE feeds SET etag = '', modified = ''")

    def feed(self, url: str) -> Remembered:
        """What is known of a feed."""
        asked = "SELECT etag, modified, due, failures FROM feeds WHERE url = ?"
        row = self._db.execute(asked, (url,)).fetchone()
        return Remembered(*row) if row else Remembered()

    def keep_feed(self, url: str, known: Remembered) -> None:
        """Remember a feed."""
        self._db.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?)", (url, *known))

    def has_seen(self, feed: str, entry: str, mark: str) -> bool:
        """Whether an entry is in the ledger as it is now."""
        asked = "SELECT 1 FROM seen WHERE feed = ? AND entry = ? AND mark = ?"
        return self._db.execute(asked, (feed, plain(entry), mark)).fetchone() is not None

    def see(self, feed: str, entry: str, mark: str) -> None:
        """Remember an entry that is in the ledger."""
        row = (feed, plain(entry), mark, time.time())
        self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", row)

    def prune(self, feed: str) -> None:
        """Forget the oldest entries of a feed that has had very many."""
        old = "SELECT rowid FROM seen WHERE feed = ? ORDER BY at DESC LIMIT -1 OFFSET ?"
        self._db.execute(f"DELETE FROM seen WHERE rowid IN ({old})", (feed, KEPT))

    def has_read(self, path: str, size: int, changed: int) -> bool:
        """Whether a file was read as it is now."""
        asked = "SELECT 1 FROM files WHERE path = ? AND size = ? AND changed = ?"
        return self._db.execute(asked, (plain(path), size, changed)).fetchone() is not None

    def keep_file(self, path: str, size: int, changed: int) -> None:
        """Remember a file that is in the ledger."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (plain(path), size, changed))


def plain(text: str) -> str:
    """A text that a database takes; a name that is no UTF-8 has lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
