"""The whole of ``riwaya archive``: plan, read, finish; and what is said while it runs."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from riwaya.archive import plan as planning
from riwaya.archive.engines import ENGINES, Failed, Task
from riwaya.archive.errors import ArchiveError
from riwaya.archive.plan import Finished, Plan
from riwaya.archive.shards import Settings, Shard, slice_of
from riwaya.archive.stores import Store
from riwaya.sources import Problem

PATIENCE = 2.0  # seconds before progress is worth showing
SHOWN = 0.5  # seconds between two lines on a terminal
LOGGED = 30.0  # and in a file, such as a cluster's log


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked of an archive.

    ``part`` is one slice of so many, numbered from 0; without one everything is read and finished.
    """

    given: tuple[str, ...]
    out: str
    settings: Settings
    target: int
    part: tuple[int, int] | None = None
    retry: bool = False
    workers: int = 0
    scheduler: str = ""


@dataclass
class Summary:
    """What a run did: shards read now and before, what they hold, what could not be done."""

    shards: int
    before: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[Failed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0
    finished: Finished | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was left out and nothing set aside."""
        left = self.failed or self.problems or self.counts["problems"]
        return not left and (self.finished is None or bool(self.finished.manifest))

    def to_json(self) -> dict[str, Any]:
        """The run in one object."""
        counts = {name: self.counts[name] for name in planning.COUNTS}
        row: dict[str, Any] = {"shards": self.shards, "shards_done_before": self.before, **counts}
        row |= {"shards_failed": len(self.failed), "seconds": round(self.seconds, 1)}
        if self.finished:
            row |= {"missing": len(self.finished.missing), "damaged": list(self.finished.damaged)}
            row["manifest_sha256"] = self.finished.manifest
        return row


def archive(asked: Asked) -> Summary:
    """Read what is not read yet, all of it or one slice."""
    store = Store(asked.out)
    with held(store, asked):
        plan, problems = the_plan(store, asked)
        planning.mend(store, plan, planning.receipts(store, plan))
        mine = slice_of(plan.shards, *asked.part) if asked.part else plan.shards
        summary = Summary(len(mine), problems=problems)
        began = time.monotonic()
        with Progress(sum(shard.size for shard in mine), len(mine)) as progress:
            for outcome in outcomes(mine, asked, store, progress.read):
                if isinstance(outcome, Failed):
                    summary.failed.append(outcome)
                    continue
                summary.counts.update(outcome.counts)
                summary.before += not outcome.new
                progress.done(outcome.size, outcome.new)
        summary.seconds = time.monotonic() - began
        if not asked.part:
            summary.finished = planning.finish(store, plan)
    return summary


def held(store: Store, asked: Asked) -> AbstractContextManager[None]:
    """The output to ourselves; slices share it, each kept to one run."""
    if asked.part:
        return store.held(f"{asked.part[0]}-of-{asked.part[1]}", shared=True)
    return store.held()


def the_plan(store: Store, asked: Asked) -> tuple[Plan, list[Problem]]:
    """The plan to work by: a slice takes the one that is there, a whole run makes it anew."""
    there = planning.kept(store) if asked.part else None
    if there:
        if planning.fits(there, asked.given, asked.target, asked.settings):
            return there, []
        raise ArchiveError(
            f"{asked.out}: its plan was made for other inputs, settings or packs", "plan again: --plan"
        )
    plan, problems = planning.planned(asked.given, asked.target, asked.settings)
    if not plan.shards:
        raise ArchiveError("nothing to read in the inputs", "name files, folders, patterns or addresses")
    planning.keep(store, plan)
    return plan, problems


def plan_only(asked: Asked) -> tuple[Plan, list[Problem]]:
    """Make the plan and keep it; nothing is read."""
    store = Store(asked.out)
    with store.held():
        plan, problems = planning.planned(asked.given, asked.target, asked.settings)
        planning.keep(store, plan)
    return plan, problems


def finish(out: str, *, thorough: bool) -> tuple[Plan, Finished]:
    """Check an output that slices were read into, and write its manifest."""
    store = Store(out)
    plan = planning.kept(store)
    if plan is None:
        raise ArchiveError(f"{out}: there is no plan", "riwaya archive IN… OUT makes one")
    with store.held():
        return plan, planning.finish(store, plan, thorough=thorough)


def outcomes(
    shards: Sequence[Shard], asked: Asked, store: Store, told: Callable[[int], None]
) -> Iterator[Any]:
    """What becomes of the shards, on the engine asked for."""
    engine = ENGINES["dask" if asked.scheduler else "processes"]
    task = Task(asked.settings, store, asked.retry, asked.workers, asked.scheduler, told)
    yield from engine(shards, task)


class Progress:
    """How far a run has come, on stderr: a line that renews itself, or in a file one now and then."""

    def __init__(self, size: int, shards: int) -> None:
        self.size, self.shards = size, shards
        self.reports = self.finished = self.bytes = self.bytes_new = 0
        self.over = Event()
        self.began = time.monotonic()
        self.shown = False

    def __enter__(self) -> Progress:
        Thread(target=self._speak, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self.shown and sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)

    def read(self, reports: int) -> None:
        """So many reports more."""
        self.reports += reports

    def done(self, size: int, new: bool) -> None:
        """A shard of so many bytes is done; one that was done before says nothing of the rate."""
        self.finished += 1
        self.bytes += size
        self.bytes_new += size if new else 0

    def line(self) -> str:
        """Shards, reports, rate, and the time left by the bytes."""
        seconds = max(time.monotonic() - self.began, 0.001)
        said = f"{self.finished:,} of {self.shards:,} shards, {self.reports:,} reports"
        said += f", {self.reports / seconds:,.0f} a second"
        if self.bytes_new:
            left = (self.size - self.bytes) * seconds / self.bytes_new
            said += f", {spoken(left)} left"
        return said

    def _speak(self) -> None:
        tty = sys.stderr.isatty()
        wait = PATIENCE
        while not self.over.wait(wait):
            self.shown = True
            line = self.line()
            print(
                f"\r{line}\x1b[K" if tty else f"riwaya: {line}",
                end="" if tty else "\n",
                file=sys.stderr,
                flush=True,
            )
            wait = SHOWN if tty else LOGGED


def spoken(seconds: float) -> str:
    """A length of time in two numbers at most."""
    minutes, hours, days = seconds / 60, seconds / 3600, seconds / 86400
    if days >= 2:
        return f"{int(days)} d {int(hours % 24)} h"
    if hours >= 1:
        return f"{int(hours)} h {int(minutes % 60)} min"
    return f"{int(minutes)} min" if minutes >= 2 else f"{int(seconds)} s"
