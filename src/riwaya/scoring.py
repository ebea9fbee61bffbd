"""How well a reading agrees with a reading by hand: the scores of ``docs/claims.md``.

A claim is broken into one unit per place.  A unit is found when a unit of the hand reading has the
same type and place on the same line; found units are then compared field by field.  Both sides come
as the JSON objects that ``riwaya read --json`` prints; a hand reading may give bare ids where the
reader gives mentions.
"""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from riwaya.text.normalise import fold

SAME_PLACE_KM = 3.0

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as far as scoring cares: where it lies and what it is."""

    lat: float | None = None
    lon: float | None = None
    level: str = ""

    def near(self, other: Spot) -> bool:
        """Whether two places of one level lie within three kilometres."""
        if self.level != other.level or None in (self.lat, self.lon, other.lat, other.lon):
            return False
        return distance(self, other) <= SAME_PLACE_KM


class Names:
    """Which ids and names stand for one body or one place.

    Two hand readings may use two ids for one body; a row that lists one as the other's alias, or a
    name that both share, makes them one.
    """

    def __init__(self, rows: Iterable[Mapping[str, str]] = ()) -> None:
        self._parent: dict[str, str] = {}
        self.spots: dict[str, Spot] = {}
        for row in rows:
            words = [row["id"], row.get("name_ar", ""), row.get("name_en", ""), *aliases(row)]
            for word in filter(None, words):
                self._parent[self._root(word)] = self._root(row["id"])
            if row.get("lat"):
                self.spots[row["id"]] = Spot(float(row["lat"]), float(row["lon"]), row.get("level", ""))

    def _root(self, word: str) -> str:
        key = fold(word.strip())
        while (up := self._parent.setdefault(key, key)) != key:
            key = up
        return key

    def one(self, word: str) -> str:
        """The one key for an id or name and all that mean the same."""
        return self._root(word)

    def key(self, mention: Any) -> str:
        """The key of a bare id or of a mention; by its words where it names nobody known."""
        if isinstance(mention, str):
            return self.one(mention)
        return self.one(mention["id"] or mention["name"])

    def spot(self, place: Any) -> Spot:
        """Where a bare id or a place mention lies."""
        if not isinstance(place, str) and place.get("lat") is not None:
            return Spot(place["lat"], place["lon"], place.get("level", ""))
        return self.spots.get(place if isinstance(place, str) else place["id"], Spot())

    def same_place(self, one: Any, other: Any) -> bool:
        """The same entry, or within three kilometres at the same level."""
        if one is None or other is None:
            return one is other
        return self.key(one) == self.key(other) or self.spot(one).near(self.spot(other))


@dataclass(frozen=True, slots=True)
class Unit:
    """One place of one claim: what is found or missed."""

    report: str
    line: int
    at: int
    place: Any
    claim: Json

    @property
    def type(self) -> str:
        """The claim's type."""
        return str(self.claim["type"])

    @property
    def optional(self) -> bool:
        """Whether the hand reading leaves open that this is a claim at all."""
        return bool(self.claim.get("optional"))


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units were there, how many were read, how many of these agree."""

    gold: int
    read: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was read that is right; 1 where nothing was read."""
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        """The share of what was there that was read right; 1 where nothing was there."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.gold + self.read
        return 2 * self.right / total if total else 1.0

    def to_json(self) -> dict[str, Any]:
        """Counts and scores."""
        return {
            "gold": self.gold,
            "read": self.read,
            "right": self.right,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit of the hand reading, the unit found for it, and the fields on which they differ."""

    gold: Unit
    read: Unit
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """A reading held against a reading by hand."""

    pairs: Sequence[Pair]
    missed: Sequence[Unit]
    extra: Sequence[Unit]
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def claims(self) -> Rate:
        """The claim score: units found."""
        return self._rate(self.pairs)

    @property
    def full(self) -> Rate:
        """The full score: units with every field right."""
        return self._rate([pair for pair in self.pairs if not pair.wrong])

    def _rate(self, right: Sequence[Pair]) -> Rate:
        found = len(self.pairs)
        return Rate(found + len(self.missed), found + len(self.extra), len(right))

    def fields(self) -> dict[str, float]:
        """For each field the share of found units on which it agrees."""
        wrong = Counter(name for pair in self.pairs for name in pair.wrong)
        found = len(self.pairs)
        return {name: (found - wrong[name]) / found if found else 1.0 for name in FIELDS}

    def types(self) -> dict[str, Rate]:
        """The claim score of each type."""
        found = Counter(pair.gold.type for pair in self.pairs)
        missed = Counter(unit.type for unit in self.missed)
        extra = Counter(unit.type for unit in self.extra)
        names = sorted({*found, *missed, *extra})
        return {
            name: Rate(found[name] + missed[name], found[name] + extra[name], found[name]) for name in names
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, with each missed, extra and wrongly filled unit and the line it stands on."""
        return {
            "claims": self.claims.to_json(),
            "full": self.full.to_json(),
            "fields": {name: round(share, 4) for name, share in self.fields().items()},
            "types": {name: rate.to_json() for name, rate in self.types().items()},
            "missed": [self._show(unit) for unit in self.missed],
            "extra": [self._show(unit) for unit in self.extra],
            "wrong": [
                self._show(pair.gold) | {"fields": differences(pair)} for pair in self.pairs if pair.wrong
            ],
        }

    def _show(self, unit: Unit) -> dict[str, Any]:
        return {
            "report": unit.report,
            "claim": unit.claim.get("id", ""),
            "type": unit.type,
            "status": unit.claim["status"],
            "place": plain(unit.place),
            "trigger": trigger_text(unit.claim),
            "start": unit.at,
            "line": line_around(self.texts.get(unit.report, ""), unit.at),
        }


def score(
    gold: Iterable[Json],
    read: Iterable[Json],
    texts: Mapping[str, str],
    *,
    places: Iterable[Mapping[str, str]] = (),
    actors: Iterable[Mapping[str, str]] = (),
) -> Score:
    """Hold a reading against a reading by hand; ``texts`` are the reports' texts by id."""
    where, who = Names(places), Names(actors)
    lines = {report: line_starts(text) for report, text in texts.items()}
    wanted = [unit for claim in gold for unit in units(claim, lines)]
    offered = [unit for claim in read for unit in units(claim, lines)]
    found = match(wanted, offered, where)
    pairs = [
        Pair(
            wanted[i],
            offered[j],
            tuple(name for name, same in FIELDS.items() if not same(wanted[i].claim, offered[j].claim, who)),
        )
        for i, j in sorted(found.items())
        if not wanted[i].optional
    ]
    taken = set(found.values())
    missed = [unit for i, unit in enumerate(wanted) if i not in found and not unit.optional]
    extra = [unit for j, unit in enumerate(offered) if j not in taken]
    return Score(pairs, missed, extra, texts)


def units(claim: Json, lines: Mapping[str, Sequence[int]]) -> list[Unit]:
    """One unit per place, or per destination where no place is named; one without a place otherwise."""
    at = claim["start"] if "start" in claim else claim["trigger"]["start"]
    report = str(claim.get("report", ""))
    line = bisect_right(lines.get(report, (0,)), at)
    places = claim.get("place") or claim.get("toward") or [None]
    return [Unit(report, line, at, place, claim) for place in places]


def match(wanted: Sequence[Unit], offered: Sequence[Unit], where: Names) -> dict[int, int]:
    """The largest one-to-one matching, closest triggers first; optional units take what is left."""
    shelves: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for j, unit in enumerate(offered):
        shelves[unit.report, unit.line, unit.type].append(j)
    fitting: dict[int, list[int]] = {}
    for i, unit in enumerate(wanted):
        shelf = shelves.get((unit.report, unit.line, unit.type), [])
        same = [j for j in shelf if where.same_place(unit.place, offered[j].place)]
        fitting[i] = sorted(same, key=lambda j: abs(unit.at - offered[j].at))
    holders: dict[int, int] = {}
    for optional in (False, True):
        turn = [i for i in fitting if wanted[i].optional == optional]
        edges = [(abs(wanted[i].at - offered[j].at), i, j) for i in turn for j in fitting[i]]
        served: set[int] = set()
        for _, i, j in sorted(edges):
            if i not in served and j not in holders:
                holders[j] = i
                served.add(i)
        for i in turn:
            if i not in served:
                make_room(i, fitting, holders, set())
    return {i: j for j, i in holders.items()}


def make_room(i: int, fitting: Mapping[int, Sequence[int]], holders: dict[int, int], tried: set[int]) -> bool:
    """Find a partner for ``i``, moving others to partners that suit them as well."""
    for j in fitting[i]:
        if j not in tried:
            tried.add(j)
            if j not in holders or make_room(holders[j], fitting, holders, tried):
                holders[j] = i
                return True
    return False


def same_set(name: str) -> Callable[[Json, Json, Names], bool]:
    """Compare two lists of bodies without regard to order."""

    def same(gold: Json, read: Json, who: Names) -> bool:
        return {who.key(m) for m in gold.get(name) or ()} == {who.key(m) for m in read.get(name) or ()}

    return same


def same_value(name: str) -> Callable[[Json, Json, Names], bool]:
    """Compare two plain values."""

    def same(gold: Json, read: Json, who: Names) -> bool:
        return (gold.get(name) or None) == (read.get(name) or None)

    return same


def same_days(gold: Json, read: Json, who: Names) -> bool:
    """Compare first and last day; a single day may be written once."""
    return days(gold) == days(read)


def same_quantity(gold: Json, read: Json, who: Names) -> bool:
    """Compare both bounds and the unit; the words may be cut differently."""
    return bounds(gold) == bounds(read)


def same_chain(gold: Json, read: Json, who: Names) -> bool:
    """Compare the chain link by link."""
    one, other = gold.get("chain") or (), read.get("chain") or ()
    return len(one) == len(other) and all(same_link(a, b, who) for a, b in zip(one, other, strict=True))


def same_origin(gold: Json, read: Json, who: Names) -> bool:
    """Compare the last links: who claims to know."""
    one, other = (gold.get("chain") or [None])[-1], (read.get("chain") or [None])[-1]
    return one is other if one is None or other is None else same_link(one, other, who)


FIELDS: Mapping[str, Callable[[Json, Json, Names], bool]] = {
    "status": same_value("status"),
    "actor": same_set("actor"),
    "target": same_set("target"),
    "chain": same_chain,
    "origin": same_origin,
    "when": same_days,
    "extent": same_value("extent"),
    "quantity": same_quantity,
}


def same_link(gold: Json, read: Json, who: Names) -> bool:
    """By id where both have one, else by the words, where one may say more than the other."""
    if gold.get("id") and read.get("id"):
        return who.one(gold["id"]) == who.one(read["id"])
    one, other = f" {fold(gold['name'])} ", f" {fold(read['name'])} "
    return one in other or other in one or who.key(gold) == who.key(read)


def days(claim: Json) -> tuple[str, str] | None:
    """First and last day, or nothing."""
    when = claim.get("when")
    return (when[0], when[-1]) if when else None


def bounds(claim: Json) -> tuple[Any, Any, str] | None:
    """Both bounds and the unit, or nothing."""
    quantity = claim.get("quantity")
    return (quantity.get("min"), quantity.get("max"), quantity.get("unit", "")) if quantity else None


def differences(pair: Pair) -> dict[str, dict[str, Any]]:
    """For each wrong field what was wanted and what was read, as plain values."""
    return {
        name: {"gold": plain_field(name, pair.gold.claim), "read": plain_field(name, pair.read.claim)}
        for name in pair.wrong
    }


def plain_field(name: str, claim: Json) -> Any:
    """A field as one looks at it in a list of mistakes."""
    if name == "origin":
        return plain((claim.get("chain") or [None])[-1])
    if name == "quantity":
        return bounds(claim)
    if name in ("chain", "actor", "target"):
        return [plain(part) for part in claim.get(name) or ()]
    return claim.get(name)


def plain(thing: Any) -> str | None:
    """An id, or the words in quotation marks where there is none."""
    if thing is None or isinstance(thing, str):
        return thing
    return str(thing["id"]) or f"«{thing['name']}»"


def aliases(row: Mapping[str, str]) -> list[str]:
    """The other ids and names of a row."""
    return [word for word in (row.get("aliases") or "").split("|") if word.strip()]


def trigger_text(claim: Json) -> str:
    """The trigger's words."""
    trigger = claim["trigger"]
    return str(trigger if isinstance(trigger, str) else trigger["text"])


def line_starts(text: str) -> list[int]:
    """Where each line of a text begins."""
    return [0, *(i + 1 for i, char in enumerate(text) if char in "\n\r")]


def line_around(text: str, at: int, reach: int = 120) -> str:
    """The line a character stands on, cut to ``reach`` characters either side."""
    start = max(text.rfind("\n", 0, at) + 1, at - reach)
    end = text.find("\n", at)
    return text[start : min(end if end >= 0 else len(text), at + reach)].strip()


def distance(one: Spot, other: Spot) -> float:
    """Kilometres between two places, as the crow flies."""
    lat1, lon1, lat2, lon2 = (radians(x or 0.0) for x in (one.lat, one.lon, other.lat, other.lon))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(h))


def load_claims(path: Path, only: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Claims from a file, one a line; those that name no report belong to the only one in ``only``."""
    sole = {"report": next(iter(only))} if only and len(only) == 1 else {}
    with path.open(encoding="utf-8") as lines:
        claims = [sole | json.loads(line) for line in lines if line.strip()]
    return [claim for claim in claims if only is None or claim.get("report") in only]


def load_rows(path: Path | None) -> list[dict[str, str]]:
    """The places or actors that a hand reading's ids stand for."""
    if path is None:
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
