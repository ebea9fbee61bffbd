"""timemap's JSON: events with their associations and sources, as its server would hand them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from riwaya.exports.acled import time_precision
from riwaya.exports.jsonl import array, dumped
from riwaya.exports.names import Names
from riwaya.exports.rows import Asked, Happening, happenings


def write(asked: Asked, out: BinaryIO) -> int:
    """One of its three files, or all three as one object."""
    if asked.table:
        return PARTS[asked.table](asked, out)
    count = 0
    for number, (part, write_part) in enumerate(PARTS.items()):
        out.write((b"," if number else b"{") + dumped(part) + b":")
        written = write_part(asked, out)
        count = written if part == "events" else count
    out.write(b"}\n")
    return count


def write_events(asked: Asked, out: BinaryIO) -> int:
    """The list of events; one without a day or a place cannot be shown."""
    out.write(b"[")
    shown = (one for one in happenings(asked) if one.first and one.place.get("lat") is not None)
    count = array((event(one, asked.names) for one in shown), out)
    out.write(b"]\n")
    return count


def event(one: Happening, names: Names) -> dict[str, Any]:
    """An event; days are written month first, as timemap reads them."""
    assert one.first
    doubts = [word for word in (one.status if one.status != "happened" else "", one.extent) if word]
    return {
        "id": one.id,
        "description": " ".join(told.claim["evidence"]["text"] for told in one.said),
        "date": one.first.strftime("%m/%d/%Y"),
        "time": "",
        "time_precision": ("", "day", "week", "month")[time_precision(one)],
        "location": names.label(one.place),
        "latitude": str(one.place["lat"]),
        "longitude": str(one.place["lon"]),
        "type": names.types.get(one.type, {}).get("en", one.type),
        "category": names.types.get(one.type, {}).get("family", one.type),
        "associations": [one.type],
        "sources": list(dict.fromkeys(told.claim["report"] for told in one.said)),
        "comments": "; ".join((*doubts, *one.origins)),
    }


def write_associations(asked: Asked, out: BinaryIO) -> int:
    """Every type of event as a filter below its family."""
    out.write(b"[")
    rows = (
        {
            "id": id,
            "title": row["en"],
            "desc": row["ar"],
            "mode": "FILTER",
            "filter_paths": [row["family"], row["en"]],
        }
        for id, row in asked.names.types.items()
    )
    count = array(rows, out)
    out.write(b"]\n")
    return count


def write_sources(asked: Asked, out: BinaryIO) -> int:
    """Every report behind an event, by its id."""
    out.write(b"{")
    count = 0
    for id, source in sources(asked):
        out.write((b",\n" if count else b"\n") + dumped(id) + b":" + dumped(source))
        count += 1
    out.write(b"}\n")
    return count


def sources(asked: Asked) -> Iterator[tuple[str, dict[str, Any]]]:
    """The reports, each once."""
    seen: set[str] = set()
    for one in happenings(asked):
        for told in one.said:
            id = told.claim["report"]
            if id not in seen:
                seen.add(id)
                yield id, source(id, told)


def source(id: str, told: Any) -> dict[str, Any]:
    """A report as a source."""
    return {
        "id": id,
        "paths": [],
        "title": told.title,
        "url": told.url,
        "author": told.outlet,
        "date": (told.published or "")[:10],
        "notes": "",
    }


PARTS = {"events": write_events, "associations": write_associations, "sources": write_sources}
