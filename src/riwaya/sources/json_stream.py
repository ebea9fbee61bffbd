"""JSON too large or too broken to be loaded whole: values one after the other, each with its line.

A cursor finds where a value ends by its brackets and strings and hands over its characters as they stand
in the file; whether they are JSON shows when they are parsed, so a broken one costs only itself.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1 << 16
PATIENCE = 100  # broken values of one array that are passed over
LONGEST = 256 * 1024 * 1024  # code points of one value
SPACE = re.compile(r"[ \t\r\n\0\ufeff]*")
SCALAR = re.compile(r"[^,\[\]{}\s\"]+")
# Strings whole, possessively, or a text without its closing quotation mark would cost its square.
PIECE = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}"]', re.S)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class CutError(ValueError):
    """The file ends, or is no JSON any more, in the middle of something; ``line`` is where."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


class Cursor:
    """A place in a run of JSON; ``line`` counts from 1."""

    def __init__(self, stream: BinaryIO) -> None:
        first = stream.read(CHUNK)
        encoding = next((name for mark, name in MARKS if first.startswith(mark)), "utf-8")
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._text = self._decoder.decode(first, not first)
        self._at = 0
        self._ended = not first
        self.line = 1

    def _fill(self) -> bool:
        """Read more, as much again as is held; False at the end."""
        if self._ended:
            return False
        self._text = self._text[self._at :]
        self._at = 0
        data = self._stream.read(max(CHUNK, len(self._text)))
        self._ended = not data
        self._text += self._decoder.decode(data, self._ended)
        return True

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def peek(self) -> str:
        """The next character that is no white space, or "" at the end."""
        while True:
            found = SPACE.match(self._text, self._at)
            self._move(found.end() if found else self._at)
            if self._at < len(self._text) or not self._fill():
                return self._text[self._at : self._at + 1]

    def take(self, char: str) -> bool:
        """Step over a character if it comes next."""
        if self.peek() != char:
            return False
        self._move(self._at + 1)
        return True

    def value(self) -> tuple[str, int]:
        """The characters of the next value and the line on which it begins; raises CutError at the end."""
        char = self.peek()
        line = self.line
        end = self._end_of_scalar() if char not in ('"', "{", "[") else self._end_of_piece()
        if end <= self._at:
            raise CutError(f"{char!r} where a value should begin" if char else "the file ends", line)
        found = self._text[self._at : end]
        self._move(end)
        return found, line

    def _end_of_scalar(self) -> int:
        while True:
            found = SCALAR.match(self._text, self._at)
            if (found is None or found.end() < len(self._text)) or not self._fill():
                found = SCALAR.match(self._text, self._at)
                return found.end() if found else self._at

    def _end_of_piece(self) -> int:
        """Where the string, object or array here ends."""
        seen, depth = 0, 0  # how far from the beginning all is understood
        while True:
            at = self._at + seen
            for piece in PIECE.finditer(self._text, at):
                mark = piece[0]
                if mark == '"':  # it is not closed in what is held
                    break
                seen = piece.end() - self._at
                depth += (mark in "[{") - (mark in "]}") if len(mark) == 1 else 0
                if depth <= 0:
                    return piece.end()
            if len(self._text) - self._at > LONGEST or not self._fill():
                raise CutError("the file ends in the middle of it", self.line)

    def seek(self, pattern: re.Pattern[str]) -> bool:
        """Go to the next place that looks like this, beyond the one here; False where there is none."""
        self._move(min(self._at + 1, len(self._text)))
        while True:
            if found := pattern.search(self._text, self._at):
                self._move(found.start())
                return True
            self._move(max(self._at, len(self._text) - 256))
            if not self._fill():
                return False


def items(cursor: Cursor, again: re.Pattern[str] | None = None) -> Iterator[tuple[str, int]]:
    """The values of the array that begins here, each with its line.

    With ``again``, which is how the next one looks, a broken one is handed over as "" and those behind it
    are found; without, the array ends there with CutError.
    """
    cursor.take("[")
    patience = PATIENCE if again else 0
    while not cursor.take("]"):
        try:
            yield cursor.value()
            if cursor.take(",") or cursor.peek() == "]":
                continue
            what = f"{cursor.peek()!r} between two values" if cursor.peek() else "the file ends"
            broken = CutError(what, cursor.line)
        except CutError as error:
            broken = error
        line = cursor.line
        if not (again and patience and cursor.seek(again)):
            raise broken
        patience -= 1
        yield "", line
