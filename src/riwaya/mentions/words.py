"""The words of a pack that stand in a stretch of tokens, found once.

A grammar over them asks "is there a month at 7?" instead of comparing strings, and pays one
dictionary look-up for every other token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from riwaya.packs.phrases import PhraseIndex
from riwaya.text.tokens import Token

Data = Mapping[str, Any]
"""A pack file of words as plainly read: a section is a list of words, or names with lists of words."""


class Word(NamedTuple):
    """What a word of a pack means: the section it is from, its name there, the number the name is."""

    kind: str
    name: str = ""
    low: float = 0
    high: float = 0


class Found(NamedTuple):
    """Words found at a token: where they end, what they may mean, how many letters of clitics precede."""

    end: int
    words: tuple[Word, ...]
    cut: int


FIGURES = Word("figures")


def words_in(data: Data) -> Iterator[tuple[str, Word]]:
    """Every phrase of a pack file with its meaning.

    >>> list(words_in({"fuzzy": {"3..9": ["بضع"]}}))
    [('بضع', Word(kind='fuzzy', name='3..9', low=3.0, high=9.0))]
    """
    for kind, section in data.items():
        named = section.items() if isinstance(section, Mapping) else [("", section)]
        for name, phrases in named:
            word = Word(kind, str(name), *_bounds(str(name)))
            for phrase in phrases:
                yield phrase, word


def definite(phrases: Iterable[tuple[str, Word]], kinds: frozenset[str]) -> Iterator[tuple[str, Word]]:
    """The same words with the article, for some kinds: "the ones", "the many"."""
    for phrase, word in phrases:
        if word.kind in kinds:
            yield "ال" + phrase, word._replace(kind="the_" + word.kind)


def _bounds(name: str) -> tuple[float, float]:
    low, _, high = name.partition("..")
    try:
        return float(low), float(high or low)
    except ValueError:
        return 0, 0


class Row:
    """A stretch of tokens with the words found in it; places count from its own first token."""

    __slots__ = ("forms", "found", "stop")

    def __init__(self, tokens: Sequence[Token], lo: int, hi: int, index: PhraseIndex[Word]) -> None:
        self.forms = forms = [token.form for token in tokens[lo:hi]]
        self.stop = stop = len(forms)
        self.found: dict[int, Found] = {}
        starts = index.starts
        for i, form in enumerate(forms):
            if starts(form):
                match = index.match(forms, i, stop)
                if match is not None and "ك" not in form[: match[2]]:  # كميات is no ك + hundreds
                    self.found[i] = Found(match[0], tuple(match[1]), match[2])
            elif "0" <= form[:1] <= "9":
                self.found[i] = Found(i + 1, (FIGURES,), 0)

    def word(self, i: int, kind: str) -> Word | None:
        """The word of a kind at a place, clitics or not."""
        found = self.found.get(i)
        if found is not None:
            for word in found.words:
                if word.kind == kind:
                    return word
        return None

    def bare(self, i: int, kind: str) -> Word | None:
        """The word of a kind at a place, without clitics: what can go on a phrase begun before it."""
        found = self.found.get(i)
        return self.word(i, kind) if found is not None and not found.cut else None

    def end(self, i: int) -> int:
        """Where the words found at a place end; the place itself where there are none."""
        found = self.found.get(i)
        return found.end if found is not None else i

    def skip(self, i: int, kind: str) -> int:
        """The place after a word of a kind, or the same place."""
        return self.end(i) if self.bare(i, kind) else i

    def form(self, i: int) -> str:
        """The folded form at a place; empty outside the row."""
        return self.forms[i] if 0 <= i < self.stop else ""

    def cut(self, i: int) -> int:
        """How many letters of clitics stand before the word found at a place."""
        found = self.found.get(i)
        return found.cut if found is not None else 0

    def after_and(self, i: int) -> int | None:
        """The place of what "and" joins here: a word with و before it, or what follows a و alone."""
        if self.form(i) == "و":
            return i + 1
        return i if self.cut(i) == 1 and self.forms[i][0] == "و" else None
