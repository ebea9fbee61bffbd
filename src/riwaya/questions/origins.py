"""Who claims to know: each origin with what rests on its word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.questions import claims, events
from riwaya.questions.selection import Chosen, Selection
from riwaya.questions.standing import Standing

MOST = 50  # events and places on an origin's page


@dataclass(frozen=True, slots=True)
class Word:
    """What rests on one origin's word, counted."""

    id: str
    kind: str
    name: str
    claims: int
    reports: int
    outlets: tuple[str, ...]


def listed(standing: Standing, selection: Selection) -> list[dict[str, Any]]:
    """The origins behind the claims that fit, those with the most first."""
    return [to_json(word, standing) for word in words(standing, selection)]


def words(standing: Standing, selection: Selection) -> list[Word]:
    """Origins by the end of the chain; an outlet that names nobody speaks for itself."""
    asked = (
        select(
            CLAIMS.c.origin_id,
            CLAIMS.c.origin_words,
            CLAIMS.c.origin_kind,
            REPORTS.c.outlet,
            func.count().label("claims"),
            func.count(REPORTS.c.seq.distinct()).label("reports"),
        )
        .select_from(CLAIMS)
        .join(REPORTS, CLAIMS.c.report == REPORTS.c.seq)
        .where(*Chosen(selection, standing).conditions())
        .group_by(CLAIMS.c.origin_id, CLAIMS.c.origin_words, CLAIMS.c.origin_kind, REPORTS.c.outlet)
    )
    with standing.ledger.reading.connect() as connection:
        rows = list(connection.execute(asked))
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(key_of(row, standing), []).append(row)
    return sorted((word_of(id, said) for id, said in found.items()), key=lambda one: (-one.claims, one.id))


def key_of(row: Any, standing: Standing) -> str:
    """An origin's id: that of a known body or source; else its words; an outlet by its name."""
    if row.origin_id:
        return str(row.origin_id)
    if row.origin_words:
        return f"{row.origin_kind}:{row.origin_words}"
    voice = standing.knowledge.outlet(row.outlet)
    return voice.id if voice else f"outlet:{row.outlet}"


def word_of(id: str, said: list[Any]) -> Word:
    """An origin out of its rows."""
    most = max(said, key=lambda row: row.claims)
    return Word(
        id,
        most.origin_kind or "media",
        most.origin_words or most.outlet,
        sum(row.claims for row in said),
        sum(row.reports for row in said),
        tuple(sorted({row.outlet for row in said})),
    )


def to_json(word: Word, standing: Standing) -> dict[str, Any]:
    """The public object."""
    known = word.id in standing.knowledge.labels
    return {
        "id": word.id,
        "kind": word.kind,
        "name": word.name,
        "label_ar": standing.knowledge.label(word.id, "ar") if known else word.name,
        "label_en": standing.knowledge.label(word.id, "en") if known else word.name,
        "claims": word.claims,
        "reports": word.reports,
        "outlets": list(word.outlets),
    }


def one(standing: Standing, id: str, known_by: datetime | None, *, offset: int, limit: int) -> Any:
    """An origin with its claims, a page of them, and the events it speaks of."""
    selection = Selection(origin=id, known_by=known_by)
    found = [word for word in words(standing, selection) if word.id == id]
    briefs = Chosen(selection, standing).events()
    if not found and not briefs:
        return None
    items, total = claims.listed(standing, selection, sort="-day", offset=offset, limit=limit, brief=False)
    about = to_json(found[0], standing) if found else to_json(Word(id, "", id, 0, 0, ()), standing)
    return about | {
        "items": items,
        "total": total,
        "events": events.summaries(standing, briefs[-MOST:][::-1], known_by),
        "types": dict(Counter(brief.type for brief in briefs).most_common()),
        "places": places(standing, (brief.place for brief in briefs if brief.place)),
    }


def places(standing: Standing, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Places with how often each is spoken of, the most frequent first."""
    knowledge = standing.knowledge
    return [
        {
            "id": id,
            "label_ar": knowledge.label(id, "ar").removeprefix("?"),
            "label_en": knowledge.label(id, "en").removeprefix("?"),
            "count": count,
        }
        for id, count in Counter(ids).most_common(MOST)
    ]


def tellings(standing: Standing, known_by: datetime | None) -> list[list[dict[str, Any]]]:
    """The groups of reports that are one telling, the first told first."""
    groups = standing.by(known_by).tellings
    wanted = {id for group in groups for id in group}
    about: dict[str, dict[str, Any]] = {}
    with standing.ledger.reading.connect() as connection:
        columns = (REPORTS.c.id, REPORTS.c.outlet, REPORTS.c.published, REPORTS.c.title)
        for row in connection.execute(select(*columns)) if wanted else ():
            if row.id in wanted:
                about[row.id] = {
                    "report": row.id,
                    "outlet": row.outlet,
                    "published": row.published,
                    "title": row.title,
                }
    return [[about[id] for id in group if id in about] for group in groups]


__all__ = ["Word", "listed", "one", "places", "tellings", "words"]
