"""Taking a person's name out of a ledger for good, with a trail of who did so, when and why.

This is the one thing that rewrites rows.  A character is replaced by one character, so every offset holds;
claims keep their ids, so events and decisions hold.  A row says what it hashes to now, and the decision of
kind ``redact`` vouches for it with the hashes before and after.  The name itself is kept nowhere.

The hash under which a report is recognised stays as it was: adding the same report again brings nothing
back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, select, text

from riwaya.ledger import search
from riwaya.ledger.decisions import note
from riwaya.ledger.errors import LedgerError, spoken
from riwaya.ledger.locks import Lock, alone
from riwaya.ledger.move import said_id
from riwaya.ledger.said import built
from riwaya.ledger.store import (
    Ledger,
    actor_rows,
    claim_row,
    content_hash,
    dumped,
    moment_of,
    place_rows,
    report_of,
)
from riwaya.ledger.tables import CLAIM_ACTORS, CLAIM_PLACES, CLAIMS, CUSTODY, DECISIONS, REPORTS
from riwaya.model import Report
from riwaya.text.names import BLANK, blanked, forms

KIND = "redact"
PAGE = 500
TOLD = ("source", "command", "file_name", "left_at")  # of custody: words that may hold a name
SAID = ("title", "outlet", "url", "text", "origin")  # of a report
Names = Sequence[tuple[str, ...]]


@dataclass
class Redacted:
    """What was taken out: reports and claims with their hashes after, and the files that hold it still.

    ``touched`` are claims that say the same, of a report that is called otherwise now.  ``files`` are the
    kept files that affected reports came in, and how many other reports came in each.  ``elsewhere`` are
    places that hold the name still: inputs left where they were, ids, decisions.
    """

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    files: dict[str, int] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    decision: str = ""

    def to_json(self) -> dict[str, Any]:
        """The counts, and what is left to do elsewhere; never the name."""
        return {
            "reports": len(self.reports),
            "claims": len(self.claims),
            "characters": sum(row["characters"] for row in self.reports.values()),
            "files": len(self.files),
            "other_reports_in_them": sum(self.files.values()),
            "elsewhere": self.elsewhere,
            "decision": self.decision,
        }


def redact(
    ledger: Ledger,
    names: Sequence[str],
    author: str,
    reason: str,
    *,
    only: Sequence[str] = (),
    dry: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Redacted:
    """Take names out of every report (or ``only`` some), its claims and custody, in one transaction.

    Conclusions follow when they are next refreshed; ``wipe`` then has the database forget what it
    overwrote.  ``dry`` changes nothing and says what would be.  Raises LedgerError where a name has no
    letters, or where the reason or the author repeats it.
    """
    wanted = [forms(name) for name in names]
    if not all(wanted) or not wanted:
        raise LedgerError("a name without letters", "give the words as they stand in the reports")
    if BLANK in blanked(f"{reason} . {author}", wanted):
        raise LedgerError("the reason repeats the name", "say why without it; the decision is kept")
    found = Redacted()
    with spoken(ledger.where), ledger.engine.begin() as connection:
        alone(connection, Lock.DECIDING)
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA secure_delete = ON"))
        total = ledger.count()["reports"]
        for done, row in enumerate(rows(connection, only), 1):
            one(connection, row, wanted, found, dry=dry)
            progress(done, total)
        found.elsewhere += repeated(connection, wanted)
        if found.reports:
            release(connection, found, dry=dry)
            if not dry:
                found.decision = decide(connection, found, author, reason)
    return found


def rows(connection: Connection, only: Sequence[str]) -> Iterator[Row[Any]]:
    """Reports, a page at a time, while they are rewritten."""
    after = 0
    while True:
        asked = select(REPORTS).where(REPORTS.c.seq > after).order_by(REPORTS.c.seq).limit(PAGE)
        found = connection.execute(asked.where(REPORTS.c.id.in_(only)) if only else asked).all()
        if not found:
            return
        yield from found
        after = found[-1].seq


def one(connection: Connection, row: Row[Any], names: Names, found: Redacted, *, dry: bool) -> None:
    """A report with its claims and its custody."""
    before = report_of(row)
    fields: dict[str, Any] = {name: blanked(getattr(before, name), names) for name in SAID}
    after = replace(before, **fields)
    claims = claims_of(connection, row.seq, before, after, names)
    custody = custody_of(connection, row.seq, names)
    if after == before and not claims and not custody:
        return
    characters = sum(fields[name].count(BLANK) - getattr(before, name).count(BLANK) for name in SAID)
    about = {"before": row.redacted or row.hash, "after": content_hash(after), "characters": characters}
    found.reports[row.id] = about
    found.claims |= {claim["id"]: claim["redacted"] for _, claim in claims}
    if any(getattr(after, name) != getattr(before, name) for name in SAID if name != "text"):
        found.touched |= set(connection.scalars(select(CLAIMS.c.id).where(CLAIMS.c.report == row.seq)))
    if BLANK in blanked(row.id.replace("-", " "), names):
        found.elsewhere.append("a report's id, which stays as it is")
    found.elsewhere += [f"the input left at {blanked(old, names)}" for old in left(connection, row.seq)]
    if dry:
        return
    search.forget(connection, row.seq, before.title, before.text)
    changed = fields | {"redacted": about["after"]}
    connection.execute(REPORTS.update().where(REPORTS.c.seq == row.seq).values(changed))
    search.put(connection, [(row.seq, after.title, after.text)])
    for seq, claim in claims:
        rewrite(connection, seq, claim)
    for seq, told in custody:
        connection.execute(CUSTODY.update().where(CUSTODY.c.seq == seq).values(told))


def claims_of(
    connection: Connection, report: int, before: Report, after: Report, names: Names
) -> list[tuple[int, dict[str, Any]]]:
    """The claims of a report that quote or name what was blanked, as rows to be."""
    found = []
    for row in connection.execute(select(CLAIMS).where(CLAIMS.c.report == report)).all():
        body, why = json.loads(row.body), json.loads(row.why)
        said = quoted_anew(body, before.text, after.text)
        reasons = [{**one, "reason": blanked(one["reason"], names)} for one in why]
        if said != body or reasons != why:
            columns = claim_row(built(said, ()), after)
            changed = {name: columns[name] for name in ("origin_id", "origin_words")}
            changed |= {"id": row.id, "redacted": said_id(said), "body": dumped(said), "why": dumped(reasons)}
            found.append((row.seq, changed))
    return found


def quoted_anew(body: Mapping[str, Any], then: str, now: str) -> dict[str, Any]:
    """A claim's public object with its words as they stand in the text now; a blanked body has no id."""

    def words(one: Any) -> Any:
        if not one or then[one["start"] : one["end"]] == now[one["start"] : one["end"]]:
            return one
        name = "name" if "name" in one else "text"
        known = {key: "" for key in ("id", "label_ar", "label_en") if key in one}
        return {**one, name: now[one["start"] : one["end"]], **known}

    out = dict(body)
    for role in ("trigger", "evidence", "time", "quantity"):
        out[role] = words(body[role])
    for role in ("actor", "target", "place", "toward", "chain"):
        out[role] = [words(one) for one in body[role]]
    return out


