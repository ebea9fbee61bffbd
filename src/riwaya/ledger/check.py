"""Whether a ledger still holds what was put into it, and how to mend what can be mended.

Evidence is only looked at: reports, claims and decisions are never written here.  What can be made again
from them, the search index and the list of which decision is about which claim, is mended on request.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, text

from riwaya.ledger import decisions, search
from riwaya.ledger.bytes import ByteStore
from riwaya.ledger.errors import spoken
from riwaya.ledger.move import claim_holds, report_holds
from riwaya.ledger.redaction import vouched
from riwaya.ledger.rows import files, rulings
from riwaya.ledger.store import Ledger
from riwaya.ledger.tables import (
    CLAIM_ACTORS,
    CLAIM_PLACES,
    CLAIMS,
    CUSTODY,
    DECISION_CLAIMS,
    DECISIONS,
    REPORTS,
)

PORTION = 200  # reports looked at together

RESTORE = "restore a backup: riwaya restore"
MEND = "riwaya check --mend makes it again"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was put in: in what, what is wrong, and how to mend it."""

    about: str
    what: str
    mend: str

    @property
    def mendable(self) -> bool:
        """Whether it can be made again from what the ledger holds."""
        return self.mend == MEND

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {"about": self.about, "what": self.what, "mend": self.mend, "mendable": self.mendable}


def check(
    ledger: Ledger, store: ByteStore | None = None, progress: Progress = lambda done, of: None
) -> Iterator[Finding]:
    """Everything that is wrong with a ledger, as it is found; in memory for a portion of reports at most."""
    yield from database(ledger)
    total = count(ledger)
    done = after = 0
    while portion := reports_after(ledger, after):
        yield from looked_at(ledger, portion)
        after, done = portion[-1]["seq"], done + len(portion)
        progress(done, total)
    yield from unvouched(ledger)
    yield from orphans(ledger)
    yield from decided(ledger)
    yield from indexed(ledger)
    yield from kept_bytes(ledger, store)


def mend(ledger: Ledger, progress: Progress = lambda done, of: None) -> None:
    """Make the search index and the list of which decision is about which claim again."""
    with spoken(ledger.where):
        with ledger.engine.begin() as connection:
            connection.execute(DECISION_CLAIMS.delete())
            decisions.note_all(connection)
            search.drop(connection)
            search.create(connection)
        search.fill(ledger.engine.begin, progress)


def database(ledger: Ledger) -> Iterator[Finding]:
    """What the database says about itself; a server is asked with its own tool, pg_amcheck."""
    if ledger.engine.dialect.name != "sqlite":
        return
    with spoken(ledger.where), ledger.reading.connect() as connection:
        for row in connection.execute(text("PRAGMA integrity_check(20)")):
            if row[0] != "ok":
                yield Finding("database", row[0], RESTORE)
        for row in connection.execute(text("PRAGMA foreign_key_check")).fetchmany(20):
            yield Finding(f"{row[0]} row {row[1]}", f"points at a row of {row[2]} that is not there", RESTORE)


def count(ledger: Ledger) -> int:
    """How many reports there are."""
    return ledger.count()["reports"]


def reports_after(ledger: Ledger, after: int) -> list[dict[str, Any]]:
    """The next portion of reports."""
    asked = select(REPORTS).where(REPORTS.c.seq > after).order_by(REPORTS.c.seq).limit(PORTION)
    with spoken(ledger.where), ledger.reading.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(asked)]


def looked_at(ledger: Ledger, portion: list[dict[str, Any]]) -> Iterator[Finding]:
    """What is wrong with some reports, their custody and their claims."""
    seqs = [row["seq"] for row in portion]
    with spoken(ledger.where), ledger.reading.connect() as connection:
        received = set(connection.scalars(select(CUSTODY.c.report).where(CUSTODY.c.report.in_(seqs))))
        claims = [
            dict(row._mapping)
            for row in connection.execute(
                select(CLAIMS).where(CLAIMS.c.report.in_(seqs)).order_by(CLAIMS.c.seq)
            )
        ]
        named = named_in(connection, seqs)
    reports = {row["seq"]: row for row in portion}
    for report in portion:
        if not report_holds(report):
            yield Finding(f"report {report['id']}", "its text or facts are not what came in", RESTORE)
        if report["seq"] not in received:
            yield Finding(f"report {report['id']}", "nothing says how it came in", RESTORE)
    for row in claims:
        yield from claim_findings(row, reports[row["report"]], named.get(row["seq"], frozenset()))


Named = frozenset[tuple[str, str]]


def named_in(connection: Connection, reports: list[int]) -> dict[int, Named]:
    """The places and bodies under which each claim of some reports is found: ``(role, id)``."""
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    inside = select(CLAIMS.c.seq).where(CLAIMS.c.report.in_(reports))
    for table, id in ((CLAIM_PLACES, CLAIM_PLACES.c.place), (CLAIM_ACTORS, CLAIM_ACTORS.c.actor)):
        for row in connection.execute(
            select(table.c.claim, table.c.role, id).where(table.c.claim.in_(inside))
        ):
            found[row[0]].add((row[1], row[2]))
    return {claim: frozenset(each) for claim, each in found.items()}


