"""Claims as people left them, to hold against what the reader read.

Of every report that somebody ruled on: what was accepted or corrected is there, what was rejected is not,
and what nobody looked at is there as optional, so that it counts neither way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from riwaya import scoring
from riwaya.ledger import Query
from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.questions.answers import parts
from riwaya.questions.decisions import ACCEPTED, CORRECTED, REJECTED
from riwaya.questions.standing import Standing

RULED = (ACCEPTED, CORRECTED, REJECTED)


def reports(standing: Standing) -> Iterator[Any]:
    """The reports of which somebody ruled on a claim, in the order in which they were added."""
    ruled = sorted(id for id in standing.log.touching if standing.log.review(id).state in RULED)
    ids: set[str] = set()
    with standing.ledger.reading.connect() as connection:
        for part in parts(ruled):
            asked = select(REPORTS.c.id).join(CLAIMS, CLAIMS.c.report == REPORTS.c.seq)
            ids |= set(connection.scalars(asked.where(CLAIMS.c.id.in_(part))))
    for id in sorted(ids):
        report = standing.ledger.report(id)
        if report is not None:
            yield report


def claims(standing: Standing) -> Iterator[dict[str, Any]]:
    """The claims of those reports as people left them."""
    for report in reports(standing):
        for told in standing.ledger.claims(Query(report=report.id)):
            claim = dict(standing.log.decided.apply(told.claim))
            if not claim:
                continue
            review = standing.log.review(claim["id"])
            if review.state not in RULED:
                claim["optional"] = True
            yield claim


def score(standing: Standing) -> dict[str, Any]:
    """The reader's claims in those reports against what people left of them, as ``evaluate --json``."""
    texts = {report.id: report.text for report in reports(standing)}
    read = [dict(told.claim) for id in texts for told in standing.ledger.claims(Query(report=id))]
    left = list(claims(standing))
    found = scoring.score(left, read, texts)
    return {"score": found.to_json(), "reports": len(texts), "claims": len(left)}


def report_json(report: Any) -> dict[str, Any]:
    """A report as ``riwaya evaluate`` takes it beside the claims."""
    return {
        "id": report.id,
        "outlet": report.outlet,
        "published": report.published.isoformat() if report.published else None,
        "title": report.title,
        "url": report.url,
        "text": report.text,
    }
