"""Points in time: days, dates, months, years and their parts, as days of the calendar.

    point    = part-of-day? day+ | night | pair | stretch
    day      = relative | weekday leaning? | date       أمس، الجمعة الماضي، الرابع من تشرين الأول
    date     = day-number (to day-number)? month year?  20 إلى 27 مايو/أيار 2022
    night    = "night" weekday weekday                  ليل السبت/الأحد
    pair     = "the days" day and day                   يومي السبت والأحد
    stretch  = bound? (month | week | year | season)    أواخر عام 2016، الأسبوع الماضي

Each rule takes a place and gives what it read from there, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from riwaya.mentions import calendar
from riwaya.mentions.calendar import Days
from riwaya.mentions.words import Row, Word

MONTHS = ("months", "months_shy", "hijri", "hijri_shy")
_DATE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})(?:\2(\d{1,4}))?")
_DASHES = frozenset({"-", "–", "—", "/"})
_OPENERS = frozenset({"،", ",", "(", "-", "–"})
_CLOSERS = {"(": ")", "-": "-", "–": "–"}
_RANK = {"relative": 1, "another day": 0, "weekday": 2, "date": 3, "dates": 3}
"""Of a day said several times, the later in this order is believed: اليوم السبت 7 ديسمبر."""


class Read(NamedTuple):
    """What a rule read: up to where, which days, by which rule."""

    end: int
    days: Days | None
    rule: str


class Month(NamedTuple):
    """A month's name: up to where, of which calendar, which, and whether the word is often no month."""

    end: int
    calendar: str
    month: int
    shy: bool


