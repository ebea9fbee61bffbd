"""Knowledge out: the formats, what reads each, and what each needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import BinaryIO

from riwaya.exports import (
    acled,
    annotation,
    ftm,
    ged,
    geojson,
    geopackage,
    jsonl,
    kml,
    labels,
    parquet,
    prov,
    timemap,
)
from riwaya.exports.rows import Asked


@dataclass(frozen=True, slots=True)
class Export:
    """A format: its name and ending, how it is written, and for whom.

    ``tables`` are those it can hold, the first where none is named ("" where it holds all);
    ``needs`` is a package, in the extra named ``extra``.
    """

    name: str
    ending: str
    write: Callable[[Asked, BinaryIO], int]
    about: str
    tables: tuple[str, ...] = ()
    hxl: bool = False
    bom: bool = False
    needs: str = ""
    extra: str = ""

    @property
    def ready(self) -> bool:
        """Whether what it needs is installed."""
        return not self.needs or find_spec(self.needs) is not None


EXPORTS: tuple[Export, ...] = (
    Export("jsonl", ".jsonl", jsonl.write, "claims, one object a line, as read --json prints them"),
    Export("acled", ".csv", acled.write, "a table in ACLED's 31 columns, then ours", hxl=True, bom=True),
    Export("ged", ".csv", ged.write, "a table in the columns of UCDP's GED", bom=True),
    Export("geojson", ".geojson", geojson.write, "a map layer for the web", tables=("events", "control")),
    Export(
        "gpkg",
        ".gpkg",
        geopackage.write,
        "map layers with dates for QGIS",
        tables=("", "events", "control"),
        needs="pyogrio",
        extra="geo",
    ),
    Export("kml", ".kml", kml.write, "places with days for earth viewers", tables=("", "events", "control")),
    Export(
        "parquet",
        ".parquet",
        parquet.write,
        "typed columns for notebooks and DuckDB",
        tables=("claims", "events", "control", "reports"),
        needs="pyarrow",
        extra="parquet",
    ),
    Export("ftm", ".ftm.json", ftm.write, "FollowTheMoney entities for Aleph, one a line"),
    Export("ftm-statements", ".csv", ftm.write_statements, "FollowTheMoney statements, one a row"),
    Export("annotation", ".jsonld", annotation.write, "Web Annotations of the reports"),
    Export("prov", ".prov.json", prov.write, "PROV: what came of what, by whose reading"),
    Export(
        "timemap",
        ".json",
        timemap.write,
        "events, associations and sources for timemap",
        tables=("", "events", "associations", "sources"),
    ),
    Export("label-studio", ".jsonl", labels.write_label_studio, "tasks for Label Studio, a report a line"),
    Export("doccano", ".jsonl", labels.write_doccano, "texts with entities and relations for doccano"),
)


def export_named(name: str) -> Export | None:
    """The format of that name."""
    return next((export for export in EXPORTS if export.name == name), None)
