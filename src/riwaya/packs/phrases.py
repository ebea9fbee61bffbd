"""Longest match of many phrases over the words of a text.

The index is keyed by a phrase's first word, so a text of n words costs n dictionary look-ups
whatever the size of the pack.  Clitics (و ف ب ل ك) may stand on the first word only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from riwaya.text.normalise import fold

T = TypeVar("T")

# Words of two letters that take a conjunction: ومن, وفي, فلا (other short words are not cut).
_SHORT = frozenset({"من", "في", "عن", "لم", "لن", "لا", "ما", "ان", "قد", "مع", "لو", "هو", "هي"})
_WORDS = re.compile(r"[^\W_]+")
# A phrase may be printed with its proper name in quotation marks: إذاعة "شام إف إم".
_SKIPPED = frozenset("\"'“”„«»‹›‘’/#")


def words_of(phrase: str) -> tuple[str, ...]:
    """The folded words of a phrase, without punctuation.

    >>> words_of("هيئة تحرير الشام")
    ('هييه', 'تحرير', 'الشام')
    """
    return tuple(_WORDS.findall(fold(phrase)))


def unclitic(form: str) -> tuple[str, ...]:
    """A folded word and what it may be without leading clitics, longest first.

    >>> unclitic("وللحديده")
    ('وللحديده', 'للحديده', 'الحديده', 'لحديده')
    """
    out = [form]
    rest = form
    if (len(rest) > 3 or len(rest) == 3 and rest[1:] in _SHORT) and rest[0] in "وف":
        rest = rest[1:]
        out.append(rest)
    if len(rest) > 3 and rest[0] in "بلك":
        if rest.startswith("لل"):
            out.append("ال" + rest[2:])
        out.append(rest[1:])
    return tuple(out)


class PhraseIndex(Generic[T]):
    """Phrases and what each stands for; a phrase may stand for several things."""

    def __init__(self, phrases: Iterable[tuple[str, T]] = ()) -> None:
        # first word -> second word ("" where there is none) -> rows of (the words after the first, payloads),
        # the longest first
        self._first: dict[str, dict[str, list[tuple[tuple[str, ...], list[T]]]]] = {}
        self._starts: dict[str, tuple[str, ...]] = {}
        for phrase, payload in phrases:
            self.add(phrase, payload)

    def add(self, phrase: str, payload: T) -> None:
        """Take in one phrase; adding the same pair twice changes nothing."""
        words = words_of(phrase)
        if not words:
            return
        self._starts = {}
        rest = words[1:]
        rows = self._first.setdefault(words[0], {}).setdefault(rest[0] if rest else "", [])
        for known, payloads in rows:
            if known == rest:
                if payload not in payloads:
                    payloads.append(payload)
                return
        rows.append((rest, [payload]))
        rows.sort(key=lambda row: -len(row[0]))

    def starts(self, form: str) -> tuple[str, ...]:
        """The readings of a word (with or without clitics) that begin some phrase."""
        known = self._starts.get(form)
        if known is None:
            known = tuple(f for f in unclitic(form) if f in self._first)
            if len(self._starts) > 200_000:  # a bound for archives of many languages
                self._starts.clear()
            self._starts[form] = known
        return known

    def match(self, forms: Sequence[str], i: int, stop: int) -> tuple[int, list[T], int] | None:
        """The longest phrase that starts at word ``i``: (end, payloads, clitic letters) or None."""
        starts = self.starts(forms[i])
        if not starts:
            return None
        second = i + 1
        while second < stop and forms[second] in _SKIPPED:
            second += 1
        follower = forms[second] if second < stop else ""
        best: tuple[int, list[T], int] | None = None
        for start in starts:
            by_second = self._first[start]
            for key in (follower, "") if follower else ("",):
                found = False
                for rest, payloads in by_second.get(key, ()):
                    end = _follow(forms, i + 1, stop, rest)
                    if end and (best is None or end > best[0]):
                        best = (end, payloads, _clitic_letters(forms[i], start))
                        found = True
                        break
                if found:
                    break
        return best


def _follow(forms: Sequence[str], i: int, stop: int, rest: tuple[str, ...]) -> int:
    for word in rest:
        while i < stop and forms[i] in _SKIPPED:
            i += 1
        if i >= stop or forms[i] != word:
            return 0
        i += 1
    return i


def _clitic_letters(form: str, start: str) -> int:
    if start.startswith("ال") and form.endswith(start[2:]) and not form.endswith(start):
        return len(form) - len(start) + 1  # لل swallowed the alef of the article
    return len(form) - len(start)
