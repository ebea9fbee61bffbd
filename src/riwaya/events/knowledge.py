"""What conclusions need from the packs: who stands with whom, which place lies in which, who an outlet is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from riwaya.packs.weights import Weights, load_weights
from riwaya.text.normalise import fold

# Kinds of actor that never hold a place, whatever they enter; ids that name nobody in particular.
NEVER_HOLD = frozenset({"people", "body", "community"})
NOBODY = frozenset({"", "unknown", "civilians", "detainees", "unnamed-sources"})
GENERIC = frozenset({"armed-groups"})
DISTRICTS = frozenset({"neighbourhood"})
FACILITIES = frozenset({"facility", "base", "crossing", "road", "border"})
AREAS = frozenset({"governorate", "region"})


@dataclass(frozen=True, slots=True)
class Voice:
    """Who an outlet or a named source is: its kind, and the side it belongs to or stands near."""

    id: str
    kind: str
    side: str = ""


@dataclass(frozen=True)
class Knowledge:
    """Plain look-ups over the packs; empty ones know nothing and everything still works."""

    weights: Weights = field(default_factory=load_weights)
    families: Mapping[str, str] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    part_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    voices: Mapping[str, Voice] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, pack: Any) -> Knowledge:
        """What a pack knows."""
        actors = {row["id"]: row for row in pack.actors}
        places = {row.id: row for row in reversed(pack.places)}
        voices = dict(_voices(pack, actors))
        return cls(
            families={row["id"]: row["family"] for row in pack.language["types"]["types"]},
            never=frozenset(
                id for id, row in actors.items() if row.get("kind") in NEVER_HOLD and id not in GENERIC
            )
            | NOBODY,
            states=frozenset(id for id, row in actors.items() if row.get("kind") == "state"),
            part_of={id: tuple(row["part_of"]) for id, row in actors.items() if row.get("part_of")},
            allies=_mutual(pack.actors, "allies"),
            voices=voices,
            named=_named(pack.sources) | _named(pack.actors),
            above={id: above for id, row in places.items() if (above := row.parent or row.admin1) != id},
            areas={id: row.admin1 for id, row in places.items() if row.admin1},
            levels={id: row.level for id, row in places.items()},
            labels={id: (row.name_ar, row.name_en) for id, row in places.items()}
            | {f"type:{row['id']}": (row["ar"], row["en"]) for row in pack.language["types"]["types"]}
            | {
                row["id"]: (row["label"]["ar"], row["label"]["en"])
                for rows in (pack.persons, pack.sources, pack.actors)
                for row in rows
                if row.get("label")
            },
            points={id: (row.lat, row.lon) for id, row in places.items()},
        )

    def lineage(self, place: str) -> tuple[str, ...]:
        """The places a place lies in, nearest first."""
        found = self._lineages.get(place)
        if found is None:
            found = self._lineages[place] = self._lineage(place)
        return found

    @cached_property
    def _lineages(self) -> dict[str, tuple[str, ...]]:
        """Lineages already looked up."""
        return {}

    def _lineage(self, place: str) -> tuple[str, ...]:
        found: list[str] = []
        at = self.above.get(place, "")
        while at and at not in found and at != place:
            found.append(at)
            at = self.above.get(at, "")
        return tuple(found)

    def root(self, place: str) -> str:
        """The governorate a place lies in, or whatever stands highest below its country."""
        line = [place, *(above for above in self.lineage(place) if self.levels.get(above) != "country")]
        governorates = [id for id in line if self.levels.get(id) == "governorate"]
        return governorates[-1] if governorates else self.areas.get(place) or line[-1]

    def body(self, actor: str) -> str:
        """The body an id acts for: a person's body, a state for its units."""
        found = self._bodies.get(actor)
        if found is None:
            found = self._bodies[actor] = self._body(actor)
        return found

    @cached_property
    def _bodies(self) -> dict[str, str]:
        """Bodies already looked up."""
        return {}

    def _body(self, actor: str) -> str:
        voice = self.voices.get(actor)
        at = voice.side if voice and voice.side and actor not in self.part_of else actor
        line = [at, *self.umbrellas(at)]
        return next((id for id in line if id in self.states), at)

    def umbrellas(self, actor: str) -> tuple[str, ...]:
        """Every umbrella an actor stands under, nearest first."""
        found: list[str] = []
        ahead = list(self.part_of.get(actor, ()))
        while ahead:
            at = ahead.pop(0)
            if at not in found:
                found.append(at)
                ahead += self.part_of.get(at, ())
        return tuple(found)

    def top(self, actor: str) -> str:
        """The widest body that speaks as one with an actor."""
        body = self.body(actor)
        line = self.umbrellas(body)
        return line[-1] if line else body

    def one_side(self, a: str, b: str) -> bool:
        """Whether two are one body, or one stands under the other."""
        a, b = self.body(a), self.body(b)
        return a == b or a in self.umbrellas(b) or b in self.umbrellas(a)

    def together(self, a: str, b: str) -> bool:
        """Whether two are one side or allies."""
        found = self._pairs.get((a, b))
        if found is None:
            found = self._pairs[a, b] = self._together(self.body(a), self.body(b))
        return found

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], bool]:
        """Pairs already looked up."""
        return {}

    def _together(self, a: str, b: str) -> bool:
        return self.one_side(a, b) or b in self.allies.get(a, ()) or a in self.allies.get(b, ())

    def may_hold(self, actor: str) -> bool:
        """Whether an actor can hold a place at all."""
        return actor not in self.never and actor not in NOBODY

    def outlet(self, name: str) -> Voice | None:
        """Who an outlet is, by its name."""
        id = self.named.get(fold(name), "")
        return self.voices.get(id) if id else None

    def label(self, id: str, language: str = "ar") -> str:
        """The neutral name of a place, an actor or a source."""
        found = self.labels.get(id)
        return (found[0] if language == "ar" else found[1]) or id if found else id

    def mention(self, place: str) -> dict[str, Any]:
        """A place as a claim would name it, where no claim does."""
        lat, lon = self.points.get(place, (None, None))
        name = self.label(place)
        return {
            "id": place,
            "name": name,
            "start": 0,
            "end": 0,
            "lat": lat,
            "lon": lon,
            "level": self.levels.get(place, ""),
            "label_ar": name,
            "label_en": self.label(place, "en"),
        }

    @cached_property
    def inside(self) -> Mapping[str, tuple[str, ...]]:
        """The places that lie directly in a place."""
        found: dict[str, list[str]] = {}
        for id, above in self.above.items():
            found.setdefault(above, []).append(id)
        return {above: tuple(sorted(ids)) for above, ids in found.items()}


