"""Publication moments as files write them; what is unclear stays unknown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

# /2024/12/08/, /2024-12-08/, -20241208- : years a news page can bear, months and days that exist.
IN_ADDRESS = re.compile(r"(?<!\d)(19[89]\d|20\d\d)([-/_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?!\d)")


def moment(value: object) -> datetime | None:
    """A moment from ISO 8601, a mail date or Unix seconds; None where it is none of these."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return from_seconds(value)
    text = str(value).strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def from_seconds(value: float) -> datetime | None:
    """A moment from Unix seconds, in UTC; None where no calendar reaches that far."""
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def from_address(address: str) -> datetime | None:
    """The day written into an address or a file's name, where exactly one is."""
    found = {
        (int(m[1]), int(m[3]), int(m[4])) for m in IN_ADDRESS.finditer(address) if m[2] or len(m[0]) == 8
    }
    if len(found) != 1:
        return None
    try:
        day = date(*found.pop())
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day)
