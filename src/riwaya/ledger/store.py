"""A ledger in a relational database: what was said, and what people decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, or_, select
from sqlalchemy.exc import IntegrityError

from riwaya.ledger import near as points
from riwaya.ledger import search as full_text
from riwaya.ledger.custody import Custody
from riwaya.ledger.decisions import about, check_seen, note, taken_back, versions
from riwaya.ledger.errors import LedgerError, spoken
from riwaya.ledger.locks import Lock, alone, beside_others
from riwaya.ledger.migrations import is_half_moved, migrate
from riwaya.ledger.query import Query, Told, known_before
from riwaya.ledger.search import Asked, Page
from riwaya.ledger.tables import (
    CLAIM_ACTORS,
    CLAIM_PLACES,
    CLAIMS,
    CUSTODY,
    DECISIONS,
    META,
    REPORTS,
)
from riwaya.model import Claim, Report, content_id
from riwaya.text.normalise import fold

Item = tuple[Report, Sequence[Claim], Custody]
PAGE = 1000
LONGEST_WORDS = 200  # folded words are for looking up names; nothing named is longer


class Ledger:
    """Reports, their claims and people's decisions, behind one database engine."""

    def __init__(self, engine: Engine, where: str, *, half_moved: bool = False) -> None:
        self.engine = engine
        self.reading = engine.execution_options(reads=True)
        self.where = where
        try:
            with spoken(where):
                migrate(engine)
                unfinished = not half_moved and is_half_moved(engine)
            if unfinished:
                raise LedgerError(f"{where}: not everything has been moved here", "run riwaya migrate again")
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def name(self, report: Report) -> Report | None:
        """The report under the id it would have here, or None where it is here already.

        Another text under a taken id, such as an edited page, gets the id with the text's hash behind it.
        """
        said = content_hash(report)
        edited = renamed(report, edited_id(report, said))
        asked = select(REPORTS.c.id, REPORTS.c.hash).where(REPORTS.c.id.in_((report.id, edited.id)))
        with spoken(self.where), self.reading.connect() as connection:
            here = {row.id: row.hash for row in connection.execute(asked)}
        if here.get(report.id) == said or edited.id in here:
            return None
        return edited if report.id in here else report

    def add(self, report: Report, claims: Sequence[Claim], custody: Custody) -> bool:
        """Keep a report with its claims, all or nothing; False where it is here already."""
        with spoken(self.where):
            try:
                with self.engine.begin() as connection:
                    beside_others(connection, Lock.ADDING)
                    if connection.scalar(select(REPORTS.c.seq).where(REPORTS.c.id == report.id)):
                        return False
                    self._insert(connection, [(report, claims, custody)])
            except IntegrityError:
                if self.name(report) is None:  # another process was faster with the same report
                    return False
                raise
        return True

    def add_all(self, items: Sequence[Item], note: str = "") -> list[bool]:
        """Keep many reports in one transaction, each under the id ``add`` would give it; says which are new.

        Claims of a report that gets another id get theirs anew.  ``note`` is kept with them (see ``noted``).
        """
        for attempt in range(3):
            with spoken(self.where):
                try:
                    with self.engine.begin() as connection:
                        beside_others(connection, Lock.ADDING)
                        new = self._add_all(connection, items)
                        if note and not connection.scalar(select(META.c.key).where(META.c.key == note)):
                            connection.execute(META.insert().values(key=note, value=now().isoformat()))
                    return new
                except IntegrityError:  # another process was faster with one of them
                    if attempt == 2:
                        raise
        raise AssertionError

    def _add_all(self, connection: Connection, items: Sequence[Item]) -> list[bool]:
        hashes = [content_hash(report) for report, _, _ in items]
        ids = {report.id for report, _, _ in items}
        ids |= {edited_id(item[0], said) for item, said in zip(items, hashes, strict=True)}
        asked = select(REPORTS.c.id, REPORTS.c.hash).where(REPORTS.c.id.in_(ids))
        here = {row.id: row.hash for row in connection.execute(asked)}
        new: list[bool] = []
        fresh: list[Item] = []
        for (report, claims, custody), said in zip(items, hashes, strict=True):
            other = edited_id(report, said)
            new.append(here.get(report.id) != said and other not in here)
            if new[-1]:
                if report.id in here:
                    report = renamed(report, other)
                    claims = [replace(claim, report=other, id="") for claim in claims]
                here[report.id] = said
                fresh.append((report, claims, custody))
        if fresh:
            self._insert(connection, fresh)
        return new

    def noted(self, prefix: str) -> set[str]:
        """The notes that begin so: what of an archive is in, for one."""
        asked = select(META.c.key).where(META.c.key.startswith(prefix, autoescape=True))
        with spoken(self.where), self.reading.connect() as connection:
            return set(connection.scalars(asked))

    def _insert(self, connection: Connection, items: Sequence[Item]) -> None:
        insert = REPORTS.insert().returning(REPORTS.c.seq, sort_by_parameter_order=True)
        seqs = list(connection.scalars(insert, [report_row(report, custody) for report, _, custody in items]))
        connection.execute(
            CUSTODY.insert(),
            [custody.row() | {"report": seq} for seq, (_, _, custody) in zip(seqs, items, strict=True)],
        )
        texts = [(seq, report.title, report.text) for seq, (report, _, _) in zip(seqs, items, strict=True)]
        full_text.put(connection, texts)
        said = [
            (claim, claim_row(claim, report) | {"report": seq})
            for seq, (report, claims, _) in zip(seqs, items, strict=True)
            for claim in {claim.id: claim for claim in claims}.values()
        ]
        if not said:
            return
        named = [place for claim, _ in said for place in (*claim.place, *claim.toward)]
        points.put(connection, ((place.id, place.lat, place.lon) for place in named))
        insert = CLAIMS.insert().returning(CLAIMS.c.seq, sort_by_parameter_order=True)
        numbers = connection.scalars(insert, [row for _, row in said])
        numbered = [(seq, claim) for seq, (claim, _) in zip(numbers, said, strict=True)]
        for table, rows in (
            (CLAIM_PLACES, [row for n, claim in numbered for row in place_rows(n, claim)]),
            (CLAIM_ACTORS, [row for n, claim in numbered for row in actor_rows(n, claim)]),
        ):
            if rows:
                connection.execute(table.insert(), rows)

    def claims(self, query: Query | None = None) -> Iterator[Told]:
        """The claims that fit, in the order of their days, a page at a time."""
        query = query or Query()
        asked = filtered(select(*TOLD).select_from(CLAIMS).join(REPORTS), query)
        if query.near:
            places = CLAIM_PLACES.c.place.in_(self.near(*query.near))
            asked = asked.where(CLAIMS.c.seq.in_(select(CLAIM_PLACES.c.claim).where(places)))
        yield from map(told, self._stream(asked.order_by(CLAIMS.c.day.nulls_first(), CLAIMS.c.seq)))

    def near(self, lat: float, lon: float, km: float) -> list[str]:
        """The ids of the places that claims name within so many kilometres of a point."""
        with spoken(self.where), self.reading.connect() as connection:
            return points.near(connection, lat, lon, km)

    def why(self, claim: str) -> list[dict[str, str]]:
        """The rule behind every slot of a claim."""
        with spoken(self.where), self.reading.connect() as connection:
            found = connection.scalar(select(CLAIMS.c.why).where(CLAIMS.c.id == claim))
        return list(json.loads(found or "[]"))

    def reports(self) -> Iterator[Report]:
        """Every report, in the order in which they were added."""
        yield from map(report_of, self._stream(select(REPORTS).order_by(REPORTS.c.seq)))

    def report(self, id: str) -> Report | None:
        """The report of that id."""
        with spoken(self.where), self.reading.connect() as connection:
            row = connection.execute(select(REPORTS).where(REPORTS.c.id == id)).first()
        return report_of(row) if row else None

    def custody(self, report: str) -> Custody | None:
        """How a report came in."""
        asked = select(CUSTODY).join(REPORTS).where(REPORTS.c.id == report).order_by(CUSTODY.c.seq)
        with spoken(self.where), self.reading.connect() as connection:
            row = connection.execute(asked).mappings().first()
        return Custody.of(dict(row)) if row else None

    def count(self) -> dict[str, int]:
        """How many reports and claims there are."""
        with spoken(self.where), self.reading.connect() as connection:
            return {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in (REPORTS, CLAIMS)
            }

    def settled(self) -> int:
        """The number of the last report before which none can still appear.

        A server numbers rows when they are written and shows them when they are kept, so a higher number
        may be seen first.  Whoever works through "what is new since" goes no further than this.
        """
        with spoken(self.where), self.reading.connect() as connection:
            alone(connection, Lock.ADDING)
            return connection.scalar(select(func.max(REPORTS.c.seq))) or 0

    def search(self, asked: Asked) -> Page:
        """The reports that hold the words asked for, with where they stand.

        Raises:
            NothingAskedError: where there is no word to look for.
        """
        with spoken(self.where), self.reading.connect() as connection:
            return full_text.search(connection, asked)

    def decide(
        self,
        kind: str,
        author: str,
        payload: dict[str, Any],
        withdraws: str | None = None,
        *,
        seen: Mapping[str, str] | None = None,
    ) -> str:
        """Keep a person's decision; a decision is taken back by another that withdraws it.

        ``seen`` says for claims which decision about them the person saw last, as ``versions`` has it.

        Raises:
            ConflictError: where there is a later one, or where what is withdrawn is not in force.
        """
        body = dumped(payload)
        with spoken(self.where), self.engine.begin() as connection:
            alone(connection, Lock.DECIDING)
            check_seen(connection, seen or {})
            claims = taken_back(connection, withdraws) if withdraws else about(payload)
            said = (kind, author, body, withdraws or "")
            made_at, id = moment_of(connection, said)
            row = {"id": id, "kind": kind, "author": author, "made_at": made_at, "payload": body}
            insert = DECISIONS.insert().returning(DECISIONS.c.seq)
            seq = connection.scalar(insert, row | {"withdraws": withdraws})
            assert seq is not None
            note(connection, seq, claims)
        return id

    def versions(self, claims: Iterable[str]) -> dict[str, str]:
        """For each claim the last decision about it, "" where there is none."""
        with spoken(self.where), self.reading.connect() as connection:
            return versions(connection, claims)

    def decisions(self) -> Iterator[dict[str, Any]]:
        """Every decision in force, oldest first."""
        taken_back = select(DECISIONS.c.withdraws).where(DECISIONS.c.withdraws.is_not(None))
        standing = select(DECISIONS).where(DECISIONS.c.id.not_in(taken_back), DECISIONS.c.withdraws.is_(None))
        for row in self._stream(standing.order_by(DECISIONS.c.seq)):
            yield {**row._mapping, "payload": json.loads(row.payload)}

    def _stream(self, asked: Select[Any]) -> Iterator[Row[Any]]:
        with spoken(self.where), self.reading.connect() as connection:
            yield from connection.execute(asked, execution_options={"yield_per": PAGE})


