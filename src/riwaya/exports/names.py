"""What exports call things: the neutral names of actors and places, and other data sets' names for ours."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from riwaya.views import phrase, says


class Country(NamedTuple):
    """A country as other data sets write it."""

    alpha2: str
    alpha3: str
    iso: str
    name: str
    region: str
    ucdp_region: str


NOWHERE = Country("", "XXX", "", "", "", "")


def countries() -> dict[str, Country]:
    """The countries of our theatres and those that act in them, by their two letters."""
    with Path(__file__).with_name("countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["alpha2"]: Country(**row) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Names:
    """Look-ups over the packs; empty ones leave ids and the reports' own words."""

    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    subs: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    outlets: Mapping[str, str] = field(default_factory=dict)
    persons: frozenset[str] = frozenset()
    countries: Mapping[str, Country] = field(default_factory=countries)

    @classmethod
    def of(cls, pack: Any) -> Names:
        """What a pack knows of names."""
        rows = (*pack.persons, *pack.sources, *pack.actors)
        places = {row.id: row for row in pack.places}
        return cls(
            labels={id: (row.name_ar, row.name_en) for id, row in places.items()}
            | {row["id"]: (label["ar"], label["en"]) for row in rows if (label := row.get("label"))},
            kinds={row["id"]: row["kind"] for row in rows if row.get("kind")},
            homes={row["id"]: row["country"] for row in rows if row.get("country")},
            types={row["id"]: row for row in pack.language["types"]["types"]},
            subs={
                sub: event
                for event, subs in pack.language["types"].get("acled_events", {}).items()
                for sub in subs
            },
            words={
                row["id"]: {sub: tuple(map(phrase, said)) for sub, said in row["acled_words"].items()}
                for row in pack.language["types"]["types"]
                if row.get("acled_words")
            },
            areas={id: row.admin1 for id, row in places.items() if row.admin1},
            persons=frozenset(row["id"] for row in pack.persons),
            outlets={name: row["id"] for row in pack.sources for name in named(row)},
        )

    def label(self, mention: Mapping[str, Any], language: str = "en") -> str:
        """The neutral name of what a mention means, or else the report's own words."""
        ar, en = self.labels.get(mention["id"], ("", ""))
        own = mention.get(f"label_{language}") or ""
        return str(own or (ar if language == "ar" else en) or mention["name"])

    def country(self, place: Mapping[str, Any]) -> Country:
        """The country a place lies in, by its id."""
        return self.countries.get(place.get("id", "").split("-")[0], NOWHERE)

    def admin1(self, place: Mapping[str, Any], language: str = "en") -> str:
        """The governorate or state a place lies in; itself where it is one."""
        id = place.get("id", "")
        area = id if place.get("level") == "governorate" else self.areas.get(id, "")
        ar, en = self.labels.get(area, ("", ""))
        return (ar if language == "ar" else en) or area

    def acled(self, type: str, actor: Mapping[str, Any] | None, words: Iterable[str] = ()) -> tuple[str, str]:
        """ACLED's event and sub-event type; a place taken by others than a state has a name of its own.

        Words that name a weapon or a manner more exactly than the type does choose among the sub-events.
        """
        row = self.types.get(type, {})
        said = tuple(words)
        for sub, phrases in self.words.get(type, {}).items():
            if any(says(one, phrases) for one in said):
                return self.subs[sub], sub
        other = row.get("acled_sub_other", "")
        takes = type == "control_gained" and other
        state = actor is not None and self.kinds.get(actor["id"]) == "state"
        return row.get("acled", ""), other if takes and not state else row.get("acled_sub", "")

    def plover(self, type: str) -> str:
        """PLOVER's event type."""
        return str(self.types.get(type, {}).get("plover", ""))


def named(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name of a source."""
    return (*row.get("names", ()), *row.get("label", {}).values())
