"""Who holds which place, folded from dated claims: a first, plain weighing.

Day by day, what says that somebody took, holds or entered a place speaks for that body and against
every other; what says that it lost or left the place speaks against it.  Several claims of one
origin on one day count once.  Nothing is inferred from neighbours: a place nobody spoke of is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

# How much one origin's word moves us towards the body it names (first) or away from it (second).
TOWARDS = {"control_gained": 0.8, "control_held": 0.75, "entered": 0.35}
AWAY = {"control_lost": 0.8, "withdrew": 0.7}
SPEAKING = frozenset(TOWARDS) | frozenset(AWAY)

# What makes a word weigh less: it has only begun, only a part is meant, it is in doubt, or it is the
# claim of the side that gains by it.
ONGOING, PART, HEDGED, OWN_SUCCESS = 0.6, 0.45, 0.5, 0.85

HOLDS = 0.5  # from here on a body holds the place, if it stands at
AHEAD = 2.0  # times the next
CONTESTS = 0.25  # from here on another body contests it


@dataclass(frozen=True, slots=True)
class Sides:
    """Who can hold a place at all, and which umbrella a body stands under; empty where nothing is known."""

    never: frozenset[str] = frozenset()
    umbrella: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a claim says about a place: for or against whom, how strongly, on whose word."""

    day: date
    claim: str
    actor: str
    weight: float
    origin: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A place on a day: who holds it, since when, how well that is supported, and by which claims."""

    place: Mapping[str, Any]
    holder: str | None
    contested: bool
    support: float
    since: date | None
    claims: tuple[str, ...]
    standing: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "place": dict(self.place),
            "holder": self.holder,
            "contested": self.contested,
            "support": round(self.support, 3),
            "since": self.since.isoformat() if self.since else None,
            "claims": list(self.claims),
            "standing": {actor: round(value, 3) for actor, value in self.standing.items()},
        }


def control(
    dated: Iterable[tuple[Mapping[str, Any], date | None]], at: date, sides: Sides | None = None
) -> list[Holding]:
    """The state of every place that claims speak of, on the evening of a day.

    Each claim comes with the day of its publication, which counts where it names no day itself.
    """
    sides = sides or Sides()
    words: dict[str, list[Spoken]] = defaultdict(list)
    places: dict[str, Mapping[str, Any]] = {}
    for claim, published in dated:
        day = day_of(claim, published, at)
        if day is None:
            continue
        said = list(spoken(claim, day, sides))
        for place in claim["place"] if said else ():
            if place["id"]:
                words[place["id"]] += said
                places[place["id"]] = better(places.get(place["id"]), place)
    return [fold(places[id], words[id], sides) for id in sorted(words)]


def day_of(claim: Mapping[str, Any], published: date | None, at: date) -> date | None:
    """The day a claim counts from, or None where that is still to come or unknown."""
    if claim["type"] not in SPEAKING:
        return None
    if not claim["when"]:
        return published if published and published <= at else None
    first, last = (date.fromisoformat(day) for day in claim["when"])
    return min(last, at) if first <= at else None


def spoken(claim: Mapping[str, Any], day: date, sides: Sides) -> Iterable[Spoken]:
    """What a claim says for or against each body it names."""
    kind, status = claim["type"], claim["status"]
    if status not in ("happened", "ongoing", "denied"):
        return
    weight = TOWARDS[kind] if kind in TOWARDS else -AWAY[kind]
    weight *= ONGOING if status == "ongoing" else -0.5 if status == "denied" else 1
    weight *= PART if claim["extent"] in ("part", "surroundings") else 1
    weight *= HEDGED if claim["hedged"] else 1
    origin = claim["chain"][-1] if claim["chain"] else {"id": "", "name": claim["report"], "kind": "media"}
    for actor in claim["actor"]:
        if actor["id"] and actor["id"] not in sides.never:
            own = OWN_SUCCESS if origin["kind"] == "party" and weight > 0 else 1
            yield Spoken(day, claim["id"], actor["id"], weight * own, origin["id"] or origin["name"])
    if kind == "control_gained" and status == "happened":
        for target in claim["target"]:
            if target["id"] and target["id"] not in sides.never:
                yield Spoken(day, claim["id"], target["id"], -abs(weight), origin["id"] or origin["name"])


def fold(place: Mapping[str, Any], words: list[Spoken], sides: Sides) -> Holding:
    """One place: what was said about it, day by day."""
    names = {said.actor for said in words}
    standing: dict[str, float] = {}
    holder: str | None = None
    since: date | None = None
    for day, said in groupby(sorted(words, key=lambda one: (one.day, one.claim)), key=lambda one: one.day):
        standing = evening(standing, list(said), names, sides)
        now = held_by(standing)
        if now != holder:
            holder, since = now, day
    ranked = dict(sorted(standing.items(), key=lambda item: (-item[1], item[0])))
    second = sorted(ranked.values(), reverse=True)[1:2]
    return Holding(
        place=place,
        holder=holder,
        contested=bool(second) and second[0] >= CONTESTS,
        support=max(ranked.values(), default=0.0),
        since=since if holder else None,
        claims=tuple(
            dict.fromkeys(said.claim for said in sorted(words, key=lambda one: (one.day, one.claim)))
        ),
        standing=ranked,
    )


def evening(
    standing: Mapping[str, float], said: list[Spoken], names: set[str], sides: Sides
) -> dict[str, float]:
    """How everybody stands after a day's words; the order within the day does not matter."""
    towards: dict[str, float] = {}
    away: dict[str, float] = {}
    for (actor, _), weight in strongest(said, names, sides).items():
        side = towards if weight > 0 else away
        side[actor] = either(side.get(actor, 0.0), abs(weight))
    evening = {}
    for actor in {*standing, *towards, *away}:
        rival = max((weight for other, weight in towards.items() if other != actor), default=0.0)
        kept = standing.get(actor, 0.0) * (1 - away.get(actor, 0.0)) * (1 - rival)
        evening[actor] = either(kept, towards.get(actor, 0.0) * (1 - rival / 2))
    return evening


def strongest(said: list[Spoken], names: set[str], sides: Sides) -> dict[tuple[str, str], float]:
    """The strongest word of each origin on each body; a body is its umbrella where both are named."""
    found: dict[tuple[str, str], float] = {}
    for one in said:
        above = sides.umbrella.get(one.actor, "")
        key = (above if above in names else one.actor, one.origin)
        if abs(one.weight) > abs(found.get(key, 0.0)):
            found[key] = one.weight
    return found


def held_by(standing: Mapping[str, float]) -> str | None:
    """The body that stands well ahead of all others, if there is one."""
    ranked = sorted(standing.items(), key=lambda item: item[1], reverse=True)
    if not ranked or ranked[0][1] < HOLDS:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= AHEAD * ranked[1][1] else None


def either(one: float, other: float) -> float:
    """Two independent supports taken together."""
    return 1 - (1 - one) * (1 - other)


def better(known: Mapping[str, Any] | None, place: Mapping[str, Any]) -> Mapping[str, Any]:
    """The mention that says more about a place; the first of equals."""
    return place if known is None or (known["lat"] is None and place["lat"] is not None) else known