def claim_findings(row: Mapping[str, Any], report: Mapping[str, Any], named: Named) -> Iterator[Finding]:
    """What is wrong with a claim: against its id, its report's text, and the columns it is found by."""
    about = f"claim {row['id']}"
    try:
        body = json.loads(row["body"])
        holds = claim_holds(dict(row))
    except (ValueError, TypeError, AttributeError):
        yield Finding(about, "what it says cannot be read", RESTORE)
        return
    if not holds:
        yield Finding(about, "what it says is not what its id stands for", RESTORE)
        return
    if body["report"] != report["id"]:
        yield Finding(about, f"it is of {body['report']}, and kept with {report['id']}", RESTORE)
    for start, end, words in spans(body):
        if report["text"][start:end] != words:
            what = f"characters {start}–{end} of {report['id']} are not the words it quotes"
            yield Finding(about, what, RESTORE)
    days = [str(row[name]) if row[name] else None for name in ("first_day", "last_day")]
    columns = (row["type"], row["status"], row["hedged"], days if any(days) else None)
    if columns != (body["type"], body["status"], body["hedged"], body["when"]):
        yield Finding(about, "it is listed under something it does not say", RESTORE)
    roles = {"place": "place", "toward": "toward", "actor": "actor", "target": "target"}
    if named != frozenset((role, one["id"]) for role, name in roles.items() for one in body[name]):
        yield Finding(about, "it is listed under other places or bodies than it names", RESTORE)


def spans(body: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Every stretch of the report that a claim points at, with the words that should stand there."""
    for one in (body["trigger"], body["evidence"], body["time"], body["quantity"]):
        if one:
            yield one["start"], one["end"], one["text"]
    for role in ("actor", "target", "place", "toward", "chain"):
        for one in body[role]:
            yield one["start"], one["end"], one["name"]


def unvouched(ledger: Ledger) -> Iterator[Finding]:
    """Reports and claims that say that a person was taken out of them, where no decision says so."""
    known = vouched(ledger)
    for table in (REPORTS, CLAIMS):
        asked = select(table.c.id, table.c.redacted).where(table.c.redacted.is_not(None))
        with spoken(ledger.where), ledger.reading.connect() as connection:
            for row in connection.execute(asked):
                if row.redacted not in known:
                    about = f"{table.name.removesuffix('s')} {row.id}"
                    yield Finding(about, "changed, and no decision to redact says so", RESTORE)


def orphans(ledger: Ledger) -> Iterator[Finding]:
    """Rows whose report or claim is not there."""
    for table, column, whole in (
        (CUSTODY, CUSTODY.c.report, REPORTS),
        (CLAIMS, CLAIMS.c.report, REPORTS),
        (CLAIM_PLACES, CLAIM_PLACES.c.claim, CLAIMS),
        (CLAIM_ACTORS, CLAIM_ACTORS.c.claim, CLAIMS),
        (DECISION_CLAIMS, DECISION_CLAIMS.c.decision, DECISIONS),
    ):
        there = select(whole.c.seq).where(whole.c.seq == column).exists()
        with spoken(ledger.where), ledger.reading.connect() as connection:
            lost = connection.scalar(select(func.count()).select_from(table).where(~there))
        if lost:
            yield Finding(table.name, f"{lost} rows belong to {whole.name} that are not there", RESTORE)


def decided(ledger: Ledger) -> Iterator[Finding]:
    """What is wrong with decisions: against their ids, what they take back, and the claims they are about."""
    claims: dict[str, list[str]] = {}
    with spoken(ledger.where), ledger.reading.connect() as connection:
        noted: dict[str, set[str]] = defaultdict(set)
        about = select(DECISIONS.c.id, DECISION_CLAIMS.c.claim).join(
            DECISION_CLAIMS, DECISION_CLAIMS.c.decision == DECISIONS.c.seq
        )
        for row in connection.execute(about):
            noted[row[0]].add(row[1])
    for ruling in rulings(ledger):
        name = f"decision {ruling.id}"
        if ruling.hash != ruling.id:
            yield Finding(name, "what it says is not what its id stands for", RESTORE)
        if ruling.withdraws and ruling.withdraws not in claims:
            yield Finding(name, f"it takes back {ruling.withdraws}, which is not there", RESTORE)
        claims[ruling.id] = decisions.about(ruling.payload) or claims.get(ruling.withdraws or "", [])
        if noted.get(ruling.id, set()) != set(claims[ruling.id]):
            yield Finding(name, "it is noted with other claims than it is about", MEND)
    yield from unknown_claims(ledger, {claim for each in claims.values() for claim in each})


def unknown_claims(ledger: Ledger, named: Iterable[str]) -> Iterator[Finding]:
    """Claims that decisions are about and the ledger does not have."""
    wanted = sorted(named)
    for n in range(0, len(wanted), PORTION):
        some = wanted[n : n + PORTION]
        with spoken(ledger.where), ledger.reading.connect() as connection:
            here = set(connection.scalars(select(CLAIMS.c.id).where(CLAIMS.c.id.in_(some))))
        for claim in some:
            if claim not in here:
                yield Finding(f"claim {claim}", "somebody decided about it, and it is not here", RESTORE)


def indexed(ledger: Ledger) -> Iterator[Finding]:
    """Reports that the search index lacks, and rows of it that no report has."""
    with spoken(ledger.where), ledger.reading.connect() as connection:
        lacks, more = search.differs(connection)
    if lacks:
        yield Finding("search index", f"{lacks} reports cannot be found by their words", MEND)
    if more:
        yield Finding("search index", f"{more} rows of it belong to no report", MEND)


def kept_bytes(ledger: Ledger, store: ByteStore | None) -> Iterator[Finding]:
    """Files that reports came in and that are gone; ``riwaya custody --all`` reads them whole."""
    if store is None or not store.folder.is_dir():
        return
    for sha256 in files(ledger):
        if not store.has(sha256):
            yield Finding(
                f"file {sha256[:16]}", "a report came in it, and its bytes are not kept here", RESTORE
            )
