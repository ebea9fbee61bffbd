"""Read the bundled reports into a ledger of their own and see what they amount to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

from riwaya import pipeline, views
from riwaya.demo.page import write_page
from riwaya.events.control import Holding
from riwaya.ledger import Files, Ledger, Query, Told, open_ledger, store_of
from riwaya.sources import Problem, reports

REPORTS = Path(__file__).with_name("reports.jsonl")
FIRST, LAST = date(2024, 11, 28), date(2024, 12, 8)


@dataclass(frozen=True, slots=True)
class Demo:
    """What the bundled reports amount to, and where it was written."""

    ledger: Path
    page: Path
    added: dict[str, int]
    states: list[Holding]
    claims: dict[str, Told]
    problems: list[Problem]


def run(folder: Path, reader: pipeline.Reader, pack: Any) -> Demo:
    """Make the ledger and the page anew in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo.sqlite"
    for old in folder.glob("demo.sqlite*"):
        if old.is_dir():
            rmtree(old)
        else:
            old.unlink()
    with open_ledger(path) as ledger:
        results = reports([REPORTS])
        files = Files(store_of(path))
        added = list(pipeline.add(results, ledger, reader, pack, command="riwaya demo", files=files))
        days = dict(day_by_day(ledger, pipeline.sides(pack)))
        claims = {told.claim["id"]: told for told in ledger.claims(Query())}
        texts = {report.id: report.text for report in ledger.reports()}
        counted = ledger.count()
    page = folder / "demo.html"
    write_page(page, days, claims, texts, pack)
    problems = [result for result in added if isinstance(result, Problem)]
    return Demo(path, page, counted, days[LAST], claims, problems)


def day_by_day(ledger: Ledger, sides: Any) -> Iterator[tuple[date, list[Holding]]]:
    """The state of every place on the evening of each day, as it could be known that evening."""
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        yield day, views.held(ledger, day, known_by=views.evening(day), sides=sides)
