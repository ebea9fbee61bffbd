"""Comma-separated tables as people's programs open them: any text in a cell, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

# What a spreadsheet takes for the beginning of a formula or a command.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@contextmanager
def as_text(out: BinaryIO, *, bom: bool = False) -> Iterator[io.TextIOWrapper]:
    """Write UTF-8 text into a binary file that stays open; what cannot be written becomes ``?``."""
    if bom:
        out.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(out, "utf-8", errors="replace", newline="")
    try:
        yield text
        text.flush()
    finally:
        text.detach()


def write_csv(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    out: BinaryIO,
    *,
    hxl: Mapping[str, str] | None = None,
    bom: bool = False,
) -> int:
    """A table with its header, then where wanted a row of HXL tags; says how many rows it has."""
    count = 0
    with as_text(out, bom=bom) as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)
        if hxl is not None:
            writer.writerow([hxl.get(column, "") for column in columns])
        for row in rows:
            writer.writerow([cell(row.get(column)) for column in columns])
            count += 1
    return count


def cell(value: Any) -> str | int | float:
    """A value as a cell: numbers as they are, text that a spreadsheet would run behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).replace("\0", "\ufffd")
    return f"'{text}" if text.startswith(FORMULA) else text


def joined(values: Iterable[Any]) -> str:
    """Several values in one cell, each once, in their order."""
    return "; ".join(dict.fromkeys(text for value in values if (text := str(value).strip())))
