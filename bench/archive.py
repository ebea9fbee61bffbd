"""Archives: reports a second by worker, what the engine costs, and the memory of every process.

``python -m bench.archive [REPORTS…]``.  On a machine with other work the clock on the wall says little, so
processor seconds are given beside it.  Efficiency is the processor time of the whole run with one worker
against that with more; what reading takes with nothing around it is told as well.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event, Thread

from bench import corpus

WORDS = 60
EVERY = 0.25  # seconds between two looks at the memory


def write(path: Path, count: int, words: int = WORDS) -> None:
    """An archive of so many reports as JSON Lines."""
    with path.open("w", encoding="utf-8") as out:
        for n, text in enumerate(islice(corpus.texts(words), count)):
            day = f"2024-{1 + n // 28 % 12:02}-{1 + n % 28:02}"
            row = {"id": f"r{n}", "text": text, "outlet": f"outlet {n % 40}", "published": day}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def children() -> float:
    """Processor seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plain(path: str) -> None:
    """Read a file in one process, with nothing around it; prints the processor seconds of the reading."""
    from riwaya import pipeline
    from riwaya.claims import READERS
    from riwaya.model import Report
    from riwaya.packs.pack import load_packs
    from riwaya.sources import reports

    pack = load_packs()
    list(READERS[0].read(Report("سيطرت قوات على مدينة حمص."), pack))
    began = time.process_time()
    for _ in pipeline.read(reports([path]), READERS[0], pack):
        pass
    print(time.process_time() - began)


def run(path: Path, out: Path, *words: str) -> dict[str, float]:
    """A run of ``riwaya archive``: seconds on the wall and of processors, and the most memory at once."""
    before, began = children(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "riwaya", "archive", str(path), str(out), "--json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with watched(process.pid) as most:
        told = json.loads(process.communicate()[0])
    return {
        "reports": told["reports"],
        "claims": told["claims"],
        "wall": time.perf_counter() - began,
        "processor": children() - before,
        "MB_watching": most["parent"],
        "MB_reading": most["child"],
    }


class watched:  # noqa: N801 - used as a word
    """The most memory that a process and each of its children hold, in MB, by /proc."""

    def __init__(self, pid: int) -> None:
        self.pid, self.over = pid, Event()
        self.most = {"parent": 0.0, "child": 0.0}

    def __enter__(self) -> dict[str, float]:
        Thread(target=self._look, daemon=True).start()
        return self.most

    def __exit__(self, *_: object) -> None:
        self.over.set()

    def _look(self) -> None:
        while not self.over.wait(EVERY):
            self.most["parent"] = max(self.most["parent"], held(self.pid))
            for child in children_of(self.pid):
                self.most["child"] = max(self.most["child"], held(child))


def held(pid: int) -> float:
    """The memory a process holds now, in MB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def children_of(pid: int) -> Iterator[int]:
    """The processes that a process started."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except OSError:
            continue


def main(counts: list[int]) -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in.jsonl"
            write(path, count)
            alone = [sys.executable, "-c", f"from bench.archive import plain; plain({str(path)!r})"]
            reading = float(subprocess.run(alone, check=True, capture_output=True, text=True).stdout)
            print(
                f"{count:,} reports, {path.stat().st_size / 1e6:.0f} MB; alone {reading:.1f} processor s",
                flush=True,
            )
            single = 0.0
            for workers in (1, 2):
                found = run(
                    path, Path(folder) / f"out{workers}", "--workers", str(workers), "--shard-size", "0.5"
                )
                single = single or found["processor"]
                print(
                    f"  {workers} workers: {found['wall']:.1f} s on the wall,"
                    f" {count / found['wall']:,.0f} reports a second; {found['processor']:.1f} processor s:"
                    f" {single / found['processor']:.0%} of one worker,"
                    f" {reading / found['processor']:.0%} is reading;"
                    f" {found['MB_watching']:.0f} MB watching, {found['MB_reading']:.0f} MB reading",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [2000])