TOLD = (
    CLAIMS.c.seq,
    CLAIMS.c.body,
    CLAIMS.c.day,
    REPORTS.c.outlet,
    REPORTS.c.title,
    REPORTS.c.published,
    REPORTS.c.url,
    REPORTS.c.known_wall,
    REPORTS.c.origin,
)


def told(row: Row[Any]) -> Told:
    """A claim out of its row."""
    return Told(
        row.seq,
        json.loads(row.body),
        row.day,
        row.outlet,
        row.title,
        row.published,
        row.url,
        row.known_wall,
        row.origin,
    )


def filtered(asked: Select[Any], query: Query) -> Select[Any]:
    """Narrow a selection of claims."""
    if query.place:
        asked = asked.where(named(CLAIM_PLACES, CLAIM_PLACES.c.place, query.place))
    if query.actor:
        asked = asked.where(named(CLAIM_ACTORS, CLAIM_ACTORS.c.actor, query.actor))
    if query.origin:
        words = fold(query.origin)
        asked = asked.where(or_(CLAIMS.c.origin_id == query.origin, CLAIMS.c.origin_words == words))
    if query.type:
        asked = asked.where(CLAIMS.c.type.in_(query.type))
    if query.status:
        asked = asked.where(CLAIMS.c.status.in_(query.status))
    if query.report:
        asked = asked.where(REPORTS.c.id == query.report)
    if query.claim:
        asked = asked.where(CLAIMS.c.id == query.claim)
    if query.claims:
        asked = asked.where(CLAIMS.c.id.in_(query.claims))
    if query.first:
        asked = asked.where(CLAIMS.c.day >= query.first)
    if query.last:
        asked = asked.where(func.coalesce(CLAIMS.c.first_day, CLAIMS.c.day) <= query.last)
    if query.known_by:
        asked = asked.where(known_before(query.known_by))
    return asked.where(CLAIMS.c.seq > query.after) if query.after else asked