def rewrite(connection: Connection, seq: int, claim: Mapping[str, Any]) -> None:
    """A claim's row, and the words and ids it is found by."""
    connection.execute(CLAIMS.update().where(CLAIMS.c.seq == seq).values(dict(claim)))
    said = built(json.loads(claim["body"]), ())
    for table, made in ((CLAIM_PLACES, place_rows(seq, said)), (CLAIM_ACTORS, actor_rows(seq, said))):
        connection.execute(table.delete().where(table.c.claim == seq))
        if found := list(made):
            connection.execute(table.insert(), found)


def custody_of(connection: Connection, report: int, names: Names) -> list[tuple[int, dict[str, str]]]:
    """The receipts of a report whose file names or commands hold a name."""
    found = []
    for row in connection.execute(select(CUSTODY).where(CUSTODY.c.report == report)).all():
        told = {name: blanked(value, names) for name in TOLD if (value := getattr(row, name))}
        if any(told[name] != getattr(row, name) for name in told):
            found.append((row.seq, told))
    return found


def left(connection: Connection, report: int) -> list[str]:
    """Inputs that were left where they were."""
    asked = select(CUSTODY.c.left_at).where(CUSTODY.c.report == report, CUSTODY.c.left_at != "")
    return [str(path) for path in connection.scalars(asked.distinct())]


