"""What people decided about claims, and how it outranks what was read and linked.

A decision names claims by their ids, which do not change, so it holds through every rebuild.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from riwaya.events.knowledge import Knowledge
from riwaya.events.link import Rulings

SAME, DIFFERENT, NOT_A_CLAIM, CORRECT = "same", "different", "not-a-claim", "correct"
ACCEPT, NOTE = "accept", "note"
KINDS = (SAME, DIFFERENT, NOT_A_CLAIM, CORRECT, ACCEPT, NOTE)

# Fields of a claim that a person may correct, and how each is written (docs/control.md has examples).
FIELDS = tuple("type status actor target place toward extent when hedged quantity chain".split())
ORIGIN = "origin"  # another word for the chain, where one voice is named
MENTIONS = ("actor", "target", "place", "toward", "chain")
PLACES = ("place", "toward")
STATUSES = ("happened", "ongoing", "planned", "predicted", "denied", "hypothetical")
EXTENTS = ("whole", "part", "surroundings")


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions in force, by what they do; the value of each corrected field is as a claim has it.

    ``reviewed`` has what people last said of a claim itself: accepted, rejected, corrected or noted.
    """

    rulings: Rulings = field(default_factory=Rulings)
    dropped: frozenset[str] = frozenset()
    corrected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reviewed: Mapping[str, str] = field(default_factory=dict)

    def apply(self, claim: Mapping[str, Any]) -> Mapping[str, Any]:
        """A claim as it stands after the decisions; empty where it is no claim."""
        if claim["id"] in self.dropped:
            return {}
        changes = self.corrected.get(claim["id"])
        return {**claim, **changes} if changes else claim


REVIEWS = {ACCEPT: "accepted", NOT_A_CLAIM: "rejected", CORRECT: "corrected", NOTE: "noted"}


def decided(decisions: Iterable[Mapping[str, Any]], knowledge: Knowledge | None = None) -> Decided:
    """The decisions of a ledger; of two about one thing the later holds."""
    same: set[frozenset[str]] = set()
    different: set[frozenset[str]] = set()
    dropped: set[str] = set()
    corrected: dict[str, dict[str, Any]] = {}
    reviewed: dict[str, str] = {}
    for decision in decisions:
        kind, said = decision["kind"], decision["payload"]
        if kind in (SAME, DIFFERENT):
            first, *others = dict.fromkeys(said["claims"])
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
                corrected.setdefault(claim, {}).update(changes_of(said, knowledge))
        for claim in said.get("claims", ()) if kind in REVIEWS else ():
            if kind != NOTE or claim not in reviewed:
                reviewed[claim] = REVIEWS[kind]
    rulings = Rulings(frozenset(same), frozenset(different))
    return Decided(rulings, frozenset(dropped), corrected, reviewed)


def changes_of(said: Mapping[str, Any], knowledge: Knowledge | None = None) -> dict[str, Any]:
    """What a correction changes, field by field; one decision may change several fields together.

    Raises:
        ValueError: a value that its field cannot have, with what is wrong.
    """
    changes = said["changes"] if "changes" in said else {said["field"]: said["value"]}
    named = {"chain" if field == ORIGIN else field: value for field, value in changes.items()}
    return {field: value_of(field, value, knowledge) for field, value in named.items()}


def value_of(field: str, value: Any, knowledge: Knowledge | None = None) -> Any:
    """A corrected value in the shape a claim has: ids become mentions without words, days a range."""
    if field in MENTIONS:
        named = [value] if isinstance(value, str | Mapping) else value or ()
        return [mention_of(field, one, knowledge or Knowledge()) for one in named if one]
    if field == "when":
        return days_of(value)
    if field == "quantity":
        return quantity_of(value)
    if field == "hedged":
        return str(value).lower() == "true"
    allowed = {"status": STATUSES, "extent": EXTENTS}.get(field)
    if field == "type" and knowledge and knowledge.families:
        allowed = tuple(knowledge.families)
    if value and allowed and value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return value or None


def mention_of(field: str, named: Any, knowledge: Knowledge) -> dict[str, Any]:
    """Somebody or something named by a person: an id, or an object that may carry words, labels, a point.

    What the packs know of an id is filled in; as an origin, an id that they do not know is taken as words.
    """
    said = {"id": named} if isinstance(named, str) else dict(named)
    id = str(said.get("id") or "")
    plain: dict[str, Any] = {"id": "", "name": "", "start": 0, "end": 0}
    if field == "chain":
        voice = knowledge.voices.get(id)
        plain["kind"] = voice.kind if voice else "unnamed"
        if isinstance(named, str) and not voice:
            return plain | {"name": named}
    if field in PLACES:
        plain |= {"lat": None, "lon": None, "level": "", "label_ar": "", "label_en": ""}
        plain |= knowledge.mention(id) if id in knowledge.levels else {}
    elif id in knowledge.labels:
        plain["name"] = knowledge.label(id)
    return plain | said


def days_of(value: Any) -> list[str] | None:
    """A day, or the first and the last of several."""
    named = [value] if isinstance(value, str) else value
    if not named or not named[0]:
        return None
    first, last = date.fromisoformat(str(named[0])), date.fromisoformat(str(named[-1]))
    if last < first:
        raise ValueError(f"{last} is before {first}")
    return [first.isoformat(), last.isoformat()]


def quantity_of(value: Any) -> dict[str, Any] | None:
    """How many: an object with bounds, or "10", "10-20" or "10-" (or more); nothing where that is empty."""
    words: dict[str, Any] = {"text": "", "start": 0, "end": 0}
    if isinstance(value, Mapping):
        return words | {"min": None, "max": None, "unit": "people"} | dict(value)
    if value in (None, ""):
        return None
    low, dash, high = str(value).partition("-")
    top = int(high or low) if high or not dash else None
    return words | {"min": int(low), "max": top, "unit": "people"}
