"""JSON Lines: one object a line with ``text`` and, where known, id, url, outlet, published, title."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from riwaya.model import Report
from riwaya.sources.dates import moment
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Received, Results, receive

KIND = "jsonl"
ENDINGS = (".jsonl", ".ndjson", ".json")
# So many broken lines before the first good one mean that the file is something else.
PATIENCE = 20


class BrokenLineError(ValueError):
    """A line that is no report; says why."""


def fits(source: Input) -> bool:
    """By its name, or by a first line that is an object with a text."""
    if source.suffix in ENDINGS:
        return True
    first = source.head.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"text"' in first


def read(source: Input, given: Given) -> Results:
    """Every good line as a report; a broken one is named by its number and the rest is read."""
    good = bad = 0
    for number, raw in lines(source):
        where = f"{source.where}:{number}"
        try:
            received, notes = read_line(raw, where, given)
        except BrokenLineError as error:
            bad += 1
            yield Problem(where, str(error))
        else:
            good += 1
            yield received
            yield from notes
        if bad >= PATIENCE and not good:
            yield Problem(
                source.where, f"not JSON Lines: the first {bad} lines are no reports; stopped there"
            )
            return
    if not good and not bad:
        yield Problem(source.where, "empty: there is nothing to read")


def lines(source: Input) -> Iterator[tuple[int, bytes]]:
    """The lines that say something, numbered from 1, one at a time."""
    if source.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = decode(source.bytes()).text
        yield from ((n, line.encode()) for n, line in enumerate(text.split("\n"), 1) if line.strip())
        return
    with source.open() as stream:
        for number, line in enumerate(stream, 1):
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if line.strip():
                yield number, line.rstrip(b"\r\n")


def read_line(raw: bytes, where: str, given: Given) -> tuple[Received, list[Problem]]:
    """One line as a report, with what in it could not be understood."""
    report, notes = report_of(parse(raw), where, given)
    return receive(report, raw, where, KIND), notes


def report_of(row: dict[str, Any], where: str, given: Given) -> tuple[Report, list[Problem]]:
    """A row of any table as a report, with what in it could not be understood."""
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BrokenLineError('no "text" in it')
    notes = []
    published = moment(row.get("published"))
    if published is None and row.get("published"):
        notes.append(Problem(where, f"published {str(row['published'])[:40]!r} is no date; read without it"))
    report = Report(
        text,
        id=word(row, "id"),
        title=word(row, "title"),
        outlet=word(row, "outlet") or given.outlet,
        published=published or given.published,
        url=word(row, "url"),
        language=word(row, "language") or language(text),
        origin=word(row, "origin"),
    )
    return report, notes


def parse(raw: bytes) -> dict[str, Any]:
    """The object on a line."""
    try:
        row = json.loads(decode(raw).text)
    except NotTextError as error:
        raise BrokenLineError(str(error)) from None
    except RecursionError:
        raise BrokenLineError("nested too deeply") from None
    except ValueError as error:
        raise BrokenLineError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise BrokenLineError("not a JSON object")
    return row


def word(row: dict[str, Any], key: str) -> str:
    """A short field as text; numbers as ids are common."""
    value = row.get(key)
    return str(value).strip() if isinstance(value, str | int) else ""
