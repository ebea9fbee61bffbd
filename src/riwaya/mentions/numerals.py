"""Numbers as Arabic writes them: figures, words, both, and words that only say how large.

number  = group (and smaller-group)*           مليون و200 ألف، ثلاثة آلاف وخمسمئة، مليون ونصف
group   = small scale? | scale | dual | fuzzy  16 ألف، مئة ألف، ألف، ألفان، مئات الآلاف
small   = figures | hundreds (and tens)? | tens
tens    = one and ten | teen | ten | one       خمسة وعشرون
"""

from __future__ import annotations

import re
from typing import NamedTuple

from riwaya.mentions.words import Data, Row, Word, definite, words_in

COUNTING = frozenset({"ones", "teens", "tens", "hundreds"})
SECTIONS = COUNTING | {"scales", "scale_duals", "fractions", "fuzzy"}

_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_PLAIN = re.compile(r"\d{1,12}(?:\.\d+)?")
_LONGEST = 9  # more figures than this are a telephone or an account


class Number(NamedTuple):
    """A number read: where it ends, its bounds, the last scale named (thousand, million; 1 where none)."""

    end: int
    low: float
    high: float
    scale: float = 1
    figures: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is one number and no range."""
        return self.low == self.high


def numeral_phrases(numbers: Data) -> list[tuple[str, Word]]:
    """The number words of numbers.yaml, those of counting also with the article."""
    phrases = list(words_in({kind: numbers[kind] for kind in sorted(SECTIONS) if kind in numbers}))
    return [*phrases, *definite(phrases, COUNTING)]


def value_of(form: str) -> float | None:
    """What figures are worth; None where they are a date, an hour or a telephone.

    >>> [value_of(f) for f in ("12", "3,500", "12.5", "10.000", "13:45", "0912345678")]
    [12.0, 3500.0, 12.5, 10000.0, None, None]
    """
    if _THOUSANDS.fullmatch(form) and form[0] != "0":
        return float(form.replace(",", "").replace(".", ""))
    if not _PLAIN.fullmatch(form) or len(form) > _LONGEST or (form[0] == "0" and form[1:2] != "."):
        return None
    return float(form)


def read(row: Row, i: int, the: str = "") -> Number | None:
    """The number that starts at a place; ``the="the_"`` reads definite number words instead."""
    number = _group(row, i, the)
    while number is not None and number.scale > 1 and number.exact:
        more = _smaller(row, number)
        if more is None:
            break
        number = more
    return number


def _smaller(row: Row, number: Number) -> Number | None:
    """The number with what "and" adds to it: less than its scale, or a fraction of it."""
    start = row.after_and(number.end)
    if start is None:
        return None
    part = row.word(start, "fractions")
    if part is not None:
        whole = number.low + part.low * number.scale
        return Number(_repeated_scale(row, row.end(start)), whole, whole)
    added = _group(row, start, "")
    if added is None or not added.exact or added.low >= number.scale:
        return None
    total = number.low + added.low
    return Number(added.end, total, total, added.scale)


def _repeated_scale(row: Row, i: int) -> int:
    """Skip the scale said again: مليون ونصف المليون."""
    return i + 1 if row.form(i).removeprefix("ال") in ("مليون", "مليار", "الف") else i


def _group(row: Row, i: int, the: str) -> Number | None:
    if row.at(i) is None:
        return None
    small = _figures(row, i) or _hundreds(row, i, the) or _part(row, i)
    if small is not None:
        scale = row.bare(small.end, "scales")
        if scale is None:
            return small
        return Number(
            row.end(small.end), small.low * scale.low, small.low * scale.low, scale.low, small.figures
        )
    for kind in ("fuzzy", "scale_duals", "scales"):
        word = row.word(i, kind)
        if word is not None:
            return Number(row.end(i), word.low, word.high, word.low / (2 if kind == "scale_duals" else 1))
    return None


def _part(row: Row, i: int) -> Number | None:
    """Half or a quarter, where a scale follows: نصف مليون."""
    part = row.word(i, "fractions")
    return Number(row.end(i), part.low, part.low) if part and row.bare(row.end(i), "scales") else None


def _figures(row: Row, i: int) -> Number | None:
    if not row.word(i, "figures"):
        return None
    value = value_of(row.forms[i])
    return None if value is None else Number(i + 1, value, value, figures=True)


def _hundreds(row: Row, i: int, the: str) -> Number | None:
    hundreds = row.word(i, the + "hundreds")
    if hundreds is None:
        return _tens(row, i, the)
    return _joined(row, row.end(i), hundreds.low, the, ("teens", "ones", "tens"))


def _tens(row: Row, i: int, the: str) -> Number | None:
    for kind in ("teens", "tens"):
        word = row.word(i, the + kind)
        if word is not None:
            return Number(row.end(i), word.low, word.low)
    ones = row.word(i, the + "ones")
    if ones is None:
        return None
    if ones.low == 10:
        return Number(row.end(i), ones.low, ones.low)
    return _joined(row, row.end(i), ones.low, the, ("tens",))


def _joined(row: Row, i: int, value: float, the: str, kinds: tuple[str, ...]) -> Number:
    """A value with the smaller number that "and" joins to it, where there is one."""
    start = row.after_and(i)
    for article in dict.fromkeys((the, "")):  # the second article may be missing: الأربع وعشرين
        if start is not None and any(row.word(start, article + kind) for kind in kinds):
            more = _tens(row, start, article)
            if more is not None:
                return Number(more.end, value + more.low, value + more.low)
    return Number(i, value, value)
