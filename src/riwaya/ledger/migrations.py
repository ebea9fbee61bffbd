"""From an older ledger to this one: small steps, forward only, all in one transaction.

A new ledger is made as the tables say and starts at the last step.  A step changes the tables of
every ledger made before it; it is added at the end and never edited.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext

from sqlalchemy import Connection, Engine, inspect, select

from riwaya.ledger import decisions, near, search
from riwaya.ledger.errors import LedgerError
from riwaya.ledger.locks import Lock, alone
from riwaya.ledger.tables import CLAIMS, DECISION_CLAIMS, META, METADATA, PLACE_POINTS

Step = Callable[[Connection], None]


def with_dated(connection: Connection) -> None:
    """Custody says what gave a report its day; of what was added before, nobody noted it."""
    connection.exec_driver_sql("ALTER TABLE custody ADD COLUMN dated TEXT NOT NULL DEFAULT ''")


def with_files(connection: Connection) -> None:
    """Custody notes the file that a record came in."""
    for column in ("file VARCHAR(64)", "file_size BIGINT", "file_name TEXT", "left_at TEXT"):
        connection.exec_driver_sql(f"ALTER TABLE custody ADD COLUMN {column}")


def add_search(connection: Connection) -> None:
    """Reports can be searched; those that are there are put into the index."""
    search.create(connection)
    search.fill(lambda: nullcontext(connection))


def with_decision_claims(connection: Connection) -> None:
    """Which claims a decision is about can be asked."""
    DECISION_CLAIMS.create(connection, checkfirst=True)
    decisions.note_all(connection)


def with_redactions(connection: Connection) -> None:
    """A report and a claim say what they hash to since a person was taken out of them."""
    for table in ("reports", "claims"):
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN redacted VARCHAR(64)")


def with_points(connection: Connection) -> None:
    """Where the places of claims lie can be asked."""
    PLACE_POINTS.create(connection, checkfirst=True)
    near.index(connection)
    after = 0
    asked = select(CLAIMS.c.seq, CLAIMS.c.body).order_by(CLAIMS.c.seq).limit(1000)
    while rows := connection.execute(asked.where(CLAIMS.c.seq > after)).all():
        near.put(connection, (place for row in rows for place in near.said(json.loads(row.body))))
        after = rows[-1].seq


def with_answers(connection: Connection) -> None:
    """Custody notes what a server said of a file: without it an old page may not be read as it was."""
    connection.exec_driver_sql("ALTER TABLE custody ADD COLUMN answer TEXT")


# The version of a ledger is 1 + the number of steps it has been through.
MIGRATIONS: tuple[Step, ...] = (
    with_dated,
    with_files,
    add_search,
    with_decision_claims,
    with_redactions,
    with_points,
    with_answers,
)

VERSION = 1 + len(MIGRATIONS)

MOVING = "moving"  # the key under which a ledger says that not everything has been moved into it yet


def migrate(engine: Engine, steps: tuple[Step, ...] = MIGRATIONS) -> None:
    """Make the tables, or bring them up to this version: all steps in one transaction, or none.

    Raises:
        LedgerError: where the ledger was made by a newer riwaya, or is no ledger.
    """
    newest = 1 + len(steps)
    if version_of(engine) == newest:
        return
    with engine.begin() as connection:
        alone(connection, Lock.MIGRATING)
        version = version_in(connection)  # another process may have been faster
        if version > newest:
            raise LedgerError(
                f"the ledger is of version {version}, this riwaya knows {newest}", "update riwaya to open it"
            )
        if version == 0:
            METADATA.create_all(connection)
            search.create(connection)
            near.index(connection)
            connection.execute(META.insert().values(key="version", value=str(newest)))
        for step in steps[version - 1 :] if version else ():
            step(connection)
        connection.execute(META.update().where(META.c.key == "version").values(value=str(newest)))


def is_half_moved(engine: Engine) -> bool:
    """Whether a move into this ledger was not finished."""
    with engine.execution_options(reads=True).connect() as connection:
        return connection.scalar(select(META.c.value).where(META.c.key == MOVING)) is not None


def version_of(engine: Engine) -> int:
    """The version that a ledger is of; 0 where there is none yet.

    This only reads: an archive may be read-only.  A file with tables of somebody else's is left alone.
    """
    with engine.execution_options(reads=True).connect() as connection:
        return version_in(connection)


def version_in(connection: Connection) -> int:
    """The version of the ledger that a connection leads to."""
    tables = set(inspect(connection).get_table_names())
    ours = META.name in tables
    found = connection.scalar(select(META.c.value).where(META.c.key == "version")) if ours else "0"
    if found is None or (tables and not ours and connection.dialect.name == "sqlite"):
        raise LedgerError("a database, but no ledger of riwaya's", "name another file")
    return int(found)
