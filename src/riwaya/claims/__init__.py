"""What is said to have happened, by whom, how surely: readers turn a report into claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from riwaya.claims.grammar_reader import GrammarReader
from riwaya.model import Claim, Report
from riwaya.packs.pack import Pack


class Reader(Protocol):
    """Anything that reads claims out of a report."""

    @property
    def name(self) -> str:
        """The reader's name, part of every claim's id."""
        ...

    def read(self, report: Report, pack: Pack) -> Iterable[Claim]:
        """The claims of a report."""
        ...


# Every reader by name; the first is the default.
READERS: tuple[Reader, ...] = (GrammarReader(),)
