"""JSON Lines: one object a line with ``text`` and, where known, id, url, outlet, published, title.

The same objects in one JSON array, or a single one written over several lines, are taken as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from riwaya.model import Report
from riwaya.sources.dates import moment, settled
from riwaya.sources.decode import NotTextError, decode
from riwaya.sources.json_stream import Cursor, CutError, items
from riwaya.sources.language import language
from riwaya.sources.received import Given, Input, Problem, Received, Results, receive

KIND = "jsonl"
ENDINGS = (".jsonl", ".ndjson", ".json")
# So many broken lines before the first good one mean that the file is something else.
PATIENCE = 20
LARGEST = 64 * 1024 * 1024  # bytes of one line, and of one object over many lines


class BrokenLineError(ValueError):
    """A line that is no report; says why."""


def shows(source: Input) -> bool:
    """By a first line that is an object with a text."""
    opening = source.opening
    first = opening.split("\n", 1)[0]
    return first.startswith("{") and '"text"' in first and not opening.startswith("{\n")


def fits(source: Input) -> bool:
    """By its name."""
    return source.suffix in ENDINGS


def read(source: Input, given: Given) -> Results:
    """Every good object as a report; a broken one is named by its line and the rest is read."""
    opening = source.opening
    if opening.startswith("[") and opening[1:].lstrip()[:1] in ("{", "]", ""):
        yield from read_array(source, given)
        return
    if opening.startswith("{") and (whole := whole_object(source)):
        yield from told(whole, f"{source.where}:1", given)
        return
    yield from read_lines(source, given)


def read_lines(source: Input, given: Given) -> Results:
    """An object a line."""
    good = bad = 0
    for number, raw in lines(source):
        for result in told(raw, f"{source.where}:{number}", given):
            good += isinstance(result, Received)
            bad += isinstance(result, Problem) and result.lost
            yield result
        if bad >= PATIENCE and not good:
            what = f"not JSON Lines: the first {bad} lines are no reports; stopped there"
            yield Problem(source.where, what, "JSON Lines has an object with a text on every line")
            return
    if not good and not bad:
        yield Problem(source.where, "empty: there is nothing to read")


def read_array(source: Input, given: Given) -> Results:
    """The objects of an array."""
    count = 0
    with source.open() as stream:
        try:
            for raw, line in items(Cursor(stream)):
                count += 1
                yield from told(raw.encode("utf-8", "surrogatepass"), f"{source.where}:{line}", given)
        except CutError as error:
            what = f"not a whole JSON array: {error}; {count} objects before are read"
            yield Problem(f"{source.where}:{error.line}", what, "save it again")
    if not count:
        yield Problem(source.where, "empty: there is nothing to read")


def whole_object(source: Input) -> bytes | None:
    """The bytes of a file that is one object over several lines, if it is that."""
    if source.opening[1:2] not in ("\n", "\r"):
        return None
    with source.open() as stream:
        raw = stream.read(LARGEST + 1)
    try:
        found = json.loads(decode(raw).text) if len(raw) <= LARGEST else None
    except (NotTextError, ValueError, RecursionError):
        return None
    return raw if isinstance(found, dict) else None


def lines(source: Input) -> Iterator[tuple[int, bytes]]:
    """The lines that say something, numbered from 1, one at a time."""
    if source.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = decode(source.bytes()).text
        yield from (
            (n, line.encode("utf-8", "surrogatepass"))
            for n, line in enumerate(text.split("\n"), 1)
            if line.strip()
        )
        return
    with source.open() as stream:
        number = 0
        while line := stream.readline(LARGEST + 1):
            number += 1
            whole = len(line) <= LARGEST
            while len(line) > LARGEST and not line.endswith(b"\n"):  # named below; the rest of it is passed
                line = stream.readline(LARGEST + 1)
                if not line:
                    break
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not whole:
                yield number, b""
            elif line.strip():
                yield number, line.rstrip(b"\r\n")


def told(raw: bytes, where: str, given: Given) -> Results:
    """One object as a report, or why it is none, with what in it could not be understood."""
    try:
        received, notes = read_line(raw, where, given)
    except BrokenLineError as error:
        yield Problem(where, str(error))
        return
    yield received
    yield from notes


def read_line(raw: bytes, where: str, given: Given) -> tuple[Received, list[Problem]]:
    """One line as a report, with what in it could not be understood."""
    if not raw:
        raise BrokenLineError(f"a line of more than {LARGEST // 2**20} MB")
    report, dated, notes = report_of(parse(raw), where, given)
    return receive(report, raw, where, KIND, dated), notes


def report_of(row: dict[str, Any], where: str, given: Given) -> tuple[Report, str, list[Problem]]:
    """A row of any table as a report, what gave its day, and what in it could not be understood."""
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BrokenLineError('no "text" in it')
    notes = []
    said = moment(row.get("published"))
    if said is None and row.get("published"):
        what = f"published {str(row['published'])[:40]!r} is no date; read without it"
        notes.append(Problem(where, what, "write 2024-12-08", lost=False))
    published, dated = settled([(said, "published, as given")], given, text)
    report = Report(
        text,
        id=word(row, "id"),
        title=word(row, "title"),
        outlet=word(row, "outlet") or given.outlet,
        published=published,
        url=word(row, "url"),
        language=word(row, "language") or language(text),
        origin=word(row, "origin"),
    )
    return report, dated, notes


def parse(raw: bytes) -> dict[str, Any]:
    """The object on a line."""
    try:
        row = json.loads(decode(raw).text, strict=False)
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
