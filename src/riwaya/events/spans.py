"""A place's whole history as spans of days: what is stated of each, with no day looked at twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from riwaya.events.chain import SOMEBODY, known
from riwaya.events.control import Evening, Holding, Stretch
from riwaya.events.knowledge import Knowledge

DAY = timedelta(days=1)
FADED = 700  # days after the last word on which nobody looks any more; belief has long decayed by then


@dataclass(frozen=True, slots=True)
class Span:
    """A state of a place from one day until before another; the last one goes on, until decay ends it.

    ``support`` and the rest are those of its first day; ``sides`` are those that contest it.  ``faded`` says
    that it only ends because nobody spoke of the place for so long.
    """

    first: date
    until: date | None
    state: Holding
    sides: tuple[str, ...]
    faded: bool = False

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "from": self.first.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "holder": self.state.holder,
            "contested": self.state.contested,
            "support": round(self.state.support, 4),
            "sides": list(self.sides),
            "claims": list(self.state.claims),
            "method": self.state.method,
            "faded": self.faded,
        }


def spans(history: Sequence[Stretch], knowledge: Knowledge, *, smooth: bool = True) -> list[Span]:
    """The spans in which somebody holds or contests a place, oldest first; the rest is not known.

    Nothing begins after the last word: from then on belief only fades.
    """
    found: list[Span] = []
    turns = list(turning(history, knowledge, smooth=smooth))
    for i, (day, now, evening) in enumerate(turns):
        until = turns[i + 1][0] if i + 1 < len(turns) else None
        sides = tuple(name for name in now if known(name) and name != SOMEBODY)
        if sides and day <= history[-1].days[-1]:
            faded = until is not None and until > history[-1].days[-1]
            found.append(Span(day, until, evening.holding(day), sides if len(now) > 1 else (), faded))
    return found


def turning(
    history: Sequence[Stretch], knowledge: Knowledge, *, smooth: bool
) -> Iterator[tuple[date, tuple[str, ...], Evening]]:
    """Each day on which something else is stated than on the day before."""
    last: tuple[str, ...] | None = None
    for i, here in enumerate(history):
        then = history[i + 1] if i + 1 < len(history) else None
        evening = Evening(here, then, knowledge, smooth=smooth)
        ends = [*here.days[1:], then.low if then else here.days[-1] + timedelta(days=FADED)]
        for low, until in zip(here.days, ends, strict=True):
            if until <= low:
                continue
            for day, now in stated_between(evening, low, until - DAY):
                if now != last:
                    yield day, now, evening
                last = now


def stated_between(evening: Evening, low: date, high: date) -> Iterator[tuple[date, tuple[str, ...]]]:
    """What is stated on a day and, in the silence after it, from when on something else is."""
    seen: dict[date, tuple[str, ...]] = {}

    def at(day: date) -> tuple[str, ...]:
        if day not in seen:
            seen[day] = evening.named(day)
        return seen[day]

    def turns(first: date, last: date) -> Iterator[date]:
        """Days on which it turns, by halves; two halves alike are taken for one state."""
        if (last - first).days <= 1:
            if at(first) != at(last):
                yield last
            return
        middle = first + (last - first) // 2
        if at(first) != at(middle):
            yield from turns(first, middle)
        if at(middle) != at(last):
            yield from turns(middle, last)

    yield low, at(low)
    if high > low:
        for day in turns(low, high):
            yield day, at(day)
