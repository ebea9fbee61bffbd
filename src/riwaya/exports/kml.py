"""KML 2.2: a folder each for events and control, with their days, for map programs and phones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from riwaya.exports.features import LAYERS, Feature
from riwaya.exports.rows import Asked

# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAME = {"events": "type", "control": "holder"}


def write(asked: Asked, out: BinaryIO) -> int:
    """One document; its folders are the layers."""
    count = 0
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
    )
    for layer in [asked.table] if asked.table else LAYERS:
        _, features = LAYERS[layer]
        out.write(f"<Folder><name>{layer}</name>\n".encode())
        for one in features(asked):
            out.write("".join(placemark(one, layer)).encode())
            count += 1
        out.write(b"</Folder>\n")
    out.write(b"</Document></kml>\n")
    return count


def placemark(one: Feature, layer: str) -> Iterator[str]:
    """One feature: its name, its days, all its properties, and the point."""
    said = one.properties
    title = " · ".join(part for part in (said["name_ar"], said[NAME[layer]]) if part)
    yield f"<Placemark><name>{text(title)}</name>"
    yield from span(said)
    yield "<ExtendedData>"
    for key, value in said.items():
        if value not in (None, ""):
            yield f"<Data name={quoteattr(key)}><value>{text(value)}</value></Data>"
    yield "</ExtendedData>"
    if one.point:
        yield f"<Point><coordinates>{one.point[0]},{one.point[1]}</coordinates></Point>"
    yield "</Placemark>\n"


def span(said: Mapping[str, Any]) -> Iterator[str]:
    """The days a feature lasts; KML shows the end as well, so a half-open span ends the day before."""
    begin = said.get("date_start") or said.get("valid_from")
    end: date | None = said.get("date_end")
    if end is None and said.get("valid_to"):
        end = said["valid_to"] - timedelta(days=1)
    if begin or end:
        edges = (("begin", begin), ("end", end))
        yield f"<TimeSpan>{''.join(f'<{name}>{day}</{name}>' for name, day in edges if day)}</TimeSpan>"


def text(value: Any) -> str:
    """Any value as text that XML may hold."""
    word = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(UNWRITABLE.sub("\ufffd", word))
