"""Conclusions at scale: synthetic reports, linked as they come; growth over 1k, 10k, 100k.

    python -m bench.conclusions 1000 10000 100000

Reports are made with their claims (the reader is measured elsewhere): 2000 towns of seven countries
over a year, half of all claims about a hundred of them, ten claims a report, a tenth of the texts
copies of another outlet's with small edits.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from riwaya.events.knowledge import Knowledge
from riwaya.kept import Kept
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


def made(count: int, knowledge: Knowledge, seed: int = 7) -> Iterator[tuple[Report, list[Claim]]]:
    """Reports with their claims, in the order of their days."""
    chance = random.Random(seed)
    levels = knowledge.levels
    towns = sorted(id for id in levels if levels[id] == "place" and id[:2] in COUNTRIES)
    chance.shuffle(towns)
    last: Report | None = None
    for number in range(count):
        day = FIRST + timedelta(days=number * DAYS // count)
        at = datetime(day.year, day.month, day.day, chance.randrange(6, 23), chance.randrange(60))
        outlet = chance.choice(OUTLETS)
        if last is not None and chance.random() < 0.1:
            text = " ".join(word for word in last.text.split() if chance.random() > 0.03)
        else:
            text = " ".join(chance.choices(WORDS, k=120))
        report = Report(text, f"r{number}", "", outlet, at)
        last = report
        yield report, [claim(report, chance, towns, n) for n in range(10)]


def claim(report: Report, chance: random.Random, towns: list[str], n: int) -> Claim:
    """An ordinary claim."""
    type = chance.choice(TYPES)
    place = chance.choice(towns[: 100 if chance.random() < 0.5 else 2000])
    actor, target = chance.sample(SIDES, 2)
    chain = (Link("مصدر", "sohr", "monitor", 0, 1),) if chance.random() < 0.3 else ()
    killed = chance.randrange(1, 30)
    day = report.day
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
        place=(PlaceMention(place, place, 0, 1, level="place"),),
        when=(day, day) if chance.random() < 0.5 else None,
        quantity=Quantity("", 0, 1, killed, killed, "people") if type == "casualties" else None,
        chain=chain,
        reader="bench/1",
    )


def fill(ledger: Ledger, count: int, knowledge: Knowledge) -> None:
    """Put reports into a ledger without waiting for the disk after each."""
    with ledger.engine.begin() as connection:
        for report, claims in made(count, knowledge):
            ledger._insert(connection, [(report, claims, CUSTODY)])


def measure(count: int, knowledge: Knowledge) -> dict[str, float]:
    """How long it takes to conclude from everything, and from one report more."""
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "bench.sqlite") as ledger:
        fill(ledger, count, knowledge)
        began = perf_counter()
        Kept(ledger, knowledge).refresh()
        built = perf_counter() - began
        ones = []
        for number in range(5):
            (report, claims), *_ = list(made(1, knowledge, seed=number))
            day = FIRST + timedelta(days=300)
            at = datetime(day.year, day.month, day.day, 12)
            more = Report(report.text, f"one{number}", "", report.outlet, at)
            told = [replace(one, report=more.id, when=None, id="") for one in claims]
            began = perf_counter()
            ledger.add(more, told, CUSTODY)
            Kept(ledger, knowledge).refresh()
            ones.append(perf_counter() - began)
        kept = Kept(ledger, knowledge)
        began = perf_counter()
        events = sum(1 for _ in kept.events())
        listed = perf_counter() - began
        began = perf_counter()
        places = sum(1 for _ in kept.control(FIRST + timedelta(days=200)))
        held = perf_counter() - began
    return {
        "reports": count,
        "built_s": round(built, 2),
        "per_report_ms": round(built / count * 1000, 2),
        "one_more_s": round(max(ones), 3),
        "events": events,
        "events_s": round(listed, 2),
        "control_places": places,
        "control_s": round(held, 2),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main(sizes: list[str]) -> None:
    """The growth curve."""
    knowledge = Knowledge.of(load_packs())
    for size in sizes or ["1000", "10000"]:
        print(measure(int(size), knowledge), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
