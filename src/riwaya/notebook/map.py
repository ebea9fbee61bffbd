"""A small map as SVG: places by who holds them, over the outlines of governorates.  It needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import cos, radians
from typing import Any

from riwaya.notebook.html import box, holder, text
from riwaya.notebook.words import Words

Point = tuple[float, float]
WIDTH, MARGIN = 640.0, 14.0
TALLEST = 900.0
ROOM = 0.4  # degrees around the outermost places
# Told apart by those who see colours otherwise (after Okabe and Ito); the rest share the last.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#666666")
UNKNOWN = "#999999"
WIDE, HIGH = 6.0, 12.0  # what a letter takes, about


class Projection:
    """Degrees to the page: equirectangular at the middle latitude."""

    def __init__(self, west: float, south: float, east: float, north: float) -> None:
        self.west, self.north = west, north
        self.narrow = cos(radians((south + north) / 2))
        across, down = (east - west) * self.narrow, north - south
        self.scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
        self.width, self.height = across * self.scale + 2 * MARGIN, down * self.scale + 2 * MARGIN

    def __call__(self, point: Point) -> Point:
        """Where a longitude and latitude lie on the page."""
        lon, lat = point
        x = (lon - self.west) * self.narrow * self.scale + MARGIN
        return round(x, 1), round((self.north - lat) * self.scale + MARGIN, 1)


def draw(found: Sequence[Mapping[str, Any]], rings: Iterable[Sequence[Point]], words: Words) -> str:
    """Holdings on a map, with a legend; those without coordinates are counted below it."""
    placed = [one for one in found if one["place"].get("lat") is not None]
    if not placed:
        return ""
    lons = [float(one["place"]["lon"]) for one in placed]
    lats = [float(one["place"]["lat"]) for one in placed]
    bounds = (min(lons) - ROOM, min(lats) - ROOM, max(lons) + ROOM, max(lats) + ROOM)
    at = Projection(*bounds)
    colours = coloured(placed)
    lines = "".join(outline(ring, at) for ring in rings if near(ring, bounds))
    spots = "".join(spot(one, at, colours, words) for one in placed) + labels(placed, at, words)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {at.width:.0f} {at.height:.0f}"'
        f' style="max-width:{at.width:.0f}px;width:100%;height:auto" font-size="11" fill="currentColor">'
        f'<g fill="none" stroke="currentColor" stroke-opacity=".3" stroke-width=".7">{lines}</g>{spots}</svg>'
    )
    key = "".join(
        f'<span style="margin-inline-end:1em"><b style="color:{colour}">●</b> {text(words.name(id))}</span>'
        for id, colour in colours.items()
    )
    key += f'<span><span style="color:{UNKNOWN}">○</span> {escape(words["unknown"])}</span>'
    return box(f"{svg}<div>{key}</div>", words)


def coloured(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A colour for every body that holds or contests something, those with most first."""
    counted = Counter(id for one in found for id in sides(one))
    ranked = sorted(counted, key=lambda id: (-counted[id], id))
    return {id: PALETTE[min(n, len(PALETTE) - 1)] for n, id in enumerate(ranked)}


def sides(held: Mapping[str, Any]) -> list[str]:
    """Who holds a place, or who contests it."""
    return list(held["standing"])[:2] if held["contested"] else [held["holder"]] if held["holder"] else []


def near(ring: Sequence[Point], bounds: tuple[float, float, float, float]) -> bool:
    """Whether a ring comes into the picture."""
    west, south, east, north = bounds
    lons, lats = [point[0] for point in ring], [point[1] for point in ring]
    return min(lons) <= east and max(lons) >= west and min(lats) <= north and max(lats) >= south


def outline(ring: Sequence[Point], at: Projection) -> str:
    """A ring as a path."""
    return f'<path d="M{"L".join(f"{x} {y}" for x, y in map(at, ring))}Z"/>'


def labels(found: Sequence[Mapping[str, Any]], at: Projection, words: Words) -> str:
    """The names of places, as far as they do not lie over one another; the others show under the pointer."""
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for held in sorted(found, key=lambda one: -float(one["support"])):
        x, y = at((float(held["place"]["lon"]), float(held["place"]["lat"])))
        name = words.named(held["place"])
        half = len(name) * WIDE / 2
        left, top, right, bottom = x - half, y - 8 - HIGH, x + half, y - 8
        if all(right < a or left > c or bottom < b or top > d for a, b, c, d in taken):
            taken.append((left, top, right, bottom))
            out.append(f'<text x="{x}" y="{y - 8}" text-anchor="middle">{escape(name)}</text>')
    return "".join(out)


def spot(held: Mapping[str, Any], at: Projection, colours: Mapping[str, str], words: Words) -> str:
    """A place: filled for who holds it, two halves where it is contested, empty where nobody knows."""
    x, y = at((float(held["place"]["lon"]), float(held["place"]["lat"])))
    name = words.named(held["place"])
    tints = [colours[id] for id in sides(held)]
    if not tints:
        shape = f'<circle cx="{x}" cy="{y}" r="4.5" fill="none" stroke="{UNKNOWN}" stroke-width="1.5"/>'
    else:
        shape = f'<path d="M{x} {y - 5}a5 5 0 0 0 0 10z" fill="{tints[0]}"/>'
        shape += f'<path d="M{x} {y - 5}a5 5 0 0 1 0 10z" fill="{tints[-1]}"/>'
    title = f"<title>{escape(f'{name}: {holder(held, words)}')}</title>"
    return f"<g>{title}{shape}</g>"
