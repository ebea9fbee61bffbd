"""Reports by the page, and each with its claims, its custody and its copies."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select

from riwaya.ledger.query import known_before
from riwaya.ledger.search import Asked, NothingAskedError
from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.questions import claims
from riwaya.questions.selection import Selection
from riwaya.questions.standing import Standing

MOST_CLAIMS = 5000  # of one report


def listed(
    standing: Standing, selection: Selection, *, offset: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the reports that fit, the newest first; with words, those that hold them, the best first."""
    if selection.q:
        return searched(standing, selection, offset=offset, limit=limit)
    asked = select(REPORTS).order_by(REPORTS.c.known_wall.desc(), REPORTS.c.seq.desc())
    counted = select(func.count()).select_from(REPORTS)
    conditions = []
    if selection.outlet:
        conditions.append(REPORTS.c.outlet == selection.outlet)
    if selection.first:
        conditions.append(REPORTS.c.known_wall >= datetime.combine(selection.first, time.min))
    if selection.end:
        conditions.append(REPORTS.c.known_wall <= datetime.combine(selection.end, time.max))
    if selection.known_by:
        conditions.append(known_before(selection.known_by))
    number = select(func.count()).where(CLAIMS.c.report == REPORTS.c.seq).scalar_subquery()
    with standing.ledger.reading.connect() as connection:
        total = connection.scalar(counted.where(*conditions)) or 0
        page = asked.where(*conditions).offset(offset).limit(limit).add_columns(number.label("claims"))
        items = [row_json(row) for row in connection.execute(page)]
    return items, total


def row_json(row: Any) -> dict[str, Any]:
    """A report as a list shows it."""
    return {
        "id": row.id,
        "title": row.title,
        "outlet": row.outlet,
        "published": row.published,
        "url": row.url,
        "language": row.language,
        "length": len(row.text),
        "claims": row.claims,
        "origin": row.origin,
    }


def searched(
    standing: Standing, selection: Selection, *, offset: int, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """The reports that hold the words, the best first, with where they stand."""
    asked = Asked(
        words=selection.q,
        outlet=selection.outlet,
        first=datetime.combine(selection.first, time.min) if selection.first else None,
        last=datetime.combine(selection.end, time.max) if selection.end else None,
        known_by=selection.known_by,
        limit=limit,
        offset=offset,
    )
    try:
        page = standing.ledger.search(asked)
    except NothingAskedError:
        return [], 0
    return [hit.to_json() | {"id": hit.report} for hit in page.hits], page.total


def one(standing: Standing, id: str) -> dict[str, Any] | None:
    """A report with its claims and why each was read, how it came in, and who else tells it."""
    report = standing.ledger.report(id)
    if report is None:
        return None
    told, _ = claims.listed(
        standing, Selection(report=id), sort="day", offset=0, limit=MOST_CLAIMS, brief=False
    )
    why = claims.whys(standing, id)
    told.sort(key=lambda claim: (claim["trigger"]["start"], claim["seq"]))
    event_of = standing.answers.event_of
    return {
        "report": report_json(report),
        "claims": [claim | {"why": why.get(claim["id"], [])} for claim in told],
        "custody": custody(standing, id),
        "copies": copies(standing, id),
        "events": {claim["id"]: event_of[claim["id"]] for claim in told if claim["id"] in event_of},
    }


def report_json(report: Any) -> dict[str, Any]:
    """A report in full."""
    return {
        "id": report.id,
        "title": report.title,
        "outlet": report.outlet,
        "published": report.published.isoformat() if report.published else None,
        "url": report.url,
        "language": report.language,
        "origin": report.origin,
        "text": report.text,
    }


def custody(standing: Standing, id: str) -> dict[str, Any] | None:
    """How a report came in."""
    found = standing.ledger.custody(id)
    return found.row() | {"received_at": f"{found.received_at.isoformat()}Z"} if found else None


def copies(standing: Standing, id: str) -> list[dict[str, Any]]:
    """The other reports of the same telling, the first told first."""
    group = next((group for group in standing.found.tellings if id in group), ())
    others = [other for other in group if other != id]
    with standing.ledger.reading.connect() as connection:
        columns = (REPORTS.c.id, REPORTS.c.outlet, REPORTS.c.published, REPORTS.c.title)
        rows = {row.id: row for row in connection.execute(select(*columns).where(REPORTS.c.id.in_(others)))}
    return [
        {
            "report": other,
            "outlet": rows[other].outlet,
            "published": rows[other].published,
            "title": rows[other].title,
        }
        for other in others
        if other in rows
    ]
