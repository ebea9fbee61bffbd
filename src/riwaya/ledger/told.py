"""What conclusions ask of the rows of a ledger: new reports, copies of one telling, some claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, bindparam, func, or_, select

from riwaya.ledger.derived import BANDS, COPIES, TEXTS, UNITS, pieces, put
from riwaya.ledger.query import Told
from riwaya.ledger.store import TOLD, told
from riwaya.ledger.tables import CLAIM_PLACES, CLAIMS, DECISIONS, REPORTS


class Row(NamedTuple):
    """A claim with what its report adds: who told first what it repeats, and by which clocks it was known."""

    told: Told
    first: tuple[str, datetime | None] | None
    wall: datetime
    utc: datetime


def new_reports(connection: Connection, after: int, limit: int, until: int) -> list[Any]:
    """Reports that no conclusion has seen yet, oldest first, up to a settled one."""
    asked = select(REPORTS).where(REPORTS.c.seq > after, REPORTS.c.seq <= until)
    return list(connection.execute(asked.order_by(REPORTS.c.seq).limit(limit)))


def waiting(connection: Connection, after: int, until: int) -> int:
    """How many reports no conclusion has seen yet, up to a settled one."""
    asked = select(func.count()).select_from(REPORTS).where(REPORTS.c.seq > after, REPORTS.c.seq <= until)
    return connection.scalar(asked) or 0


def shelf_mates(connection: Connection, bands: Sequence[int], first: date, last: date) -> dict[int, set[int]]:
    """For each of these bands, the reports that share it, of some days."""
    found: dict[int, set[int]] = {}
    for some in pieces(bands):
        asked = select(BANDS.c.band, BANDS.c.report).where(
            BANDS.c.band.in_(some), BANDS.c.day.between(first, last)
        )
        for row in connection.execute(asked):
            found.setdefault(row.band, set()).add(row.report)
    return found


def texts_of(connection: Connection, reports: Iterable[int]) -> Iterator[Any]:
    """The texts of reports."""
    for some in pieces(reports):
        yield from connection.execute(select(REPORTS).where(REPORTS.c.seq.in_(some)))


def telling_of(connection: Connection, report: int) -> set[int]:
    """Every report of the telling that a report belongs to."""
    group, ahead = {report}, [report]
    while ahead:
        asked = select(COPIES.c.a, COPIES.c.b).where(or_(COPIES.c.a.in_(ahead), COPIES.c.b.in_(ahead)))
        found = {seq for row in connection.execute(asked) for seq in row}
        ahead = sorted(found - group)
        group |= found
    return group


def set_first(
    connection: Connection, reports: Iterable[int], outlet: str, known: datetime | None
) -> set[int]:
    """Note who told first what these reports repeat, and when; says of which that is new."""
    wanted = set(reports)
    here = connection.execute(select(TEXTS).where(TEXTS.c.report.in_(wanted)))
    same = {row.report for row in here if (row.first_outlet, row.first_known) == (outlet, known)}
    changed = wanted - same
    connection.execute(TEXTS.delete().where(TEXTS.c.report.in_(changed)))
    rows = [{"report": seq, "first_outlet": outlet, "first_known": known} for seq in sorted(changed)]
    put(connection, TEXTS, rows)
    return changed


class Pair(NamedTuple):
    """Two reports that are one telling."""

    a: Any
    b: Any


def pairs(connection: Connection, condition: Any) -> Iterator[Pair]:
    """The pairs of reports that are one telling, where both fit."""
    a, b = REPORTS.alias("a"), REPORTS.alias("b")
    names = ("id", "seq", "outlet", "origin", "published", "known_wall", "known_utc")
    columns = [table.c[name].label(f"{of}_{name}") for of, table in (("a", a), ("b", b)) for name in names]
    asked = (
        select(*columns)
        .select_from(COPIES)
        .join(a, COPIES.c.a == a.c.seq)
        .join(b, COPIES.c.b == b.c.seq)
        .order_by(COPIES.c.a, COPIES.c.b)
    )
    if condition is not None:
        asked = asked.where(condition(a), condition(b))
    for row in connection.execute(asked):
        yield Pair(*({name: getattr(row, f"{of}_{name}") for name in names} for of in "ab"))


CLAIMED = (
    select(*TOLD, TEXTS.c.first_outlet, TEXTS.c.first_known, REPORTS.c.known_utc)
    .select_from(CLAIMS)
    .join(REPORTS)
    .outerjoin(TEXTS, TEXTS.c.report == REPORTS.c.seq)
)
NUMBERED = CLAIMED.where(CLAIMS.c.seq.in_(bindparam("seqs", expanding=True)))


def claims_told(connection: Connection, asked: Any, **values: Any) -> Iterator[Row]:
    """Claims that are asked for, with what their reports add."""
    for row in connection.execute(asked, values):
        first = None if row.first_outlet is None else (row.first_outlet, row.first_known)
        yield Row(told(cast(Any, row)), first, row.known_wall, row.known_utc)


def of_reports(connection: Connection, reports: Iterable[int]) -> Iterator[Row]:
    """The claims of some reports."""
    for some in pieces(reports):
        yield from claims_told(connection, CLAIMED.where(CLAIMS.c.report.in_(some)))


def of_claims(connection: Connection, ids: Iterable[str]) -> Iterator[Row]:
    """Some claims, by their ids."""
    for some in pieces(ids):
        yield from claims_told(connection, CLAIMED.where(CLAIMS.c.id.in_(some)))


def units_of_reports(connection: Connection, ids: Iterable[str]) -> list[Any]:
    """Where the claims of some reports fall."""
    found: list[Any] = []
    for some in pieces(ids):
        inside = select(CLAIMS.c.seq).join(REPORTS).where(REPORTS.c.id.in_(some))
        found += connection.execute(select(UNITS).where(UNITS.c.claim.in_(inside)))
    return found


def numbered(connection: Connection, seqs: Iterable[int]) -> Iterator[Row]:
    """Some claims, by their numbers."""
    for some in pieces(seqs):
        yield from claims_told(connection, NUMBERED, seqs=some)


def of_roots(connection: Connection, roots: Iterable[str]) -> Iterator[Row]:
    """The claims that bear on who holds the places under some roots."""
    inside = select(UNITS.c.claim).where(UNITS.c.root.in_(list(roots)), UNITS.c.speaking)
    yield from claims_told(connection, CLAIMED.where(CLAIMS.c.seq.in_(inside)))


def roots(connection: Connection) -> list[str]:
    """Every root under which somebody says who holds something."""
    asked = select(UNITS.c.root).where(UNITS.c.speaking).distinct().order_by(UNITS.c.root)
    return list(connection.scalars(asked))


def named(connection: Connection, words: str) -> list[str]:
    """The ids that claims give a place of these folded words."""
    asked = select(CLAIM_PLACES.c.place).where(CLAIM_PLACES.c.words == words, CLAIM_PLACES.c.place != "")
    return sorted(connection.scalars(asked.distinct()))


def decisions_after(connection: Connection, after: int) -> list[Any]:
    """Every decision made since, withdrawals among them."""
    return list(
        connection.execute(select(DECISIONS).where(DECISIONS.c.seq > after).order_by(DECISIONS.c.seq))
    )


def decision(connection: Connection, id: str) -> Any:
    """One decision, withdrawn or not."""
    return connection.execute(select(DECISIONS).where(DECISIONS.c.id == id)).first()


def known_by(moment: datetime) -> Any:
    """What makes a condition of a table: published by a moment.

    In one clock where the moment has a zone, on each wall else.
    """
    if moment.tzinfo:
        utc = moment.astimezone(UTC).replace(tzinfo=None)
        return lambda table: table.c.known_utc <= utc
    return lambda table: table.c.known_wall <= moment
