"""The map between a text as it came and the text as we read it.

The map is made while the text is changed (`rewrite`), never recovered afterwards by comparing the two:
guessing it back lands marks beside the words they belong to.  It holds only the places that changed,
so a text that needed nothing costs nothing.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from sys import maxsize
from typing import NamedTuple

Edit = tuple[int, int, int, int]
"""``(original start, original end, edited start, edited end)`` of one place that changed."""


class OffsetMap:
    """Carries positions and ranges between an original text and its edited form.

    Edits are in order and do not overlap; everything between two edits was left alone.  Inside an edit
    single characters are not told apart: whatever came out of it came from all that went in.

    >>> text, where = rewrite(re.compile("ـ+"), "مطــار", lambda found: "")
    >>> text, where.span(0, 4), where.edited(0, 2)
    ('مطار', (0, 6), (0, 2))
    """

    __slots__ = ("_edited", "_edited_end", "_original", "_original_end")

    def __init__(self, edits: Iterable[Edit] = ()) -> None:
        rows = list(edits)
        self._original: array[int] = array("q", (row[0] for row in rows))
        self._original_end: array[int] = array("q", (row[1] for row in rows))
        self._edited: array[int] = array("q", (row[2] for row in rows))
        self._edited_end: array[int] = array("q", (row[3] for row in rows))

    @property
    def identity(self) -> bool:
        """Whether nothing was changed in length or place."""
        return not self._edited

    @property
    def edits(self) -> list[Edit]:
        """Every place that changed, in order."""
        columns = (self._original, self._original_end, self._edited, self._edited_end)
        return list(zip(*columns, strict=True))

    def original(self, i: int) -> int:
        """Where the character at ``i`` of the edited text came from."""
        k = bisect_right(self._edited, i) - 1
        if k < 0:
            return i
        past = i - self._edited_end[k]
        return self._original[k] if past < 0 else self._original_end[k] + past

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original range that the characters of an edited range came from."""
        if not self._edited:
            return start, end
        first = self.original(start)
        if end <= start:
            return first, first
        k = bisect_right(self._edited, end - 1) - 1
        if k < 0:
            return first, end
        return first, self._original_end[k] + max(0, end - self._edited_end[k])

    def steady(self, i: int) -> tuple[int, int]:
        """What to add to positions from ``i`` on, and the position up to which that holds.

        A walk over many ranges in order needs `span` only where something changed.
        """
        k = bisect_right(self._edited, i)
        until = self._edited[k] if k < len(self._edited) else maxsize
        if not k:
            return 0, until
        if i < self._edited_end[k - 1]:
            return 0, i
        return self._original_end[k - 1] - self._edited_end[k - 1], until

    def edited(self, start: int, end: int) -> tuple[int, int]:
        """The edited range that holds what became of the characters of an original range."""
        if not self._original:
            return start, end
        k = bisect_right(self._original, start) - 1
        if k < 0:
            first = start
        elif start < self._original_end[k]:
            first = self._edited[k]
        else:
            first = self._edited_end[k] + start - self._original_end[k]
        k = bisect_left(self._original, end) - 1
        if end <= start:
            return first, first
        if k < 0:
            return first, end
        return first, self._edited_end[k] + max(0, end - self._original_end[k])

    def then(self, other: OffsetMap) -> OffsetMap:
        """The map of this change followed by ``other``, which was made on this one's edited text."""
        if other.identity:
            return self
        return OffsetMap(_merged(self.edits, other.edits)) if self._edited else other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OffsetMap) and self.edits == other.edits

    def __hash__(self) -> int:
        return hash(tuple(self.edits))

    def __repr__(self) -> str:
        return f"OffsetMap({self.edits})"


def _merged(first: list[Edit], second: list[Edit]) -> Iterable[Edit]:
    """Edits of two changes in a row; those that overlap in the text between them become one.

    In the text between, an edit of the first covers what it made, an edit of the second what it took.
    """
    i = j = back = on = 0  # shifts from the text between to the original and to the final text
    while i < len(first) or j < len(second):
        start = min([row[2] for row in first[i : i + 1]] + [row[0] for row in second[j : j + 1]])
        original, edited, reach = start + back, start + on, start
        opening = True
        while True:
            if i < len(first) and (first[i][2] < reach or (opening and first[i][2] == start)):
                reach = max(reach, first[i][3])
                back = first[i][1] - first[i][3]
                i += 1
            elif j < len(second) and (second[j][0] < reach or (opening and second[j][0] == start)):
                reach = max(reach, second[j][1])
                on = second[j][3] - second[j][1]
                j += 1
            else:
                break
            opening = False
        yield original, reach + back, edited, reach + on


class Rewritten(NamedTuple):
    """A changed text and the map back to what it was."""

    text: str
    map: OffsetMap


UNCHANGED = OffsetMap()


def rewrite(
    pattern: re.Pattern[str], text: str, replace: Callable[[re.Match[str]], str], *, attach: bool = False
) -> Rewritten:
    """Replace every match, noting where: `re.sub` with a memory.

    With ``attach``, the place of a match belongs to the character before it, as a vowel sign does.

    >>> rewrite(re.compile("ﷲ"), "عبد ﷲ.", lambda found: "الله")
    Rewritten(text='عبد الله.', map=OffsetMap([(4, 5, 4, 8)]))
    """
    pieces: list[str] = []
    edits: list[Edit] = []
    done = length = 0
    for found in pattern.finditer(text):
        start, end = found.span()
        new = replace(found)
        pieces += text[done:start], new
        length += start - done
        if end - start != len(new):
            bearer = attach and start > done and not text[start - 1].isspace()
            edits.append((start - bearer, end, length - bearer, length + len(new)))
        length += len(new)
        done = end
    if not pieces:
        return Rewritten(text, UNCHANGED)
    pieces.append(text[done:])
    return Rewritten("".join(pieces), OffsetMap(edits) if edits else UNCHANGED)