class Points:
    """The rules for points in time, over one row of words, against one day of publication."""

    __slots__ = ("row", "today")

    def __init__(self, row: Row, today: date | None) -> None:
        self.row = row
        self.today = today

    def point(self, i: int, licensed: bool = False) -> Read | None:
        """A day with its part, or a stretch of days."""
        if self.row.at(i) is None:
            return None
        return self.night(i) or self.part_and_day(i) or self.pair(i) or self.stretch(i, licensed)

    def night(self, i: int) -> Read | None:
        """ليل السبت/الأحد: both days."""
        if not self.row.word(i, "night"):
            return None
        start = self.row.end(i)
        first = self.row.bare(start, "weekdays")
        if first is None:
            return None
        at = self.next_day(self.row.end(start))
        second = self.row.word(at, "weekdays")
        if second is None or (first.low + 1) % 7 != second.low:
            return None
        after = self.row.end(at)
        begin = calendar.weekday(self.today, int(first.low), self.leaning(after)) if self.today else None
        end = calendar.shift(begin, 1) if begin else None
        return Read(self.row.skip(after, "leaning"), (begin, end) if begin and end else None, "night")

    def next_day(self, i: int) -> int:
        """The place of the second day of a night: after a slash, a dash, "to", "on", "and" or nothing."""
        joint = self.to(i)
        if joint is not None:
            return joint
        return i + (self.row.form(i) in ("علي", "و"))

    def part_and_day(self, i: int) -> Read | None:
        """مساء أمس السبت: the part of the day matters only where a day follows."""
        start = i
        while (self.row.word if start == i else self.row.bare)(start, "lead") or self.starts_part(start, i):
            start = self.row.end(start)
        read = self.days(start)
        if read is None and start > i and self.row.form(start) == "من":
            read = self.days(start + 1)
        if read is None or (start > i and self.row.cut(start)):
            return None
        return read

    def starts_part(self, start: int, i: int) -> bool:
        """Whether a part of the day stands here; after the first word only without clitics."""
        return (self.row.word if start == i else self.row.bare)(start, "part") is not None

    def days(self, i: int) -> Read | None:
        """One day, said once or several times: اليوم السبت، 7 ديسمبر."""
        read = self.day(i)
        while read is not None:
            start = read.end + (self.row.form(read.end) in _OPENERS)
            exactly = self.row.skip(start, "exactly")
            again = None if self.row.cut(exactly) else self.day(exactly)
            if again is None or _RANK[again.rule] <= _RANK[read.rule] - (exactly > start):
                break
            if again.rule == "weekday" and read.rule == "relative" and self.is_ahead(read):
                again = self.weekday_ahead(exactly, again)
            closing = self.row.form(again.end) == _CLOSERS.get(self.row.form(read.end))
            read = Read(again.end + closing, again.days, again.rule)
        return read and read._replace(end=self.tail(read.end))

    def is_ahead(self, read: Read) -> bool:
        """Whether a day read lies after publication."""
        return bool(read.days and self.today and read.days[0] > self.today)

    def weekday_ahead(self, i: int, read: Read) -> Read:
        """The weekday of غدا الخميس: the next such day."""
        word = self.row.word(i, "weekdays") or self.row.word(self.row.end(i), "weekdays")
        day = calendar.weekday(self.today, int(word.low), "next") if word and self.today else None
        return read._replace(days=(day, day)) if day else read

    def tail(self, i: int) -> int:
        """The place after "early", "at night", "local time"."""
        for kind in ("adverb", "tail"):
            i = self.row.skip(i, kind)
        return i

    def day(self, i: int) -> Read | None:
        """A relative day, a weekday or a date, with "the day" before it or not."""
        if self.row.word(i, "day_word"):
            end = self.row.end(i)
            if not self.row.cut(end):
                return self.date(end, dated=True) or self.relative(end) or self.weekday(end)
        return self.date(i) or self.relative(i) or self.weekday(i)

    def relative(self, i: int) -> Read | None:
        """اليوم، أمس، غدا: counted from publication."""
        word = self.row.word(i, "relative")
        if word is None:
            return None
        end = self.row.end(i)
        if self.row.word(i - 1, "not_relative_after"):
            return Read(end, None, "another day")
        if word.name == "0" and self.other_day(end):
            return Read(end + 1, None, "another day")
        if self.row.bare(end, "not_relative_before"):
            return Read(self.row.end(end), None, "another day")
        first = calendar.shift(self.today, int(word.low)) if self.today else None
        last = calendar.shift(self.today, int(word.high)) if self.today else None
        return Read(end, (first, last) if first and last else None, "relative")

    def other_day(self, end: int) -> bool:
        """Whether "the day" is not today: ذلك اليوم، اليوم الثالث، اليوم الـ34."""
        if self.row.form(end) == "ال":
            return True
        return bool(self.row.bare(end, "ordinals")) and self.date(end) is None

    def weekday(self, i: int) -> Read | None:
        """الجمعة، الجمعة الماضي، الثلاثاء من الأسبوع الماضي."""
        word = self.row.word(i, "weekdays")
        if word is None or self.no_weekday(i, word):
            return None
        end = self.row.end(i)
        leaning = self.leaning(end)
        end = self.row.skip(end, "leaning")
        week = self.stretch(end + 1) if self.row.form(end) == "من" and not leaning else None
        if week is not None and week.rule == "week" and week.days:
            day = calendar.shift(week.days[0], (int(word.low) - calendar.SATURDAY) % 7)
            return Read(week.end, (day, day) if day else None, "weekday")
        day = calendar.weekday(self.today, int(word.low), leaning) if self.today else None
        return Read(end, (day, day) if day else None, "weekday")

    def no_weekday(self, i: int, word: Word) -> bool:
        """Whether the word is a name, or "the two" after a dual."""
        before = self.row.form(i - 1)
        if self.row.word(i - 1, "not_weekday_after"):
            return True
        if word.name == "6" and self.row.form(i + 1) == "عشر":
            return True
        return word.name == "0" and before.startswith("ال") and before.endswith(("ان", "ين"))

    def leaning(self, i: int) -> str:
        """past, now, next … where such a word stands here."""
        word = self.row.bare(i, "leaning")
        return word.name if word is not None else ""

    # --- dates

    def date(self, i: int, dated: bool = False) -> Read | None:
        """5/11/2024، 27 نوفمبر/تشرين الثاني، الرابع من تشرين الأول 2024، 15 الجاري."""
        if self.row.word(i, "figures") and not self.row.forms[i].isdigit():
            days = _numeric(self.row.forms[i], self.today, dated)
            return Read(self.era(i + 1)[0], days, "date") if days else self.two_days(i)
        first = self.day_number(i)
        if first is None:
            return None
        second = self.second_day(first[0])
        end, last = second if second and second[1] > first[1] else first
        return self.date_from(end, first[1], last, i)

    def two_days(self, i: int) -> Read | None:
        """7/8 ديسمبر: two days in one figure."""
        first, _, last = self.row.forms[i].partition("/")
        if not (
            first.isdigit() and last.isdigit() and len(first) <= 2 >= len(last) and int(first) < int(last)
        ):
            return None
        return self.date_from(i + 1, int(first), int(last), i)

    def date_from(self, end: int, first: int, last: int, i: int) -> Read | None:
        """Days of a month with the month that follows, unless they are a name: شارع 26 أيلول."""
        rule = "dates" if last > first else "date"
        start = end + (self.row.form(end) == "من")
        read = self.date_in_month(start, first, last, rule) or self.date_this_month(start, first, last, rule)
        if read is not None and self.row.word(i - 1, "not_date_after"):
            return Read(read.end, None, "another day")
        return read

    def day_number(self, i: int) -> tuple[int, int] | None:
        """A day of the month in figures or as an ordinal: where it ends and which."""
        i += self.row.form(i) == "ال"
        ordinal = self.row.word(i, "ordinals")
        if ordinal is not None:
            return self.row.end(i), int(ordinal.low)
        form = self.row.form(i)
        if self.row.word(i, "figures") and form.isdigit() and len(form) <= 2 and 1 <= int(form) <= 31:
            return i + 1, int(form)
        return None

    def second_day(self, i: int) -> tuple[int, int] | None:
        """The later day of 20 إلى 27 مايو."""
        start = self.to(i)
        return self.day_number(start if start is not None else (self.row.after_and(i) or self.row.stop))

    def date_in_month(self, i: int, first: int, last: int, rule: str) -> Read | None:
        """Days of a month that is named: نوفمبر الماضي، شهر نوفمبر 2023."""
        start = i + (self.row.form(i) == "شهر")
        month = self.month(start)
        if month is None or self.row.cut(start):
            return None
        end, year, name, leaning = self.year_after(month)
        if year is not None:
            days = calendar.days_of(name, year, month.month, first, last)
        else:
            days = self.settle(name, leaning, lambda y: calendar.days_of(name, y, month.month, first, last))
        return Read(end, days, rule)

    def date_this_month(self, i: int, first: int, last: int, rule: str) -> Read | None:
        """15 من الشهر الجاري، 15 الجاري."""
        month = self.row.bare(i, "the_one")
        start = self.row.end(i) if month is not None and month.name == "month" else i
        leaning = self.leaning(start)
        if start > i and not leaning:
            return Read(start, None, rule)  # من الشهر نفسه
        if leaning not in (("past", "now", "next", "before_past") if start > i else ("past", "now")):
            return None
        span = calendar.whole("month", self.today, leaning) if self.today else None
        days = calendar.days_of("gregorian", span[0].year, span[0].month, first, last) if span else None
        return Read(self.row.end(start), days, rule)

    def month(self, i: int) -> Month | None:
        """A month's name, with its name in the other system behind a slash or in parentheses."""
        for kind in MONTHS:
            word = self.row.word(i, kind)
            if word is not None:
                name = "hijri" if kind.startswith("hijri") else "gregorian"
                end = self.row.end(i)
                return Month(self.other_name(end, kind, word), name, int(word.low), kind.endswith("shy"))
        return None

    def other_name(self, i: int, kind: str, word: Word) -> int:
        """The place after a month's name in the other system: /تشرين الثاني."""
        opener = self.row.form(i)
        start = i + (opener in ("/", "(", "-", "–"))
        for other in MONTHS:
            again = self.row.bare(start, other)
            if again is not None and again.low == word.low and other[:5] == kind[:5]:
                end = self.row.end(start)
                return end + (opener == "(" and self.row.form(end) == ")")
        return i

    def year_after(self, month: Month) -> tuple[int, int | None, str, str]:
        """What follows a month: where it ends, the year if said, the calendar, the leaning."""
        i = month.end
        start = i + (self.row.form(i) == "من")
        unit = self.row.word(start, "one") or self.row.word(start, "the_one")
        in_year = self.row.end(start) if unit is not None and unit.name == "year" else start
        year = self.year_figures(in_year)
        if year is not None and (in_year > start or self.row.form(i) != "من"):
            end, era = self.era(in_year + 1)
            return end, year, era or month.calendar, ""
        leaning = self.leaning(in_year)
        if leaning and in_year > start and self.today:
            whole = calendar.whole("year", self.today, leaning)
            return self.row.end(in_year), whole[0].year if whole else None, month.calendar, ""
        leaning = self.leaning(i)
        return (self.row.end(i) if leaning else i), None, month.calendar, leaning

    def year_figures(self, i: int) -> int | None:
        """A year in four figures."""
        form = self.row.form(i)
        return int(form) if len(form) == 4 and form.isdigit() and "1000" <= form <= "2199" else None

    def era(self, i: int) -> tuple[int, str]:
        """The place after م or هـ, and which calendar it names."""
        word = self.row.bare(i, "eras")
        return (self.row.end(i), word.name) if word is not None else (i, "")

    def settle(self, name: str, leaning: str, span: Callable[[int], Days | None]) -> Days | None:
        """Days without a year, near publication."""
        if self.today is None:
            return None
        return calendar.nearest(span, calendar.year_in(name, self.today), self.today, leaning)

    # --- stretches

    def stretch(self, i: int, licensed: bool = False) -> Read | None:
        """A month, week, year or season, or a part of one."""
        bound = self.row.word(i, "bounds")
        start = self.row.end(i) if bound is not None else i
        if bound is not None and self.row.cut(start):
            return None
        name = bound.name if bound is not None else ""
        return (
            self.month_stretch(start, name, licensed or bool(name))
            or self.unit_stretch(start, name)
            or (self.year_stretch(start, name) or self.season(start))
        )

    def month_stretch(self, i: int, bound: str, licensed: bool) -> Read | None:
        """في نوفمبر الماضي، مطلع ديسمبر، أبريل 2019."""
        start = i + (self.row.form(i)[-3:] == "شهر" and self.row.word(i, "one") is not None)
        month = self.month(start)
        if month is None or (start > i and self.row.cut(start)):
            return None
        end, year, name, leaning = self.year_after(month)
        named = start > i or year is not None or bool(leaning)
        if not named and (month.shy or not (licensed or self.row.word(i - 1, "month_after"))):
            return None
        if year is not None:
            return Read(end, calendar.part_of_month(name, year, month.month, bound), "month")
        days = self.settle(name, leaning, lambda y: calendar.part_of_month(name, y, month.month, bound))
        return Read(end, self.so_far(days, bound), "month")

    def so_far(self, days: Days | None, bound: str) -> Days | None:
        """Of a month that still runs, what has passed."""
        if days and self.today and not bound and days[0] <= self.today:
            return days[0], min(days[1], self.today)
        return days

    def unit_stretch(self, i: int, bound: str) -> Read | None:
        """هذا الأسبوع، الشهر الماضي، مطلع العام الجاري."""
        this = bool(self.row.word(i, "this"))
        start = self.row.end(i) if this else i
        unit = self.row.word(start, "the_one")
        if unit is None or unit.name not in ("week", "month", "year", "decade", "century"):
            return None
        end = self.row.end(start)
        leaning = self.leaning(end)
        if not (this or leaning or bound) or leaning == "recent" or self.title(start, leaning):
            return None
        end = self.row.skip(end, "leaning")
        if unit.name in ("decade", "century") or self.today is None or (unit.name == "week" and bound):
            return Read(end, None, unit.name)
        return Read(end, self.part_of(unit.name, leaning or "now", bound), unit.name)

    def title(self, i: int, leaning: str) -> bool:
        """Whether العام الحالي belongs to a title: الأمين العام الحالي."""
        return leaning == "now" and self.row.word(i - 1, "not_year_after") is not None

    def part_of(self, unit: str, leaning: str, bound: str) -> Days | None:
        """The month or year that leans some way, or a part of it."""
        days = calendar.whole(unit, self.today, leaning) if self.today else None
        if days is None or not bound:
            return days
        if unit == "month":
            return calendar.part_of_month("gregorian", days[0].year, days[0].month, bound)
        return calendar.part_of_year("gregorian", days[0].year, bound)

    def year_stretch(self, i: int, bound: str) -> Read | None:
        """عام 2018، في العام 2022، أواخر 2016، عام 1446 هـ."""
        unit = self.row.word(i, "one") or self.row.word(i, "the_one")
        start = self.row.end(i) if unit is not None and unit.name == "year" else i
        year = self.year_figures(start)
        if year is None:
            return None
        end, era = self.era(start + 1)
        if start == i and not bound and era != "hijri":
            return None
        return Read(end, calendar.part_of_year(era or "gregorian", year, bound), "year")

    def season(self, i: int) -> Read | None:
        """صيف 2014، شتاء العام الماضي."""
        word = self.row.word(i, "seasons")
        if word is None:
            return None
        start = self.row.end(i)
        whole = self.year_stretch(start, "any") or self.unit_stretch(start, "")
        if whole is None or whole.rule != "year":
            return None
        return Read(
            whole.end, calendar.season(whole.days[0].year, int(word.low)) if whole.days else None, "season"
        )

    # --- two points

    def to(self, i: int) -> int | None:
        """The place after "to" or a dash."""
        if self.row.word(i, "to"):
            return self.row.end(i)
        return i + 1 if self.row.form(i) in _DASHES else None

    def through(self, i: int) -> int | None:
        """The place after "until" where a beginning stands before it."""
        return self.row.end(i) if self.row.word(i, "through") else None

    def hull(self, i: int, first: Read | None, joint: Callable[[int], int | None]) -> Read | None:
        """Two points and all days between; the first is read again where it came out after the second."""
        start = joint(first.end) if first else None
        if first is None or start is None:
            return None
        second = self.point(start, licensed=True) or (self.bare_year(start) if first.rule == "year" else None)
        if second is None:
            return None
        if not first.days or not second.days:
            return Read(second.end, None, "range")
        if first.days[0] > second.days[1]:
            again = Points(self.row, second.days[1]).point(i, licensed=True)
            first = again if again and again.days else first
        days = first.days and (first.days[0], second.days[1])
        return Read(second.end, days if days and days[0] <= days[1] else None, "range")

    def pair(self, i: int) -> Read | None:
        """يومي السبت والأحد، عامي 2011 و2012."""
        word = self.row.word(i, "pair")
        if word is None:
            return None
        start = self.row.end(i)
        read = self.hull(start, self.member(start, word.name), self.row.after_and)
        while read is not None and (nxt := self.row.after_and(read.end)) is not None:
            more = self.member(nxt, word.name)
            if more is None or more.days is None or read.days is None:
                break
            read = Read(more.end, (min(read.days[0], more.days[0]), max(read.days[1], more.days[1])), "range")
        return read or (self.date(start) if word.name == "day" else None)

    def member(self, i: int, name: str) -> Read | None:
        """One of a pair: a day, a month, a year."""
        if name == "day":
            return self.day(i)
        return self.bare_year(i) if name == "year" else self.stretch(i, licensed=True)

    def bare_year(self, i: int) -> Read | None:
        """2013, where another year stands before it."""
        year = self.year_figures(i)
        days = calendar.part_of_year("gregorian", year, "") if year is not None else None
        return Read(i + 1, days, "year") if days else None


def _numeric(form: str, today: date | None, dated: bool) -> Days | None:
    """2024-12-01, 5/11/2024, 14/9/1446; 5/11 only after "dated"."""
    match = _DATE.fullmatch(form)
    if match is None:
        return None
    a, b = int(match[1]), int(match[3])
    if match[4] is None:
        if not dated or today is None or match[2] == ".":
            return None
        return calendar.nearest(lambda y: calendar.days_of("gregorian", y, b, a, a), today.year, today, "")
    year_first = len(match[1]) == 4
    if len(match[1]) == 3 or len(match[4]) not in ((1, 2) if year_first else (2, 4)):
        return None
    year, month, day = (a, b, int(match[4])) if year_first else (int(match[4]), b, a)
    if not year_first and len(match[4]) == 2:
        year += 2000
    if month > 12 >= day:
        month, day = day, month
    name = "hijri" if year in calendar.HIJRI_YEARS else "gregorian"
    return calendar.days_of(name, year, month, day, day)
