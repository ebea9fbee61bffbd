"""The process that reads: one job a line comes in, what was read goes out, and it may die of any report.

``python -m riwaya.archive.cell`` is started by ``cells.Cell`` and by nobody else.  Before each record it
says which one comes next, so that whoever watches knows what it died of.  A report that computes for too
long is ended by the kernel's own timer, whatever code it is stuck in; so is a cell that nobody watches
any more.  Memory is bounded by the kernel as well.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from riwaya.archive.cells import AGAIN, NO_MEMORY, WALL
from riwaya.archive.errors import InputError
from riwaya.archive.parts import claim_row, claims_schema, packed, report_row, reports_schema
from riwaya.archive.records import Record, records
from riwaya.archive.shards import Settings, Shard
from riwaya.model import Claim, Report
from riwaya.pipeline import Reader, Reading, read_one
from riwaya.sources import Problem

BATCH = 32  # records sent at once
Place = tuple[int, int]  # a piece of the shard, a record of the piece


class MemoryEndedError(BaseException):
    """No more memory; passes every ``except Exception``, for nothing can be trusted after it."""


class Careful:
    """A reader that does not survive running out of memory."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.name = reader, reader.name

    def read(self, report: Report, pack: Any) -> Iterable[Claim]:
        """The claims of one report."""
        try:
            return list(self.reader.read(report, pack))
        except MemoryError:
            raise MemoryEndedError from None


class Job:
    """One shard from a place on, with what is known to kill."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.shard = Shard.of(row["shard"])
        self.settings = Settings(**row["settings"])
        self.start: Place = (row["start"][0], row["start"][1])
        self.skip: dict[Place, str] = {(p, n): why for p, n, why in row["skip"]}
        self.leave: dict[Place, str] = {(p, n): why for p, n, why in row["leave"]}


def main() -> None:
    """Answer jobs until nobody asks."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # nothing that a library prints may get between the frames
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever watches ends us
    for one in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(one, signal.SIG_DFL)
    reader, pack = loaded(json.loads(sys.stdin.readline()))
    send(out, "ready", reader.name, pack.digest)
    for line in sys.stdin:
        try:
            answer(Job(json.loads(line)), Careful(reader), pack, out)
        except InputError as error:
            send(out, "failed", str(error))
        except (MemoryError, MemoryEndedError):
            os._exit(NO_MEMORY)
        except BrokenPipeError:
            os._exit(0)


def loaded(asked: dict[str, Any]) -> tuple[Reader, Any]:
    """The reader and the packs; memory is bounded from here on."""
    from riwaya.claims import READERS
    from riwaya.packs.pack import load_packs

    limit = int(asked["memory"]) * 1024 * 1024
    if limit and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    return next(reader for reader in READERS if reader.name == asked["reader"]), load_packs()


def send(out: BinaryIO, *frame: Any) -> None:
    """One frame to whoever watches."""
    pickle.dump(frame, out)
    out.flush()


def answer(job: Job, reader: Reader, pack: Any, out: BinaryIO) -> None:
    """Read a shard, batch by batch."""
    batch = Batch(job.settings)
    for place, results in taken(job, reader, pack, out):
        batch.take(results)
        if batch.records >= BATCH:
            send(out, "batch", (place[0], place[1] + 1), *batch.frame())
            batch = Batch(job.settings)
    send(out, "batch", (len(job.shard.pieces), 0), *batch.frame())
    send(out, "done")


def taken(job: Job, reader: Reader, pack: Any, out: BinaryIO) -> Iterator[tuple[Place, list[Any]]]:
    """Every record of a shard that is still to be read, with what it gave."""
    for number, piece in enumerate(job.shard.pieces):
        if number < job.start[0]:
            continue
        begin = job.start[1] if number == job.start[0] else 0
        found = iter(records(piece, job.settings.given))
        count = 0
        while True:
            place = (number, count)
            if place in job.leave:
                yield place, [Problem(piece.url, f"{job.leave[place]}; the rest of it is not read", AGAIN)]
                break
            send(out, "at", place)
            with timed(job.settings.seconds):
                record = next(found, None)
                if record is None:
                    break
                results = None if count < begin else read(record, job.skip.get(place), reader, pack)
            if results is not None:
                yield place, results
            count += 1


def read(record: Record, kills: str | None, reader: Reader, pack: Any) -> list[Any]:
    """What a record gives: readings and problems."""
    if kills:
        return [Problem(record.where, kills, AGAIN)]
    return [one if isinstance(one, Problem) else read_one(one, reader, pack) for one in record.take()]


class timed:  # noqa: N801 - used as a word
    """Let the kernel end this process where a record takes too long."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds * WALL)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


class Batch:
    """What some records gave, as it is sent."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.claims: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []
        self.problems: list[tuple[str, str, str, bool]] = []
        self.records = 0

    def take(self, results: list[Any]) -> None:
        """Add what a record gave."""
        self.records += 1
        for result in results:
            if isinstance(result, Reading):
                claims = list({claim.id: claim for claim in result.claims}.values())
                self.claims += [claim_row(claim, result.received.report) for claim in claims]
                self.reports.append(report_row(result.received, len(claims), text=self.settings.text))
            else:
                self.problems.append((result.where, result.what, result.hint, result.lost))

    def frame(self) -> tuple[bytes, bytes, list[tuple[str, str, str, bool]], int]:
        """Claims and reports as Arrow tables, problems, and how many reports there are."""
        claims = packed(self.claims, claims_schema()) if self.claims else b""
        reports = packed(self.reports, reports_schema(text=self.settings.text)) if self.reports else b""
        return claims, reports, self.problems, len(self.reports)


if __name__ == "__main__":
    main()
