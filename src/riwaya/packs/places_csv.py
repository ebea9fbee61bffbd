"""Places as a table: one row per place, the same columns in the gazetteer and in every theatre.

A row that cannot be used stops with file, line and column.  Merging is here too: a theatre's row wins
over the gazetteer's of the same id, and rows that are plainly one place become one.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from riwaya.packs.schema import PackError
from riwaya.text.normalise import fold

LEVELS = frozenset(
    {
        "place",
        "neighbourhood",
        "governorate",
        "facility",
        "base",
        "crossing",
        "road",
        "border",
        "region",
        "country",
    }
)
# Two rows nearer than this, of one level and one name, are one place (claims are compared the same way).
SAME_PLACE_KM = 3.0


class PlaceRow(NamedTuple):
    """One place; ``theatre`` is the folder that says so (``gazetteer`` for the common part)."""

    id: str
    name_ar: str
    aliases: tuple[str, ...]
    name_en: str
    lat: float
    lon: float
    level: str
    country: str
    admin1: str
    population: int
    parent: str
    in_theatre: tuple[str, ...]
    source: str
    theatre: str


COLUMNS = PlaceRow._fields[:-1]


def read_places_csv(path: Path) -> list[PlaceRow]:
    """All rows of a places table; raises PackError with file, line and column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            _check_header(path, header)
            return [
                _row(path, reader.line_num, dict(zip(header, cells, strict=True)))
                for cells in reader
                if _fits(path, reader.line_num, header, cells)
            ]
        except (csv.Error, UnicodeDecodeError) as error:
            raise PackError(f"{path}:{reader.line_num}: not readable CSV: {error}") from error


def _check_header(path: Path, header: list[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in COLUMNS if name not in header]
    if unknown or missing:
        told = f"unknown column {unknown[0]!r}" if unknown else f"column {missing[0]!r} is missing"
        raise PackError(f"{path}:1: {told}; the columns are {','.join(COLUMNS)}")


def _fits(path: Path, line: int, header: list[str], cells: list[str]) -> bool:
    """Whether a line is a row (blank lines are not); one with too few or too many cells is an error."""
    if not any(cells):
        return False
    if len(cells) != len(header):
        raise PackError(f"{path}:{line}: {len(cells)} cells where the header has {len(header)}")
    return True


def _row(path: Path, line: int, cells: dict[str, str]) -> PlaceRow:
    def fail(column: str, message: str) -> PackError:
        return PackError(f"{path}:{line}: {column}: {message}")

    for column in ("id", "name_ar", "lat", "lon", "level"):
        if not cells[column].strip():
            raise fail(column, "may not be empty")
    if cells["level"] not in LEVELS:
        raise fail("level", f"{cells['level']!r} is not one of {', '.join(sorted(LEVELS))}")
    return PlaceRow(
        id=cells["id"].strip(),
        name_ar=cells["name_ar"].strip(),
        aliases=_several(cells["aliases"]),
        name_en=cells["name_en"].strip(),
        lat=_degrees(cells["lat"], 90.0, lambda m: fail("lat", m)),
        lon=_degrees(cells["lon"], 180.0, lambda m: fail("lon", m)),
        level=cells["level"],
        country=cells["country"].strip().lower(),
        admin1=cells["admin1"].strip(),
        population=_count(cells["population"], lambda m: fail("population", m)),
        parent=cells["parent"].strip(),
        in_theatre=_several(cells["in_theatre"]),
        source=cells["source"].strip(),
        theatre=path.parent.name,
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for piece in cell.split("|") if (part := piece.strip()))


def _degrees(cell: str, limit: float, fail: Callable[[str], PackError]) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise fail(f"{cell!r} is not a number") from None
    if not -limit <= value <= limit:
        raise fail(f"{cell} lies outside ±{limit:g}")
    return value


def _count(cell: str, fail: Callable[[str], PackError]) -> int:
    if not cell.strip():
        return 0
    try:
        return int(float(cell))
    except ValueError:
        raise fail(f"{cell!r} is not a number") from None


def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance on the ground between two points given in degrees.

    >>> round(kilometres(33.5102, 36.2913, 34.7227, 36.7148))
    140
    """
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2
    h += math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742.0 * math.asin(min(1.0, math.sqrt(h)))


def merge_places(rows: Iterable[PlaceRow]) -> list[PlaceRow]:
    """One row per place: later rows win by id, near namesakes of one level join, all names are kept."""
    by_id: dict[str, PlaceRow] = {}
    for row in rows:
        known = by_id.get(row.id)
        by_id[row.id] = _joined(row, known) if known else row
    return list(_without_namesakes(by_id.values()))


def bare(name: str) -> str:
    """A folded name without blanks, articles and weak endings, to compare spellings.

    >>> bare("كفر نبل") == bare("كفرنبل"), bare("الحسكة") == bare("حسكه")
    (True, True)
    """
    words = [w[2:] if w.startswith("ال") and len(w) > 4 else w for w in fold(name).split()]
    return "".join(words).rstrip("اهء")


def _without_namesakes(rows: Iterable[PlaceRow]) -> Iterator[PlaceRow]:
    """Joins rows of one level within 3 km that share a name; a theatre's id wins over the gazetteer's."""
    groups: dict[tuple[str, str], list[PlaceRow]] = defaultdict(list)
    taken: dict[str, str] = {}
    kept: dict[str, PlaceRow] = {}
    for row in sorted(rows, key=lambda r: r.theatre == "gazetteer"):
        keys = {(row.level, bare(n)) for n in (row.name_ar, *row.aliases)}
        twin = next((t for k in sorted(keys) for t in groups[k] if _near(t, row)), None)
        owner = taken.get(twin.id, twin.id) if twin else row.id
        kept[owner] = _joined(kept[owner], row) if owner in kept else row
        taken[row.id] = owner
        for key in keys:
            groups[key].append(row)
    yield from kept.values()


def _near(a: PlaceRow, b: PlaceRow) -> bool:
    return a.theatre != b.theatre and kilometres(a.lat, a.lon, b.lat, b.lon) < SAME_PLACE_KM


def _joined(first: PlaceRow, second: PlaceRow) -> PlaceRow:
    """The first row with the second's names, and with its figures where the first has none."""
    names = dict.fromkeys((*first.aliases, second.name_ar, *second.aliases))
    names.pop(first.name_ar, None)
    return first._replace(
        aliases=tuple(names),
        name_en=first.name_en or second.name_en,
        country=first.country or second.country,
        admin1=first.admin1 or second.admin1,
        population=first.population or second.population,
        parent=first.parent or second.parent,
        in_theatre=tuple(dict.fromkeys((*first.in_theatre, *second.in_theatre))),
    )
