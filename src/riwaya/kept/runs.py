"""Runs of days near some days, without looking at a whole history.

A run that is longer than so many days is cut at fixed days.  So days far away decide nothing about the
blocks near a day but whether their run is long, and that is known from days a run's length away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from riwaya.events.disputes import LONGEST_SPELL
from riwaya.events.knowledge import Knowledge
from riwaya.events.link import LONGEST_RUN, PIECE, day_runs

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Rule:
    """How runs are cut: where nothing was told for a while, and in pieces where they are longer."""

    gap: str
    longest: int
    piece: int

    def bucket(self, day: date) -> int:
        """The fixed piece of days that a day lies in."""
        return day.toordinal() // self.piece

    def days(self, bucket: int) -> Days:
        """The first and the last day of a fixed piece."""
        first = date.fromordinal(bucket * self.piece)
        return first, first + timedelta(days=self.piece - 1)

    def ranges(self, buckets: Sequence[int]) -> list[Days]:
        """Pieces as ranges of days, neighbours together."""
        found: list[Days] = []
        for bucket in sorted(set(buckets)):
            first, last = self.days(bucket)
            if found and found[-1][1] + timedelta(days=1) == first:
                found[-1] = found[-1][0], last
            else:
                found.append((first, last))
        return found

    def core(self, first: date, last: date, knowledge: Knowledge) -> Days:
        """The days whose runs may be others when something changes from a first to a last day."""
        far = timedelta(days=self.longest + int(knowledge.weights("link", self.gap)))
        return first - far, last + far

    def near(
        self, core: Days, days_of: Callable[[date, date], list[date]], knowledge: Knowledge
    ) -> list[Days]:
        """The runs that share days with a core, as their first and last days."""
        low, high = core
        far = timedelta(days=self.longest + self.piece + int(knowledge.weights("link", self.gap)))
        days = days_of(low - far, high + far)
        cut = day_runs(days, knowledge, gap_name=self.gap, longest=self.longest, piece=self.piece)
        return [(run[0], run[-1]) for run in cut if run[-1] >= low and run[0] <= high]


BLOCK = Rule("gap_days", LONGEST_RUN, PIECE)
SPELL = Rule("quiet_days", LONGEST_SPELL, LONGEST_SPELL // 2)
