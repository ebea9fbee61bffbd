"""The desk's own small database beside the ledger: accounts, sessions, and the log of every writing act.

Nothing of it is evidence, and nothing of it is in the ledger.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any

ROLES = ("reader", "reviewer", "admin")
IDLE = timedelta(hours=12)  # after which a session is over
MOST_SESSIONS = 2000
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
TABLES = """
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, created_at TEXT NOT NULL, last_seen TEXT);
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, name TEXT NOT NULL, signed_in INTEGER NOT NULL, seen_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
    act TEXT NOT NULL, about TEXT NOT NULL, detail TEXT NOT NULL, address TEXT NOT NULL);
"""


class AccountError(ValueError):
    """An account that cannot be made or changed so: why, in words."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account."""

    name: str
    role: str
    created_at: str
    last_seen: str | None

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "name": self.name,
            "role": self.role,
            "created_at": self.created_at,
            "last_seen": self.last_seen,
        }


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has come in: its secret token, and whose it is."""

    token: str
    name: str
    signed_in: bool


class State:
    """The database: one connection, one user at a time."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = RLock()
        self.path = path
        self._connection = sqlite3.connect(str(path) if path else ":memory:", check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        if path:
            path.chmod(0o600)  # hashes of passwords and of sessions lie in it
            self._connection.execute("PRAGMA journal_mode=WAL")
        with self._writing() as connection:
            connection.executescript(TABLES)
        self.secret = self._setting("secret", lambda: secrets.token_hex(32)).encode()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self.lock, self._connection:
            yield self._connection

    def _rows(self, asked: str, *values: Any) -> list[sqlite3.Row]:
        with self.lock:
            return list(self._connection.execute(asked, values))

    def _setting(self, key: str, make: Any) -> str:
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (key, make()))
        return str(self._rows("SELECT value FROM settings WHERE key = ?", key)[0]["value"])

    # accounts

    def users(self) -> list[User]:
        """Everybody with an account, by name."""
        asked = "SELECT name, role, created_at, last_seen FROM users ORDER BY name"
        return [User(**dict(row)) for row in self._rows(asked)]

    def add_user(self, name: str, password: str, role: str) -> None:
        """Make an account.

        Raises:
            AccountError: the name is taken or no name, the password is too short, the role is none.
        """
        check_name(name)
        check_role(role)
        with self._writing() as connection:
            if connection.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone():
                raise AccountError(f"there is an account {name!r} already")
            row = (name, hashed(password), role, moment())
            connection.execute("INSERT INTO users VALUES (?, ?, ?, ?, NULL)", row)

    def change_user(self, name: str, *, password: str = "", role: str = "") -> None:
        """Give an account another password or role; whoever is signed in with it is signed out.

        Raises:
            AccountError: there is no such account, or it cannot be changed so.
        """
        self._known(name)
        if role:
            check_role(role)
            self._keep_an_admin(name, role)
        with self._writing() as connection:
            if password:
                connection.execute("UPDATE users SET hash = ? WHERE name = ?", (hashed(password), name))
            if role:
                connection.execute("UPDATE users SET role = ? WHERE name = ?", (role, name))
            connection.execute("DELETE FROM sessions WHERE name = ? AND signed_in", (name,))

    def remove_user(self, name: str) -> None:
        """Take an account away; what it decided stays under its name.

        Raises:
            AccountError: there is no such account, or it is the last admin's.
        """
        self._known(name)
        self._keep_an_admin(name, "")
        with self._writing() as connection:
            connection.execute("DELETE FROM users WHERE name = ?", (name,))
            connection.execute("DELETE FROM sessions WHERE name = ? AND signed_in", (name,))

    def _known(self, name: str) -> None:
        if not self._rows("SELECT 1 FROM users WHERE name = ?", name):
            raise AccountError(f"there is no account {name!r}")

    def _keep_an_admin(self, name: str, role: str) -> None:
        admins = {user.name for user in self.users() if user.role == "admin"}
        if role != "admin" and admins == {name}:
            raise AccountError(f"{name!r} is the only admin")

    def user(self, name: str) -> User | None:
        """An account."""
        return next((user for user in self.users() if user.name == name), None)

    def right_password(self, name: str, password: str) -> bool:
        """Whether it is; as slow where there is no such account."""
        rows = self._rows("SELECT hash FROM users WHERE name = ?", name)
        return matches(rows[0]["hash"] if rows else NOBODY, password) and bool(rows)

    # sessions

    def open_session(self, name: str, *, signed_in: bool) -> Session:
        """Let a browser in; its token is told once and kept as a hash."""
        token = secrets.token_urlsafe(32)
        with self._writing() as connection:
            old = (datetime.now(UTC) - IDLE).isoformat()
            connection.execute("DELETE FROM sessions WHERE seen_at < ?", (old,))
            connection.execute(
                "DELETE FROM sessions WHERE token IN "
                "(SELECT token FROM sessions ORDER BY seen_at DESC LIMIT -1 OFFSET ?)",
                (MOST_SESSIONS,),
            )
            row = (digest(token), name, signed_in, moment())
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)
            if signed_in:
                connection.execute("UPDATE users SET last_seen = ? WHERE name = ?", (moment(), name))
        return Session(token, name, signed_in)

    def session(self, token: str) -> Session | None:
        """The session of a token, if it is not over."""
        if not token:
            return None
        rows = self._rows("SELECT name, signed_in, seen_at FROM sessions WHERE token = ?", digest(token))
        if not rows:
            return None
        seen = datetime.fromisoformat(rows[0]["seen_at"])
        if datetime.now(UTC) - seen > IDLE:
            self.close_session(token)
            return None
        if datetime.now(UTC) - seen > timedelta(minutes=5):
            with self._writing() as connection:
                connection.execute(
                    "UPDATE sessions SET seen_at = ? WHERE token = ?", (moment(), digest(token))
                )
        return Session(token, rows[0]["name"], bool(rows[0]["signed_in"]))

    def rename_session(self, token: str, name: str) -> None:
        """Say who sits at this computer."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE sessions SET name = ? WHERE token = ? AND NOT signed_in", (name, digest(token))
            )

    def close_session(self, token: str) -> None:
        """End a session."""
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE token = ?", (digest(token),))

    def csrf(self, token: str) -> str:
        """What a page of this session sends with every writing request."""
        return hmac.new(self.secret, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()

    # audit

    def note(self, who: str, role: str, act: str, about: str, detail: Any, address: str) -> None:
        """Write down an act; rows are added and never changed."""
        said = json.dumps(detail, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
        row = (moment(), who, role, act, about, said, address)
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO audit (at, who, role, act, about, detail, address) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def audit(self, offset: int, limit: int) -> tuple[Sequence[dict[str, Any]], int]:
        """What was done, the latest first, and how much there is."""
        rows = self._rows("SELECT * FROM audit ORDER BY seq DESC LIMIT ? OFFSET ?", limit, offset)
        total = int(self._rows("SELECT count(*) AS n FROM audit")[0]["n"])
        return [dict(row) | {"detail": json.loads(row["detail"])} for row in rows], total


def check_name(name: str) -> None:
    """Refuse what is no name."""
    if not 1 <= len(name) <= 64 or name != name.strip() or not name.isprintable():
        raise AccountError("a name has 1 to 64 characters, none of them invisible, no space at its ends")


def check_role(role: str) -> None:
    """Refuse what is no role."""
    if role not in ROLES:
        raise AccountError(f"{role!r} is not one of {', '.join(ROLES)}")


def hashed(password: str) -> str:
    """A password as it is kept: argon2id with the library's present defaults (RFC 9106, low memory)."""
    from argon2 import PasswordHasher

    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return PasswordHasher().hash(password)


# The hash of a password nobody has: so that a wrong name takes as long as a wrong password.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$2EMGlnTHZuHtFI5oGJBHPLFZ3dNZ6Z7Rwkp8MfTbk2o"


def matches(hash: str, password: str) -> bool:
    """Whether a password gives a hash."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(hash, password[:LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError):
        return False


def digest(token: str) -> str:
    """A token as it is kept."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def moment() -> str:
    """Now, in UTC."""
    return datetime.now(UTC).isoformat()
