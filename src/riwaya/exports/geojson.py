"""GeoJSON (RFC 7946): one feature a line, so that a long file can also be read by the line."""

from __future__ import annotations

from typing import Any, BinaryIO

from riwaya.exports.features import LAYERS, Feature
from riwaya.exports.jsonl import array, dumped
from riwaya.exports.rows import Asked


def write(asked: Asked, out: BinaryIO) -> int:
    """One collection of points; an unplaced one has no geometry."""
    _, features = LAYERS[asked.table]
    out.write(b'{"type":"FeatureCollection","name":' + dumped(asked.table) + b',"features":[')
    count = array(map(feature, features(asked)), out)
    out.write(b"\n]}\n")
    return count


def feature(one: Feature) -> dict[str, Any]:
    """A feature as GeoJSON writes it."""
    geometry = {"type": "Point", "coordinates": one.point} if one.point else None
    return {
        "type": "Feature",
        "id": one.properties["id"],
        "geometry": geometry,
        "properties": one.properties,
    }
