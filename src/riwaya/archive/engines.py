"""Who reads the shards: processes on this machine, or the workers of a Dask cluster.

An engine is handed shards and hands back what became of each, in whatever order they are done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock

from riwaya.archive.cells import Cells
from riwaya.archive.errors import ArchiveError, InputError
from riwaya.archive.shards import Settings, Shard
from riwaya.archive.stores import Store
from riwaya.archive.work import Receipt, do

TRIES = 3  # of a shard whose input could not be had


@dataclass(frozen=True, slots=True)
class Failed:
    """A shard that could not be done now, and why; the next run tries it again."""

    shard: Shard
    why: str


@dataclass(frozen=True, slots=True)
class Task:
    """What every engine needs to know."""

    settings: Settings
    store: Store
    retry: bool = False
    workers: int = 0
    scheduler: str = ""
    told: Callable[[int], None] = lambda reports: None


Outcome = Receipt | Failed


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def attempted(shard: Shard, task: Task, cells: Cells, told: Callable[[int], None]) -> Outcome:
    """A shard done, tried again where its input could not be had."""
    why = ""
    for _ in range(TRIES):
        try:
            return do(shard, task.settings, task.store, cells, retry=task.retry, told=told)
        except InputError as error:
            why = str(error)
    return Failed(shard, why)


def processes(shards: Sequence[Shard], task: Task) -> Iterator[Outcome]:
    """One reading process for each worker; the threads that watch them only wait and write."""
    lock = Lock()

    def told(reports: int) -> None:
        with lock:
            task.told(reports)

    workers = min(task.workers or cores(), max(1, len(shards)))
    with Cells(task.settings).closing() as cells, ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[Outcome]] = set()
        try:
            for shard in shards:
                if len(waiting) >= workers:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (one.result() for one in done)
                waiting.add(pool.submit(attempted, shard, task, cells, told))
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        except BaseException:
            for one in waiting:
                one.cancel()
            cells.stop()
            raise


def dask(shards: Sequence[Shard], task: Task) -> Iterator[Outcome]:
    """The workers of a Dask cluster: each reads whole shards and writes their parts itself."""
    try:
        from riwaya.archive import cluster
    except ModuleNotFoundError:
        raise ArchiveError("--scheduler needs an extra", "pip install 'riwaya[cluster]'") from None
    yield from cluster.read(shards, task)


Engine = Callable[[Sequence[Shard], Task], Iterator[Outcome]]

ENGINES: dict[str, Engine] = {"processes": processes, "dask": dask}
