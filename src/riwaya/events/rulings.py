"""What people decided about claims, and how it outranks what was read and linked.

A decision names claims by their ids, which do not change, so it holds through every rebuild.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riwaya.events.link import Rulings

SAME, DIFFERENT, NOT_A_CLAIM, CORRECT = "same", "different", "not-a-claim", "correct"
ACCEPT, NOTE = "accept", "note"
KINDS = (SAME, DIFFERENT, NOT_A_CLAIM, CORRECT, ACCEPT, NOTE)

# Fields of a claim that a person may correct, and how each is written.
FIELDS = tuple("type status actor target place toward extent when hedged quantity chain".split())
MENTIONS = ("actor", "target", "place", "toward", "chain")


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
        elif kind == ACCEPT:  # said after a rejection, it is the later word
            dropped -= set(said["claims"])
        elif kind == CORRECT:
            for claim in said["claims"]:
                corrected.setdefault(claim, {}).update(changes_of(said))
    return Decided(Rulings(frozenset(same), frozenset(different)), frozenset(dropped), corrected)


def changes_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction changes, field by field; one decision may change several fields together."""
    changes = said["changes"] if "changes" in said else {said["field"]: said["value"]}
    return {field: value_of(field, value) for field, value in changes.items()}


def value_of(field: str, value: Any) -> Any:
    """A corrected value in the shape a claim has: ids become mentions without words, days a range."""
    if field in MENTIONS:
        named = [value] if isinstance(value, str | Mapping) else value or ()
        return [mention_of(field, one) for one in named if one]
    if field == "when":
        days = [value] if isinstance(value, str) else value
        return [days[0], days[-1]] if days and days[0] else None
    if field == "quantity":
        return quantity_of(value)
    if field == "hedged":
        return str(value).lower() == "true"
    return value or None


def mention_of(field: str, named: Any) -> dict[str, Any]:
    """Somebody or something named by a person: an id, or an object that may carry words, labels, a point."""
    said = {"id": named} if isinstance(named, str) else dict(named)
    plain: dict[str, Any] = {"id": "", "name": "", "start": 0, "end": 0}
    if field == "chain":
        plain["kind"] = "unnamed"
    elif field in ("place", "toward"):
        plain |= {"lat": None, "lon": None, "level": "", "label_ar": "", "label_en": ""}
    return plain | said


def quantity_of(value: Any) -> dict[str, Any] | None:
    """How many: an object with bounds, or "10" or "10-20"; nothing where there is no number."""
    words: dict[str, Any] = {"text": "", "start": 0, "end": 0}
    if isinstance(value, Mapping):
        return words | {"min": None, "max": None, "unit": "people"} | dict(value)
    if value in (None, ""):
        return None
    low, _, high = str(value).partition("-")
    return words | {"min": int(low), "max": int(high or low), "unit": "people"}
