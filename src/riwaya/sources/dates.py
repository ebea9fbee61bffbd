"""Publication moments as files write them; what is unclear stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from riwaya.sources.received import Given

# /2024/12/08/, /2024-12-08/, -20241208- : years a news page can bear, months and days that exist.
IN_ADDRESS = re.compile(r"(?<!\d)(19[89]\d|20\d\d)([-/_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")
PLAIN = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.I,
)
PARTS = ("year", "month", "day", "hour", "minute", "second")
SECONDS = re.compile(r"[1-9]\d{8,9}|[1-9]\d{11,12}")  # since 1970, or thousandths of them
MILLI = 10**11
# What programs write where they know no day.
NONE = frozenset({date(1, 1, 1), date(1970, 1, 1), date(1900, 1, 1)})
LONGEST = 100

Dated = tuple[datetime | None, str]
"""A moment of publication and what said so."""


def settled(found: Iterable[Dated], given: Given, text: str = "") -> Dated:
    """The day of publication and where it is from: what the source says, what the person says, a dateline.

    None with an empty reason where nothing says: never the day of the download.
    """
    for when, reason in found:
        if when is not None:
            return when, reason
    if given.published is not None:
        return given.published, "given with --published"
    if text:
        from riwaya.sources import dateline

        if line := dateline.find(text):
            return at_midnight(line.day), line.reason
    return None, ""


def moment(value: object) -> datetime | None:
    """A moment from ISO 8601, a mail date, Unix seconds or a day in words; None where it is none of these."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, datetime):
        return known(value)
    if isinstance(value, int | float):
        return known(from_seconds(value / 1000 if abs(value) >= MILLI else value))
    text = str(value).strip()
    if not text or len(text) > LONGEST:
        return None
    if SECONDS.fullmatch(text):
        return moment(int(text))
    for read in (datetime.fromisoformat, plain, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
        if found is not None:
            return known(found)
    return in_words(text)


def known(found: datetime | None) -> datetime | None:
    """A moment, unless it is one that programs write for "no day"."""
    return None if found is None or found.date() in NONE else found


def plain(text: str) -> datetime | None:
    """2024/12/08 10:00 +0300, the year first, in any of its spellings."""
    m = PLAIN.fullmatch(text)
    if m is None:
        return None
    year, month, day, hour, minute, second = (int(m[name] or 0) for name in PARTS)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone(m["zone"]))


def zone(text: str | None) -> timezone | None:
    """A zone by its distance from UTC."""
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def in_words(text: str) -> datetime | None:
    """A day in Arabic words; 07/12/2024 is left alone, for nobody knows which is the month."""
    if not any("\u0600" <= char <= "\u06ff" for char in text):
        return None
    from riwaya.sources import dateline

    day = dateline.said(text)
    return at_midnight(day) if day else None


def from_seconds(value: float) -> datetime | None:
    """A moment from Unix seconds, in UTC; None where no calendar reaches that far."""
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def at_midnight(day: date) -> datetime:
    """A day as a moment without a zone."""
    return datetime(day.year, day.month, day.day)


def from_address(address: str) -> datetime | None:
    """The day written into an address or a file's name, where exactly one is."""
    found = {
        (int(m[1]), int(m[3]), int(m[4])) for m in IN_ADDRESS.finditer(address) if m[2] or len(m[0]) == 8
    }
    if len(found) != 1:
        return None
    try:
        return at_midnight(date(*found.pop()))
    except ValueError:
        return None
