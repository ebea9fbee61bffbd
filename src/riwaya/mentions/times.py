"""When: the time expressions of Arabic news and the calendar days they mean.

    time     = since point | between point and point | from point to point | until point
             | point (until point)? | span | hour
    point    = a day, a month, a year and their parts (see points.py)
    span     = last N units | N units ago | N units     اليومين الماضيين، قبل ثلاثة أيام، لأسبوعين
    hour     = "at"? hour part-of-day? point?           عند الثانية من فجر السبت

Everything is resolved against the day of publication.  What is a time but says no day (a duration, an
hour, "days ago", "until Sunday", "the worst since 2015") is found too, without days, so that its
numbers are not taken for quantities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from riwaya.mentions import calendar, numerals
from riwaya.mentions.calendar import Days
from riwaya.mentions.points import MONTHS, Points, Read
from riwaya.mentions.words import Data, Row, Word, Words, check_sections, definite, words_in
from riwaya.text.tokens import Token

_JOINED = frozenset({"joined_first", "joined_tens", "tens_alone"})
SECTIONS = _JOINED.union(
    ("relative", "not_relative_after", "not_relative_before", "weekdays", "not_weekday_after"),
    (
        *MONTHS,
        "month_after",
        "not_date_after",
        "seasons",
        "bounds",
        "part",
        "night",
        "adverb",
        "lead",
        "tail",
    ),
    (
        "day_word",
        "pair",
        "exactly",
        "leaning",
        "few",
        "this",
        "last",
        "one",
        "two",
        "many",
        "several",
        "alone",
    ),
    ("not_year_after", "since", "until", "after", "ago", "about", "from", "between", "to", "through"),
    ("compared", "clock", "hours", "minutes", "ordinals", "eras"),
)
"""The sections of time.yaml."""
UNITS = frozenset({"one", "two", "many"})


class TimeHit(NamedTuple):
    """A time expression in tokens [i, j) and its days; ``first`` is None where it says none.

    ``cut`` letters of clitics precede it in its first token.  ``since`` is the place of a منذ that
    stands before it with other words between ("since the raid of 4 October"): what has lasted since
    then runs from ``first`` to publication, the raid itself does not.
    """

    i: int
    j: int
    first: date | None
    last: date | None
    rule: str
    cut: int = 0
    since: int | None = None


@dataclass(frozen=True, slots=True)
class TimeWords:
    """The words of time.yaml, with the number words that durations need."""

    words: Words

    @classmethod
    def from_data(cls, time: Data, numbers: Data) -> TimeWords:
        """The words of a language, from its time.yaml and numbers.yaml as plainly read."""
        check_sections(time, SECTIONS, "time.yaml")
        phrases = list(words_in({kind: words for kind, words in time.items() if kind not in _JOINED}))
        joined = _joined_ordinals(time)
        numbered = numerals.numeral_phrases(numbers)
        return cls(Words([*phrases, *definite(phrases, UNITS), *joined, *numbered], _OPENING))


def _joined_ordinals(time: Data) -> list[tuple[str, Word]]:
    """The ordinals from 11 to 31, put together: الحادي عشر … الحادي والثلاثين."""
    ones: Mapping[str, Sequence[str]] = {**time["ordinals"], "1": time["joined_first"]}
    pairs = [
        (f"{one} {ten}", int(tens) + int(units))
        for tens, ten_words in time["joined_tens"].items()
        for ten in ten_words
        for units, one_words in ones.items()
        for one in one_words
        if int(units) < 10
    ]
    alone = [(word, int(tens)) for tens, words in time["tens_alone"].items() for word in words]
    return [(phrase, Word("ordinals", str(n), n, n)) for phrase, n in [*pairs, *alone] if n <= 31]


class Span(NamedTuple):
    """A length of time: up to where, its unit, how many (None where unsaid)."""

    end: int
    unit: str
    many: int | None


def find_times(
    tokens: Sequence[Token], lo: int, hi: int, published: date | None, words: TimeWords
) -> list[TimeHit]:
    """The time expressions among tokens [lo, hi), in order, without overlap."""
    row = Row(tokens, lo, hi, words.words)
    openings = row.openings()
    if not openings:
        return []
    grammar = _Grammar(row, published)
    hits: list[TimeHit] = []
    done = 0
    since: int | None = None
    for i in openings:
        if i < done:
            continue
        read = grammar.time(i)
        if row.word(i, "since") and read is None:
            since = i
        if read is None:
            continue
        open_since = since if since is not None and _no_stop(row, since, i) else None
        hits.append(_hit(read, i, lo, row.cut(i), open_since))
        done, since = read.end, None
    return hits


def _hit(read: Read, i: int, lo: int, cut: int, since: int | None) -> TimeHit:
    first, last = read.days or (None, None)
    return TimeHit(lo + i, lo + read.end, first, last, read.rule, cut, None if since is None else lo + since)


def _no_stop(row: Row, since: int, i: int) -> bool:
    """Whether a منذ still reaches a time: at most four words and no stop between."""
    between = row.forms[since + 1 : i]
    return len(between) <= 4 and not any(form in "،,.؛:()" for form in between)


class _Grammar(Points):
    """The rules, over one row of words, against one day of publication."""

    __slots__ = ()

    def time(self, i: int) -> Read | None:
        """The time that starts at a place: the first rule that reads one."""
        found = self.row.at(i)
        for rule in _rules_for(tuple(word.kind for word in found.words)) if found is not None else ():
            read = rule(self, i)
            if read is not None:
                return read
        return None

    # --- what governs a point

    def compared(self, i: int) -> Read | None:
        """لأول مرة منذ 2015، الأعنف منذ أشهر: no time of what is told."""
        if self.row.word(i, "compared"):
            read = self.since(self.row.end(i))
            return Read(read.end, None, "compared") if read else None
        return None

    def since(self, i: int) -> Read | None:
        """منذ ليل أمس: from then to publication; منذ سبع سنوات: a duration."""
        if not self.row.word(i, "since"):
            return None
        start = self.row.skip(self.row.end(i), "about")
        read = self.point(start)
        if read is None:
            span = self.span(start) or self.single(start)
            return Read(span.end, None, "duration") if span else None
        ended = self.hull(start, read, self.through)
        if ended is not None:
            return ended
        days = read.days and self.today and (read.days[0], max(read.days[0], self.today))
        return Read(read.end, days or None, "since " + read.rule)

    def until(self, i: int) -> Read | None:
        """حتى فجر الأحد: an end without a beginning."""
        read = self.point(self.row.end(i)) if self.row.word(i, "until") else None
        return Read(read.end, None, "until") if read else None

    def after(self, i: int) -> Read | None:
        """بعد السبت، قبل عام 2011: some other time."""
        if not self.row.word(i, "after"):
            return None
        read = self.point(self.row.end(i))
        return Read(read.end, None, "before or after") if read else None

    def told(self, i: int) -> Read | None:
        """A point, or from it to another: مساء الجمعة حتى فجر السبت."""
        read = self.point(i)
        return (self.hull(i, read, self.through) or read) if read is not None else None

    def between(self, i: int) -> Read | None:
        """بين 5 و9 ديسمبر، بين السبت والاثنين."""
        if not self.row.word(i, "between"):
            return None
        start = self.row.end(i)
        return self.days_joined(start) or self.hull(
            start, self.point(start, licensed=True), self.row.after_and
        )

    def from_to(self, i: int) -> Read | None:
        """من 28 أبريل إلى 3 مايو."""
        if not self.row.word(i, "from"):
            return None
        start = self.row.end(i)
        return self.days_joined(start) or self.hull(start, self.point(start, licensed=True), self.to)

    def days_joined(self, i: int) -> Read | None:
        """5 و9 ديسمبر, where the first day borrows its month."""
        read = self.date(i)
        return read if read and read.rule == "dates" else None

    # --- spans of time

    def span(self, i: int, the: str = "") -> Span | None:
        """ثلاثة أيام، ست ساعات، أسبوعين، 48 ساعة، عدة أشهر، سنوات."""
        for kind, count in (("two", 2), ("many", None)):
            word = self.row.word(i, the + kind)
            if word is not None:
                return Span(self.row.end(i), word.name, count)
        several = self.row.word(i, "several")
        number = numerals.read(self.row, i, the)
        start = number.end if number is not None else self.row.end(i) if several is not None else i
        unit = next((u for kind in _COUNTED if start > i and (u := self.row.bare(start, kind))), None)
        if unit is None:
            return None
        end = self.row.end(start)
        if number is None or several is not None or not (number.exact and number.low.is_integer()):
            return Span(end, unit.name, None)
        return Span(end, unit.name, int(number.low))

    def single(self, i: int) -> Span | None:
        """يوم، عام: one of a unit."""
        word = self.row.word(i, "one")
        return Span(self.row.skip(self.row.end(i), "alone"), word.name, 1) if word is not None else None

    def ago(self, i: int) -> Read | None:
        """قبل ثلاثة أيام: that day; قبل أيام, قبل عامين: too rough for a day."""
        if not self.row.word(i, "ago"):
            return None
        start = self.row.skip(self.row.end(i), "about")
        span = self.span(start) or self.single(start)
        if span is None:
            return None
        counted = span.unit == "day" and span.many is not None and self.row.form(span.end) != "من"
        day = calendar.shift(self.today, -span.many) if counted and span.many and self.today else None
        return Read(span.end, (day, day) if day else None, "ago")

    def last(self, i: int) -> Read | None:
        """اليومين الماضيين، الأيام الثلاثة الماضية، الـ24 ساعة الماضية، آخر 48 ساعة."""
        if self.row.word(i, "last"):
            span = self.span(self.row.end(i))
            return Read(span.end, self.back(span), "last") if span and span.many else None
        span = self.the_span(i)
        if span is None:
            return None
        end = self.row.skip(span.end, "few")
        leaning = self.leaning(end)
        if not leaning:
            return None
        vague = end > span.end and span.unit != "hour"
        days = None if leaning in ("next", "now") or vague else self.back(span)
        return Read(self.row.skip(self.row.end(end), "leaning"), days, "last")

    def the_span(self, i: int) -> Span | None:
        """A definite span: its number before the unit, after it, or in the dual."""
        if self.row.form(i) == "ال":
            return self.span(i + 1)
        units = self.row.word(i, "the_many")
        if units is None:
            return self.span(i, "the_") or (self.span(i) if self.row.word(i, "figures") else None)
        start = self.row.end(i)
        start += self.row.form(start) == "ال"
        number = numerals.read(self.row, start, "the_") or numerals.read(self.row, start)
        if number is None or not number.exact:
            return Span(self.row.end(i), units.name, None)
        return Span(number.end, units.name, int(number.low))

    def back(self, span: Span) -> Days | None:
        """From so long before publication to publication; unsaid hours are a day, unsaid days nothing."""
        if self.today is None or (span.many is None and span.unit != "hour"):
            return None
        first = calendar.back(self.today, span.unit, min(span.many or 1, 40_000))
        return (first, self.today) if first else None

    def duration(self, i: int) -> Read | None:
        """A length of time that says no day."""
        span = self.span(i)
        if span is None:
            one = self.single(i)
            span = one if one is not None and one.end > self.row.end(i) else None
        return Read(span.end, None, "duration") if span else None

    # --- hours

    def hour(self, i: int) -> Read | None:
        """الساعة 13:45، عند الحادية عشرة، الثانية فجرا, with the day if it follows."""
        if self.row.word(i, "figures") and ":" in self.row.forms[i]:
            return self.hour_and_day(i + 1)
        told = self.row.word(i, "clock")
        start = self.row.end(i) if told is not None else i
        end = self.hour_number(start, self.row.form(start - 1).endswith("الساعه"))
        if end is None or (told is None and not self.row.bare(end, "adverb")):
            return None
        return self.hour_and_day(end)

    def hour_number(self, i: int, by_figures: bool) -> int | None:
        """The place after an hour and its minutes."""
        if self.row.word(i, "hours"):
            return self.row.skip(self.row.end(i), "minutes")
        return i + 1 if by_figures and self.row.word(i, "figures") else None

    def hour_and_day(self, i: int) -> Read:
        read = self.part_and_day(i + (self.row.form(i) == "من"))
        if read is not None and not self.row.cut(i):
            return Read(read.end, read.days, "hour")
        return Read(self.tail(i), None, "hour")

    def adverb(self, i: int) -> Read | None:
        """صباحا, alone: a time without a day."""
        return Read(self.row.end(i), None, "part of a day") if self.row.word(i, "adverb") else None


_COUNTED = ("one", "two", "many", "the_many")
_DAYS = frozenset({"lead", "part", "night", "pair", "day_word", "relative", "weekdays"})
_POINTS = _DAYS.union(MONTHS, {"figures", "the", "ordinals", "bounds", "this", "one", "the_one", "seasons"})
_COUNTS = numerals.COUNTING | {"scales", "scale_duals", "fuzzy"}
_Rule = Callable[[_Grammar, int], Read | None]
_RULES: tuple[tuple[_Rule, frozenset[str]], ...] = (
    (_Grammar.compared, frozenset({"compared"})),
    (_Grammar.since, frozenset({"since"})),
    (_Grammar.between, frozenset({"between"})),
    (_Grammar.from_to, frozenset({"from"})),
    (_Grammar.until, frozenset({"until"})),
    (_Grammar.after, frozenset({"after"})),
    (
        _Grammar.last,
        frozenset({"last", "the", "the_many", "the_two", "figures", *("the_" + kind for kind in _COUNTS)}),
    ),
    (_Grammar.hour, frozenset({"figures", "clock", "hours"})),
    (_Grammar.told, _POINTS),
    (_Grammar.ago, frozenset({"ago"})),
    (_Grammar.duration, frozenset({"one", "two", "many", "several", "figures", *_COUNTS})),
    (_Grammar.adverb, frozenset({"adverb"})),
)
"""The rules in the order they are tried, with the kinds of word that may open what they read."""
_OPENING = frozenset().union(*(kinds for _, kinds in _RULES))


@lru_cache(maxsize=1024)
def _rules_for(kinds: tuple[str, ...]) -> tuple[_Rule, ...]:
    """The rules that words of these kinds may open."""
    return tuple(rule for rule, openers in _RULES if not openers.isdisjoint(kinds))
