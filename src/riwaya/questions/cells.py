"""Areas from places: the part of a governorate that is nearer to a place than to any other that is spoken of.

Voronoi cells, clipped to the governorate and to a reach around the place: a lone village does not paint a
desert.  Cells say nothing of who holds them; they are joined with the states of their places.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from math import cos, radians
from typing import Any

from riwaya.events.knowledge import Knowledge
from riwaya.packs.pack import HERE

ADMIN = HERE / "gazetteer" / "admin1.geojson"
LINES = HERE / "gazetteer" / "outlines.geojson"
REACH_KM = 45.0
DEGREE_KM = 111.2
SITES = frozenset({"place"})  # quarters and facilities stand inside the cell of their town
AREAS = frozenset({"governorate", "region"})


@cache
def governorates() -> Mapping[str, dict[str, Any]]:
    """The outlines of governorates by their ids: GeoJSON features."""
    features = json.loads(ADMIN.read_text("utf-8"))["features"]
    return {one["properties"]["id"]: one for one in features if one["properties"]["id"]}


@cache
def lines() -> dict[str, Any]:
    """Coasts and land borders."""
    found: dict[str, Any] = json.loads(LINES.read_text("utf-8"))
    return found


def base(knowledge: Knowledge, countries: Collection[str]) -> dict[str, Any]:
    """The map that lies below everything: governorates with their names, coasts, borders."""
    from shapely.geometry import shape

    admin = []
    for id, feature in governorates().items():
        country = feature["properties"]["country"]
        if countries and country not in countries:
            continue
        point = shape(feature["geometry"]).representative_point()
        properties = {
            "id": id,
            "label_ar": knowledge.label(id, "ar"),
            "label_en": knowledge.label(id, "en"),
            "country": country,
            "point": [round(point.x, 3), round(point.y, 3)],
        }
        admin.append({"type": "Feature", "properties": properties, "geometry": feature["geometry"]})
    return {"admin": {"type": "FeatureCollection", "features": admin}, "lines": lines()}


def bounds(countries: Collection[str]) -> list[float] | None:
    """The box around some countries: west, south, east, north."""
    from shapely.geometry import shape

    boxes = [
        shape(one["geometry"]).bounds
        for one in governorates().values()
        if one["properties"]["country"] in countries
    ]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return [round(edge, 3) for edge in (min(west), min(south), max(east), max(north))]


def cells(places: Iterable[str], knowledge: Knowledge) -> dict[str, Any]:
    """The areas of places that are spoken of, as a FeatureCollection in the order of their ids."""
    inside: dict[str, list[str]] = defaultdict(list)
    whole: set[str] = set()
    for place in sorted(set(places)):
        if knowledge.levels.get(place) in SITES and place in knowledge.points:
            inside[knowledge.root(place)].append(place)
        elif knowledge.levels.get(place) in AREAS and place in governorates():
            whole.add(place)
    features = [
        feature
        for root in sorted({*inside, *whole})
        if root in governorates()
        for feature in of_governorate(root, inside[root], knowledge, whole=root in whole)
    ]
    return {"type": "FeatureCollection", "features": features}


def of_governorate(
    root: str, places: list[str], knowledge: Knowledge, *, whole: bool
) -> Iterator[dict[str, Any]]:
    """The cells of the places of one governorate; what they leave is its own, where that is spoken of."""
    from shapely import make_valid, union_all
    from shapely.geometry import shape

    outline = make_valid(shape(governorates()[root]["geometry"]))
    found = dict(voronoi(places, outline, knowledge))
    for place, area in found.items():
        yield feature(place, area, knowledge)
    if whole:
        left = outline.difference(union_all(list(found.values()))) if found else outline
        if not left.is_empty:
            yield feature(root, left, knowledge)


def voronoi(places: list[str], outline: Any, knowledge: Knowledge) -> Iterator[tuple[str, Any]]:
    """Each place with its cell, in kilometres that are as wide as they are high and back again."""
    from shapely import MultiPoint, voronoi_polygons
    from shapely.affinity import scale
    from shapely.geometry import Point

    at: dict[tuple[float, float], str] = {}
    for place in places:
        lat, lon = knowledge.points[place]
        at.setdefault((lon, lat), place)  # two at one point are one site
    if not at:
        return
    narrow = cos(radians(outline.centroid.y))
    flat = scale(outline, narrow, 1.0, origin=(0, 0))
    sites = {place: Point(lon * narrow, lat) for (lon, lat), place in at.items()}
    cut = (
        list(voronoi_polygons(MultiPoint(list(sites.values())), extend_to=flat.buffer(1)).geoms)
        if len(sites) > 1
        else [flat.buffer(1)]
    )
    for place, site in sites.items():
        cell = next((one for one in cut if one.covers(site)), None)
        if cell is None:
            continue
        area = cell.intersection(flat).intersection(site.buffer(REACH_KM / DEGREE_KM, quad_segs=12))
        if not area.is_empty:
            yield place, scale(area, 1 / narrow, 1.0, origin=(0, 0))


def feature(place: str, area: Any, knowledge: Knowledge) -> dict[str, Any]:
    """An area as GeoJSON, to about a hundred metres."""
    from shapely import set_precision
    from shapely.geometry import mapping

    lat, lon = knowledge.points.get(place, (None, None))
    return {
        "type": "Feature",
        "properties": {
            "id": place,
            "label_ar": knowledge.label(place, "ar"),
            "label_en": knowledge.label(place, "en"),
            "level": knowledge.levels.get(place, ""),
            "parent": knowledge.root(place),
            "lon": lon,
            "lat": lat,
        },
        "geometry": rounded(mapping(set_precision(polygons(area), 0.001))),
    }


def polygons(area: Any) -> Any:
    """The polygons of a shape; clipping may leave lines and points beside them."""
    from shapely import MultiPolygon

    if area.geom_type in ("Polygon", "MultiPolygon"):
        return area
    return MultiPolygon([part for part in area.geoms if part.geom_type == "Polygon"])


def rounded(geometry: Any) -> Any:
    """Coordinates with three decimals."""
    if isinstance(geometry, dict):
        return geometry | {"coordinates": rounded(geometry["coordinates"])}
    if isinstance(geometry, list | tuple):
        return [rounded(one) for one in geometry]
    return round(geometry, 3)
