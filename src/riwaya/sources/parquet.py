"""Parquet: a report a row; the same columns as JSON Lines."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from riwaya.sources.jsonl import BrokenLineError, report_of
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "parquet"
COLUMNS = ("text", "id", "url", "outlet", "published", "title", "language", "origin")
BATCH = 500


def shows(source: Input) -> bool:
    """By its first four bytes."""
    return source.head.startswith(b"PAR1")


def read(source: Input, given: Given) -> Results:
    """Every row with a text as a report."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        yield Problem(source.where, "reading Parquet needs an extra", "pip install 'riwaya[parquet]'")
        return
    number = 0
    try:
        with source.open() as stream, parquet.ParquetFile(stream) as file:
            names = [name for name in file.schema_arrow.names if name in COLUMNS]
            if "text" not in names:
                yield Problem(source.where, "no column called text", "one column must be called text")
                return
            for batch in file.iter_batches(BATCH, columns=names):
                for row in batch.to_pylist():
                    number += 1
                    yield from read_row(row, f"{source.where}:{number}", given)
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        what = (str(error) or type(error).__name__).splitlines()[0]
        yield Problem(source.where, f"not readable Parquet after {number} rows: {what}", "fetch it again")


def read_row(row: dict[str, Any], where: str, given: Given) -> Results:
    """One row as a report."""
    published = row.get("published")
    if type(published) is date:
        row["published"] = published.isoformat()
    try:
        report, dated, notes = report_of(row, where, given)
    except BrokenLineError as error:
        yield Problem(where, str(error), "one column must be called text")
        return
    raw = json.dumps(row, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    yield receive(report, raw, where, KIND, dated)
    yield from notes
