"""A whole ledger from one database into another, row by row, every row read back before it counts.

Reports travel in portions, each with its custody, its claims and their index rows, one transaction a portion;
numbers stay, so order and cursors hold.  Who is interrupted goes on where the target ends.  A target says
that it is half moved, and cannot be opened for anything else, until the last row is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select, text

from riwaya.ledger import search
from riwaya.ledger.errors import LedgerError, spoken
from riwaya.ledger.migrations import MOVING
from riwaya.ledger.store import Ledger, content_hash, report_of
from riwaya.ledger.tables import (
    CLAIM_ACTORS,
    CLAIM_PLACES,
    CLAIMS,
    CUSTODY,
    DECISION_CLAIMS,
    DECISIONS,
    META,
    METADATA,
    REPORTS,
)
from riwaya.model import content_id

PORTION = 200  # reports of one transaction
OF_REPORTS = (REPORTS, CUSTODY, CLAIMS, CLAIM_PLACES, CLAIM_ACTORS)
OF_DECISIONS = (DECISIONS, DECISION_CLAIMS)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows a ledger has now that came from another; ``new`` reports came this time."""

    reports: int
    claims: int
    decisions: int
    new: int


def move(source: Ledger, target: Ledger, progress: Progress = lambda done, of: None) -> Moved:
    """Bring every row of a ledger into another that is empty, or that an earlier attempt has begun to fill.

    Raises:
        LedgerError: where the target has rows of its own, or a row does not say what its hash stands for.
    """
    begin(source, target)
    done = new = 0
    with spoken(source.where), source.reading.connect() as connection:
        until = source.settled()
        total = (
            connection.scalar(select(func.count()).select_from(REPORTS).where(REPORTS.c.seq <= until)) or 0
        )
    after = last(target, REPORTS)
    with spoken(target.where), target.reading.connect() as connection:
        done = connection.scalar(select(func.count()).select_from(REPORTS)) or 0
    while portion := next_portion(source, after, until):
        low, high = portion
        carry(source, target, OF_REPORTS, partial(within, low=low, high=high))
        with target.reading.connect() as connection:
            arrived = connection.scalar(
                select(func.count()).select_from(REPORTS).where(REPORTS.c.seq.between(low, high))
            )
        done, new, after = done + (arrived or 0), new + (arrived or 0), high
        progress(done, total)
    decided = last(source, DECISIONS)
    known = last(target, DECISIONS)
    carry(source, target, OF_DECISIONS, partial(made_between, after=known, until=decided))
    others(source, target)
    return finish(source, target, until, decided, new)


def begin(source: Ledger, target: Ledger) -> None:
    """Mark the target as half moved, and say no where it belongs to something else."""
    name = identity(source)
    arrived = name != "empty" and identity(target) == name and counted(target) == counted(source)
    with spoken(target.where), target.engine.begin() as connection:
        mark = connection.scalar(select(META.c.value).where(META.c.key == MOVING))
        filled = any(
            connection.scalar(select(func.count()).select_from(table)) for table in (REPORTS, DECISIONS)
        )
        if mark is None and filled and not arrived:
            raise LedgerError(f"{target.where}: it has rows of its own", "name an empty ledger")
        if mark is not None and filled and mark != name:
            raise LedgerError(f"{target.where}: another ledger was being moved here", "name an empty one")
        if mark is None:
            connection.execute(META.insert().values(key=MOVING, value=name))
        elif mark != name:
            connection.execute(META.update().where(META.c.key == MOVING).values(value=name))


def identity(ledger: Ledger) -> str:
    """What tells one ledger from another: how its first report came in."""
    asked = select(REPORTS.c.hash, CUSTODY.c.received_at).join(CUSTODY).order_by(REPORTS.c.seq, CUSTODY.c.seq)
    with spoken(ledger.where), ledger.reading.connect() as connection:
        row = connection.execute(asked.limit(1)).first()
    return content_id(row[0], row[1].isoformat()) if row else "empty"


def counted(ledger: Ledger) -> tuple[int, ...]:
    """How many reports and decisions there are, and their highest numbers."""
    with spoken(ledger.where), ledger.reading.connect() as connection:
        rows = [
            connection.execute(select(func.count(table.c.seq), func.max(table.c.seq))).one()
            for table in (REPORTS, DECISIONS)
        ]
    return tuple(number or 0 for row in rows for number in row)


def last(ledger: Ledger, table: Table) -> int:
    """The highest number in a table."""
    with spoken(ledger.where), ledger.reading.connect() as connection:
        return connection.scalar(select(func.max(table.c.seq))) or 0


def next_portion(ledger: Ledger, after: int, until: int) -> tuple[int, int] | None:
    """The numbers of the first and last report of the next portion."""
    asked = select(REPORTS.c.seq).where(REPORTS.c.seq > after, REPORTS.c.seq <= until)
    with spoken(ledger.where), ledger.reading.connect() as connection:
        seqs = list(connection.scalars(asked.order_by(REPORTS.c.seq).limit(PORTION)))
    return (seqs[0], seqs[-1]) if seqs else None