def named(table: Any, id: Any, word: str) -> Any:
    """Claims that name something by its id or by its words."""
    return CLAIMS.c.seq.in_(select(table.c.claim).where(or_(id == word, table.c.words == fold(word))))


def content_hash(report: Report) -> str:
    """A hash of everything a report says about itself."""
    published = report.published.isoformat() if report.published else ""
    parts = (report.text, report.title, report.outlet, published, report.url, report.language, report.origin)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def edited_id(report: Report, said: str) -> str:
    """The id of another text under a taken id: the text's hash stands behind it."""
    return f"{report.id}@{said[:8]}"


def renamed(report: Report, id: str) -> Report:
    """The same report under another id."""
    return Report(
        report.text,
        id,
        report.title,
        report.outlet,
        report.published,
        report.url,
        report.language,
        report.origin,
    )


def report_row(report: Report, custody: Custody) -> dict[str, Any]:
    """A report as a row; one without a day of publication was known when it was received."""
    published = report.published
    wall = published.replace(tzinfo=None) if published else custody.received_at
    utc = published.astimezone(UTC).replace(tzinfo=None) if published and published.tzinfo else wall
    return {
        "id": report.id,
        "hash": content_hash(report),
        "title": report.title,
        "outlet": report.outlet,
        "published": published.isoformat() if published else None,
        "url": report.url,
        "text": report.text,
        "language": report.language,
        "origin": report.origin,
        "known_wall": wall,
        "known_utc": utc,
    }


