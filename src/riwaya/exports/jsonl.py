"""JSON Lines of claims: the objects that ``riwaya read --json`` prints, with where each was published."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from riwaya.exports.rows import Asked, claims


def write(asked: Asked, out: BinaryIO) -> int:
    """One claim a line, oldest first."""
    return lines((told.to_json() for told in claims(asked)), out)


def lines(things: Iterable[Any], out: BinaryIO) -> int:
    """One object a line; says how many."""
    count = 0
    for thing in things:
        out.write(line(thing))
        count += 1
    return count


def line(thing: Any) -> bytes:
    """One object as one line of JSON, Arabic readable."""
    return dumped(thing) + b"\n"


def dumped(thing: Any) -> bytes:
    """JSON in UTF-8; a lone surrogate stays JSON's escape for it."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "backslashreplace")


def array(things: Iterable[Any], out: BinaryIO) -> int:
    """The inside of a JSON array, one thing at a time."""
    count = 0
    for count, thing in enumerate(things, 1):
        out.write((b",\n" if count > 1 else b"\n") + dumped(thing))
    return count
