"""What is put into the queue, what failed in it and why; all of it in the ledger's own database.

A job is one file, folder or address to be added.  Adding twice adds nothing, so a job may run again whenever
there is doubt about its end: after a kill, a lost connection, a lost host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    select,
)
from sqlalchemy.engine import make_url

from riwaya.ledger import LedgerError
from riwaya.ledger.engines import server
from riwaya.ledger.errors import spoken
from riwaya.ledger.locks import Lock, alone

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import JobDeferrer

QUEUE = "riwaya"
TABLES = MetaData()

FAILURES = Table(
    "queue_failures",
    TABLES,
    Column("job", Integer, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False, comment="of the last attempt"),
    Column("at", DateTime, nullable=False, comment="UTC"),
)
WATCHES = Table(
    "queue_watches",
    TABLES,
    Column("address", String, primary_key=True),
    Column("outlet", String, nullable=False),
    Column("every", Integer, nullable=False, comment="minutes"),
    Column("next_at", DateTime, nullable=False, comment="UTC"),
)


class QueueError(LedgerError):
    """A queue that cannot be had or a job that is not there: what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that failed as often as it may: a dead letter."""

    id: int
    what: str
    attempts: int
    reason: str
    at: str

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return asdict(self)


@contextmanager
def queue(ledger: str) -> Iterator[App]:
    """The queue in a ledger's database, its tables made where they are missing.

    Raises:
        QueueError: where the ledger is a file, or the extra is not installed.
    """
    conninfo = conninfo_of(ledger)
    try:
        from procrastinate import App, SyncPsycopgConnector
    except ImportError:
        raise QueueError("a queue needs an extra", "pip install 'riwaya[queue]'") from None
    from procrastinate.exceptions import ConnectorException

    make_tables(ledger)
    try:
        with App(connector=SyncPsycopgConnector(conninfo=conninfo, min_size=1)).open() as app:
            yield app
    except ConnectorException as error:
        raise QueueError(f"the queue cannot be reached: {error}", "is the server running?") from error


def conninfo_of(ledger: str) -> str:
    """A ledger's address as psycopg takes it; a queue lives on a server only."""
    if not ledger.startswith("postgres") or "://" not in ledger:
        raise QueueError(f"{ledger}: a queue needs PostgreSQL", "a ledger in a file needs none: riwaya add")
    return make_url(ledger).set(drivername="postgresql").render_as_string(hide_password=False)


@lru_cache(maxsize=4)
def engine_of(ledger: str) -> Engine:
    """A connection to the queue's database."""
    return server(ledger, False)


@contextmanager
def tables(ledger: str) -> Iterator[Connection]:
    """A transaction over our own tables beside the queue."""
    with spoken(make_url(ledger).render_as_string()), engine_of(ledger).begin() as connection:
        yield connection


def make_tables(ledger: str) -> None:
    """Make the queue's tables and ours, unless they are there."""
    from procrastinate.schema import SchemaManager

    with tables(ledger) as connection:
        made = set(inspect(connection).get_table_names())
        if made.issuperset({"procrastinate_jobs", FAILURES.name, WATCHES.name}):
            return
        alone(connection, Lock.MIGRATING)
        TABLES.create_all(connection)
        if not inspect(connection).has_table("procrastinate_jobs"):
            driver: Any = connection.connection.driver_connection
            driver.execute(SchemaManager.get_schema())


def put(
    ledger: str, paths: Iterable[str], *, published: str = "", outlet: str = ""
) -> list[tuple[str, bool]]:
    """Queue files, folders or addresses to be added; what waits already is not queued again."""
    with queue(ledger) as app:
        return [(path, defer(app, path, published=published, outlet=outlet)) for path in paths]


def defer(app: App, path: str, *, published: str = "", outlet: str = "") -> bool:
    """Queue one; False where it waits already."""
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        job_of(app, path, published, outlet).defer(path=path, published=published, outlet=outlet)
    except AlreadyEnqueued:
        return False
    return True


def job_of(app: App, path: str, published: str = "", outlet: str = "") -> JobDeferrer:
    """The job that adds something; of one that waits there is no second."""
    lock = f"add {path} {published} {outlet}"
    return app.configure_task("riwaya.add", queue=QUEUE, queueing_lock=lock)


