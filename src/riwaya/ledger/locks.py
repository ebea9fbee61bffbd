"""Who waits for whom, where several processes write one ledger.

SQLite has one writer at a time and needs nothing here.  In PostgreSQL these are advisory locks of a
transaction: they are let go when it ends, however it ends, so no killed process leaves one behind.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, text

RIWAYA = 0x72697761  # "riwa": so that no other program's lock in the same database is ours


class Lock(IntEnum):
    """What is done by one at a time."""

    MIGRATING = 1
    ADDING = 2
    """Adding reports shares it; who asks which reports are settled waits until nobody holds it."""
    CONCLUDING = 3
    DECIDING = 4


def alone(connection: Connection, lock: Lock) -> None:
    """Wait until nobody else holds a lock, and hold it until the transaction ends."""
    _take(connection, "pg_advisory_xact_lock", lock)


def beside_others(connection: Connection, lock: Lock) -> None:
    """Hold a lock with others who share it, until the transaction ends."""
    _take(connection, "pg_advisory_xact_lock_shared", lock)


def _take(connection: Connection, how: str, lock: Lock) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT {how}({RIWAYA}, {lock.value})"))