def release(connection: Connection, found: Redacted, *, dry: bool) -> None:
    """Let go of the kept files that affected reports came in; their hashes go into the decision."""
    ids = list(found.reports)
    for n in range(0, len(ids), PAGE):
        asked = select(CUSTODY.c.file).join(REPORTS).where(REPORTS.c.id.in_(ids[n : n + PAGE]))
        for file in connection.scalars(asked.where(CUSTODY.c.file != "").distinct()):
            found.files.setdefault(str(file), 0)
    for file in found.files:
        here = select(REPORTS.c.id).join(CUSTODY).where(CUSTODY.c.file == file)
        found.files[file] = len(set(connection.scalars(here)) - set(ids))
        if not dry:
            connection.execute(CUSTODY.update().where(CUSTODY.c.file == file).values(file=""))


def repeated(connection: Connection, names: Names) -> Iterator[str]:
    """Decisions that repeat a name: what a person decided is never rewritten."""
    for row in connection.execute(select(DECISIONS.c.id, DECISIONS.c.author, DECISIONS.c.payload)):
        values = json.dumps(json.loads(row.payload), ensure_ascii=False)
        if BLANK in blanked(f"{row.author} . {values}", names) and BLANK not in f"{row.author}{values}":
            yield f"the decision {row.id}, which somebody must withdraw and word otherwise"


def decide(connection: Connection, found: Redacted, author: str, reason: str) -> str:
    """The decision that vouches for what the rows say now."""
    payload: dict[str, Any] = {
        "claims": sorted(found.touched.union(found.claims)),
        "reason": reason,
        "reports": found.reports,
        "redacted": found.claims,
        "files": list(found.files),
    }
    body = dumped(payload)
    made_at, id = moment_of(connection, (KIND, author, body, ""))
    row = {"id": id, "kind": KIND, "author": author, "made_at": made_at, "payload": body}
    seq = connection.scalar(DECISIONS.insert().returning(DECISIONS.c.seq), row | {"withdraws": None})
    assert seq is not None
    note(connection, seq, payload["claims"])
    return id


def vouched(ledger: Ledger) -> set[str]:
    """Every hash that a redaction left behind, of reports and of claims."""
    found: set[str] = set()
    with spoken(ledger.where), ledger.reading.connect() as connection:
        for payload in connection.scalars(select(DECISIONS.c.payload).where(DECISIONS.c.kind == KIND)):
            said = json.loads(payload)
            found |= {one["after"] for one in said["reports"].values()} | set(said["redacted"].values())
    return found


def released(ledger: Ledger) -> set[str]:
    """Kept files that redactions let go of and that no report has come in again: they should be gone."""
    found: set[str] = set()
    with spoken(ledger.where), ledger.reading.connect() as connection:
        for payload in connection.scalars(select(DECISIONS.c.payload).where(DECISIONS.c.kind == KIND)):
            found |= set(json.loads(payload)["files"])
        here = select(CUSTODY.c.file).where(CUSTODY.c.file.in_(found)).distinct()
        return found - set(connection.scalars(here))


def wipe(ledger: Ledger) -> None:
    """Have the database forget what it overwrote: free pages, logs, dead rows, the index's old segments."""
    with spoken(ledger.where):
        if ledger.engine.dialect.name == "sqlite":
            with ledger.engine.begin() as connection:
                connection.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))
            raw = ledger.engine.raw_connection()
            try:
                for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.cursor().execute(statement).fetchall()
            finally:
                raw.close()
            return
        with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in (REPORTS, CLAIMS, CLAIM_PLACES, CLAIM_ACTORS, CUSTODY):
                connection.execute(text(f"VACUUM FULL {table.name}"))
            with suppress(Exception):  # it may lie elsewhere or be another's
                connection.execute(text("VACUUM FULL search_index"))
