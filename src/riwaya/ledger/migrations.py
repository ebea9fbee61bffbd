"""From an older ledger to this one: small steps, forward only, each in its own transaction.

A new ledger is made as the tables say and starts at the last step.  A step changes the tables of
every ledger made before it; it is added at the end and never edited.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, select

from riwaya.ledger.errors import LedgerError
from riwaya.ledger.tables import META, METADATA

Step = Callable[[Connection], None]


def with_dated(connection: Connection) -> None:
    """Custody says what gave a report its day; of what was added before, nobody noted it."""
    connection.exec_driver_sql("ALTER TABLE custody ADD COLUMN dated TEXT NOT NULL DEFAULT ''")


def with_files(connection: Connection) -> None:
    """Custody notes the file that a record came in."""
    for column in ("file VARCHAR(64)", "file_size BIGINT", "left_at TEXT"):
        connection.exec_driver_sql(f"ALTER TABLE custody ADD COLUMN {column}")


# The version of a ledger is 1 + the number of steps it has been through.
MIGRATIONS: tuple[Step, ...] = (with_dated, with_files)

VERSION = 1 + len(MIGRATIONS)


def migrate(engine: Engine, steps: tuple[Step, ...] = MIGRATIONS) -> None:
    """Make the tables, or bring them up to this version."""
    newest = 1 + len(steps)
    version = version_of(engine)
    if version == newest:
        return
    if version == 0:
        make(engine, newest)
        return
    if version > newest:
        raise LedgerError(
            f"the ledger is of version {version}, this riwaya knows {newest}", "update riwaya to open it"
        )
    for number, step in enumerate(steps[version - 1 :], version + 1):
        with engine.begin() as connection:
            step(connection)
            connection.execute(META.update().where(META.c.key == "version").values(value=str(number)))


def make(engine: Engine, version: int) -> None:
    """Make the tables, unless another process has just done so."""
    with engine.begin() as connection:
        if not inspect(connection).has_table(META.name):
            METADATA.create_all(connection)
            connection.execute(META.insert().values(key="version", value=str(version)))


def version_of(engine: Engine) -> int:
    """The version that a ledger is of; 0 where there is none yet.

    This only reads: an archive may be read-only.  A file with tables of somebody else's is left alone.
    """
    with engine.execution_options(reads=True).connect() as connection:
        tables = set(inspect(connection).get_table_names())
        ours = META.name in tables
        found = connection.scalar(select(META.c.value).where(META.c.key == "version")) if ours else "0"
    if found is None or (tables and not ours and engine.dialect.name == "sqlite"):
        raise LedgerError("a database, but no ledger of riwaya's", "name another file")
    return int(found)
