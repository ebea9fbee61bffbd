"""Claims as units, with what people decided about them, remembered while a refresh lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from riwaya.events.knowledge import Knowledge
from riwaya.events.origins import First
from riwaya.events.rulings import Decided
from riwaya.events.units import Heard, Unit, units_of
from riwaya.ledger import told
from riwaya.views import heard_of

MOST = 20_000  # claims remembered at a time


class Units:
    """The units of claims by the claims' numbers.

    ``firsts`` overrules who first told what a report repeats (None: it repeats nothing), by its id.
    """

    def __init__(
        self, knowledge: Knowledge, decided: Decided, firsts: Mapping[str, First | None] | None = None
    ) -> None:
        self.knowledge = knowledge
        self.decided = decided
        self.firsts = firsts or {}
        self.known: dict[int, list[Unit]] = {}

    def forget(self) -> None:
        """Begin anew: reports may repeat others by now."""
        self.known.clear()

    def load(self, connection: Any, seqs: Iterable[int]) -> dict[int, list[Unit]]:
        """The units of some claims."""
        wanted = set(seqs)
        if len(self.known) > MOST:
            self.known.clear()
        for row in told.numbered(connection, sorted(seq for seq in wanted if seq not in self.known)):
            self.known[row.told.seq] = self.of(row)
        return {seq: self.known[seq] for seq in wanted if seq in self.known}

    def of(self, row: told.Row) -> list[Unit]:
        """The units of one claim; none where a person said that it is no claim."""
        heard = heard_of(row.told)
        claim = self.decided.apply(heard.claim)
        if not claim:
            return []
        first = self.firsts.get(claim["report"], First(*row.first) if row.first else None)
        firsts = {} if first is None else {claim["report"]: first}
        ruled = Heard(claim, heard.outlet, heard.published, heard.known, heard.forwarded)
        return list(units_of(ruled, self.knowledge, firsts))
