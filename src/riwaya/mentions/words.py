"""The words of a pack that stand in a stretch of tokens, found once.

A grammar over them asks "is there a month at 7?" instead of comparing strings, and pays one
dictionary look-up for every other token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from riwaya.packs.phrases import PhraseIndex
from riwaya.packs.schema import PackError
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
THE_FIGURES = Word("the")
"""What figures are in a row of words, and the article before them: they need no dictionary."""
THE = "ال"


def check_sections(data: Data, known: frozenset[str], file: str) -> None:
    """Stop where a pack file has a section nobody reads, or lacks one."""
    for section in data:
        if section not in known:
            raise PackError(f"{file}: unknown section {section!r}; known here: {', '.join(sorted(known))}")
    for section in sorted(known - data.keys()):
        raise PackError(f"{file}: section {section!r} is missing")


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
            yield THE + phrase, word._replace(kind="the_" + word.kind)


def _bounds(name: str) -> tuple[float, float]:
    low, _, high = name.partition("..")
    try:
        return float(low), float(high or low)
    except ValueError:
        return 0, 0


class Words:
    """The phrases of a pack file, and which words may open an expression.

    ``openers`` are the kinds that may; ``endings`` are endings of further words that may (the dual).
    """

    def __init__(
        self, phrases: Iterable[tuple[str, Word]], openers: frozenset[str], endings: tuple[str, ...] = ()
    ) -> None:
        phrases = list(phrases)
        self.index = PhraseIndex(phrases)
        self.opens = _Opens(PhraseIndex(pair for pair in phrases if pair[1].kind in openers), endings)


class _Opens(dict[str, bool]):
    """Whether a word may open an expression, remembered for every word met."""

    def __init__(self, openers: PhraseIndex[Word], endings: tuple[str, ...]) -> None:
        super().__init__()
        self._openers = openers
        self._endings = endings

    def __missing__(self, form: str) -> bool:
        if len(self) > 200_000:  # a bound for archives of many languages
            self.clear()
        opens = (
            "0" <= form[:1] <= "9"
            or form == THE
            or (len(form) > 4 and form.endswith(self._endings))
            or bool(self._openers.starts(form))
        )
        self[form] = opens
        return opens


class Row:
    """A stretch of tokens with the words found in it; places count from its own first token."""

    __slots__ = ("_found", "_words", "forms", "stop")

    def __init__(self, tokens: Sequence[Token], lo: int, hi: int, words: Words) -> None:
        self.forms = [token.form for token in tokens[lo:hi]]
        self.stop = len(self.forms)
        self._words = words
        self._found: dict[int, Found | None] = {}

    def openings(self) -> list[int]:
        """The places where an expression may begin."""
        opens = self._words.opens
        return [i for i, form in enumerate(self.forms) if opens[form]]

    def at(self, i: int) -> Found | None:
        """The words found at a place, looked for once."""
        try:
            return self._found[i]
        except KeyError:
            found = self._found[i] = self._look(i) if 0 <= i < self.stop else None
            return found

    def _look(self, i: int) -> Found | None:
        form = self.forms[i]
        if "0" <= form[:1] <= "9":
            return Found(i + 1, (FIGURES,), 0)
        if form == THE:
            return Found(i + 1, (THE_FIGURES,), 0) if self.form(i + 1)[:1].isdigit() else None
        index = self._words.index
        match = index.match(self.forms, i, self.stop) if index.starts(form) else None
        if match is None or "ك" in form[: match[2]]:  # كميات is no ك + hundreds
            return None
        return Found(match[0], tuple(match[1]), match[2])

    def word(self, i: int, kind: str) -> Word | None:
        """The word of a kind at a place, clitics or not."""
        try:
            found = self._found[i]
        except KeyError:
            found = self.at(i)
        if found is not None:
            for word in found.words:
                if word[0] == kind:
                    return word
        return None

    def bare(self, i: int, kind: str) -> Word | None:
        """The word of a kind at a place, without clitics: what can go on a phrase begun before it."""
        found = self.at(i)
        return self.word(i, kind) if found is not None and not found.cut else None

    def end(self, i: int) -> int:
        """Where the words found at a place end; the place itself where there are none."""
        found = self.at(i)
        return found.end if found is not None else i

    def skip(self, i: int, kind: str) -> int:
        """The place after a word of a kind, or the same place."""
        return self.end(i) if self.bare(i, kind) else i

    def form(self, i: int) -> str:
        """The folded form at a place; empty outside the row."""
        return self.forms[i] if 0 <= i < self.stop else ""

    def cut(self, i: int) -> int:
        """How many letters of clitics stand before the word found at a place."""
        found = self.at(i)
        return found.cut if found is not None else 0

    def after_and(self, i: int) -> int | None:
        """The place of what "and" joins here: a word with و before it, or what follows a و alone."""
        if self.form(i) == "و":
            return i + 1
        return i if self.cut(i) == 1 and self.forms[i][0] == "و" else None
