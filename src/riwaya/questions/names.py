"""What there is to ask about: types, bodies, places, origins, outlets and days, named and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from math import hypot
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select

from riwaya.events.control import SPEAKING
from riwaya.events.rulings import FIELDS
from riwaya.ledger.tables import CLAIM_ACTORS, CLAIM_PLACES, CLAIMS, REPORTS
from riwaya.questions import origins
from riwaya.questions.cells import bounds
from riwaya.questions.selection import Selection
from riwaya.questions.standing import Standing
from riwaya.text.normalise import fold

LABELS = Path(__file__).with_name("labels.yaml")
MOST_ORIGINS = 500
SIDES = ("part_of", "allies", "enemies")


class Names:
    """The names that packs give, looked up in both languages."""

    def __init__(self, pack: Any) -> None:
        self.pack = pack

    @cached_property
    def fixed(self) -> Mapping[str, list[dict[str, str]]]:
        """What the fixed values of a claim are called."""
        return {
            kind: [{"id": row["id"], "label_ar": row["ar"], "label_en": row["en"]} for row in rows]
            for kind, rows in yaml.safe_load(LABELS.read_text("utf-8")).items()
        }

    @cached_property
    def actors(self) -> Mapping[str, dict[str, Any]]:
        """Every body the packs know, as its page shows it; one that several packs name has what each says."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.pack.actors:
            label = row.get("label") or {"ar": row["id"], "en": row["id"]}
            plain = {"id": row["id"], "label_ar": label["ar"], "label_en": label["en"], "kind": ""}
            about = found.setdefault(
                row["id"], plain | {"theatre": row["theatre"], **{side: [] for side in SIDES}}
            )
            if row.get("label"):
                about |= {"label_ar": label["ar"], "label_en": label["en"]}
            about["kind"] = about["kind"] or row.get("kind", "")
            for side in SIDES:
                about[side] = list(dict.fromkeys((*about[side], *row.get(side, ()))))
        return found

    @cached_property
    def labels(self) -> Mapping[str, list[str]]:
        """Bodies, persons and sources by their ids: in Arabic, in English."""
        rows = (*self.pack.sources, *self.pack.persons, *self.pack.actors)
        return {row["id"]: [row["label"]["ar"], row["label"]["en"]] for row in rows if row.get("label")}

    @cached_property
    def places(self) -> list[tuple[str, Any]]:
        """Every name of every place, folded, with its row."""
        return [
            (fold(name), row)
            for row in {row.id: row for row in reversed(self.pack.places)}.values()
            for name in dict.fromkeys((row.name_ar, row.name_en, *row.aliases))
            if name
        ]

    def bodies_named(self, words: str, limit: int) -> list[dict[str, Any]]:
        """Bodies by name: those that are called so, then those whose name goes on so."""
        sought = fold(words.strip())
        if not sought:
            return []
        ranked = []
        for row in self.pack.actors:
            names = (*row.get("label", {}).values(), *row.get("names", ()))
            ranks = [0 if name == sought else 1 for name in map(fold, names) if sought in name]
            if ranks:
                ranked.append((min(ranks), row["id"]))
        return [dict(self.actors[id]) for _, id in sorted(ranked)[:limit]]

    @cached_property
    def types(self) -> list[dict[str, str]]:
        """The types of claims."""
        return [
            {"id": row["id"], "family": row["family"], "label_ar": row["ar"], "label_en": row["en"]}
            for row in self.pack.language["types"]["types"]
        ]


def everything(standing: Standing, names: Names) -> dict[str, Any]:
    """What a person can choose from, with how much there is of each."""
    with standing.ledger.reading.connect() as connection:
        types = dict(group(connection, CLAIMS.c.type))
        statuses = dict(group(connection, CLAIMS.c.status))
        outlets = dict(group(connection, REPORTS.c.outlet))
        actors = dict(group(connection, CLAIM_ACTORS.c.actor))
        places = dict(group(connection, CLAIM_PLACES.c.place))
        known = connection.execute(
            select(func.min(REPORTS.c.known_wall), func.max(REPORTS.c.known_wall))
        ).one()
    count = standing.ledger.count()
    first, last = standing.days or (None, None)
    fixed = names.fixed
    return {
        "counts": count
        | {
            "events": len(standing.answers.every),
            "disputes": len(standing.answers.disagreements),
            "open_disputes": sum(not one["settled"] for one in standing.answers.disagreements),
            "places": len([place for place in places if place]),
            "decisions": len(standing.log.rows),
        },
        "dates": {
            "first": first.isoformat() if first else None,
            "last": last.isoformat() if last else None,
            "known_first": known[0].isoformat() if known[0] else None,
            "known_last": known[1].isoformat() if known[1] else None,
        },
        "types": [row | {"count": types.get(row["id"], 0)} for row in names.types],
        "statuses": [row | {"count": statuses.get(row["id"], 0)} for row in fixed["statuses"]],
        **{kind: fixed[kind] for kind in fixed if kind != "statuses"},
        "theatres": theatres(names, places),
        "actors": bodies(standing, names, actors),
        "areas": areas(standing, places),
        "origins": origins.listed(standing, Selection())[:MOST_ORIGINS],
        "outlets": [{"name": name, "count": outlets[name]} for name in ranked(outlets)],
        "labels": dict(names.labels),
        "fields": list(FIELDS),
    }