def report_of(row: Row[Any]) -> Report:
    """A report out of its row."""
    published = datetime.fromisoformat(row.published) if row.published else None
    return Report(
        row.text, row.id, row.title, row.outlet, published, row.url, language=row.language, origin=row.origin
    )


def claim_row(claim: Claim, report: Report) -> dict[str, Any]:
    """A claim as a row."""
    body = claim.to_json(why=True)
    why = body.pop("why")
    first, last = claim.when or (None, None)
    origin = claim.origin
    return {
        "id": claim.id,
        "type": claim.type,
        "status": claim.status.value,
        "hedged": claim.hedged,
        "first_day": first,
        "last_day": last,
        "day": last or report.day,
        "origin_id": origin.id if origin else "",
        "origin_words": looked_up(origin.name) if origin else "",
        "origin_kind": origin.kind if origin else "",
        "body": dumped(body),
        "why": dumped(why),
    }


def place_rows(claim: int, said: Claim) -> Iterator[dict[str, Any]]:
    """The places of a claim, under the report's words (*the city of Homs*) and under their plain names."""
    for role, mentions in (("place", said.place), ("toward", said.toward)):
        for mention in mentions:
            names = filter(None, (mention.label_ar, mention.label_en))
            for words in dict.fromkeys(map(looked_up, (mention.name, *names))):
                yield {"claim": claim, "place": mention.id, "words": words, "role": role}


def actor_rows(claim: int, said: Claim) -> Iterator[dict[str, Any]]:
    """The bodies that act or are acted upon in a claim."""
    for role, mentions in (("actor", said.actor), ("target", said.target)):
        for mention in mentions:
            yield {"claim": claim, "actor": mention.id, "words": looked_up(mention.name), "role": role}


def looked_up(words: str) -> str:
    """Words as they are looked up."""
    return fold(words)[:LONGEST_WORDS]


def dumped(thing: Any) -> str:
    """JSON that any database takes: Arabic as it is, lone surrogates and NULs as escapes."""
    return json.dumps(thing, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def moment_of(connection: Connection, said: tuple[str, str, str, str]) -> tuple[datetime, str]:
    """This moment, and the id of what is decided in it.

    Where the clock went back to a moment in which the same was decided, the next free microsecond.
    """
    kind, author, body, withdraws = said
    made_at = now()
    while True:
        id = content_id(kind, author, made_at.isoformat(), body, withdraws)
        if connection.scalar(select(DECISIONS.c.seq).where(DECISIONS.c.id == id)) is None:
            return made_at, id
        made_at += timedelta(microseconds=1)


def now() -> datetime:
    """This moment in UTC, without a zone, to the microsecond."""
    return datetime.now(UTC).replace(tzinfo=None)
