"""The columns of answers as tables: of claims those of the Parquet export, of the others what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from riwaya.exports.parquet import REPORT, claim_schema, storable


def table_of(name: str, items: Iterable[Any]) -> Any:
    """A table of Arrow with the columns of that name."""
    import pyarrow

    schema, row = COLUMNS[name]
    return pyarrow.Table.from_pylist([storable(row(one)) for one in items], schema=schema())


def claim_row(cited: Any) -> dict[str, Any]:
    """A claim; ``first`` and ``last`` are its days, ``day`` what it is listed under."""
    first, last = cited.claim.when or (None, None)
    return {**cited.to_json(), "first": first, "last": last, "day": cited.day}


def place_columns() -> list[Any]:
    """A place as five columns."""
    import pyarrow as pa

    words = [(name, pa.string()) for name in ("place_id", "name_ar", "name_en")]
    return [*words, ("latitude", pa.float64()), ("longitude", pa.float64())]


def place(found: Mapping[str, Any] | None) -> dict[str, Any]:
    """A place's five columns."""
    said = found or {}
    return {
        "place_id": said.get("id"),
        "name_ar": said.get("label_ar") or said.get("name"),
        "name_en": said.get("label_en"),
        "latitude": said.get("lat"),
        "longitude": said.get("lon"),
    }


def event_schema() -> Any:
    """An event's columns; actors, targets, origins and claims are lists of ids."""
    import pyarrow as pa

    ids = pa.list_(pa.string())
    columns = [("id", pa.string()), ("type", pa.string()), *place_columns()]
    columns += [("first", pa.date32()), ("last", pa.date32()), ("actor", ids), ("target", ids)]
    columns += [("min", pa.float64()), ("max", pa.float64()), ("unit", pa.string())]
    columns += [("support", pa.float64()), ("disputed", pa.bool_()), ("origins", ids), ("claims", ids)]
    return pa.schema(columns)


def event_row(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event."""
    figure = event["quantity"] or {}
    first, last = map(date.fromisoformat, (event["when"][0], event["when"][-1]))
    lists = {name: [one["id"] for one in event[name]] for name in ("actor", "target", "origins")}
    about = {name: event.get(name) for name in ("id", "type", "support", "disputed", "claims")}
    numbers = {name: figure.get(name) for name in ("min", "max", "unit")}
    return {**about, **place(event["place"]), "first": first, "last": last, **lists, **numbers}


def control_schema() -> Any:
    """A holding's columns; ``rivals`` are those who contest a place."""
    import pyarrow as pa

    ids = pa.list_(pa.string())
    columns = [*place_columns(), ("holder", pa.string()), ("contested", pa.bool_()), ("rivals", ids)]
    columns += [("since", pa.date32()), ("support", pa.float64()), ("method", pa.string()), ("claims", ids)]
    return pa.schema(columns)


def control_row(held: Mapping[str, Any]) -> dict[str, Any]:
    """A holding."""
    about = {name: held[name] for name in ("holder", "contested", "support", "method", "claims")}
    since = date.fromisoformat(held["since"]) if held["since"] else None
    return {**about, **place(held["place"]), "since": since, "rivals": list(held["standing"])}


def dispute_schema() -> Any:
    """A dispute's columns; ``sides`` is a list of what is said, by which origins, in which claims."""
    import pyarrow as pa

    ids = pa.list_(pa.string())
    side = pa.struct([("says", pa.string()), ("origins", ids), ("reports", ids), ("claims", ids)])
    columns = [*place_columns(), ("type", pa.string()), ("when", pa.date32()), ("since", pa.timestamp("us"))]
    columns += [("settled", pa.bool_()), ("how", pa.string()), ("sides", pa.list_(side))]
    return pa.schema(columns)


def dispute_row(found: Mapping[str, Any]) -> dict[str, Any]:
    """A dispute."""
    about = {name: found[name] for name in ("type", "settled", "how", "sides")}
    when = date.fromisoformat(found["when"][:10]) if found["when"] else None
    return {**about, **place(found["place"]), "when": when, "since": datetime.fromisoformat(found["since"])}


def report_schema() -> Any:
    """The columns that ``riwaya add`` takes."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in REPORT])


def report_row(report: Any) -> dict[str, Any]:
    """A report."""
    about = {name: getattr(report, name) for name in REPORT}
    return about | {"published": report.published.isoformat() if report.published else None}


COLUMNS: Mapping[str, tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]] = {
    "claims": (claim_schema, claim_row),
    "events": (event_schema, event_row),
    "control": (control_schema, control_row),
    "disputes": (dispute_schema, dispute_row),
    "reports": (report_schema, report_row),
}
