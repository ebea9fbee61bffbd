"""Parts: a shard's claims and reports as Parquet, the same bytes for the same rows.

Claims have the typed columns of ``riwaya export parquet`` and, in ``json``, the whole claim with its rules
exactly as read, which is what ``load`` takes.  Reports have their custody, and their texts where asked
for; ``claims`` says how many rows of the claims part are theirs, in order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from riwaya.exports.parquet import claim_schema, storable
from riwaya.ledger.store import content_hash, dumped
from riwaya.model import Claim, Report
from riwaya.sources import Received

ROWS = {"claims": 5000, "reports": 1000}  # of one row group
FIELDS = ("id", "url", "outlet", "published", "title", "language", "origin")
CUSTODY = ("source", "kind", "sha256", "size", "dated", "hash")


def claims_schema() -> Any:
    """The columns of a claims part."""
    import pyarrow as pa

    return claim_schema().append(pa.field("json", pa.string()))


def reports_schema(*, text: bool) -> Any:
    """The columns of a reports part; ``exact`` has as JSON what Parquet's text cannot hold."""
    import pyarrow as pa

    kinds = {"size": pa.int64(), "claims": pa.int32()}
    names = (*FIELDS, *CUSTODY, "claims", *(("text", "exact") if text else ()))
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


def claim_row(claim: Claim, report: Report) -> dict[str, Any]:
    """A claim as a row."""
    said = claim.to_json(why=True)
    first, last = claim.when or (None, None)
    published = report.published.isoformat() if report.published else None
    about = {"outlet": report.outlet, "title": report.title, "published": published, "url": report.url}
    days: dict[str, date | None] = {"first": first, "last": last, "day": last or report.day}
    row: dict[str, Any] = storable({**said, **about, **days})
    return row | {"json": dumped(said)}


def report_row(received: Received, claims: int, *, text: bool) -> dict[str, Any]:
    """A report as a row."""
    report = received.report
    row: dict[str, Any] = {name: getattr(report, name) for name in FIELDS}
    row["published"] = report.published.isoformat() if report.published else None
    row |= {"source": received.where, "kind": received.kind, "sha256": received.sha256}
    row["dated"] = received.dated
    row |= {"size": received.size, "hash": content_hash(report), "claims": claims}
    if not text:
        return dict(storable(row))
    row["text"] = report.text
    plain: dict[str, Any] = storable(row)
    kept = (*FIELDS, "text")
    exact = {name: row[name] for name in kept} if any(plain[name] != row[name] for name in kept) else None
    return plain | {"exact": json.dumps(exact) if exact else None}


def packed(rows: list[dict[str, Any]], schema: Any) -> bytes:
    """Rows as they travel from one process to another."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        stream.write_table(pa.Table.from_pylist(rows, schema=schema))
    return bytes(sink.getvalue())


class Part:
    """A Parquet file being written beside; row groups are cut by count alone, whatever came when."""

    def __init__(self, path: Path, schema: Any, rows: int) -> None:
        from pyarrow import parquet

        self.path, self.schema, self.most = path, schema, rows
        self.writer = parquet.ParquetWriter(path, schema, compression="zstd")
        self.waiting: list[Any] = []
        self.held = self.rows = 0

    def add(self, data: bytes) -> None:
        """Take rows as they came from the reading process."""
        import pyarrow as pa

        table = pa.ipc.open_stream(data).read_all()
        self.waiting.append(table)
        self.held += len(table)
        while self.held >= self.most:
            self._write(self.most)

    def _write(self, rows: int) -> None:
        import pyarrow as pa

        table = pa.concat_tables(self.waiting)
        self.writer.write_table(table.slice(0, rows).combine_chunks(), row_group_size=rows)
        self.waiting = [table.slice(rows)]
        self.held -= rows
        self.rows += rows

    def close(self) -> None:
        """Write what waits, and the end of the file."""
        if self.held:
            self._write(self.held)
        self.writer.close()

    def to_json(self, name: str) -> dict[str, Any]:
        """The part as a receipt names it."""
        return {"path": name, "rows": self.rows, **measured(self.path)}


def measured(path: Path) -> dict[str, Any]:
    """A file's size and SHA-256."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"size": stream.tell(), "sha256": found}


def batches(stream: Any, rows: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of a part, so many at a time."""
    from pyarrow import parquet

    with parquet.ParquetFile(stream) as file:
        for batch in file.iter_batches(rows):
            yield batch.to_pylist()


def lines(things: Iterable[Any]) -> bytes:
    """Objects as JSON Lines."""
    return b"".join(dumped(thing).encode() + b"\n" for thing in things)
