"""Every decision of a ledger by the claims it touches, and where that leaves each claim.

A claim's *version* is the id of the last decision that touches it, withdrawals included, as
``Ledger.versions`` has it: whoever decides says which version they saw.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from riwaya.events.rulings import ACCEPT, CORRECT, NOT_A_CLAIM, NOTE, Decided, changes_of, decided
from riwaya.ledger.tables import DECISIONS

WITHDRAW = "withdraw"
OPEN, ACCEPTED, REJECTED, CORRECTED, NOTED = "open", "accepted", "rejected", "corrected", "noted"
STATES = (OPEN, ACCEPTED, REJECTED, CORRECTED, NOTED)
LEADS_TO = {ACCEPT: ACCEPTED, NOT_A_CLAIM: REJECTED, CORRECT: CORRECTED}


@dataclass(frozen=True, slots=True)
class Decision:
    """One row: who decided what about which claims, and which decision it takes back."""

    seq: int
    id: str
    kind: str
    author: str
    made_at: datetime
    payload: Mapping[str, Any]
    withdraws: str


@dataclass(frozen=True, slots=True)
class Review:
    """Where a claim stands in review: its state, its version, and who last touched it."""

    state: str = OPEN
    version: str = ""
    by: str = ""
    at: str = ""

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {"state": self.state, "version": self.version, "by": self.by, "at": self.at}


UNTOUCHED = Review()


@dataclass(frozen=True)
class Log:
    """Every decision, oldest first, and which claims each touches."""

    rows: tuple[Decision, ...] = ()
    touching: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of the newest decision."""
        return self.rows[-1].seq if self.rows else 0

    @cached_property
    def by_id(self) -> Mapping[str, Decision]:
        """Decisions by their ids."""
        return {row.id: row for row in self.rows}

    @cached_property
    def withdrawn(self) -> Mapping[str, str]:
        """Which decision took which back."""
        return {row.withdraws: row.id for row in self.rows if row.withdraws}

    @cached_property
    def decided(self) -> Decided:
        """What the decisions in force do."""
        standing = (row for row in self.rows if not row.withdraws and row.id not in self.withdrawn)
        return decided({"kind": row.kind, "payload": row.payload} for row in standing)

    def with_new(self, connection: Connection) -> Log:
        """The log with what has been decided since."""
        asked = select(DECISIONS).where(DECISIONS.c.seq > self.last).order_by(DECISIONS.c.seq)
        new = [decision_of(row) for row in connection.execute(asked)]
        if not new:
            return self
        rows = (*self.rows, *new)
        touching, known = dict(self.touching), {row.id: row for row in rows}
        for row in new:
            for claim in claims_of(row, known):
                touching[claim] = (*touching.get(claim, ()), row)
        return Log(rows, touching)

    def claims(self, row: Decision) -> tuple[str, ...]:
        """The claims a decision is about; those of the one it takes back."""
        return claims_of(row, self.by_id)

    def review(self, claim: str) -> Review:
        """Where a claim stands."""
        rows = self.touching.get(claim)
        if not rows:
            return UNTOUCHED
        standing = [row for row in rows if not row.withdraws and row.id not in self.withdrawn]
        ruled = [row for row in standing if row.kind in LEADS_TO]
        state = (
            LEADS_TO[ruled[-1].kind]
            if ruled
            else NOTED
            if any(row.kind == NOTE for row in standing)
            else OPEN
        )
        last = rows[-1]
        return Review(state, last.id, last.author, f"{last.made_at.isoformat()}Z")

    def in_state(self, state: str) -> set[str]:
        """The claims in a state other than open."""
        return {claim for claim in self.touching if self.review(claim).state == state}

    def to_json(self, row: Decision) -> dict[str, Any]:
        """The public object of a decision."""
        changes = changes_of(row.payload) if row.kind == CORRECT else None
        return {
            "id": row.id,
            "kind": WITHDRAW if row.withdraws else row.kind,
            "author": row.author,
            "made_at": f"{row.made_at.isoformat()}Z",
            "claims": list(self.claims(row)),
            "changes": changes,
            "note": str(row.payload.get("note", "")),
            "withdraws": row.withdraws or None,
            "withdrawn_by": self.withdrawn.get(row.id),
        }


def decision_of(row: Any) -> Decision:
    """A decision out of its row."""
    return Decision(
        row.seq, row.id, row.kind, row.author, row.made_at, json.loads(row.payload), row.withdraws or ""
    )


def claims_of(row: Decision, known: Mapping[str, Decision]) -> tuple[str, ...]:
    """The claims a decision touches."""
    about = known.get(row.withdraws, row) if row.withdraws else row
    return tuple(about.payload.get("claims", ()))


def since(log: Log, claim: str, version: str) -> Iterable[Decision]:
    """The decisions about a claim after the version seen."""
    rows = log.touching.get(claim, ())
    at = next((n for n, row in enumerate(rows) if row.id == version), -1)
    return rows[at + 1 :]