def _voices(pack: Any, actors: Mapping[str, Any]) -> Iterable[tuple[str, Voice]]:
    """Everybody who speaks: sources, actors, persons; a side is whom a word serves."""
    for row in pack.sources:
        yield row["id"], Voice(row["id"], row["kind"], row.get("leaning", ""))
    for id, row in actors.items():
        kind = row.get("voice", "party")
        yield id, Voice(id, kind, id if kind == "party" else "")
    for row in pack.persons:
        body = row.get("speaks_for", "")
        kind = row.get("kind") or actors.get(body, {}).get("voice", "official")
        yield row["id"], Voice(row["id"], kind, body if kind == "party" else "")


def _named(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Ids by folded name and label."""
    found: dict[str, str] = {}
    for row in rows:
        label = row.get("label", {})
        for name in (*row.get("names", ()), label.get("ar", ""), label.get("en", "")):
            if name:
                found.setdefault(fold(name), row["id"])
    return found


def _mutual(rows: Iterable[Mapping[str, Any]], key: str) -> dict[str, frozenset[str]]:
    """A relation that holds both ways."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for other in row.get(key, ()):
            found.setdefault(row["id"], set()).add(other)
            found.setdefault(other, set()).add(row["id"])
    return {id: frozenset(others) for id, others in found.items()}
