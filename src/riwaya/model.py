"""Every noun of Riwaya, as frozen dataclasses over the standard library.

Nothing here reads language or touches a disk.  Offsets count Unicode code points of the original
report text, end exclusive: ``report.text[span.start:span.end]`` is exactly what is meant.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

# Hand readings name a quarter a place and a base a facility; the finer level stays in the gazetteer.
HAND_LEVELS = {"neighbourhood": "place", "base": "facility"}


class Status(StrEnum):
    """How a report presents a happening (not whether it is true)."""

    HAPPENED = "happened"
    ONGOING = "ongoing"
    PLANNED = "planned"
    PREDICTED = "predicted"
    DENIED = "denied"
    HYPOTHETICAL = "hypothetical"


class Extent(StrEnum):
    """How much of a place is meant, where the report says so."""

    WHOLE = "whole"
    PART = "part"
    SURROUNDINGS = "surroundings"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points of a report's original text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The words this span points at."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Report:
    """One text as it came: an article, a post, a bulletin.

    ``published`` is the moment of publication where known (zone-aware or naive as the source gave
    it); relative days in the text are resolved against its calendar day.  ``origin`` names the
    account or outlet a forwarded text came from, where the input says so.
    """

    text: str
    id: str = ""
    title: str = ""
    outlet: str = ""
    published: datetime | None = None
    url: str = ""
    language: str = "ar"
    origin: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", content_id(self.outlet, self.url, self.title, self.text))

    @property
    def day(self) -> date | None:
        """The calendar day of publication, in the zone the source gave."""
        return self.published.date() if self.published else None


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor or a body as a report names it: the words, where they stand, and whom they name.

    ``id`` is the neutral id of a pack entry or "" where the words name nobody known; ``name`` is
    always the outlet's own wording.
    """

    id: str
    name: str
    start: int
    end: int
    kind: str = ""

    @property
    def span(self) -> Span:
        """Where the words stand."""
        return Span(self.start, self.end)

    def to_json(self) -> dict[str, Any]:
        """The public object: ``{id, name, start, end}``."""
        return {"id": self.id, "name": self.name, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as a report names it, with the gazetteer entry it resolves to.

    An unresolved place keeps ``id`` "" and no coordinates.  ``score`` (0-1) says how sure the
    resolution is, ``rivals`` lists other candidates as ``(id, score)``, ``reason`` says what
    settled it.  ``level`` is one of place, neighbourhood, governorate, facility, base, crossing,
    road, border, region, country.
    """

    id: str
    name: str
    start: int
    end: int
    lat: float | None = None
    lon: float | None = None
    level: str = ""
    label_ar: str = ""
    label_en: str = ""
    country: str = ""
    score: float = 0.0
    rivals: tuple[tuple[str, float], ...] = ()
    reason: str = ""

    @property
    def span(self) -> Span:
        """Where the words stand."""
        return Span(self.start, self.end)

    def to_json(self) -> dict[str, Any]:
        """The public object: id, words, offsets, coordinates, level and labels."""
        return {
            "id": self.id,
            "name": self.name,
            "start": self.start,
            "end": self.end,
            "lat": self.lat,
            "lon": self.lon,
            "level": HAND_LEVELS.get(self.level, self.level),
            "label_ar": self.label_ar,
            "label_en": self.label_en,
        }


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time expression and the first and last calendar day it means, both inclusive."""

    first: date
    last: date
    text: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """The words and offsets (the days travel in the claim's ``when``)."""
        return {"text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many: bounds (None where open), a unit such as people, families, vehicles, and the words."""

    text: str
    start: int
    end: int
    min: float | None
    max: float | None
    unit: str = ""
    cumulative: bool = False

    def to_json(self) -> dict[str, Any]:
        """The public object; open bounds are left out, whole numbers are integers."""
        out: dict[str, Any] = {"text": self.text, "start": self.start, "end": self.end}
        for name, value in (("min", self.min), ("max", self.max)):
            if value is not None:
                out[name] = int(value) if float(value).is_integer() else value
        out["unit"] = self.unit
        if self.cumulative:
            out["cumulative"] = True
        return out


@dataclass(frozen=True, slots=True)
class Link:
    """One voice of a claim's chain: the words, the known body or "", and its kind.

    ``kind`` is one of party, official, monitor, media, agency, resident, witness, footage,
    unnamed, analyst, document.
    """

    name: str
    id: str
    kind: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """The public object: ``{name, id, kind, start, end}``."""
        return {
            "name": self.name,
            "id": self.id,
            "kind": self.kind,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a report says happened: see ``docs/claims.md`` for every field.

    ``why`` is a tuple of ``(slot, reason)`` pairs: the frame, the cue, the rule for every slot.
    ``reader`` names the reader and its version; it is part of the id.
    """

    report: str
    type: str
    status: Status
    trigger: Span
    evidence: Span
    trigger_text: str
    evidence_text: str
    actor: tuple[Mention, ...] = ()
    target: tuple[Mention, ...] = ()
    place: tuple[PlaceMention, ...] = ()
    toward: tuple[PlaceMention, ...] = ()
    extent: Extent | None = None
    when: tuple[date, date] | None = None
    time: TimeMention | None = None
    quantity: Quantity | None = None
    chain: tuple[Link, ...] = ()
    hedged: bool = False
    reader: str = ""
    why: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    id: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", claim_id(self))

    @property
    def origin(self) -> Link | None:
        """The last link of the chain: who claims to know. None where the outlet itself speaks."""
        return self.chain[-1] if self.chain else None

    def to_json(self, *, why: bool = False) -> dict[str, Any]:
        """The public object that ``riwaya read --json`` prints."""
        out: dict[str, Any] = {
            "id": self.id,
            "report": self.report,
            "type": self.type,
            "status": self.status.value,
            "actor": [m.to_json() for m in self.actor],
            "target": [m.to_json() for m in self.target],
            "place": [m.to_json() for m in self.place],
            "toward": [m.to_json() for m in self.toward],
            "extent": self.extent.value if self.extent else None,
            "when": [d.isoformat() for d in self.when] if self.when else None,
            "time": self.time.to_json() if self.time else None,
            "quantity": self.quantity.to_json() if self.quantity else None,
            "chain": [link.to_json() for link in self.chain],
            "hedged": self.hedged,
            "trigger": {
                "start": self.trigger.start,
                "end": self.trigger.end,
                "text": self.trigger_text,
            },
            "evidence": {
                "start": self.evidence.start,
                "end": self.evidence.end,
                "text": self.evidence_text,
            },
            "reader": self.reader,
        }
        if why:
            out["why"] = [{"slot": slot, "reason": reason} for slot, reason in self.why]
        return out


def content_id(*parts: str) -> str:
    """A short stable id for content: the first 16 hex digits of SHA-256 over the parts."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


def claim_id(claim: Claim) -> str:
    """A claim's id: a hash of what it says, where, and by which reader (law 2)."""
    says = claim.to_json()
    says.pop("id")
    return content_id(json.dumps(says, ensure_ascii=False, sort_keys=True))
