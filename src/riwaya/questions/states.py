"""Who holds a place, as runs of days between a first and a last one: ``events.spans``, cut to them.

A run begins where somebody has spoken of the place itself, as ``control`` lists it from that day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from riwaya.events.control import Holding, own_day, related_places, stretches
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Rulings
from riwaya.events.spans import Span, spans
from riwaya.events.units import Unit

DAY = timedelta(days=1)
Spoken = Mapping[str, Sequence[Unit]]  # the units that bear on who holds what, by place


@dataclass(frozen=True, slots=True)
class Run:
    """A state of a place from one day until before another."""

    first: date
    until: date
    holder: str | None
    contested: bool
    support: float
    rivals: tuple[str, ...]


def cut(found: Iterable[Span], first: date, last: date) -> list[Run]:
    """Spans as runs, as far as they lie between two days."""
    runs = []
    for one in found:
        low, until = max(one.first, first), min(one.until or last + DAY, last + DAY)
        if low < until:
            state = one.state
            support = round(state.support, 4)
            runs.append(Run(low, until, state.holder, state.contested, support, one.sides))
    return runs


def known(
    place: str, units: Spoken, first: date, last: date, knowledge: Knowledge, rulings: Rulings
) -> list[Run]:
    """The states of a place by the units that were known: no later day speaks of an earlier one."""
    begins = spoken_from(units.get(place, ()), knowledge)
    if begins is None or begins > last:
        return []
    history = stretches(place, units, knowledge, date.max, rulings)
    return cut(spans(history, knowledge, smooth=False), max(first, begins), last) if history else []


def followed(
    place: str, units: Spoken, first: date, last: date, knowledge: Knowledge, rulings: Rulings
) -> list[Run]:
    """The states of a place, each day as it could be known that evening."""
    near = [unit for id in related_places(place, knowledge) for unit in units.get(id, ())]
    told = sorted({max(unit.known.date(), first) for unit in near})
    found: list[Run] = []
    for low, high in stretched(told, last):
        by_then = {id: [u for u in said if u.known <= evening(low)] for id, said in units.items()}
        found += known(place, by_then, low, high, knowledge, rulings)
    return joined(found)


def joined(runs: Iterable[Run]) -> list[Run]:
    """Runs of one state that follow each other, as one."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        if last and last.until == run.first and state_of(last) == state_of(run):
            found[-1] = Run(last.first, run.until, *state_of(last))
        else:
            found.append(run)
    return found


def state_of(run: Run) -> tuple[str | None, bool, float, tuple[str, ...]]:
    """What is stated in a run."""
    return run.holder, run.contested, run.support, run.rivals


def stretched(days: Sequence[date], last: date) -> Iterator[tuple[date, date]]:
    """From each day to the eve of the next."""
    ends = [*(day - DAY for day in days[1:]), last][: len(days)]
    for low, high in zip(days, ends, strict=True):
        if low <= min(high, last):
            yield low, min(high, last)


def spoken_from(said: Iterable[Unit], knowledge: Knowledge) -> date | None:
    """The first day from which somebody says who holds a place itself."""
    days = (own_day(unit, knowledge) for unit in said)
    return min((day for day in days if day), default=None)


def rivals_of(state: Holding) -> list[str]:
    """Who contests a place: those who have the most of the belief."""
    return list(state.standing)[:2] if state.contested else []


def evening(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max)
