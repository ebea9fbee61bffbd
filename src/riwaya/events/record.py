"""How often a source's words were borne out later: its record, from what others said of the same happenings.

A word is borne out where an origin independent of its own says the same later, and contradicted where one
says otherwise; where both happen it is left open, as where nobody spoke of it again.  The record is a
report beside the weighing, not a part of it: docs/control.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riwaya.events.knowledge import Knowledge


@dataclass(slots=True)
class Record:
    """One origin: of how many happenings it spoke, and what became of its words."""

    id: str
    kind: str
    name: str
    told: int = 0
    borne_out: int = 0
    contradicted: int = 0

    def to_json(self, knowledge: Knowledge) -> dict[str, Any]:
        """The public object, with the factor by which such a record would weigh."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "told": self.told,
            "borne_out": self.borne_out,
            "contradicted": self.contradicted,
            "open": self.told - self.borne_out - self.contradicted,
            "share": round(self.share(knowledge), 3),
            "would_weigh": round(self.factor(knowledge), 3),
        }

    def share(self, knowledge: Knowledge) -> float:
        """The share of its words borne out, of those that were spoken of again; a few are taken as even."""
        even = knowledge.weights("record", "even")
        return (self.borne_out + even / 2) / (self.borne_out + self.contradicted + even)

    def factor(self, knowledge: Knowledge) -> float:
        """What its weight would be multiplied by: between 1 − bound and 1 + bound."""
        return 1 + knowledge.weights("record", "bound") * (2 * self.share(knowledge) - 1)


def records(
    events: Iterable[tuple[Mapping[str, Any], Mapping[str, datetime]]], knowledge: Knowledge
) -> list[Record]:
    """The record of every origin, from events with the moments at which their claims were published."""
    found: dict[str, Record] = {}
    for event, known in events:
        voices = [
            (one, min(known[claim] for claim in one["claims"] if claim in known))
            for one in event["origins"]
            if any(claim in known for claim in one["claims"])
        ]
        for voice, moment in voices:
            record = found.setdefault(voice["id"], Record(voice["id"], voice["kind"], voice["name"]))
            record.told += 1
            later = {
                other["stance"] == voice["stance"]
                for other, when in voices
                if when > moment and independent(voice["id"], other["id"], knowledge)
            }
            record.borne_out += later == {True}
            record.contradicted += later == {False}
    return sorted(found.values(), key=lambda one: (-one.told, one.id))


def independent(one: str, other: str, knowledge: Knowledge) -> bool:
    """Whether two origins are two, and not of one side."""
    sides = [voice.side for id in (one, other) if (voice := knowledge.voices.get(id)) and voice.side]
    return one != other and not (len(sides) == 2 and knowledge.together(*sides))
