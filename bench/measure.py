"""The measurements, each a function that returns what it found."""

from __future__ import annotations

import cProfile
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

from bench import corpus
from riwaya import pipeline
from riwaya.claims import READERS
from riwaya.model import Report
from riwaya.packs.pack import load_packs

READER = READERS[0]


def peak() -> float:
    """The most memory this process has held, in MB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def start_up() -> dict[str, float]:
    """Seconds to print the help, and to load packs and reader from the cache and read one line."""
    timed = {}
    for name, code in (
        ("riwaya --help", ["-m", "riwaya", "--help"]),
        ("packs from the cache", ["-c", "from riwaya.packs.pack import load_packs; load_packs()"]),
        ("first report read", ["-c", "from bench.measure import first; first()"]),
    ):
        runs = []
        for _ in range(4):
            before = time.perf_counter()
            subprocess.run([sys.executable, *code], check=True, stdout=subprocess.DEVNULL)
            runs.append(time.perf_counter() - before)
        timed[name] = min(runs)
    return timed


def first() -> None:
    """Read one line with everything loaded."""
    list(READER.read(Report("سيطرت قوات على مدينة حمص."), load_packs()))


def speed(count: int) -> dict[str, float]:
    """Words a second of the whole reader on one core, and the memory it takes."""
    pack = load_packs()
    first()
    reports = corpus.reports(count)
    words = sum(len(report.text.split()) for report in reports)
    before = time.perf_counter()
    claims = sum(len(list(READER.read(report, pack))) for report in reports)
    seconds = time.perf_counter() - before
    return {
        "reports": count,
        "words": words,
        "claims": claims,
        "words a second": words / seconds,
        "MB": peak(),
    }


def shares(count: int) -> list[tuple[str, float]]:
    """The share of each module in the reader's time, by a profiler, the largest first."""
    pack = load_packs()
    first()
    reports = corpus.reports(count)
    profile = cProfile.Profile()
    profile.enable()
    for report in reports:
        list(READER.read(report, pack))
    profile.disable()
    own: Counter[str] = Counter()
    callers: SimpleNamespace = SimpleNamespace(stats=pstats.Stats(profile).stats)  # type: ignore[attr-defined]
    for (file, _, _), (_, _, seconds, _, calls) in callers.stats.items():
        if "/riwaya/" in file:
            own[stage(file)] += seconds
        else:  # a builtin's time belongs to whoever called it
            for (caller, _, _), (_, _, part, _) in calls.items():
                own[stage(caller)] += part
    total = sum(own.values())
    return [(name, seconds / total) for name, seconds in own.most_common()]


def stage(file: str) -> str:
    """The module of a file, as the folders name it."""
    return file.partition("/riwaya/")[2].removesuffix(".py").replace("/", ".") or "elsewhere"


def growth() -> list[tuple[int, float, float]]:
    """Bytes, seconds and words a second from one kilobyte to ten megabytes, lines and then one line."""
    pack = load_packs()
    first()
    found = []
    for size in (10**3, 10**4, 10**5, 10**6, 10**7):
        text = sized(size)
        before = time.perf_counter()
        list(READER.read(Report(text), pack))
        seconds = time.perf_counter() - before
        found.append((len(text.encode()), seconds, len(text.split()) / seconds))
    return found


def sized(size: int) -> str:
    """A text of so many bytes."""
    text = "\n".join(islice(corpus.texts(), max(1, size // 3000 + 1)))
    return text.encode()[:size].decode("utf-8", "ignore")


def adding(count: int) -> dict[str, float]:
    """Reports a second into a ledger on this disk, reading included and reading apart."""
    from riwaya.ledger import open_ledger
    from riwaya.sources.received import receive

    pack = load_packs()
    first()
    received = [
        receive(report, report.text.encode(), f"bench:{n}", "bench")
        for n, report in enumerate(corpus.reports(count))
    ]
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "l.sqlite") as ledger:
        before = time.perf_counter()
        claims = sum(
            added.claims
            for added in pipeline.add(received, ledger, READER, pack, command="bench")
            if isinstance(added, pipeline.Added)
        )
        whole = time.perf_counter() - before
        before = time.perf_counter()
        for one in received:
            list(READER.read(one.report, pack))
        reading = time.perf_counter() - before
        size = (Path(folder) / "l.sqlite").stat().st_size
    return {
        "reports a second": count / whole,
        "share of keeping": 1 - reading / whole,
        "claims": claims,
        "bytes a claim": size / max(1, claims),
    }
