"""How much is told of each day, by type."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing

STEPS = ("day", "week", "month")


def counted(standing: Standing, selection: Selection, *, of: str, by: str) -> dict[str, Any]:
    """How many events or claims fall on each day, week or month, by type."""
    count = of_events(standing, selection) if of == "events" else of_claims(standing, selection)
    grouped: Counter[tuple[str, date]] = Counter()
    for (type, day), number in count.items():
        grouped[type, start_of(day, by)] += number
    days = axis([day for _, day in grouped], by)
    totals = Counter[str]()
    for (type, _), number in grouped.items():
        totals[type] += number
    types = [
        {"id": type, "counts": [grouped[type, day] for day in days]}
        for type in sorted(totals, key=lambda type: (-totals[type], type))
    ]
    total = [sum(grouped[type, day] for type in totals) for day in days]
    return {"by": by, "of": of, "days": [day.isoformat() for day in days], "types": types, "total": total}


def of_events(standing: Standing, selection: Selection) -> Counter[tuple[str, date]]:
    """Events by type and first day."""
    return Counter((one.type, one.first) for one in Chosen(selection, standing).events())


def of_claims(standing: Standing, selection: Selection) -> Counter[tuple[str, date]]:
    """Claims by type and day."""
    asked = (
        select(CLAIMS.c.type, CLAIMS.c.day, func.count())
        .join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
        .where(CLAIMS.c.day.is_not(None), *Chosen(selection, standing).conditions())
        .group_by(CLAIMS.c.type, CLAIMS.c.day)
    )
    with standing.ledger.reading.connect() as connection:
        return Counter({(row[0], row[1]): int(row[2]) for row in connection.execute(asked)})


def start_of(day: date, by: str) -> date:
    """The first day of the day's week or month."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def axis(days: list[date], by: str) -> list[date]:
    """Every step from the first to the last, empty ones too."""
    if not days:
        return []
    at, last = min(days), max(days)
    found = []
    while at <= last:
        found.append(at)
        at = start_of(at + timedelta(days=32 if by == "month" else 7 if by == "week" else 1), by)
    return found
