"""What people decided about claims, and how it outranks what was read and linked.

A decision names claims by their ids, which do not change, so it holds through every rebuild.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riwaya.events.link import Rulings

SAME, DIFFERENT, NOT_A_CLAIM, CORRECT = "same", "different", "not-a-claim", "correct"
KINDS = (SAME, DIFFERENT, NOT_A_CLAIM, CORRECT)

# Fields of a claim that a person may correct, and how each is written.
FIELDS = ("type", "status", "actor", "target", "place", "extent", "when", "hedged", "quantity")


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions in force, by what they do."""

    rulings: Rulings = field(default_factory=Rulings)
    dropped: frozenset[str] = frozenset()
    corrected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def apply(self, claim: Mapping[str, Any]) -> Mapping[str, Any]:
        """A claim as it stands after the decisions; empty where it is no claim."""
        if claim["id"] in self.dropped:
            return {}
        changes = self.corrected.get(claim["id"])
        return {**claim, **changes} if changes else claim


def decided(decisions: Iterable[Mapping[str, Any]]) -> Decided:
    """The decisions of a ledger; of two about one thing the later holds."""
    same: set[frozenset[str]] = set()
    different: set[frozenset[str]] = set()
    dropped: set[str] = set()
    corrected: dict[str, dict[str, Any]] = {}
    for decision in decisions:
        kind, said = decision["kind"], decision["payload"]
        if kind in (SAME, DIFFERENT):
            first, *others = said["claims"]
            pairs = {frozenset((first, other)) for other in others}
            into, out_of = (same, different) if kind == SAME else (different, same)
            into |= pairs
            out_of -= pairs
        elif kind == NOT_A_CLAIM:
            dropped |= set(said["claims"])
        elif kind == CORRECT:
            for claim in said["claims"]:
                corrected.setdefault(claim, {})[said["field"]] = value_of(said["field"], said["value"])
    return Decided(Rulings(frozenset(same), frozenset(different)), frozenset(dropped), corrected)


def value_of(field: str, value: Any) -> Any:
    """A corrected value in the shape a claim has: ids become mentions without words, days a range."""
    if field in ("actor", "target", "place"):
        ids = [value] if isinstance(value, str) else value
        return [{"id": id, "name": "", "start": 0, "end": 0} for id in ids if id]
    if field == "when":
        days = [value] if isinstance(value, str) else value
        return [days[0], days[-1]] if days and days[0] else None
    if field == "quantity":
        low, _, high = str(value).partition("-")
        return {"text": "", "start": 0, "end": 0, "min": int(low), "max": int(high or low), "unit": "people"}
    if field == "hedged":
        return str(value).lower() == "true"
    return value or None
