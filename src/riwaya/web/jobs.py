"""Reports on their way in: one after the other in a thread of their own, with how far each has come."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue
from tempfile import mkdtemp
from threading import Thread
from typing import Any

from riwaya import pipeline
from riwaya.ledger import Files, LedgerError, store_of
from riwaya.questions.standing import Desk
from riwaya.sources import Problem, Received

log = logging.getLogger("riwaya.web")
MOST_JOBS = 200  # remembered
MOST_WAITING = 100
MOST_SHOWN = 200  # reports and problems listed of one job
WAITING, READING, CONCLUDING, DONE, FAILED = "waiting", "reading", "concluding", "done", "failed"

Results = Callable[[], Iterable[Received | Problem]]


@dataclass
class Job:
    """Something being added: its state, what is new, what was skipped and why."""

    name: str
    by: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: str = WAITING
    done: int = 0
    new: int = 0
    known: int = 0
    claims: int = 0
    reports: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    lost: int = 0
    problem: str = ""
    started_at: str = ""
    ended_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "id": self.id,
            "name": self.name,
            "by": self.by,
            "state": self.state,
            "done": self.done,
            "new": self.new,
            "known": self.known,
            "claims": self.claims,
            "reports": self.reports[:MOST_SHOWN],
            "skipped": self.skipped[:MOST_SHOWN],
            "skipped_count": self.lost,
            "problem": self.problem,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
        }


class FullError(Exception):
    """Too much is waiting already."""


class Jobs:
    """The queue and the thread that works through it."""

    def __init__(self, desk: Desk, reader: Any, address: str) -> None:
        self.desk = desk
        self.reader = reader
        self.files = Files(store_of(address))
        self.jobs: OrderedDict[str, Job] = OrderedDict()
        self.folder = Path(mkdtemp(prefix="riwaya-desk-"))
        self.folder.chmod(0o700)
        self._queue: Queue[tuple[Job, Results, Callable[[], None]] | None] = Queue()
        self._thread: Thread | None = None

    def put(self, name: str, by: str, results: Results, after: Callable[[], None] = lambda: None) -> Job:
        """Have something read and kept; ``after`` is called once it was, whatever came of it."""
        if self._queue.qsize() >= MOST_WAITING:
            after()
            raise FullError
        job = Job(name, by)
        self.jobs[job.id] = job
        while len(self.jobs) > MOST_JOBS:
            self.jobs.popitem(last=False)
        if self._thread is None:
            self._thread = Thread(target=self._work, name="riwaya-jobs", daemon=True)
            self._thread.start()
        self._queue.put((job, results, after))
        return job

    def file(self) -> Path:
        """A new file for what is sent."""
        return self.folder / secrets.token_hex(16)

    def close(self) -> None:
        """Finish what is being read, drop what waits."""
        from shutil import rmtree

        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put(None)
        if self._thread:
            self._thread.join(timeout=30)
        rmtree(self.folder, ignore_errors=True)

    def _work(self) -> None:
        while (next := self._queue.get()) is not None:
            job, results, after = next
            try:
                self._add(job, results)
            except LedgerError as error:
                job.state, job.problem = FAILED, str(error)
            except Exception:
                log.exception("adding %s", job.id)
                job.state, job.problem = FAILED, "a mistake of ours; the log of the server has it"
            finally:
                job.ended_at = moment()
                after()

    def _add(self, job: Job, results: Results) -> None:
        """Read and keep; conclude once at the end."""
        job.state, job.started_at = READING, moment()
        command = f"riwaya serve: added by {job.by}"
        for received in results():
            if isinstance(received, Problem):
                self._skip(job, received)
                continue
            with self.desk.writing:
                added = pipeline.add_one(
                    received, self.desk.ledger, self.reader, self.desk.pack, command, self.files
                )
            if isinstance(added, Problem):
                self._skip(job, added)
                continue
            self._count(job, added)
        job.state = CONCLUDING
        self.desk.now()
        job.state = DONE

    def _skip(self, job: Job, problem: Problem) -> None:
        job.lost += 1
        if len(job.skipped) < MOST_SHOWN:
            job.skipped.append({"where": problem.where, "what": problem.what, "hint": problem.hint})

    def _count(self, job: Job, added: pipeline.Added) -> None:
        job.done += 1
        job.new += added.new
        job.known += not added.new
        job.claims += added.claims
        if len(job.reports) < MOST_SHOWN:
            report = added.received.report
            about = {"id": report.id, "title": report.title, "outlet": report.outlet}
            job.reports.append(about | {"new": added.new, "claims": added.claims})


def moment() -> str:
    """Now, in UTC."""
    return datetime.now(UTC).isoformat()
