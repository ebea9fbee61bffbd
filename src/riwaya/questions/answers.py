"""Events and disputes as the desk keeps them at hand: few fields of each, replaced where concluded anew.

The whole objects stay in the ledger's derived tables; a page of them is fetched by its ids.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select, tuple_

from riwaya.ledger.derived import DISPUTES, EVENTS
from riwaya.ledger.tables import CLAIMS, REPORTS
from riwaya.model import content_id

AT_ONCE = 400  # ids in one question; every database takes that many
Key = tuple[str, str]  # a type family and a root: what is concluded together


@dataclass(frozen=True, slots=True)
class Brief:
    """An event in the fields that lists are filtered and sorted by."""

    id: str
    key: Key
    type: str
    place: str
    lat: float | None
    lon: float | None
    first: date
    last: date
    support: float
    origins: tuple[str, ...]
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    claims: tuple[str, ...]
    statuses: tuple[str, ...]
    known: datetime


@dataclass(frozen=True)
class Answers:
    """Every event in brief and every dispute, by what is concluded together."""

    events: Mapping[Key, tuple[Brief, ...]] = field(default_factory=dict)
    disputes: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    @cached_property
    def every(self) -> tuple[Brief, ...]:
        """All events, oldest first."""
        found = [brief for briefs in self.events.values() for brief in briefs]
        return tuple(sorted(found, key=lambda one: (one.first, one.last, one.id)))

    @cached_property
    def by_id(self) -> Mapping[str, Brief]:
        """Events by their ids."""
        return {brief.id: brief for brief in self.every}

    @cached_property
    def at(self) -> Mapping[str, Brief]:
        """For every place one of its events."""
        return {brief.place: brief for brief in self.every if brief.place}

    @cached_property
    def event_of(self) -> Mapping[str, str]:
        """The event of each claim."""
        return {claim: brief.id for brief in self.every for claim in brief.claims}

    @cached_property
    def disagreements(self) -> tuple[Mapping[str, Any], ...]:
        """All disputes, in the order in which they began."""
        found = [one for disputes in self.disputes.values() for one in disputes]
        return tuple(sorted(found, key=lambda one: (one["since"], one["id"])))

    @cached_property
    def disputed(self) -> frozenset[str]:
        """The claims that an open dispute is about."""
        return frozenset(
            claim
            for dispute in self.disagreements
            if not dispute["settled"]
            for side in dispute["sides"]
            for claim in side["claims"]
        )

    def is_disputed(self, brief: Brief) -> bool:
        """Whether an open dispute is about an event."""
        return not self.disputed.isdisjoint(brief.claims)

    def after(self, connection: Connection, concluded: Iterable[Key] | None) -> Answers:
        """The same with what was concluded anew read again; everything, where that is not known."""
        if concluded is None:
            return Answers(dict(grouped(briefs(connection, None))), dict(disputes_by_root(connection, None)))
        keys = sorted(concluded)
        if not keys:
            return self
        roots = sorted({root for _, root in keys})
        gone = set(keys)
        events = {key: value for key, value in self.events.items() if key not in gone}
        disputes = {root: value for root, value in self.disputes.items() if root not in set(roots)}
        events |= grouped(briefs(connection, keys))
        disputes |= disputes_by_root(connection, roots)
        return replace(self, events=events, disputes=disputes)


def grouped(found: Iterable[Brief]) -> dict[Key, tuple[Brief, ...]]:
    """Events by what is concluded together."""
    by_key: dict[Key, list[Brief]] = defaultdict(list)
    for brief in found:
        by_key[brief.key].append(brief)
    return {key: tuple(said) for key, said in by_key.items()}


def briefs(connection: Connection, keys: Sequence[Key] | None) -> Iterator[Brief]:
    """Events in brief, of some keys or all."""
    columns = (EVENTS.c.family, EVENTS.c.root, EVENTS.c.first_day, EVENTS.c.last_day, EVENTS.c.body)
    rows: list[Any] = []
    if keys is None:
        rows = list(connection.execute(select(*columns)))
    for part in parts(keys or ()):
        asked = select(*columns).where(tuple_(EVENTS.c.family, EVENTS.c.root).in_(part))
        rows += connection.execute(asked)
    bodies = [json.loads(row.body) for row in rows]
    said = None if keys is None else {claim for body in bodies for claim in body["claims"]}
    known = dict(told(connection, said))
    for row, body in zip(rows, bodies, strict=True):
        yield brief_of(row, body, known)


def told(connection: Connection, claims: set[str] | None) -> Iterator[tuple[str, tuple[datetime, str]]]:
    """When each claim was published, and its status."""
    asked = select(CLAIMS.c.id, REPORTS.c.known_wall, CLAIMS.c.status).join(
        REPORTS, CLAIMS.c.report == REPORTS.c.seq
    )
    if claims is None or len(claims) > 20 * AT_ONCE:
        rows = connection.execute(asked)
        yield from ((row[0], (row[1], row[2])) for row in rows)
        return
    for part in parts(sorted(claims)):
        for row in connection.execute(asked.where(CLAIMS.c.id.in_(part))):
            yield row[0], (row[1], row[2])


def brief_of(row: Any, body: Mapping[str, Any], known: Mapping[str, tuple[datetime, str]]) -> Brief:
    """An event in brief."""
    place = body["place"] or {}
    told = [known[claim] for claim in body["claims"] if claim in known]
    return Brief(
        id=body["id"],
        key=(row.family, row.root),
        type=body["type"],
        place=str(place.get("id") or ""),
        lat=place.get("lat"),
        lon=place.get("lon"),
        first=row.first_day,
        last=row.last_day,
        support=body["support"],
        origins=tuple(origin["id"] for origin in body["origins"]),
        actors=tuple(one["id"] for one in body["actor"]),
        targets=tuple(one["id"] for one in body["target"]),
        claims=tuple(body["claims"]),
        statuses=tuple(sorted({status for _, status in told})),
        known=min((moment for moment, _ in told), default=datetime.min),
    )


def disputes_by_root(
    connection: Connection, roots: Sequence[str] | None
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Disputes of some roots or all."""
    asked = select(DISPUTES.c.root, DISPUTES.c.body)
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    rows: list[Any] = list(connection.execute(asked)) if roots is None else []
    for part in parts(roots or ()):
        rows += connection.execute(asked.where(DISPUTES.c.root.in_(part)))
    for row in rows:
        found[row.root].append(dispute_of(json.loads(row.body)))
    return {root: tuple(said) for root, said in found.items()}


def dispute_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A dispute with an id made of what it is about: its place, kind, day and first claim."""
    first = min((claim for side in body["sides"] for claim in side["claims"]), default="")
    place = str(body["place"].get("id") or body["place"].get("name") or "")
    return {"id": "di-" + content_id(place, body["type"], body["when"], first)[:12], **body}


def bodies_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The whole objects of events."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts(ids):
        for row in connection.execute(select(EVENTS.c.id, EVENTS.c.body).where(EVENTS.c.id.in_(part))):
            found[row.id] = json.loads(row.body)
    return found


def parts(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Things in pieces that a question can hold."""
    for at in range(0, len(things), AT_ONCE):
        yield things[at : at + AT_ONCE]
