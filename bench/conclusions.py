"""Conclusions at scale: synthetic reports, linked as they come; growth over 1k, 10k, 100k.

    python -m bench.conclusions 1000 10000 100000

Reports are made with their claims (the reader is measured elsewhere) and written straight into the
tables.  They are made like the news of a war: some places are spoken of far more than others (as the
inverse of their rank), one outlet in ten copies another's text with small edits, claims of one report
are about two or three neighbouring places, most days of a happening are not said, few words are denied.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from riwaya.events.knowledge import Knowledge
from riwaya.kept import Found, Kept
from riwaya.ledger import Custody, Ledger, open_ledger
from riwaya.model import Claim, Link, Mention, PlaceMention, Quantity, Report, Span, Status
from riwaya.packs.pack import load_packs

SIDES = ("sy-government", "sy-opposition", "sdf", "sna", "hts")
OUTLETS = tuple(f"صحيفة {n}" for n in range(40))
TYPES = (
    "control_gained control_held entered withdrew clash air_strike shelling casualties displaced detained"
).split()
COUNTRIES = frozenset("sy sd ye ly iq ps lb".split())
FIRST, DAYS = date(2024, 1, 1), 365
WORDS = [f"كلمة{n}" for n in range(4000)]
CUSTODY = Custody("0" * 64, 1, datetime(2025, 1, 1), "bench", "text", "bench", "bench/1", "bench")
PER_REPORT, AT_ONCE, ONES = 10, 1000, 5


class Maker:
    """Makes reports with their claims."""

    def __init__(self, knowledge: Knowledge, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.knowledge = knowledge
        levels = knowledge.levels
        towns = sorted(id for id in levels if levels[id] == "place" and id[:2] in COUNTRIES)
        self.chance.shuffle(towns)
        self.towns = towns[:2000]
        self.weights = list(accumulate(1 / (rank + 20) for rank in range(len(self.towns))))
        self.last: Report | None = None

    def made(self, total: int) -> Iterator[tuple[Report, list[Claim]]]:
        """Reports in the order of their days, spread over a year."""
        for number in range(total):
            yield self.report(f"r{number}", FIRST + timedelta(days=number * DAYS // total))

    def report(self, id: str, day: date) -> tuple[Report, list[Claim]]:
        """One report of a day."""
        chance = self.chance
        at = datetime(day.year, day.month, day.day, chance.randrange(6, 23), chance.randrange(60))
        if self.last is not None and chance.random() < 0.1:
            text = " ".join(word for word in self.last.text.split() if chance.random() > 0.03)
        else:
            text = " ".join(chance.choices(WORDS, k=120))
        self.last = Report(text, id, "", chance.choice(OUTLETS), at)
        places = chance.choices(self.towns, cum_weights=self.weights, k=3)
        if chance.random() < 0.2:
            places[2] = self.knowledge.root(places[0])
        return self.last, [self.claim(self.last, places, n) for n in range(PER_REPORT)]

    def claim(self, report: Report, places: list[str], n: int) -> Claim:
        """An ordinary claim."""
        chance = self.chance
        type, place = chance.choice(TYPES), chance.choice(places)
        actor, target = chance.sample(SIDES, 2)
        killed, day = chance.randrange(1, 30), report.day
        assert day
        return Claim(
            report.id,
            type,
            Status.DENIED if chance.random() < 0.05 else Status.HAPPENED,
            Span(n, n + 1),
            Span(0, 20),
            report.text[n : n + 1],
            report.text[:20],
            actor=(Mention(actor, actor, 0, 1),),
            target=(Mention(target, target, 0, 1),) if chance.random() < 0.5 else (),
            place=(PlaceMention(place, place, 0, 1, level=self.knowledge.levels.get(place, "")),),
            when=(day, day) if chance.random() < 0.4 else None,
            quantity=Quantity("", 0, 1, killed, killed, "people") if type == "casualties" else None,
            chain=(Link("مصدر", "sohr", "monitor", 0, 1),) if chance.random() < 0.3 else (),
            reader="bench/1",
        )


def made(total: int, knowledge: Knowledge, seed: int = 7) -> Iterator[tuple[Report, list[Claim]]]:
    """Reports with their claims, in the order of their days."""
    return Maker(knowledge, seed).made(total)


def fill(ledger: Ledger, total: int, knowledge: Knowledge) -> None:
    """Put reports into a ledger, a thousand at a time."""
    ahead = made(total, knowledge)
    while some := list(islice(ahead, AT_ONCE)):
        with ledger.engine.begin() as connection:
            ledger._insert(connection, [(report, claims, CUSTODY) for report, claims in some])


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """How many seconds something takes, and what comes of it."""
    began = perf_counter()
    found = work()
    return round(perf_counter() - began, 3), found


def computed(work: Callable[[], Any]) -> float:
    """How many seconds of a processor something takes: what it takes where nobody else is at work."""
    began = process_time()
    work()
    return round(process_time() - began, 3)


def one_more(ledger: Ledger, knowledge: Knowledge, number: int) -> tuple[float, float]:
    """How long until one more report is added and everything that it touches is concluded.

    By the clock on the wall, and of a processor.
    """
    report, claims = Maker(knowledge, seed=number).report(f"one{number}", FIRST + timedelta(days=300))
    said = [replace(one, report=report.id, id="") for one in claims]

    def add() -> None:
        ledger.add(report, said, CUSTODY)
        Kept(ledger, knowledge).refresh()

    spent: list[float] = []
    return timed(lambda: spent.append(computed(add)))[0], spent[0]


def memory() -> int:
    """The most memory that was used so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure(total: int, knowledge: Knowledge) -> dict[str, Any]:
    """How long it takes to conclude from everything, from one report more, and to answer questions."""
    at = FIRST + timedelta(days=200)
    evening = datetime(at.year, at.month, at.day, 23, 59)
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "bench.sqlite") as ledger:
        made, _ = timed(lambda: fill(ledger, total, knowledge))
        before = memory()
        spent: list[float] = []
        built, _ = timed(lambda: spent.append(computed(lambda: Kept(ledger, knowledge).refresh(progress))))
        after = memory()
        ones = [one_more(ledger, knowledge, number) for number in range(ONES)]
        found = Found.of(ledger, knowledge)
        events, listed = timed(lambda: sum(1 for _ in found.told_events()))
        held, states = timed(lambda: found.control(at))
        then, known = timed(lambda: found.by(evening).control(at))
        last = FIRST + timedelta(days=DAYS - 1)
        new, changed = timed(lambda: sum(1 for _ in found.changes(datetime(last.year, last.month, last.day))))
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return {
        "reports": total,
        "made_s": made,
        "built_s": built,
        "built_cpu_s": spent[0],
        "cpu_per_report_ms": round(spent[0] / total * 1000, 2),
        "one_more_s": sorted(wall for wall, _ in ones)[ONES // 2],
        "one_more_cpu_s": sorted(cpu for _, cpu in ones)[ONES // 2],
        "one_more_most_cpu_s": max(cpu for _, cpu in ones),
        "events": listed,
        "events_s": events,
        "places": len(states),
        "control_s": held,
        "control_known_by_s": then,
        "places_known_by": len(known),
        "changes_of_a_day": changed,
        "changes_s": new,
        "memory_mb": after,
        "of_that_before_mb": before,
        "ledger_mb": round(size / 1e6),
    }


def progress(done: int, of: int) -> None:
    """Where somebody is watching, how far it is."""
    if sys.stderr.isatty():
        print(f"\r{done * 100 // max(of, 1)} %", end="", file=sys.stderr)


def main(sizes: list[str]) -> None:
    """The growth curve, each size in a process of its own, so that its memory is its own."""
    if len(sizes) == 1:
        print(json.dumps(measure(int(sizes[0]), Knowledge.of(load_packs()))), flush=True)
        return
    for size in sizes or ["1000", "10000", "100000"]:
        subprocess.run([sys.executable, "-m", "bench.conclusions", size], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
