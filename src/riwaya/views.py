"""Questions people ask of a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from riwaya.events.control import SPEAKING, Holding, Sides, control
from riwaya.ledger import Ledger, Query, Told


@dataclass(frozen=True, slots=True)
class Voice:
    """An origin and the claims that rest on its word."""

    id: str
    name: str
    kind: str
    claims: tuple[Told, ...]


def claims(ledger: Ledger, query: Query) -> Iterator[Told]:
    """The claims that fit, oldest first."""
    return ledger.claims(query)


def who_said(ledger: Ledger, query: Query) -> list[Voice]:
    """The origins behind the claims that fit, those with the most first; an outlet speaks for itself."""
    voices: dict[tuple[str, str], list[Told]] = {}
    names: dict[tuple[str, str], tuple[str, str, str]] = {}
    for told in ledger.claims(query):
        chain = told.claim["chain"]
        origin = chain[-1] if chain else {"id": "", "name": told.outlet, "kind": "media"}
        key = (origin["id"], "" if origin["id"] else origin["name"])
        names.setdefault(key, (origin["id"], origin["name"], origin["kind"]))
        voices.setdefault(key, []).append(told)
    ranked = sorted(voices, key=lambda key: (-len(voices[key]), key))
    return [Voice(*names[key], tuple(voices[key])) for key in ranked]


def held(
    ledger: Ledger, at: date, *, known_by: datetime | None = None, place: str = "", sides: Sides | None = None
) -> list[Holding]:
    """Who held what on the evening of a day, from what was published by a moment."""
    query = Query(type=tuple(sorted(SPEAKING)), last=at, known_by=known_by, place=place)
    dated = ((told.claim, published_day(told)) for told in ledger.claims(query))
    states = control(dated, at, sides)
    return [state for state in states if not place or place in (state.place["id"], state.place["name"])]


def published_day(told: Told) -> date | None:
    """The calendar day a claim's report was published, as its source wrote it."""
    return datetime.fromisoformat(told.published).date() if told.published else None


def evening(day: date) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day, time.max)
