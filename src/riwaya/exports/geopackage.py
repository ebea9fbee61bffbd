"""GeoPackage: layers of events and control with real date fields, as QGIS wants them for its time slider."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

from riwaya.exports.features import LAYERS, Feature
from riwaya.exports.rows import Asked

BATCH = 5000
# What stands in a column's empty cells, hidden by a mask, and how the column is stored.
COLUMNS: Mapping[type, tuple[Any, str]] = {
    str: ("", "object"),
    int: (0, "int32"),
    float: (0.0, "float64"),
    bool: (False, "bool"),
    date: (date(1970, 1, 1), "datetime64[D]"),
}
# The file says when it was written; the same ledger must give the same bytes.
WRITTEN = "2000-01-01T00:00:00Z"


def write(asked: Asked, out: BinaryIO) -> int:
    """A database file made aside, then handed on."""
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
    count = 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "riwaya.gpkg"
            for layer in [asked.table] if asked.table else LAYERS:
                fields, features = LAYERS[layer]
                count += write_layer(path, layer, fields, features(asked))
            with path.open("rb") as file:
                copyfileobj(file, out)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return count


def write_layer(path: Path, layer: str, fields: Mapping[str, type], features: Iterable[Feature]) -> int:
    """A layer, so many features at a time; an empty one has its columns all the same."""
    from pyogrio import raw

    count = 0
    for batch in batches(features):
        raw.write(
            path,
            geometry=geometries(batch),
            field_data=[column(batch, name, kind) for name, kind in fields.items()],
            fields=list(fields),
            field_mask=[empty(batch, name) for name in fields],
            layer=layer,
            driver="GPKG",
            geometry_type="Point",
            crs="EPSG:4326",
            append=count > 0,
        )
        count += len(batch)
    return count


def batches(features: Iterable[Feature]) -> Iterator[list[Feature]]:
    """Features by the thousand; at least one batch, even of none."""
    ahead = iter(features)
    batch = list(islice(ahead, BATCH))
    yield batch
    while batch := list(islice(ahead, BATCH)):
        yield batch


def geometries(batch: Sequence[Feature]) -> Any:
    """Points as well-known binary."""
    import numpy

    found = numpy.empty(len(batch), dtype=object)
    found[:] = [struct.pack("<BIdd", 1, 1, *one.point) if one.point else None for one in batch]
    return found


def column(batch: Sequence[Feature], name: str, kind: type) -> Any:
    """One column of a batch; what is empty holds a filler."""
    import numpy

    filler, dtype = COLUMNS[kind]
    values = [filler if (value := one.properties[name]) is None else value for one in batch]
    return numpy.array(values, dtype=dtype)


def empty(batch: Sequence[Feature], name: str) -> Any:
    """Which cells of a column say nothing."""
    import numpy

    return numpy.array([one.properties[name] in (None, "") for one in batch], dtype=bool)
