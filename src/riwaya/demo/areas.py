"""Governorates as rings of points, out of the gazetteer's map."""

from __future__ import annotations

import json
from dataclasses import dataclass

from riwaya.packs.pack import HERE

MAP = HERE / "gazetteer" / "admin1.geojson"


@dataclass(frozen=True, slots=True)
class Area:
    """A governorate: its gazetteer id, its name, and its outline as rings of longitude and latitude."""

    id: str
    name_ar: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


def areas_of(country: str) -> list[Area]:
    """The governorates of a country."""
    features = json.loads(MAP.read_text("utf-8"))["features"]
    ids = ((str(feature["properties"]["id"]), feature) for feature in features)
    return [
        Area(id, feature["properties"].get("name_ar", ""), tuple(rings(feature["geometry"])))
        for id, feature in ids
        if id.startswith(f"{country}-")
    ]


def rings(geometry: dict[str, object]) -> list[tuple[tuple[float, float], ...]]:
    """Every ring of a polygon or of several."""
    shapes: list[object] = geometry["coordinates"]  # type: ignore[assignment]
    polygons = shapes if geometry["type"] == "MultiPolygon" else [shapes]
    return [tuple((p[0], p[1]) for p in ring) for polygon in polygons for ring in polygon]  # type: ignore[attr-defined]
