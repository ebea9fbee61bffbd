"""Where in a text the words stand that somebody looked for: stretches of it, as offsets of the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from riwaya.model import Span
from riwaya.text.findable import Sought, terms

WIDTH = 180  # characters of a snippet, about two lines
MOST_MARKS = 2000  # of one text; a word on every line needs no more


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a title or a text with the words that were looked for; offsets are the original's."""

    field: str
    span: Span
    text: str
    marks: tuple[Span, ...]

    def to_json(self) -> dict[str, Any]:
        """The public object: ``{field, start, end, text, marks: [[start, end], …]}``."""
        return {
            "field": self.field,
            "start": self.span.start,
            "end": self.span.end,
            "text": self.text,
            "marks": [[mark.start, mark.end] for mark in self.marks],
        }


Mark = tuple[int, int, int]  # start, end, and which of the things looked for


def marks(text: str, sought: Sequence[Sought]) -> list[Mark]:
    """Every occurrence in a text of what is looked for, in order."""
    said = list(terms(text))
    found: list[Mark] = []
    for at in range(len(said)):
        for number, one in enumerate(sought):
            if not one.of.without and (end := one.ends(said, at)):
                found.append((said[at].start, said[end - 1].end, number))
        if len(found) >= MOST_MARKS:
            break
    return found


def snippets(title: str, text: str, sought: Sequence[Sought], most: int = 3) -> tuple[Snippet, ...]:
    """The title where it holds what is looked for, and the stretches of the text that hold the most of it."""
    found = []
    if in_title := marks(title, sought):
        found.append(cut("title", title, Span(0, len(title)), in_title))
    for best in windows(marks(text, sought), most - len(found)):
        found.append(cut("text", text, around(text, best[0][0], best[-1][1]), best))
    return tuple(found)


def windows(found: list[Mark], most: int) -> list[list[Mark]]:
    """Runs of occurrences that fit into one snippet: the richest first chosen, in the order of the text."""
    runs = []
    for first in range(len(found)):
        last = first
        while last < len(found) and found[last][1] - found[first][0] <= WIDTH:
            last += 1
        runs.append(found[first : max(last, first + 1)])
    runs.sort(key=lambda run: (-len({which for _, _, which in run}), -len(run), run[0]))
    chosen: list[list[Mark]] = []
    for run in runs:
        if len(chosen) >= most:
            break
        if all(run[-1][1] + WIDTH // 2 < one[0][0] or one[-1][1] + WIDTH // 2 < run[0][0] for one in chosen):
            chosen.append(run)
    return sorted(chosen)


def around(text: str, start: int, end: int) -> Span:
    """A stretch with words around it, cut where words end."""
    room = max(WIDTH - (end - start), 0) // 2
    low, high = max(start - room, 0), min(end + room, len(text))
    if low:
        low = next((at + 1 for at in range(low, start) if text[at].isspace()), start)
    if high < len(text):
        high = next((at for at in range(high, end, -1) if text[at].isspace()), end)
    return Span(low, high)


def cut(field: str, text: str, span: Span, found: Sequence[Mark]) -> Snippet:
    """A snippet with the marks inside it, those that overlap as one."""
    inside: list[Span] = []
    for start, end, _ in sorted(found):
        if inside and start <= inside[-1].end:
            inside[-1] = Span(inside[-1].start, max(end, inside[-1].end))
        else:
            inside.append(Span(start, end))
    return Snippet(field, span, span.of(text), tuple(inside))