def status(ledger: str) -> dict[str, int]:
    """How many jobs wait, run, succeeded and failed."""
    with queue(ledger) as app:
        jobs = next(iter(app.job_manager.list_queues(queue=QUEUE)), None) or {}
        names = {"waiting": "todo", "running": "doing", "done": "succeeded", "failed": "failed"}
        return {ours: int(jobs.get(theirs, 0)) for ours, theirs in names.items()}


def failed(ledger: str) -> list[Failed]:
    """The dead letters, oldest first, each with the reason of its last attempt."""
    with queue(ledger) as app, tables(ledger) as connection:
        jobs = app.job_manager.list_jobs(queue=QUEUE, status="failed")
        reasons = {row.job: row for row in connection.execute(select(FAILURES))}
    return [
        Failed(
            int(job.id or 0),
            str(job.task_kwargs.get("path") or job.task_name),
            job.attempts,
            reasons[job.id].reason if job.id in reasons else "the worker was lost",
            reasons[job.id].at.isoformat() if job.id in reasons else "",
        )
        for job in sorted(jobs, key=lambda job: job.id or 0)
    ]


def retry(ledger: str, ids: Iterable[int]) -> list[int]:
    """Queue dead letters again, all where none is named.

    Raises:
        QueueError: where a job is no dead letter.
    """
    wanted = chosen(ledger, ids)
    with queue(ledger) as app:
        for id in wanted:
            app.job_manager.retry_job_by_id(id, retry_at=datetime.now(UTC))
    return wanted


def forget(ledger: str, ids: Iterable[int]) -> list[int]:
    """Take dead letters out of the queue, all where none is named; nothing of the ledger is touched.

    Raises:
        QueueError: where a job is no dead letter.
    """
    wanted = chosen(ledger, ids)
    with queue(ledger), tables(ledger) as connection:
        for id in wanted:
            connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE id = %s", (id,))
            connection.execute(FAILURES.delete().where(FAILURES.c.job == id))
    return wanted


def chosen(ledger: str, ids: Iterable[int]) -> list[int]:
    """The dead letters named, or all."""
    there = [one.id for one in failed(ledger)]
    wanted = list(ids) or there
    if missing := set(wanted).difference(there):
        raise QueueError(f"no failed job is called {min(missing)}", "riwaya queue failed lists them")
    return wanted


def watch(ledger: str, address: str, *, every: int, outlet: str = "") -> None:
    """Have an address or a folder added every so many minutes by whichever worker is free; 0 ends it."""
    with queue(ledger), tables(ledger) as connection:
        connection.execute(WATCHES.delete().where(WATCHES.c.address == address))
        if every > 0:
            row = {"address": address, "outlet": outlet, "every": every, "next_at": utc()}
            connection.execute(WATCHES.insert(), row)


def watched(ledger: str) -> list[dict[str, Any]]:
    """What is watched, how often, and when next."""
    with queue(ledger), tables(ledger) as connection:
        rows = connection.execute(select(WATCHES).order_by(WATCHES.c.address))
        return [dict(row._mapping) | {"next_at": row.next_at.isoformat()} for row in rows]


def due(connection: Connection) -> list[tuple[str, str]]:
    """What is to be looked at now, each handed to one who asks; the next time is set.

    A clock that went back does not make anything wait longer than its own interval.
    """
    now = utc()
    asked = select(WATCHES).with_for_update(skip_locked=True)
    found = []
    for row in connection.execute(asked).all():
        latest = now + timedelta(minutes=row.every)
        if row.next_at <= now or row.next_at > latest:
            found.append((row.address, row.outlet))
            connection.execute(
                WATCHES.update().where(WATCHES.c.address == row.address).values(next_at=latest)
            )
    return found


def note_failure(ledger: str, job: int, reason: str) -> None:
    """Keep why an attempt failed."""
    with tables(ledger) as connection:
        connection.execute(FAILURES.delete().where(FAILURES.c.job == job))
        connection.execute(FAILURES.insert().values(job=job, reason=reason[:2000], at=utc()))


def utc() -> datetime:
    """This moment in UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
