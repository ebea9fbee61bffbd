"""Days of the Gregorian and the Hijri calendar: which are meant where a report leaves out the year.

The week is Saturday to Friday, as in the calendars of the countries read here (the Unicode CLDR gives
Saturday as the first day for Syria, Iraq, Sudan, Libya, Egypt and most of the Gulf).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

Days = tuple[date, date]
"""First and last day, both inclusive."""

SATURDAY = 5
HIJRI_YEARS = range(1343, 1501)  # what the Umm al-Qura tables of hijridate cover: 1924 to 2077
BOUNDS = {"start": (1, 5), "early": (1, 10), "middle": (11, 20), "late": (21, 31), "end": (26, 31)}
"""Stretches of a month, in days."""
YEAR_BOUNDS = {"start": (1, 1), "early": (1, 3), "middle": (6, 7), "late": (10, 12), "end": (12, 12)}
"""Stretches of a year, in months."""


def shift(day: date, days: int) -> date | None:
    """A day some days on; None outside the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def back(today: date, unit: str, count: int) -> date | None:
    """The day some units before a day, for "the last three months"."""
    if unit in ("day", "week"):
        return shift(today, -count * (7 if unit == "week" else 1))
    if unit == "hour":
        return shift(today, -max(1, -(-count // 24)))
    if unit not in ("month", "year"):
        return None
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    span = month_of("gregorian", year, month + 1)
    return min(span[1], span[0] + timedelta(days=today.day - 1)) if span else None


def month_of(calendar: str, year: int, month: int) -> Days | None:
    """The first and last day of a month."""
    if not 1 <= month <= 12:
        return None
    if calendar == "hijri":
        return _hijri_month(year, month)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


@lru_cache(maxsize=1024)
def _hijri_month(year: int, month: int) -> Days | None:
    if year not in HIJRI_YEARS:
        return None
    from hijridate import Hijri  # its tables are loaded only for texts with Hijri dates

    first = Hijri(year, month, 1)
    start = date(*first.to_gregorian().datetuple())
    return start, start + timedelta(days=first.month_length() - 1)


def days_of(calendar: str, year: int, month: int, first: int, last: int) -> Days | None:
    """From one day of a month to another; None where the month has no such days."""
    span = month_of(calendar, year, month)
    length = (span[1] - span[0]).days + 1 if span else 0
    if span is None or not 1 <= first <= last <= length:
        return None
    return span[0] + timedelta(days=first - 1), span[0] + timedelta(days=last - 1)


def part_of_month(calendar: str, year: int, month: int, bound: str) -> Days | None:
    """A stretch of a month: its first five days, its middle; the whole where nothing narrows it."""
    span = month_of(calendar, year, month)
    if span is None or bound not in BOUNDS:
        return span
    first, last = BOUNDS[bound]
    return days_of(calendar, year, month, first, min(last, (span[1] - span[0]).days + 1))


def part_of_year(calendar: str, year: int, bound: str) -> Days | None:
    """A stretch of a year: its first month, its last quarter; the whole where nothing narrows it."""
    first, last = YEAR_BOUNDS.get(bound, (1, 12))
    start, end = month_of(calendar, year, first), month_of(calendar, year, last)
    return (start[0], end[1]) if start and end else None


def season(year: int, month: int) -> Days | None:
    """Three months from the one a season begins with; winter ends in the next year."""
    start = month_of("gregorian", year, month)
    end = month_of("gregorian", year + (month > 10), (month + 1) % 12 + 1)
    return (start[0], end[1]) if start and end else None


def year_in(calendar: str, today: date) -> int:
    """The year a day lies in."""
    if calendar != "hijri":
        return today.year
    for year in range(today.year - 583, today.year - 576):
        if (span := month_of("hijri", year + 1, 1)) and today < span[0]:
            return year
    return 0


def nearest(span: Callable[[int], Days | None], year: int, today: date, leaning: str) -> Days | None:
    """Of the same days in several years, those a report means when it names no year.

    Plainly: the latest that have begun. ``past`` (الماضي): the latest that are over; ``next`` (المقبل):
    the first that have not begun; ``now`` (الجاري): those of this year.
    """
    if leaning == "now":
        return span(year)
    spans = [days for y in range(year - 5, year + 6) if (days := span(y))]  # 29 February may be years away
    if leaning == "next":
        return next((days for days in spans if days[0] > today), None)
    begun = [days for days in spans if (days[1] < today if leaning == "past" else days[0] <= today)]
    return begun[-1] if begun else None


def weekday(today: date, wanted: int, leaning: str) -> date | None:
    """The last such day up to today; before today for الماضي, after it for المقبل."""
    if leaning == "next":
        return shift(today, (wanted - today.weekday() - 1) % 7 + 1)
    if leaning in ("past", "before_past"):
        return shift(
            today, -((today.weekday() - wanted - 1) % 7 + 1) - (7 if leaning == "before_past" else 0)
        )
    return shift(today, -((today.weekday() - wanted) % 7))


def whole(unit: str, today: date, leaning: str) -> Days | None:
    """The week, month or year before, of or after a day; of the one that runs, what has passed."""
    steps = {"past": -1, "before_past": -2, "next": 1}.get(leaning, 0)
    days = _whole(unit, today, steps)
    return (days[0], min(days[1], today)) if days and not steps else days


def _whole(unit: str, today: date, steps: int) -> Days | None:
    if unit == "week":
        first = shift(today, 7 * steps - (today.weekday() - SATURDAY) % 7)
        last = shift(first, 6) if first else None
        return (first, last) if first and last else None
    if unit == "month":
        year, month = divmod(today.year * 12 + today.month - 1 + steps, 12)
        return month_of("gregorian", year, month + 1)
    return part_of_year("gregorian", today.year + steps, "") if unit == "year" else None
