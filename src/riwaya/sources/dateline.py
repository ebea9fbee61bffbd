"""The day of publication out of a text's own first or last lines: "دمشق – 7 كانون الأول/ديسمبر 2024".

A dateline is a whole day (day, month, year) that opens a line behind nothing but names of places and
outlets, weekdays or "published on", or that is all its line says.  Where two such lines disagree, or a
word stands before the day that is none of these, there is no answer: an unknown day is better than a
wrong one.  Words are the packs' (``ar/time.yaml``, ``ar/dateline.yaml``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from riwaya.sources import known
from riwaya.text.normalise import normalise
from riwaya.text.tokens import tokenise

FIRST, LAST = 6, 4  # lines with words at either end in which a dateline may stand
LONGEST = 300  # code points of a line that are looked at
YEARS = range(1900, 2101)
HIJRI_YEARS = range(1343, 1501)
APART = timedelta(days=2)  # a Hijri day and the Gregorian one beside it may differ so much
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
BEHIND = frozenset('–—-:،,()/|.؛«»"[]•·⁃_')

# From the surest to the least: said to be the day of publication, behind a place, all of a line, before text.
LABELLED, PLACED, WHOLE, OPENING = range(4)


class Day(NamedTuple):
    """A day in a row of tokens: where it ends, which day, and in which calendar it was written."""

    end: int
    day: date
    hijri: bool


class Dateline(NamedTuple):
    """A day of publication, how sure its line is of it, and the words."""

    rank: int
    day: date
    words: str
    hijri: bool

    @property
    def reason(self) -> str:
        """What to note with the report."""
        about = " (from the Hijri calendar, Umm al-Qura; may be a day off)" if self.hijri else ""
        return f"dateline: {self.words}{about}"


def find(text: str) -> Dateline | None:
    """The day of publication that a text gives in its first or last lines; None where that is not clear."""
    lines = [line.strip() for line in text[:200_000].split("\n")]
    lines = [line[:LONGEST] for line in lines if line]
    if len(text) > 200_000:
        lines = lines[:FIRST]
    head, tail = lines[:FIRST], lines[max(FIRST, len(lines) - LAST) :]
    found = [line for line in map(of_line, head) if line]
    found += [line for line in map(of_line, tail) if line and line.rank in (LABELLED, WHOLE)]
    if not found:
        return None
    best = min(line.rank for line in found)
    days = [line for line in found if line.rank == best]
    if len({line.day for line in days}) == 1:
        return days[0]
    return None


def of_line(line: str) -> Dateline | None:
    """The dateline in one line."""
    if not any(char.isdigit() for char in line):
        return None
    tokens = tokenise(normalise(line))
    forms = [token.form for token in tokens]
    for at in range(min(len(tokens), 24)):
        if found := day_at(forms, at):
            rank = place_of(forms, at, found.end)
            if rank is None:
                return None
            words = " ".join(line[tokens[0].start : tokens[found.end - 1].end].split())
            return Dateline(rank, found.day, words, found.hijri)
    return None


def said(words: str) -> date | None:
    """The one whole day that a short phrase names, whatever else it says; None where it names two or none."""
    forms = [token.form for token in tokenise(normalise(words[:LONGEST]))]
    days: set[date] = set()
    at = 0
    while at < len(forms):
        found = day_at(forms, at)
        if found:
            days.add(found.day)
        at = found.end if found else at + 1
    return days.pop() if len(days) == 1 else None


def day_at(forms: Sequence[str], at: int) -> Day | None:
    """The day that begins at a token, with its twin in the other calendar where one stands beside it."""
    first = one_day(forms, at)
    if first is None:
        return None
    next = first.end
    while next < len(forms) and forms[next] in known.twins():
        next += 1
    second = one_day(forms, next) if next > first.end else None
    if second is None or second.hijri == first.hijri:
        return first
    if abs(second.day - first.day) > APART:
        return None
    end = second.end + (second.end < len(forms) and forms[second.end] == ")")
    return Day(end, first.day if second.hijri else second.day, hijri=False)


def one_day(forms: Sequence[str], at: int) -> Day | None:
    """A day in figures, or a number or ordinal, a month and a year."""
    if at >= len(forms):
        return None
    return in_figures(forms, at) or in_words(forms, at)


def in_figures(forms: Sequence[str], at: int) -> Day | None:
    """2024/12/07 or 7-12-2024: Arabic has the day before the month, the year at either end."""
    if m := YEAR_FIRST.fullmatch(forms[at]):
        year, month, day = int(m[1]), int(m[2]), int(m[3])
    elif m := DAY_FIRST.fullmatch(forms[at]):
        year, month, day = int(m[3]), int(m[2]), int(m[1])
    else:
        return None
    calendar = "hijri" if year in HIJRI_YEARS else "gregorian"
    end, _ = era(forms, at + 1)
    return made(end, calendar, year, month, day)


def in_words(forms: Sequence[str], at: int) -> Day | None:
    """7 كانون الأول/ديسمبر 2024."""
    day, next = number_of_day(forms, at)
    if day is None:
        return None
    next = skipped(forms, next, known.month_links())
    month = month_at(forms, next)
    if month is None:
        return None
    end, calendar, number = month
    # The other name of the month: كانون الأول/ديسمبر, ديسمبر (كانون الأول).
    other = month_at(forms, end + 1) if end < len(forms) and forms[end] in ("/", "(", "-", "،") else None
    if other and other[1:] == (calendar, number):
        end = other[0] + (other[0] < len(forms) and forms[other[0]] == ")")
    end = skipped(forms, end, known.year_links())
    if end >= len(forms) or not forms[end].isdecimal() or len(forms[end]) != 4:
        return None
    year = int(forms[end])
    end, said_era = era(forms, end + 1)
    if said_era and said_era != calendar:
        return None
    return made(end, calendar, year, number, day)


def made(end: int, calendar: str, year: int, month: int, day: int) -> Day | None:
    """A day of either calendar, where there is one."""
    try:
        if calendar == "hijri":
            from hijridate import Hijri

            if year not in HIJRI_YEARS:
                return None
            return Day(end, date(*Hijri(year, month, day).to_gregorian().datetuple()), hijri=True)
        return Day(end, date(year, month, day), hijri=False) if year in YEARS else None
    except (ValueError, OverflowError):
        return None


def number_of_day(forms: Sequence[str], at: int) -> tuple[int | None, int]:
    """A day of the month: in figures, or as an ordinal (الثاني عشر, الحادي والعشرين)."""
    form = forms[at]
    if form.isdecimal() and len(form) <= 2:
        return int(form), at + 1
    unit = known.ordinals().get(form)
    ten = known.tens().get(forms[at + 1]) if unit and unit < 10 and at + 1 < len(forms) else None
    return (unit + ten, at + 2) if unit and ten else (unit, at + 1)


def month_at(forms: Sequence[str], at: int) -> tuple[int, str, int] | None:
    """The month whose name begins at a token: where the name ends, its calendar and number."""
    for length in (3, 2, 1):
        here = tuple(forms[at : at + length])
        if found := known.months().get(here):
            return at + len(here), *found
    return None


def skipped(forms: Sequence[str], at: int, words: frozenset[str]) -> int:
    """The next token that is none of these."""
    while at < len(forms) and forms[at] in words:
        at += 1
    return at


def era(forms: Sequence[str], at: int) -> tuple[int, str]:
    """Past the letter that names the calendar, and which it is."""
    for length in (2, 1):
        here = tuple(forms[at : at + length])
        if name := known.eras().get(here):
            return at + len(here), name
    return at, ""


def place_of(forms: Sequence[str], start: int, end: int) -> int | None:
    """How sure a line is that its day is that of publication; None where it speaks of something else."""
    label = label_before(forms, start)
    if label == "updated":
        return None
    rest = [form for form in forms[end:] if not CLOCK.fullmatch(form)]
    if label == "published":
        return LABELLED
    before = forms[:start]
    if len(before) > 1 and tuple(before[-1:]) in known.labels()["joined"]:
        before = before[:-1]
    if not names_only(before):
        return None
    ends = not [form for form in rest if form not in BEHIND and form not in known.beside_dates()]
    if not (ends or (end < len(forms) and forms[end] in BEHIND)):
        return None
    named = any(form not in BEHIND and form not in known.beside_dates() for form in forms[:start])
    return PLACED if named else WHOLE if ends else OPENING


def label_before(forms: Sequence[str], start: int) -> str:
    """Which label a line opens with, when nothing but it, signs and weekdays stand before the day."""
    before = [form for form in forms[:start] if form not in BEHIND]
    for kind in ("updated", "published"):
        for label in sorted(known.labels()[kind], key=len, reverse=True):
            rest = [form for form in before[len(label) :] if (form,) not in known.labels()["joined"]]
            if tuple(before[: len(label)]) == label and is_name(tuple(rest)):
                return kind
    return ""


def names_only(forms: Sequence[str]) -> bool:
    """Whether words are names of places and outlets, weekdays, or a few words in brackets."""
    return all(map(is_name, segments(forms)))


def segments(forms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Words between signs, those in brackets left out: the outlet or the writer stands in them."""
    part: list[str] = []
    depth = 0
    for form in (*forms, "،"):
        if form in ("(", "[", "«"):
            depth += 1
        elif form in (")", "]", "»"):
            depth = max(0, depth - 1)
        elif form in BEHIND:
            if part and not depth:
                yield tuple(part)
                part = []
        elif not depth:
            part.append(form)


def is_name(words: tuple[str, ...]) -> bool:
    """Whether a few words are a name that opens datelines."""
    words = stripped(words, known.beside_dates().__contains__)
    if not words or words in known.names():
        return True
    if words[0] in known.place_heads() and words[1:] in known.names():
        return True
    # Two names side by side: "دمشق سانا".
    return any(words[:cut] in known.names() and words[cut:] in known.names() for cut in range(1, len(words)))


def stripped(words: tuple[str, ...], drop: Callable[[str], bool]) -> tuple[str, ...]:
    """Words without those at either end that say nothing."""
    while words and drop(words[0]):
        words = words[1:]
    while words and drop(words[-1]):
        words = words[:-1]
    return words
