"""Rows of a ledger as they stand, for those who check them or hand them on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select
from sqlalchemy.exc import IntegrityError

from riwaya.ledger import decisions
from riwaya.ledger.custody import Custody
from riwaya.ledger.errors import spoken
from riwaya.ledger.locks import Lock, alone, beside_others
from riwaya.ledger.store import PAGE, Ledger, content_hash, dumped, report_of
from riwaya.ledger.tables import CLAIMS, CUSTODY, DECISION_CLAIMS, DECISIONS, REPORTS
from riwaya.model import Claim, Report, content_id


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as the ledger keeps it: its number there, and the hash of what it said when it came.

    ``redacted`` is what it hashes to since a person was taken out of it, empty where nobody was.
    """

    seq: int
    report: Report
    hash: str
    redacted: str = ""

    @property
    def standing(self) -> str:
        """The hash of what it should say now."""
        return self.redacted or self.hash

    @property
    def holds(self) -> bool:
        """Whether it still says what it said, but for what was taken out of it."""
        return content_hash(self.report) == self.standing


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision as the ledger keeps it, withdrawn or not."""

    id: str
    kind: str
    author: str
    made_at: datetime
    payload: dict[str, Any]
    withdraws: str | None = None

    @property
    def hash(self) -> str:
        """The id that follows from what it says."""
        parts = (self.kind, self.author, self.made_at.isoformat(), dumped(self.payload), self.withdraws or "")
        return content_id(*parts)

    def about(self) -> frozenset[str]:
        """The claims it names."""
        named = self.payload.get("claims", ())
        return (
            frozenset(one for one in named if isinstance(one, str))
            if isinstance(named, list)
            else frozenset()
        )

    def to_json(self) -> dict[str, Any]:
        """The public object."""
        return {
            "id": self.id,
            "kind": self.kind,
            "author": self.author,
            "made_at": self.made_at.isoformat(),
            "payload": self.payload,
            "withdraws": self.withdraws,
        }


def kept_reports(ledger: Ledger, *, like: str = "") -> Iterator[Kept]:
    """Every report in the order in which they came, or the one of that id, or those whose ids begin so."""
    asked = select(REPORTS).order_by(REPORTS.c.seq)
    if like:
        exact = list(stream(ledger, asked.where(REPORTS.c.id == like)))
        begins = asked.where(REPORTS.c.id.startswith(like, autoescape=True)).limit(2)
        rows: Iterable[Row[Any]] = exact or stream(ledger, begins)
    else:
        rows = stream(ledger, asked)
    for row in rows:
        yield Kept(row.seq, report_of(row), row.hash, row.redacted or "")


def receipts(ledger: Ledger, report: int) -> list[Custody]:
    """How a report came in, and every package that brought it further."""
    asked = select(CUSTODY).where(CUSTODY.c.report == report).order_by(CUSTODY.c.seq)
    return [Custody.of(dict(row._mapping)) for row in stream(ledger, asked)]


def files(ledger: Ledger) -> Iterator[str]:
    """The hash of every file that anything came in."""
    asked = select(CUSTODY.c.file).where(CUSTODY.c.file.is_not(None), CUSTODY.c.file != "")
    for row in stream(ledger, asked.distinct().order_by(CUSTODY.c.file)):
        yield row.file


def came_in(ledger: Ledger, file: str) -> Iterator[tuple[Kept, Custody]]:
    """Every report that came in a file, with how."""
    about = [column.label(f"custody_{column.name}") for column in CUSTODY.c]
    asked = select(REPORTS, *about).join(CUSTODY, CUSTODY.c.report == REPORTS.c.seq)
    for row in stream(ledger, asked.where(CUSTODY.c.file == file).order_by(CUSTODY.c.seq)):
        fields = row._mapping
        facts = {column.name: fields[f"custody_{column.name}"] for column in CUSTODY.c}
        yield Kept(row.seq, report_of(row), row.hash, row.redacted or ""), Custody.of(facts)


def ids_in(ledger: Ledger, file: str) -> set[str]:
    """The ids of the reports that came in a file."""
    asked = select(REPORTS.c.id).join(CUSTODY, CUSTODY.c.report == REPORTS.c.seq)
    return {row.id for row in stream(ledger, asked.where(CUSTODY.c.file == file))}


def said(ledger: Ledger, report: int) -> Iterator[tuple[dict[str, Any], list[dict[str, str]]]]:
    """The claims of a report as they were kept, each with the rule behind every slot.

    One that a person was taken out of has the id that follows from what it says now.
    """
    asked = (
        select(CLAIMS.c.body, CLAIMS.c.why, CLAIMS.c.redacted)
        .where(CLAIMS.c.report == report)
        .order_by(CLAIMS.c.seq)
    )
    for row in stream(ledger, asked):
        body = json.loads(row.body)
        yield body | {"id": row.redacted or body["id"]}, json.loads(row.why)


def claim_ids(ledger: Ledger, report: int) -> set[str]:
    """The ids under which the claims of a report were read, which decisions name."""
    return {row.id for row in stream(ledger, select(CLAIMS.c.id).where(CLAIMS.c.report == report))}


def rulings(ledger: Ledger) -> Iterator[Ruling]:
    """Every decision, withdrawn or not, oldest first."""
    for row in stream(ledger, select(DECISIONS).order_by(DECISIONS.c.seq)):
        payload = json.loads(row.payload)
        yield Ruling(row.id, row.kind, row.author, row.made_at, payload, row.withdraws)


def adopt(ledger: Ledger, ruling: Ruling) -> bool:
    """Keep a decision made elsewhere under its author and time; False where it is here already."""
    row = {"id": ruling.id, "kind": ruling.kind, "author": ruling.author, "made_at": ruling.made_at}
    row |= {"payload": dumped(ruling.payload), "withdraws": ruling.withdraws}
    with spoken(ledger.where):
        try:
            with ledger.engine.begin() as connection:
                alone(connection, Lock.DECIDING)
                if connection.scalar(select(DECISIONS.c.seq).where(DECISIONS.c.id == ruling.id)):
                    return False
                seq = connection.scalar(DECISIONS.insert().returning(DECISIONS.c.seq), row)
                assert seq is not None
                claims = sorted(ruling.about()) or claims_of(connection, ruling.withdraws)
                decisions.note(connection, seq, claims)
        except IntegrityError:  # another process was faster with the same decision
            return False
    return True


def claims_of(connection: Connection, decision: str | None) -> list[str]:
    """The claims that a decision is about."""
    asked = select(DECISION_CLAIMS.c.claim).join(DECISIONS, DECISIONS.c.seq == DECISION_CLAIMS.c.decision)
    return list(connection.scalars(asked.where(DECISIONS.c.id == decision)))


def adopt_report(
    ledger: Ledger, report: Report, claims: Sequence[Claim], receipts: Sequence[Custody]
) -> bool:
    """Keep a report with its claims and every step it took, all or nothing; False where its id is here."""
    with spoken(ledger.where), ledger.engine.begin() as connection:
        beside_others(connection, Lock.ADDING)
        taken = select(REPORTS.c.seq).where(REPORTS.c.id == report.id)
        if connection.scalar(taken):
            return False
        ledger._insert(connection, [(report, claims, receipts[0])])
        seq = connection.scalar(taken)
        for later in receipts[1:]:
            connection.execute(CUSTODY.insert(), later.row() | {"report": seq})
    return True


def stream(ledger: Ledger, asked: Any, *conditions: ColumnElement[bool]) -> Iterator[Row[Any]]:
    """Rows, a page at a time."""
    with spoken(ledger.where), ledger.reading.connect() as connection:
        yield from connection.execute(asked.where(*conditions), execution_options={"yield_per": PAGE})
