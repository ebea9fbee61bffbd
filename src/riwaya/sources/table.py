"""CSV and TSV: a header line, then a report a row; the same columns as JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.jsonl import BrokenLineError, report_of
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "csv"
ENDINGS = (".csv", ".tsv", ".tab")
DELIMITERS = ",;\t|"
LONGEST = 64 * 1024 * 1024  # code points in one cell


def fits(source: Input) -> bool:
    """By its name."""
    return source.suffix in ENDINGS


def read(source: Input, given: Given) -> Results:
    """Every row with a text as a report; a broken one is named by its line and the rest is read."""
    try:
        text = decode(source.bytes()).text
    except NotTextError as error:
        yield Problem(source.where, str(error), "save it as CSV in UTF-8")
        return
    for number, row in rows(text):
        where = f"{source.where}:{number}"
        if isinstance(row, str):
            yield Problem(where, row)
            continue
        try:
            report, notes = report_of(row, where, given)
        except BrokenLineError as error:
            yield Problem(where, str(error), "one column must be called text")
            if number == 2 and "text" not in row:
                return
        else:
            raw = json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")
            yield receive(report, raw, where, KIND)
            yield from notes


def rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The rows by the names of their columns, each with its line; or what is wrong with a line."""
    limit = csv.field_size_limit(LONGEST)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
        header = [name.strip().lower() for name in next(reader, [])]
        yield from numbered(reader, header)
    except csv.Error as error:
        yield 1, f"not readable CSV: {error}"
    finally:
        csv.field_size_limit(limit)


def numbered(reader: Any, header: list[str]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The rows below a header."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"not readable CSV: {error}"
            continue
        if len(cells) > len(header):
            yield reader.line_num, f"{len(cells)} cells where the header has {len(header)}"
        elif any(cells):
            yield reader.line_num, dict(zip(header, cells, strict=False))


def delimiter(text: str) -> str:
    """What stands between cells: whichever the header has most of."""
    header = text.split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)
