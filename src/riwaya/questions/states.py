"""Who holds a place on every day of a range, in runs of days: one pass over its chain instead of one per day.

The same beliefs as ``events.control``, which answers for one day: a run ends where what is stated changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from riwaya.events.control import SOMEBODY, UNKNOWN, VACATED, Chain, Holding
from riwaya.events.effects import OWN, RELEASED, TOPPLED, Episode, effects_at, effects_of, episodes
from riwaya.events.knowledge import Knowledge
from riwaya.events.units import Unit

DAY = timedelta(days=1)
PROBES = (2, 7, 14, 30, 60, 90, 140, 200, 300, 450, 700)  # days into a silence at which belief is looked at
FADES = 0.1  # of support, from which a state that goes on is told as a new run
Stated = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A state of a place from one day until before another."""

    first: date
    until: date
    holder: str | None
    contested: bool
    support: float
    rivals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """What is stated on one day."""

    day: date
    stated: Stated
    support: float


def runs(
    place: str,
    units: Mapping[str, Sequence[Unit]],
    first: date,
    last: date,
    knowledge: Knowledge,
    *,
    smooth: bool = True,
) -> list[Run]:
    """The states of a place from ``first`` to ``last``; with ``smooth`` later days speak of earlier ones."""
    begins = spoken_from(units.get(place, ()), knowledge)
    acts = episodes(effects_at(place, units, knowledge), knowledge)
    if begins is None or begins > last or not acts:
        return []
    low = max(first, begins)
    if smooth:
        return joined(points(acts, low, last, knowledge), last)
    return joined(filtered(acts, low, last, knowledge), last)


def followed(
    place: str, units: Mapping[str, Sequence[Unit]], first: date, last: date, knowledge: Knowledge
) -> list[Run]:
    """The states of a place, each day as it could be known that evening."""
    bearing = sorted({max(unit.known.date(), first) for unit in bears(place, units, knowledge)})
    found: list[Point] = []
    for low, high in stretches(bearing, last):
        by_then = {id: [u for u in said if u.known <= evening(low)] for id, said in units.items()}
        begins = spoken_from(by_then.get(place, ()), knowledge)
        acts = episodes(effects_at(place, by_then, knowledge), knowledge)
        if begins is not None and begins <= high and acts:
            found += filtered(acts, max(low, begins), high, knowledge)
    return joined(found, last)


def bears(place: str, units: Mapping[str, Sequence[Unit]], knowledge: Knowledge) -> Iterator[Unit]:
    """The units that speak of a place, of what it lies in, or of what lies in it."""
    for effect in effects_at(place, units, knowledge):
        yield effect.unit


def stretches(days: Sequence[date], last: date) -> Iterator[tuple[date, date]]:
    """From each day to the eve of the next."""
    ends = [*(day - DAY for day in days[1:]), last][: len(days)]
    for low, high in zip(days, ends, strict=True):
        if low <= min(high, last):
            yield low, min(high, last)


def spoken_from(said: Iterable[Unit], knowledge: Knowledge) -> date | None:
    """The first day from which somebody says who holds a place itself."""
    days = (
        effect.day
        for unit in said
        for effect in effects_of(unit, knowledge)
        if effect.kind not in (RELEASED, TOPPLED)
    )
    return min(days, default=None)


def filtered(acts: Sequence[Episode], low: date, high: date, knowledge: Knowledge) -> Iterator[Point]:
    """What is stated on each day by the acts up to it alone."""
    cuts = sorted({low, *(act.day for act in acts if low < act.day <= high)})
    for first, last in stretches(cuts, high):
        before = [act for act in acts if act.day <= first]
        if before:
            yield from points(before, first, last, knowledge)


def points(acts: Sequence[Episode], low: date, high: date, knowledge: Knowledge) -> list[Point]:
    """What is stated on the days on which it may change, and on every day before it does."""
    chain = Chain(acts, knowledge)
    days = looked_at(chain.days, low, high)
    while True:
        asked = sorted(days | {day for day in chain.days if day <= high})
        beliefs = chain.run(asked, [day for day in chain.days if day > high])
        found = [point(chain, beliefs[day], day) for day in asked if day >= low]
        between = {
            a.day + (b.day - a.day) // 2
            for a, b in pairwise(found)
            if a.stated != b.stated and (b.day - a.day).days > 1
        }
        if not between - days:
            return found
        days |= between


def looked_at(days: Sequence[date], low: date, high: date) -> set[date]:
    """The days on which something is said, their eves, and some in each silence."""
    inside = [day for day in days if low <= day <= high]
    probes = {day + timedelta(days=n) for day in (low, *inside) for n in PROBES}
    eves = {day - DAY for day in inside}
    return {day for day in {low, high, *inside, *eves, *probes} if low <= day <= high}


def point(chain: Chain, belief: Any, day: date) -> Point:
    """What a belief states."""
    stated = chain.named(belief)
    return Point(day, stated, chain.support(belief, stated))


def joined(found: Iterable[Point], last: date) -> list[Run]:
    """Points as runs of days; days on which nobody is known to hold the place are in none."""
    told: list[Point] = []
    for one in found:
        if not told or told[-1].stated != one.stated or abs(told[-1].support - one.support) >= FADES:
            told.append(one)
    ends = [*(one.day for one in told[1:]), last + DAY][: len(told)]
    return [
        run_of(one, until)
        for one, until in zip(told, ends, strict=True)
        if one.stated not in (UNKNOWN, VACATED)
    ]


def run_of(one: Point, until: date) -> Run:
    """A point as a run of days."""
    contested = len(one.stated) > 1
    rivals = tuple(name for name in one.stated if name != SOMEBODY) if contested else ()
    return Run(one.day, until, None if contested else one.stated[0], contested, round(one.support, 4), rivals)


def rivals_of(state: Holding, knowledge: Knowledge) -> list[str]:
    """Who contests a place: those who have the most of the belief."""
    return list(state.standing)[:2] if state.contested else []


def evening(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max)


__all__ = ["OWN", "Run", "evening", "followed", "rivals_of", "runs"]
