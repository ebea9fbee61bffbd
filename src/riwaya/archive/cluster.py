"""A Dask cluster as the engine; imported only where one is asked for (``riwaya[cluster]``).

Dask hands out the shards, notices lost workers and gives their shards to others.  A worker writes the
parts itself, so nothing but receipts travels, and it reads in a process of its own that may die.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from distributed import Client, WorkerPlugin, as_completed, get_worker
from distributed.scheduler import KilledWorker

from riwaya.archive.cells import Cells
from riwaya.archive.engines import Failed, Outcome, Task, attempted
from riwaya.archive.errors import ArchiveError
from riwaya.archive.shards import Settings, Shard
from riwaya.archive.stores import Store
from riwaya.archive.work import Receipt

LOST = 20  # times that workers may be lost under one shard: what kills dies in its cell, not its worker
AHEAD = 4  # shards on their way to each worker
CELLS = "riwaya-cells"


class CellsPlugin(WorkerPlugin):
    """The reading processes of one Dask worker; they end with it."""

    name = CELLS
    idempotent = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cells: Cells | None = None

    def setup(self, worker: object) -> None:
        """Called where a worker starts or is there already."""
        self.cells = Cells(self.settings)

    def teardown(self, worker: object) -> None:
        """Called where a worker ends."""
        if self.cells:
            self.cells.stop()


def read(shards: Sequence[Shard], task: Task) -> Iterator[Outcome]:
    """What becomes of shards on a cluster."""
    try:
        client = Client(task.scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{task.scheduler}: no Dask scheduler answers: {error}") from error
    with client:
        client.register_plugin(CellsPlugin(task.settings))
        try:
            yield from outcomes(client, shards, task)
        finally:
            client.unregister_worker_plugin(CELLS)


def outcomes(client: Client, shards: Sequence[Shard], task: Task) -> Iterator[Outcome]:
    """Shards as they are done; so many are on their way that no worker waits."""
    ahead = iter(shards)
    running = as_completed(loop=client.loop)
    sent: dict[object, tuple[Shard, int]] = {}

    def send(shard: Shard, lost: int) -> None:
        future = client.submit(on_worker, shard, task.settings, task.store.url, task.retry, pure=False)
        sent[future.key] = (shard, lost)
        running.add(future)

    for shard in islice(ahead, AHEAD * max(1, len(client.nthreads()))):
        send(shard, 0)
    for future in running:
        shard, lost = sent.pop(future.key)
        if isinstance(future.exception(), KilledWorker):
            if lost < LOST:
                send(shard, lost + 1)
            else:
                yield Failed(shard, f"its workers were lost {LOST} times")
            continue
        outcome = future.result()
        if isinstance(outcome, Receipt) and outcome.new:
            task.told(outcome.counts["reports"])
        yield outcome
        if following := next(ahead, None):
            send(following, 0)


def on_worker(shard: Shard, settings: Settings, out: str, retry: bool) -> Outcome:
    """A shard done on a Dask worker."""
    plugin = get_worker().plugins[CELLS]
    assert isinstance(plugin, CellsPlugin)
    assert plugin.cells
    return attempted(shard, Task(settings, Store(out), retry), plugin.cells, lambda reports: None)
