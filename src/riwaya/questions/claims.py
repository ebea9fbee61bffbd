"""Claims by the page, with where each stands in review."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Select, func, select

from riwaya.ledger.store import TOLD, told
from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.questions.answers import parts
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing

# How claims may be sorted: by the day they are about, or by when they were published.
SORTS = ("day", "-day", "known", "-known")


def listed(
    standing: Standing, selection: Selection, *, sort: str, offset: int, limit: int, brief: bool
) -> tuple[list[dict[str, Any]], int]:
    """A page of the claims that fit, and how many there are in all."""
    chosen = Chosen(selection, standing)
    conditions = chosen.conditions()
    joined = needs_reports(selection) or "known" in sort
    rows = select(CLAIMS.c.seq)
    counted = select(func.count()).select_from(CLAIMS)
    if joined:
        rows = rows.join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
        counted = counted.join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
    page = ordered(rows.where(*conditions), sort).offset(offset).limit(limit)
    with standing.ledger.reading.connect() as connection:
        total = connection.scalar(counted.where(*conditions)) or 0
        seqs = list(connection.scalars(page))
        found = {row.seq: told(cast(Any, row)) for row in connection.execute(of_numbers(seqs))}
    disputed = chosen.answers.disputed
    shape = brief_json if brief else full_json
    return [shape(found[seq], standing, disputed) for seq in seqs if seq in found], total


def needs_reports(selection: Selection) -> bool:
    """Whether anything asked for stands in the report and not in the claim."""
    asked = selection
    return bool(asked.known_by or asked.outlet or asked.report or asked.origin)


def ordered(asked: Select[Any], sort: str) -> Select[Any]:
    """Rows in the order asked for; claims of one day in the order in which they were added."""
    key: Any = REPORTS.c.known_wall if sort.endswith("known") else CLAIMS.c.day
    if sort.startswith("-"):
        return asked.order_by(key.desc(), CLAIMS.c.seq.desc())
    return asked.order_by(key, CLAIMS.c.seq)


def of_numbers(seqs: Sequence[int]) -> Select[Any]:
    """The rows of some claims."""
    return select(*TOLD).join(REPORTS, CLAIMS.c.report == REPORTS.c.seq).where(CLAIMS.c.seq.in_(seqs))


def by_ids(standing: Standing, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Whole claims by their ids, in that order; those that are not there are passed over."""
    wanted = list(dict.fromkeys(ids))
    rows: dict[str, Any] = {}
    with standing.ledger.reading.connect() as connection:
        for part in parts(wanted):
            asked = select(*TOLD).join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
            for row in connection.execute(asked.where(CLAIMS.c.id.in_(part))):
                one = told(cast(Any, row))
                rows[one.claim["id"]] = one
    return [full_json(rows[id], standing, standing.answers.disputed) for id in wanted if id in rows]


def known_ids(standing: Standing, ids: Iterable[str]) -> set[str]:
    """Which of these ids are claims."""
    found: set[str] = set()
    with standing.ledger.reading.connect() as connection:
        for part in parts(sorted(set(ids))):
            found |= set(connection.scalars(select(CLAIMS.c.id).where(CLAIMS.c.id.in_(part))))
    return found


def full_json(one: Any, standing: Standing, disputed: frozenset[str]) -> dict[str, Any]:
    """A claim as ``riwaya claims --json`` prints it, with its day and where it stands in review."""
    id = one.claim["id"]
    return {
        **one.to_json(),
        "seq": one.seq,
        "day": one.day.isoformat() if one.day else None,
        "disputed": id in disputed,
        "review": standing.log.review(id).to_json(),
        "corrections": dict(standing.log.decided.corrected.get(id, {})),
    }


def brief_json(one: Any, standing: Standing, disputed: frozenset[str]) -> dict[str, Any]:
    """A claim as a row of a table shows it, as it stands."""
    claim = {**one.claim, **standing.log.decided.corrected.get(one.claim["id"], {})}
    chain = claim["chain"]
    origin = chain[-1] if chain else {"id": "", "name": one.outlet, "kind": "media"}
    return {
        "id": claim["id"],
        "report": claim["report"],
        "type": claim["type"],
        "status": claim["status"],
        "actor": [named(mention) for mention in claim["actor"]],
        "target": [named(mention) for mention in claim["target"]],
        "place": [named(mention) for mention in claim["place"]],
        "extent": claim["extent"],
        "when": claim["when"],
        "day": one.day.isoformat() if one.day else None,
        "quantity": claim["quantity"],
        "hedged": claim["hedged"],
        "outlet": one.outlet,
        "title": one.title,
        "published": one.published,
        "origin": {key: origin.get(key, "") for key in ("id", "name", "kind")},
        "evidence": claim["evidence"]["text"],
        "disputed": claim["id"] in disputed,
        "review": standing.log.review(claim["id"]).to_json(),
    }


def named(mention: Mapping[str, Any]) -> dict[str, Any]:
    """Whom or what a mention names, without where the words stand."""
    fields = ("id", "name", "label_ar", "label_en", "lat", "lon", "level")
    return {key: mention[key] for key in fields if key in mention}


def one(standing: Standing, id: str) -> dict[str, Any] | None:
    """A claim with why it was read so, its decisions, its event, and how it stands."""
    found = by_ids(standing, [id])
    if not found:
        return None
    claim, log = found[0], standing.log
    applied = log.decided.apply(claim)
    return {
        **claim,
        "why": standing.ledger.why(id),
        "decisions": [log.to_json(row) for row in log.touching.get(id, ())],
        "event": standing.answers.event_of.get(id),
        "now": {key: applied[key] for key in claim if key in applied} if applied else None,
    }


def whys(standing: Standing, report: str) -> dict[str, list[dict[str, str]]]:
    """Why each claim of a report was read so."""
    asked = select(CLAIMS.c.id, CLAIMS.c.why).join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
    with standing.ledger.reading.connect() as connection:
        rows = connection.execute(asked.where(REPORTS.c.id == report))
        return {row.id: json.loads(row.why) for row in rows}
