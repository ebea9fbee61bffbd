"""Parquet: claims, events, control or reports as typed columns for notebooks and DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from riwaya.exports.features import LAYERS, Feature
from riwaya.exports.rows import Asked, claims, reports

BATCH = 2000


def write(asked: Asked, out: BinaryIO) -> int:
    """One table, so many rows at a time."""
    import pyarrow
    from pyarrow import parquet

    schema, rows = TABLES[asked.table]
    count = 0
    with parquet.ParquetWriter(out, schema(), compression="zstd") as writer:
        ahead = rows(asked)
        while batch := [storable(row) for row in islice(ahead, BATCH)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema()))
            count += len(batch)
    return count


def storable(value: Any) -> Any:
    """A value whose text is all writable in UTF-8."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {key: storable(one) for key, one in value.items()}
    return [storable(one) for one in value] if isinstance(value, list | tuple) else value


def claim_schema() -> Any:
    """A claim's columns; lists of mentions stay lists."""
    import pyarrow as pa

    span = [("start", pa.int32()), ("end", pa.int32())]
    body = pa.struct([("id", pa.string()), ("name", pa.string()), *span])
    words = pa.struct([("text", pa.string()), *span])
    place = pa.struct(
        [*body, ("lat", pa.float64()), ("lon", pa.float64())]
        + [(name, pa.string()) for name in ("level", "label_ar", "label_en")]
    )
    link = pa.struct([*body, ("kind", pa.string())])
    number = [("min", pa.float64()), ("max", pa.float64()), ("unit", pa.string()), ("cumulative", pa.bool_())]
    return pa.schema(
        [(name, pa.string()) for name in ("id", "report", "type", "status")]
        + [("actor", pa.list_(body)), ("target", pa.list_(body))]
        + [("place", pa.list_(place)), ("toward", pa.list_(place)), ("extent", pa.string())]
        + [("first", pa.date32()), ("last", pa.date32()), ("day", pa.date32()), ("time", words)]
        + [("quantity", pa.struct([*words, *number])), ("chain", pa.list_(link)), ("hedged", pa.bool_())]
        + [("trigger", words), ("evidence", words)]
        + [(name, pa.string()) for name in ("reader", "outlet", "title", "published", "url")]
    )


def claim_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """The claims, with the days they are about as days."""
    from datetime import date

    for told in claims(asked):
        when = [date.fromisoformat(day) for day in told.claim["when"] or (None, None) if day]
        first, last = when or (None, None)
        yield {**told.to_json(), "first": first, "last": last, "day": told.day}


def layer(name: str) -> tuple[Callable[[], Any], Callable[[Asked], Iterator[dict[str, Any]]]]:
    """The columns of a map layer, and its rows with their coordinates."""
    fields, features = LAYERS[name]

    def schema() -> Any:
        """The same columns as the map's, and the point as two."""
        import datetime

        import pyarrow as pa

        kinds = {str: pa.string(), int: pa.int32(), float: pa.float64(), bool: pa.bool_()}
        kinds[datetime.date] = pa.date32()
        point = [("latitude", pa.float64()), ("longitude", pa.float64())]
        return pa.schema([(name, kinds[kind]) for name, kind in fields.items()] + point)

    def rows(asked: Asked) -> Iterator[dict[str, Any]]:
        """A feature as a row."""
        yield from map(flat, features(asked))

    return schema, rows


def flat(feature: Feature) -> dict[str, Any]:
    """A feature with its point in two columns."""
    lon, lat = feature.point or (None, None)
    return {**feature.properties, "latitude": lat, "longitude": lon}


REPORT = ("id", "url", "outlet", "published", "title", "text", "language", "origin")
CUSTODY = ("sha256", "received_at", "source", "kind")


def report_schema() -> Any:
    """The columns that ``riwaya add`` takes, and the chain of custody's first link."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in (*REPORT, *CUSTODY)] + [("claims", pa.int32())])


def report_rows(asked: Asked) -> Iterator[dict[str, Any]]:
    """Each report as it was received."""
    for report, said in reports(asked):
        custody = asked.ledger.custody(report.id)
        row: dict[str, Any] = {name: getattr(report, name) for name in REPORT}
        row["published"] = report.published.isoformat() if report.published else None
        row |= {name: str(getattr(custody, name)) for name in CUSTODY if custody}
        yield row | {"claims": len(said)}


TABLES: Mapping[str, tuple[Callable[[], Any], Callable[[Asked], Iterable[dict[str, Any]]]]] = {
    "claims": (claim_schema, claim_rows),
    "events": layer("events"),
    "control": layer("control"),
    "reports": (report_schema, report_rows),
}
