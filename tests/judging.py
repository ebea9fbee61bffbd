"""How well conclusions fit a truth: place-days right, Brier score, copies, disputes."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from riwaya import pipeline, views
from riwaya.claims import READERS
from riwaya.events.control import Holding
from riwaya.events.knowledge import Knowledge
from riwaya.ledger import Ledger, open_ledger
from riwaya.packs.pack import load_packs
from riwaya.sources import reports

CORPUS = Path(__file__).parent / "corpus" / "events"


@dataclass(frozen=True, slots=True)
class PlaceDay:
    """One place on one day: what was true, and what was concluded."""

    place: str
    day: date
    truth: str
    state: Holding | None

    @property
    def stated(self) -> str:
        if self.state is None:
            return "unknown"
        return "contested" if self.state.contested else self.state.holder or "unknown"

    @property
    def right(self) -> bool:
        return self.stated == self.truth or knowledge().one_side(self.stated, self.truth)

    @property
    def support(self) -> float:
        return self.state.support if self.state else 1.0

    @property
    def brier(self) -> float:
        return (self.support - self.right) ** 2


@dataclass
class Judged:
    """Everything that was compared."""

    days: list[PlaceDay] = field(default_factory=list)

    @property
    def right(self) -> float:
        return sum(day.right for day in self.days) / len(self.days)

    @property
    def brier(self) -> float:
        return sum(day.brier for day in self.days) / len(self.days)

    def reliability(self) -> list[tuple[float, float, int]]:
        """Per tenth of stated probability: the mean stated, the share right, how many."""
        bins: dict[int, list[PlaceDay]] = defaultdict(list)
        for day in self.days:
            bins[min(9, int(day.support * 10))].append(day)
        return [
            (sum(d.support for d in said) / len(said), sum(d.right for d in said) / len(said), len(said))
            for _, said in sorted(bins.items())
        ]


@cache
def knowledge() -> Knowledge:
    return Knowledge.of(load_packs())


def truth(corpus: Path = CORPUS) -> Mapping[str, Any]:
    return yaml.safe_load((corpus / "truth.yaml").read_text("utf-8"))


def ledger_of(path: Path, corpus: Path = CORPUS) -> Ledger:
    """The corpus read by the real reader into a ledger."""
    ledger = open_ledger(path)
    pack = load_packs()
    list(pipeline.add(reports([corpus / "reports.jsonl"]), ledger, READERS[0], pack, command="test"))
    return ledger


def spans(said: Sequence[Mapping[str, Any]], *, two_clocks: bool) -> Iterator[tuple[str, date, str]]:
    for row in said:
        if row.get("clock") == "evening" and not two_clocks:
            continue
        for number in range((row["to"] - row["from"]).days + 1):
            yield row["place"], row["from"] + timedelta(days=number), row["holder"]


def judge(ledger: Ledger, said: Sequence[Mapping[str, Any]], *, two_clocks: bool) -> Judged:
    """Each true place-day against what is concluded: that evening, or with everything known."""
    by_day: dict[date, list[tuple[str, str]]] = defaultdict(list)
    for place, day, holder in spans(said, two_clocks=two_clocks):
        by_day[day].append((place, holder))
    judged = Judged()
    everything = views.Conclusions(ledger, knowledge())
    for day, wanted in sorted(by_day.items()):
        found = views.Conclusions(ledger, knowledge(), views.evening(day)) if two_clocks else everything
        states = {state.place["id"]: state for state in found.control(day, [place for place, _ in wanted])}
        judged.days += [PlaceDay(place, day, holder, states.get(place)) for place, holder in wanted]
    return judged


def judged_disputes(
    found: Sequence[Any], wanted: Sequence[Mapping[str, Any]]
) -> tuple[list[Any], list[Any], list[Any]]:
    """The planted disputes that are missing; those with the wrong end; those that nobody planted."""
    missing, wrong, used = [], [], set()
    for row in wanted:
        fits = [
            one
            for one in found
            if one.place.get("id") == row["place"]
            and (one.type == "casualties") == (row["about"] == "casualties")
        ]
        used |= {id(one) for one in fits}
        if not fits:
            missing.append(row)
        elif not any(one.settled == row["settled"] for one in fits) or (
            row["settled"] and any(not one.settled for one in fits)
        ):
            wrong.append(row)
    return missing, wrong, [one for one in found if id(one) not in used]


def main(path: str) -> None:
    with ledger_of(Path(path)) as ledger:
        said = truth()
        for two_clocks in (True, False):
            judged = judge(ledger, said["control"], two_clocks=two_clocks)
            print(
                f"{'that evening' if two_clocks else 'with everything known'}: {judged.right:.3f} of ", end=""
            )
            print(f"{len(judged.days)} place-days right, Brier {judged.brier:.4f}")
            for stated, right, count in judged.reliability():
                print(f"   said {stated:.2f}  right {right:.2f}  ({count})")
            for day in judged.days:
                if not day.right and "-v" in sys.argv:
                    print(f"      {day.place} {day.day} {day.truth}: {day.stated} {day.support:.2f}")
        found = views.Conclusions(ledger, knowledge())
        wanted = {frozenset(group) for group in said["tellings"]}
        tellings = {frozenset(group) for group in found.tellings}
        print("tellings: missing", sorted(map(sorted, wanted - tellings)))
        print("tellings: invented", sorted(map(sorted, tellings - wanted)))
        missing, wrong, extra = judged_disputes(found.disputes, said["disputes"])
        print("disputes: missing", [row["place"] for row in missing])
        print("disputes: wrong end", [row["place"] for row in wrong])
        for one in extra:
            print("   extra", one.place.get("id"), one.type, [side.says for side in one.sides], one.how)


if __name__ == "__main__":
    main(sys.argv[1])
