"""Which places of a ledger lie within a distance of a point: PostGIS where it is, arithmetic where it is not.

Both measure on a sphere of the same radius, so every ledger gives the same places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select, text

from riwaya.ledger.tables import PLACE_POINTS

RADIUS = 6_371_008.771415  # metres; PostGIS's own
DEGREE = math.pi * RADIUS / 180  # metres of a degree of latitude
MOST_AT_ONCE = 500

POINT = "CAST(ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geography)"
WITHIN = text(
    f"SELECT place FROM place_points WHERE ST_DWithin({POINT}, "
    "CAST(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS geography), :metres, false) ORDER BY place"
)


def has_postgis(connection: Connection) -> bool:
    """Whether the database measures by itself."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")))


def index(connection: Connection) -> None:
    """Have PostGIS find places quickly, where it is there."""
    if has_postgis(connection):
        connection.execute(
            text(f"CREATE INDEX IF NOT EXISTS place_points_geography ON place_points USING GIST (({POINT}))")
        )


Located = tuple[str, float | None, float | None]


def put(connection: Connection, places: Iterable[Located]) -> None:
    """Note where the places of claims lie, ``(id, lat, lon)``; in the transaction that keeps the claims."""
    points = {id: (lat, lon) for id, lat, lon in places if id and lat is not None and lon is not None}
    wanted = sorted(points)  # in one order, or two writers could wait for one another
    known: set[str] = set()
    for n in range(0, len(wanted), MOST_AT_ONCE):
        some = wanted[n : n + MOST_AT_ONCE]
        known |= set(connection.scalars(select(PLACE_POINTS.c.place).where(PLACE_POINTS.c.place.in_(some))))
    rows = [
        {"place": place, "lat": points[place][0], "lon": points[place][1]}
        for place in wanted
        if place not in known
    ]
    if rows:
        insert = (
            "INSERT INTO place_points (place, lat, lon) VALUES (:place, :lat, :lon) ON CONFLICT DO NOTHING"
        )
        connection.execute(text(insert), rows)


def said(body: Mapping[str, Any]) -> Iterator[Located]:
    """The places of a claim, given as its public object."""
    for place in (*body["place"], *body["toward"]):
        yield place["id"], place["lat"], place["lon"]


def near(connection: Connection, lat: float, lon: float, km: float) -> list[str]:
    """The ids of the places within so many kilometres of a point."""
    metres = km * 1000
    if has_postgis(connection):
        return list(connection.scalars(WITHIN, {"lat": lat, "lon": lon, "metres": metres}))
    high = metres / DEGREE
    asked = select(PLACE_POINTS).where(PLACE_POINTS.c.lat.between(lat - high, lat + high))
    rows = connection.execute(asked.order_by(PLACE_POINTS.c.place))
    return [row.place for row in rows if distance(lat, lon, row.lat, row.lon) <= metres]


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points on a sphere (haversine).

    >>> round(distance(34.7268, 36.7234, 33.5102, 36.2913) / 1000)  # from Homs to Damascus
    141
    """
    low, high = math.radians(lat), math.radians(other_lat)
    half = math.sin((high - low) / 2) ** 2
    half += math.cos(low) * math.cos(high) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * RADIUS * math.asin(math.sqrt(min(half, 1.0)))