def within(table: Table, low: int, high: int) -> ColumnElement[bool]:
    """The rows that belong to a range of reports."""
    if table is REPORTS:
        return REPORTS.c.seq.between(low, high)
    if "report" in table.c:
        return table.c.report.between(low, high)
    return table.c.claim.in_(select(CLAIMS.c.seq).where(CLAIMS.c.report.between(low, high)))


def made_between(table: Table, after: int, until: int) -> ColumnElement[bool]:
    """The rows that belong to a range of decisions."""
    number = table.c.seq if table is DECISIONS else table.c.decision
    return and_(number > after, number <= until)


def carry(
    source: Ledger, target: Ledger, tables: Sequence[Table], belong: Callable[[Table], ColumnElement[bool]]
) -> None:
    """Copy some rows in one transaction, read them back in it, and compare."""
    with spoken(target.where), target.engine.begin() as into, source.reading.connect() as out:
        for table in tables:
            rows = rows_of(out, table, belong(table))
            if not rows:
                continue
            if table in (REPORTS, CLAIMS):
                verify(source, table, rows)
            into.execute(table.insert(), rows)
            if table is REPORTS:
                search.put(into, [(row["seq"], row["title"], row["text"]) for row in rows])
            if sortable(rows) != sortable(rows_of(into, table, belong(table))):
                raise LedgerError(f"{target.where}: {table.name} read back otherwise than written")


def rows_of(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Rows as they stand, those with numbers in their order."""
    asked = select(table).where(condition)
    if "seq" in table.c:
        asked = asked.order_by(table.c.seq)
    return [dict(row._mapping) for row in connection.execute(asked)]


def sortable(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in an order that both databases agree on."""
    return sorted(repr(list(row.values())) for row in rows)


def verify(source: Ledger, table: Table, rows: list[dict[str, Any]]) -> None:
    """Refuse rows that do not say what their hash stands for."""
    for row in rows:
        if not (report_holds(row) if table is REPORTS else claim_holds(row)):
            what = f"{source.where}: the {table.name.rstrip('s')} {row['id']} does not match its hash"
            raise LedgerError(what, "riwaya check says more")


def report_holds(row: dict[str, Any]) -> bool:
    """Whether a report still says what it said when it came."""
    said = report_of(SimpleNamespace(**row))  # type: ignore[arg-type]
    return content_hash(said) == str(row["redacted"] or row["hash"])


def claim_holds(row: dict[str, Any]) -> bool:
    """Whether a claim's id follows from what it says (law 2)."""
    return said_id(json.loads(row["body"])) == str(row["redacted"] or row["id"])


def said_id(body: dict[str, Any]) -> str:
    """The id that follows from a claim's public object."""
    said = {name: value for name, value in body.items() if name != "id"}
    return content_id(json.dumps(said, ensure_ascii=False, sort_keys=True))


def others(source: Ledger, target: Ledger) -> None:
    """Tables that are no evidence, such as accounts and the audit: whole, where the target has none of it."""
    moved = {table.name for table in (*OF_REPORTS, *OF_DECISIONS, META)}
    with spoken(source.where), source.reading.connect() as out:
        for table in METADATA.sorted_tables:
            if table.name in moved:
                continue
            rows = [dict(row._mapping) for row in out.execute(select(table))]
            with spoken(target.where), target.engine.begin() as into:
                if rows and not into.scalar(select(func.count()).select_from(table)):
                    into.execute(table.insert(), rows)
        noted = {
            row.key: row.value for row in out.execute(select(META)) if row.key not in (MOVING, "version")
        }
    with spoken(target.where), target.engine.begin() as into:
        known = set(into.scalars(select(META.c.key)))
        for key in noted.keys() - known:
            into.execute(META.insert().values(key=key, value=noted[key]))


def finish(source: Ledger, target: Ledger, until: int, decided: int, new: int) -> Moved:
    """Compare the counts, let new rows be numbered from here on, and take the mark away."""
    counted = {}
    for name, table, condition in (
        ("reports", REPORTS, REPORTS.c.seq <= until),
        ("claims", CLAIMS, CLAIMS.c.report <= until),
        ("decisions", DECISIONS, DECISIONS.c.seq <= decided),
    ):
        asked = select(func.count()).select_from(table).where(condition)
        with spoken(source.where), source.reading.connect() as connection:
            wanted = connection.scalar(asked)
        with spoken(target.where), target.reading.connect() as connection:
            counted[name] = connection.scalar(asked) or 0
        if counted[name] != wanted:
            raise LedgerError(f"{target.where}: {counted[name]} {name} arrived of {wanted}", "start again")
    with spoken(target.where), target.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            number_on(connection)
        connection.execute(META.delete().where(META.c.key == MOVING))
    return Moved(**counted, new=new)


def number_on(connection: Connection) -> None:
    """Have PostgreSQL number new rows after those that brought their numbers along."""
    for table in METADATA.sorted_tables:
        for column in table.primary_key.columns:
            name = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            )
            highest = connection.scalar(select(func.max(column))) if name else None
            if highest:
                connection.execute(text("SELECT setval(:name, :highest)"), {"name": name, "highest": highest})
