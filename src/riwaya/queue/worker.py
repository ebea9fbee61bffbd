"""A worker: takes jobs out of the queue until it is told to stop, and ends what it has begun."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from riwaya.ledger import Files, Ledger, open_ledger, store_of
from riwaya.queue.jobs import QUEUE, conninfo_of, due, job_of, make_tables, note_failure, tables

if TYPE_CHECKING:
    from procrastinate import App, JobContext

    from riwaya.pipeline import Reader

ATTEMPTS = 5
BACK_OFF = 5  # seconds to the power of the attempt: 5, 25, 125, 625
LOST_AFTER = 60.0  # seconds without a sign of life after which a worker's job is another's


class NothingReadError(Exception):
    """An input that gave no report at all: worth another attempt, then worth a person's look."""


@dataclass
class Work:
    """What a worker needs for every job: the ledger, the reader and the packs, each opened once."""

    address: str
    reader: Reader
    attempts: int = ATTEMPTS
    back_off: int = BACK_OFF
    conclude: bool = True
    done: dict[str, int] = field(default_factory=lambda: {"jobs": 0, "new": 0, "failed": 0})

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, open for as long as the worker lives."""
        return open_ledger(self.address)

    @cached_property
    def pack(self) -> Any:
        """The packs."""
        from riwaya.packs.pack import load_packs

        return load_packs()

    def add(self, path: str, published: str, outlet: str) -> int:
        """Add what is at a path or address; how many reports are new.

        Raises:
            NothingReadError: where there is not one report, but a reason why.
        """
        from riwaya import pipeline
        from riwaya.sources import Given, reports

        given = Given(datetime.fromisoformat(published) if published else None, outlet)
        command = f"riwaya worker: {path}"
        files = Files(store_of(self.address))
        outcomes = pipeline.add(
            reports([path], given), self.ledger, self.reader, self.pack, command=command, files=files
        )
        new = seen = 0
        problems = []
        for outcome in outcomes:
            if isinstance(outcome, pipeline.Added):
                seen, new = seen + 1, new + outcome.new
            else:
                problems.append(str(outcome))
        if problems and not seen:
            raise NothingReadError("; ".join(problems[:5]))
        return new

    def refresh(self) -> None:
        """Conclude from what was added."""
        from riwaya.kept import Kept
        from riwaya.pipeline import sides

        Kept(self.ledger, sides(self.pack)).refresh()


def app_of(work: Work) -> App:
    """The queue with the tasks that a worker knows."""
    from procrastinate import App, PsycopgConnector, RetryStrategy
    from procrastinate.exceptions import AlreadyEnqueued

    make_tables(work.address)
    app = App(connector=PsycopgConnector(conninfo=conninfo_of(work.address)))
    more = work.attempts - 1  # none at all is another word for endless ones there
    again = RetryStrategy(max_attempts=more, exponential_wait=work.back_off) if more else False

    def noted(context: JobContext, error: Exception) -> None:
        work.done["failed"] += 1
        note_failure(work.address, int(context.job.id or 0), f"{type(error).__name__}: {error}")

    @app.task(name="riwaya.add", queue=QUEUE, retry=again, pass_context=True)
    def add(context: JobContext, path: str, published: str = "", outlet: str = "") -> None:
        try:
            new = work.add(path, published, outlet)
        except Exception as error:
            noted(context, error)
            raise
        work.done["jobs"] += 1
        work.done["new"] += new
        if new and work.conclude:
            with suppress(AlreadyEnqueued):  # one that waits will see these reports as well
                app.configure_task("riwaya.conclude", queue=QUEUE, queueing_lock="conclude").defer()

    @app.task(name="riwaya.conclude", queue=QUEUE, retry=again, pass_context=True)
    def conclude(context: JobContext) -> None:
        try:
            work.refresh()
        except Exception as error:
            noted(context, error)
            raise

    # Whichever worker is first defers it; the database lets no other do so for the same minute.
    @app.periodic(cron="* * * * *")
    @app.task(name="riwaya.tick", queue=QUEUE, queueing_lock="tick", pass_context=True)
    async def tick(context: JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=LOST_AFTER):
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
        with tables(work.address) as connection:
            found = due(connection)
        for address, outlet in found:
            with suppress(AlreadyEnqueued):
                await job_of(app, address, outlet=outlet).defer_async(path=address, outlet=outlet)

    return app


def run(work: Work, *, until_empty: bool = False, jobs: int = 1) -> dict[str, int]:
    """Work until told to stop (SIGTERM, Ctrl-C): what has begun is ended first; what was done is counted."""
    app = app_of(work)
    try:
        app.run_worker(
            queues=[QUEUE],
            wait=not until_empty,
            concurrency=jobs,
            delete_jobs="successful" if not until_empty else "never",
            install_signal_handlers=True,
        )
    finally:
        work.ledger.close()
    return work.done
