"""CSV and TSV: a header line, then a report a row; the same columns as JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.jsonl import BrokenLineError, report_of
from riwaya.sources.received import Given, Input, Problem, Results, receive

KIND = "csv"
ENDINGS = (".csv", ".tsv", ".tab")
DELIMITERS = ",;\t|"
COLUMNS = frozenset({"text", "id", "url", "outlet", "published", "title", "language", "origin"})
LONGEST = 64 * 1024 * 1024  # code points in one cell
EXCEL = re.compile(r"sep=(.)\r?\n", re.I)  # Excel's own line before the header


def shows(source: Input) -> bool:
    """By a first line that names our columns."""
    first = source.opening.split("\n", 1)[0]
    names = [{cell.strip(' \t\r"') for cell in first.split(sign)} for sign in DELIMITERS]
    return any("text" in cells and len(cells & COLUMNS) > 1 for cells in names)


def fits(source: Input) -> bool:
    """By its name."""
    return source.suffix in ENDINGS


def read(source: Input, given: Given) -> Results:
    """Every row with a text as a report; a broken one is named by its line and the rest is read."""
    try:
        text = decode(source.bytes(), declared=source.charset).text
    except NotTextError as error:
        yield Problem(source.where, str(error), "save it as CSV in UTF-8")
        return
    good = bad = 0
    for number, row in rows(text):
        where = f"{source.where}:{number}"
        if isinstance(row, str):
            bad += 1
            yield Problem(where, row)
            continue
        if "text" not in row:
            yield Problem(where, "no column called text", "one column must be called text")
            return
        try:
            report, dated, notes = report_of(row, where, given)
        except BrokenLineError as error:
            bad += 1
            yield Problem(where, str(error))
        else:
            good += 1
            raw = json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass")
            yield receive(report, raw, where, KIND, dated)
            yield from notes
    if not good and not bad:
        yield Problem(source.where, "no rows below the header: there is nothing to read")


def rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The rows by the names of their columns, each with its first line; or what is wrong with a line."""
    sign, skipped = delimiter(text), 0
    if excel := EXCEL.match(text):
        sign, skipped, text = excel[1], 1, text[excel.end() :]
    limit = csv.field_size_limit(LONGEST)
    try:
        lines = io.StringIO(text, newline="").readlines()
        reader = csv.reader(lines, delimiter=sign)
        header = [name.strip().lower() for name in next(reader, [])]
        yield from numbered(lines, reader.line_num, header, sign, skipped)
    except csv.Error as error:
        yield 1, f"not readable CSV: {error}"
    finally:
        csv.field_size_limit(limit)


def numbered(
    lines: list[str], start: int, header: list[str], sign: str, skipped: int
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The rows below a header; where a quotation mark is never closed, reading begins again behind it."""
    while start < len(lines):
        reader = csv.reader(lines[start:], delimiter=sign)
        again = None
        before = 0
        while True:
            number = start + before + 1 + skipped
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                before = max(reader.line_num, before + 1)
                yield number, f"not readable CSV: {error}"
                continue
            here, before = start + before, reader.line_num
            if start + before >= len(lines) and before - (here - start) > 1 and is_open(lines[here:]):
                yield number, "a quotation mark is opened and not closed; this line is passed over"
                again = here + 1
                break
            if len(cells) > len(header):
                yield number, f"{len(cells)} cells where the header has {len(header)}"
            elif any(cells):
                yield number, dict(zip(header, cells, strict=False))
        if again is None:
            return
        start = again


def is_open(lines: list[str]) -> bool:
    """Whether a row's quotation marks do not pair."""
    return sum(line.count('"') for line in lines) % 2 == 1


def delimiter(text: str) -> str:
    """What stands between cells: whichever the header has most of."""
    header = text.split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)
