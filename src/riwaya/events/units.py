"""A claim at one place, with what its report adds: when it was published, and on whose word it rests.

A list of places under one verb is one claim and several units.  Everything later is a function of
the set of units: no step looks at the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from riwaya.events.knowledge import NOBODY, Knowledge
from riwaya.events.origins import First, Origin, origin_of
from riwaya.text.normalise import fold

SMALL_HOURS = 5  # what is published before this hour without a day of its own was yesterday's evening
SAID = frozenset({"happened", "ongoing", "denied"})


@dataclass(frozen=True, slots=True)
class Heard:
    """A claim with the report that carries it, as the ledger keeps them.

    ``title`` and ``outlet`` are the report's; ``known`` is the moment it was published, on its own wall.
    """

    claim: Mapping[str, Any]
    outlet: str
    published: datetime | None
    known: datetime
    forwarded: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """How many, as bounds, and of what."""

    low: float | None
    high: float | None
    unit: str
    cumulative: bool = False

    def overlaps(self, other: Figure) -> bool:
        """Whether one number can satisfy both."""
        low = max(self.low or 0, other.low or 0)
        high = min(_open(self.high), _open(other.high))
        return low <= high


def _open(bound: float | None) -> float:
    return float("inf") if bound is None else bound


@dataclass(frozen=True, slots=True)
class Unit:
    """One claim at one place.

    ``known`` is when it was said, ``carried`` when this report was published, later where it is a copy.
    ``first`` and ``last`` are the days the words give, else None; ``likely`` is the day it is most
    likely about.  ``stance`` is for, against, or a taking back of one's own word.
    """

    claim: str
    report: str
    type: str
    family: str
    status: str
    stance: str
    actor: tuple[str, ...]
    target: tuple[str, ...]
    place: str
    extent: str
    first: date | None
    last: date | None
    likely: date
    known: datetime
    origin: Origin
    hedged: bool
    figure: Figure | None
    words: str
    trigger: str
    mention: Mapping[str, Any]
    actors_said: tuple[Mapping[str, Any], ...]
    targets_said: tuple[Mapping[str, Any], ...]
    carried: datetime

    @property
    def key(self) -> tuple[str, str]:
        """What identifies a unit."""
        return self.claim, self.place

    @property
    def order(self) -> tuple[datetime, datetime, str, str]:
        """By when it was said, then by when this report carried it; ties are broken by what is said."""
        return self.known, self.carried, self.claim, self.place


def units(heard: Iterable[Heard], knowledge: Knowledge, first_of: Mapping[str, First]) -> Iterator[Unit]:
    """Every unit of the claims; ``first_of`` says who first told what a report repeats."""
    for each in heard:
        yield from units_of(each, knowledge, first_of)


def units_of(heard: Heard, knowledge: Knowledge, first_of: Mapping[str, First]) -> Iterator[Unit]:
    """The units of one claim: one for every place it names, one without a place where it names none.

    What a copy says was said when it was first told, so that nobody's word is renewed by being copied.
    """
    claim = heard.claim
    if claim["status"] not in SAID:
        return
    first_told = first_of.get(claim["report"])
    carried = heard.known
    if first_told and first_told.known and first_told.known < heard.known:
        heard = replace(heard, published=first_told.known, known=first_told.known)
    first, last = _days(claim)
    likely = last or _likely(heard)
    quantity = claim.get("quantity")
    words = claim.get("evidence", {}).get("text", "")
    plain = Unit(
        claim=claim["id"],
        report=claim["report"],
        type=claim["type"],
        family=_family(claim, knowledge),
        status=claim["status"],
        stance=_stance(claim, fold(words), knowledge),
        actor=_bodies(claim["actor"], knowledge),
        target=_bodies(claim["target"], knowledge),
        place="",
        extent=claim.get("extent") or "",
        first=first,
        last=last,
        likely=likely,
        known=heard.known,
        origin=origin_of(heard.claim, heard.outlet, heard.forwarded, likely, knowledge, first_of),
        hedged=claim["hedged"],
        figure=_figure(quantity) if quantity else None,
        words=words,
        trigger=claim.get("trigger", {}).get("text", ""),
        mention={},
        actors_said=tuple(claim["actor"]),
        targets_said=tuple(claim["target"]),
        carried=carried,
    )
    for place in claim["place"] or ({"id": "", "name": ""},):
        yield replace(plain, place=place["id"] or _unknown(place["name"]), mention=place)


def _unknown(name: str) -> str:
    """A place that no gazetteer has, by its folded words."""
    return f"?{fold(name)}" if name else ""


def _days(claim: Mapping[str, Any]) -> tuple[date | None, date | None]:
    when = claim.get("when")
    return (date.fromisoformat(when[0]), date.fromisoformat(when[1])) if when else (None, None)


def _likely(heard: Heard) -> date:
    """The day a claim without a day is most likely about."""
    moment = heard.published or heard.known
    clock = moment.hour or moment.minute
    return (moment - timedelta(days=1)).date() if clock and moment.hour < SMALL_HOURS else moment.date()


def _family(claim: Mapping[str, Any], knowledge: Knowledge) -> str:
    """The type family; the dead and the wounded are two, so that their figures never meet."""
    family = knowledge.families.get(claim["type"], claim["type"])
    if family == "casualties":
        trigger = fold(claim.get("trigger", {}).get("text", ""))
        wounded = knowledge.weights.words["wounded"]
        return "wounded" if any(word in trigger for word in wounded) else "killed"
    return str(family)


def _stance(claim: Mapping[str, Any], words: str, knowledge: Knowledge) -> str:
    """Whether a claim speaks for or against what it names, or takes back what its origin said before."""
    said = knowledge.weights.words
    back = min((at for cue in said["retract"] if (at := _at_word(words, cue)) >= 0), default=-1)
    if back >= 0:
        turn = min((at for cue in said["correct_is"] if (at := _at_word(words, cue)) > back), default=-1)
        trigger = words.find(fold(claim.get("trigger", {}).get("text", "")))
        if turn < 0 or trigger < turn:
            return "retracts"
    return "against" if str(claim["status"]) == "denied" else "for"


def _at_word(words: str, cue: str) -> int:
    """Where a cue begins a word (a clitic before it allowed), or -1."""
    at = words.find(cue)
    while (
        at > 0
        and words[at - 1].isalnum()
        and not (words[at - 1] in "وف" and not words[at - 2 : at - 1].isalnum())
    ):
        at = words.find(cue, at + 1)
    return at


def _bodies(mentions: Sequence[Mapping[str, Any]], knowledge: Knowledge) -> tuple[str, ...]:
    """The bodies that mentions name, each once, without those that name nobody."""
    found = (knowledge.body(mention["id"]) for mention in mentions if mention["id"] not in NOBODY)
    return tuple(dict.fromkeys(found))


def _figure(quantity: Mapping[str, Any]) -> Figure:
    low, high = quantity.get("min"), quantity.get("max")
    return Figure(low, high, quantity.get("unit", ""), bool(quantity.get("cumulative")))
