"""FollowTheMoney: entities for Aleph and its kin, and the statements they are made of.

A claim is an Event with its report as proof.  Every value knows the words it stands for: a statement's
origin points at the characters, its original value is the Arabic.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from riwaya.exports.jsonl import lines
from riwaya.exports.names import Names
from riwaya.exports.rows import Asked, reports
from riwaya.exports.tables import as_text
from riwaya.model import Report

COLUMNS = (
    "canonical_id entity_id prop prop_type schema value dataset origin lang original_value external "
    "first_seen last_seen id"
).split()
# Properties that are not plain strings, and their types.
TYPES = {
    "name": "name",
    "alias": "name",
    "summary": "text",
    "bodyText": "text",
    "location": "address",
    "full": "address",
    "latitude": "number",
    "longitude": "number",
    "country": "country",
    "language": "language",
    "sourceUrl": "url",
    "contentHash": "checksum",
} | dict.fromkeys(("date", "startDate", "endDate", "publishedAt"), "date")
TYPES |= dict.fromkeys(("addressEntity", "involved", "proof", "document", "resolved"), "entity")
LANGUAGES = {"ar": "ara", "en": "eng", "fa": "fas", "fr": "fra", "tr": "tur", "he": "heb", "ru": "rus"}
# Kinds of actors that are people in general and no body.
CROWDS = frozenset({"people", "community"})
# Schemas whose entities many reports share; there are no more of them than the packs and people name.
SHARED = frozenset({"Address", "Organization", "Person"})


class Value(NamedTuple):
    """One value of a property, with the words it stands for and where they are."""

    prop: str
    value: str
    original: str = ""
    start: int = 0
    end: int = 0
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as one report speaks of it."""

    id: str
    schema: str
    values: tuple[Value, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object: each property with all its values."""
        properties: dict[str, list[str]] = {}
        for value in self.values:
            known = properties.setdefault(value.prop, [])
            if value.value not in known:
                known.append(value.value)
        return {"id": self.id, "schema": self.schema, "properties": properties}


def write(asked: Asked, out: BinaryIO) -> int:
    """Each entity once, on a line of its own."""
    return lines((entity.to_json() for entity, _, _ in once(asked)), out)


def write_statements(asked: Asked, out: BinaryIO) -> int:
    """Each value of each claim as a row: who says so, where, in which words, and since when."""
    count = 0
    with as_text(out) as text:
        writer = csv.writer(text, dialect=csv.unix_dialect)
        writer.writerow(COLUMNS)
        for entity, told, report in once(asked):
            for value in entity.values:
                writer.writerow(statement(entity, value, told, report))
                count += 1
    return count


def statement(entity: Entity, value: Value, told: Any, report: Report) -> list[str]:
    """A value as a row; its id is the hash that FollowTheMoney gives it."""
    dataset = told.outlet or "riwaya"
    seen = told.known.isoformat(timespec="seconds")
    key = f"{dataset}.{entity.id}.{value.prop}.{value.value}" + (f"@{value.lang}" if value.lang else "")
    return [
        entity.id,
        entity.id,
        value.prop,
        TYPES.get(value.prop, "string"),
        entity.schema,
        value.value,
        dataset,
        f"{report.id}#char={value.start},{value.end}" if value.end else report.id,
        value.lang,
        value.original,
        "f",
        seen,
        seen,
        hashlib.sha1(key.encode("utf-8", "replace")).hexdigest(),
    ]


def once(asked: Asked) -> Iterator[tuple[Entity, Any, Report]]:
    """Every entity, the first time that a claim speaks of it; report by report.

    What only one report speaks of is remembered no longer than that report.
    """
    everywhere: set[str] = set()
    for report, said_here in reports(asked):
        here: set[str] = set()
        for told in said_here:
            for entity in entities(told, report, asked.names):
                seen = everywhere if entity.schema in SHARED else here
                if entity.id not in seen:
                    seen.add(entity.id)
                    yield entity, told, report


def entities(told: Any, report: Report, names: Names) -> Iterator[Entity]:
    """What a claim is made of, what it points at first."""
    claim = told.claim
    yield article(report)
    for place in (*claim["place"], *claim["toward"]):
        yield address(place, names)
    for mention in bodies(claim, names):
        yield body(mention, names)
        yield noticed(mention, report, names)
    yield event(told, report, names)


def bodies(claim: Mapping[str, Any], names: Names) -> list[Mapping[str, Any]]:
    """Who is involved: people and organisations that have a name, not crowds."""
    involved = (*claim["actor"], *claim["target"])
    return [mention for mention in involved if names.kinds.get(mention["id"]) not in CROWDS]


def article(report: Report) -> Entity:
    """A report as it came."""
    lang = LANGUAGES.get(report.language, "")
    digest = hashlib.sha1(report.text.encode("utf-8", "surrogatepass")).hexdigest()
    values = [
        Value("fileName", report.id),
        Value("contentHash", digest),
        Value("title", report.title, lang=lang),
        Value("publishedAt", report.published.date().isoformat() if report.published else ""),
        Value("language", lang),
        Value("bodyText", report.text, lang=lang),
        Value("sourceUrl", report.url),
        Value("publisher", report.outlet, lang=lang),
    ]
    return Entity(key("report", report.id), "Article", said(values))


def address(place: Mapping[str, Any], names: Names) -> Entity:
    """A place."""
    words = (place["name"], place["start"], place["end"])
    country = names.country(place).alpha2
    axes = {"latitude": place["lat"], "longitude": place["lon"]}
    values = [
        Value("name", names.label(place), *words, lang="eng" if place["label_en"] else "ara"),
        Value("full", names.label(place), *words, lang="eng" if place["label_en"] else "ara"),
        Value("country", country, *words),
        Value("region", names.admin1(place), *words),
        *(Value(axis, str(at), *words) for axis, at in axes.items() if at is not None),
    ]
    return Entity(key("place", place["id"] or place["name"]), "Address", said(values))


def body(mention: Mapping[str, Any], names: Names) -> Entity:
    """Somebody who acts or is acted upon, under the neutral name."""
    label = names.label(mention)
    lang = "ara" if label == mention["name"] else "eng"
    words = (mention["name"], mention["start"], mention["end"])
    values = [Value("name", label, *words, lang=lang), Value("alias", mention["name"], *words, lang="ara")]
    values.append(Value("country", names.homes.get(mention["id"], ""), *words))
    schema = "Person" if mention["id"] in names.persons else "Organization"
    return Entity(key("actor", mention["id"] or mention["name"]), schema, said(values))


def noticed(mention: Mapping[str, Any], report: Report, names: Names) -> Entity:
    """The words of a report that name somebody."""
    words = (mention["name"], mention["start"], mention["end"])
    values = [
        Value("name", mention["name"], *words, lang="ara"),
        Value("document", key("report", report.id), *words),
        Value("resolved", key("actor", mention["id"] or mention["name"]), *words),
    ]
    return Entity(
        key("mention", report.id, str(mention["start"]), str(mention["end"])), "Mention", said(values)
    )


def event(told: Any, report: Report, names: Names) -> Entity:
    """A claim as an event: what, when, where, who, and the report as its proof."""
    claim = told.claim
    words = (claim["evidence"]["text"], claim["evidence"]["start"], claim["evidence"]["end"])
    trigger = (claim["trigger"]["text"], claim["trigger"]["start"], claim["trigger"]["end"])
    label = names.types.get(claim["type"], {}).get("en", claim["type"])
    where = ", ".join(names.label(place) for place in claim["place"])
    values = [
        Value("name", f"{label}: {where}" if where else label, *trigger, lang="eng"),
        Value("summary", words[0], *words, lang="ara"),
        *days(claim),
        Value("recordId", claim["id"], *words),
        Value("sourceUrl", told.url),
        Value("publisher", told.outlet, lang="ara"),
        Value("proof", key("report", report.id), *words),
    ]
    for place in claim["place"]:
        at = (place["name"], place["start"], place["end"])
        values.append(Value("location", names.label(place), *at, lang="eng" if place["label_en"] else "ara"))
        values.append(Value("addressEntity", key("place", place["id"] or place["name"]), *at))
        values.append(Value("country", names.country(place).alpha2, *at))
    for mention in bodies(claim, names):
        at = (mention["name"], mention["start"], mention["end"])
        values.append(Value("involved", key("actor", mention["id"] or mention["name"]), *at))
    return Entity(key("claim", claim["id"]), "Event", said(values))


def days(claim: Mapping[str, Any]) -> Iterator[Value]:
    """The day or days that the words name."""
    if not claim["when"]:
        return
    time = claim["time"] or {"text": "", "start": 0, "end": 0}
    words = (time["text"], time["start"], time["end"])
    first, last = claim["when"]
    if first == last:
        yield Value("date", first, *words)
    else:
        yield Value("startDate", first, *words)
        yield Value("endDate", last, *words)


def said(values: list[Value]) -> tuple[Value, ...]:
    """The values that say something."""
    return tuple(value for value in values if value.value)


def key(kind: str, *parts: str) -> str:
    """An id that every system takes, always the same for the same thing."""
    joined = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return f"riwaya-{kind}-{hashlib.sha1(joined).hexdigest()[:20]}"
