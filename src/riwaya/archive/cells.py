"""Watching the processes that read, so that a report can kill no more than itself.

A record that its cell dies of is tried once more by a fresh one: a machine short of memory for a
moment, or somebody's ``kill``, condemns nothing.  If that dies as well the record is set aside with the
reason, and the reading goes on behind it.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from riwaya.archive.errors import ArchiveError, InputError
from riwaya.archive.shards import Settings, Shard

ATTEMPTS = 2  # cells that a record may kill before it is set aside
STARTS = 20  # cells that may fail to start, one after the other; a crowded machine kills several in a row
NO_MEMORY = 77  # the code with which a cell leaves that ran out of memory
WALL = 10  # a report may take so many times its computing time by the clock on the wall
AGAIN = "--retry reads it again"  # what is set aside may be tried with more time or memory
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """What some records gave: Arrow tables, problems (where, what, hint, lost), how many reports."""

    claims: bytes
    reports: bytes
    problems: tuple[tuple[str, str, str, bool], ...]
    count: int


class DeadError(Exception):
    """A cell died; says of what."""


class Cell:
    """One reading process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "riwaya.archive.cell"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"},
        )
        try:
            self.ask({"reader": settings.reader, "memory": settings.memory})
            _, reader, pack = self.hear()
            self.check(reader, pack)
        except BaseException:
            self.close()
            raise

    def check(self, reader: str, pack: str) -> None:
        """Make sure that it reads as the plan says."""
        if (reader, pack) != (self.settings.reader, self.settings.pack):
            raise ArchiveError(
                f"a worker reads with {reader} and packs {pack}, the plan says {self.settings.reader} and"
                f" {self.settings.pack}",
                "install the same riwaya and packs everywhere",
            )

    def ask(self, thing: dict[str, Any]) -> None:
        """Send one line."""
        stdin = self.process.stdin
        assert stdin
        try:
            stdin.write(json.dumps(thing).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError:
            raise DeadError(self.death()) from None

    def hear(self) -> tuple[Any, ...]:
        """The next frame."""
        assert self.process.stdout
        try:
            frame: tuple[Any, ...] = pickle.load(self.process.stdout)
        except (EOFError, pickle.UnpicklingError):
            raise DeadError(self.death()) from None
        return frame

    def death(self) -> str:
        """What it died of, in words."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        code = self.process.returncode
        if code == -signal.SIGPROF:
            return f"took more than {self.settings.seconds:g} s of computing"
        if code == -signal.SIGALRM:
            return f"took more than {self.settings.seconds * WALL:g} s"
        if code == NO_MEMORY:
            return f"needs more than {self.settings.memory} MB of memory"
        if code == -signal.SIGKILL:
            return "the system killed the process that read it, most likely for want of memory"
        if code is not None and code < 0:
            return f"crashed the process that read it ({signal.Signals(-code).name})"
        return f"ended the process that read it (code {code}){self.last_words()}"

    def last_words(self) -> str:
        """The last line it wrote on stderr."""
        self.said.seek(0)
        lines = self.said.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.said):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()


class StoppedError(Exception):
    """The run ends; nothing more is to be read."""


@dataclass
class Cells:
    """Reading processes; each is lent to one reader at a time."""

    settings: Settings
    idle: list[Cell] = field(default_factory=list)
    lent: list[Cell] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    stopped: bool = False

    def take(self) -> Cell:
        """One that waits, or a new one."""
        with self.lock:
            if self.stopped:
                raise StoppedError
            cell = self.idle.pop() if self.idle else None
        cell = cell or self.started()
        with self.lock:
            self.lent.append(cell)
        return cell

    def started(self) -> Cell:
        """A new one; where none can start at all the run ends."""
        said = ""
        for _ in range(STARTS):
            try:
                return Cell(self.settings)
            except DeadError as death:
                said = str(death)
        raise ArchiveError(f"no process that reads can be started: the last one: {said}")

    def back(self, cell: Cell, *, well: bool) -> None:
        """Take one back: to wait for the next reader, or to its end."""
        with self.lock:
            self.lent.remove(cell)
            if well:
                self.idle.append(cell)
        if not well:
            cell.close()

    def stop(self) -> None:
        """End all of them, those at work as well."""
        with self.lock:
            self.stopped = True
            for cell in self.lent:  # whoever reads from it will notice, and close it
                cell.process.kill()
            while self.idle:
                self.idle.pop().close()

    @contextmanager
    def closing(self) -> Iterator[Cells]:
        """End them afterwards."""
        try:
            yield self
        finally:
            self.stop()


@dataclass
class Watch:
    """How far the reading of one shard has come, and what it met."""

    shard: Shard
    settings: Settings
    start: Place = (0, 0)
    at: Place = (0, 0)
    skip: dict[Place, str] = field(default_factory=dict)
    leave: dict[Place, str] = field(default_factory=dict)
    deaths: Counter[Place] = field(default_factory=Counter)

    def job(self) -> dict[str, Any]:
        """What is left to do, as a cell is asked."""
        return {
            "shard": self.shard.to_json(),
            "settings": self.settings.to_json(),
            "start": self.start,
            "skip": [[*place, why] for place, why in self.skip.items()],
            "leave": [[*place, why] for place, why in self.leave.items()],
        }

    def died(self, death: DeadError) -> None:
        """Note what a cell died of; a record that kills even where it is not taken ends its piece."""
        self.deaths[self.at] += 1
        if self.at in self.skip:
            self.leave[self.at] = self.skip[self.at]
        elif self.deaths[self.at] >= ATTEMPTS:
            self.skip[self.at] = str(death)


def read(shard: Shard, settings: Settings, cells: Cells) -> Iterator[Batch]:
    """A shard, batch by batch, whatever becomes of those who read it."""
    watch = Watch(shard, settings)
    over = False
    while not over:
        watch.at = watch.start
        cell = cells.take()
        well = False
        try:
            yield from heard(cell, watch)
            well = over = True
        except DeadError as death:
            watch.died(death)
        finally:
            cells.back(cell, well=well)


def heard(cell: Cell, watch: Watch) -> Iterator[Batch]:
    """What a cell says of its job."""
    cell.ask(watch.job())
    while True:
        kind, *said = cell.hear()
        if kind == "at":
            watch.at = said[0]
        elif kind == "batch":
            watch.start = said[0]
            yield Batch(said[1], said[2], tuple(said[3]), said[4])
        elif kind == "failed":
            raise InputError(said[0])
        else:
            return