def group(connection: Any, column: Any) -> Iterable[tuple[str, int]]:
    """How many rows have each value."""
    return [(row[0], row[1]) for row in connection.execute(select(column, func.count()).group_by(column))]


def ranked(counts: Mapping[str, int]) -> list[str]:
    """Those with the most first."""
    return sorted(counts, key=lambda one: (-counts[one], one))


def theatres(names: Names, places: Mapping[str, int]) -> list[dict[str, Any]]:
    """The conflicts the packs know, with how often the ledger speaks of their places."""
    return [
        {
            "id": theatre.id,
            "countries": list(theatre.countries),
            "label_ar": theatre.label_ar,
            "label_en": theatre.label_en,
            "count": sum(n for id, n in places.items() if id.partition("-")[0] in theatre.countries),
            "bounds": bounds(theatre.countries),
        }
        for theatre in names.pack.theatres
    ]


def bodies(standing: Standing, names: Names, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The bodies the ledger speaks of: those said to hold the most places first, then the most spoken of."""
    said: dict[str, set[str]] = {}
    for brief in standing.answers.every:
        if brief.type in SPEAKING and brief.place:
            for side in brief.actors:
                said.setdefault(side, set()).add(brief.place)
    held = {side: len(places) for side, places in said.items() if standing.knowledge.may_hold(side)}
    ids = [id for id in {*counts, *held} if id]
    ids.sort(key=lambda id: (-held.get(id, 0), -counts.get(id, 0), id))
    found = []
    for rank, id in enumerate(ids):
        about = names.actors.get(id, {})
        found.append(
            {
                "id": id,
                "label_ar": standing.knowledge.label(id, "ar"),
                "label_en": standing.knowledge.label(id, "en"),
                "kind": about.get("kind", ""),
                "theatre": about.get("theatre", ""),
                "count": counts.get(id, 0),
                "holds": held.get(id, 0) > 0,
                "rank": rank,
            }
        )
    return found


def areas(standing: Standing, places: Mapping[str, int]) -> list[dict[str, Any]]:
    """The governorates in which the ledger speaks of a place."""
    knowledge = standing.knowledge
    count: dict[str, int] = {}
    for id, n in places.items():
        root = knowledge.root(id) if id in knowledge.levels else ""
        if root and knowledge.levels.get(root) == "governorate":
            count[root] = count.get(root, 0) + n
    return [
        {
            "id": id,
            "label_ar": knowledge.label(id, "ar"),
            "label_en": knowledge.label(id, "en"),
            "country": id.partition("-")[0],
            "count": count[id],
        }
        for id in ranked(count)
    ]


def looked_up(
    standing: Standing, names: Names, words: str, near: tuple[float, float] | None, limit: int
) -> list[dict[str, Any]]:
    """Places by name, for whoever corrects one: the same name first, then names that begin or go on so."""
    sought = fold(words.strip())
    if not sought and near is None:
        return []
    best: dict[str, tuple[Any, Any]] = {}
    for name, row in names.places:
        rank = 0 if name == sought else 1 if name.startswith(sought) else 2 if sought in name else None
        if rank is None:
            continue
        away = hypot(row.lat - near[0], row.lon - near[1]) if near and row.lat is not None else 0.0
        key = (away, rank) if near and not sought else (rank, away, -row.population)
        if row.id not in best or key < best[row.id][0]:
            best[row.id] = (key, row)
    chosen = sorted(best.values(), key=lambda pair: (pair[0], pair[1].id))[:limit]
    ids = [row.id for _, row in chosen]
    with standing.ledger.reading.connect() as connection:
        asked = select(CLAIM_PLACES.c.place, func.count()).where(CLAIM_PLACES.c.place.in_(ids))
        count = {row[0]: row[1] for row in connection.execute(asked.group_by(CLAIM_PLACES.c.place))}
    return [place_json(row, standing) | {"count": count.get(row.id, 0)} for _, row in chosen]


def place_json(row: Any, standing: Standing) -> dict[str, Any]:
    """A place of the gazetteer, as a person tells it from others of its name."""
    above = row.parent or row.admin1
    return {
        "id": row.id,
        "label_ar": row.name_ar,
        "label_en": row.name_en,
        "lat": row.lat,
        "lon": row.lon,
        "level": row.level,
        "country": row.country,
        "population": row.population,
        "parent": above,
        "parent_label_ar": standing.knowledge.label(above, "ar") if above else "",
        "parent_label_en": standing.knowledge.label(above, "en") if above else "",
    }
