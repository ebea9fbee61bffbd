"""Tables of what is concluded: they can be dropped and made again from the rows of the ledger.

Nothing here is evidence.  ``derived_units`` says which block each claim falls in, so that a new report
touches its own blocks only; ``derived_copies`` which reports are one telling; the rest is answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    MetaData,
    String,
    Table,
    Text,
    func,
    inspect,
    or_,
    select,
)

from riwaya.ledger.errors import spoken
from riwaya.ledger.locks import Lock, alone
from riwaya.ledger.query import Told
from riwaya.ledger.store import TOLD, Ledger, dumped, told
from riwaya.ledger.tables import CLAIM_PLACES, CLAIMS, DECISIONS, REPORTS, SEQ, AnyText

DERIVED = MetaData()
MOST_AT_ONCE = 500

STATE = Table(
    "derived_state", DERIVED, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)
TEXTS = Table(
    "derived_texts",
    DERIVED,
    Column("report", SEQ, primary_key=True, autoincrement=False),
    Column("first_outlet", AnyText, comment="of a repeated telling: who told it first"),
)
BANDS = Table(
    "derived_bands",
    DERIVED,
    Column("band", BigInteger, nullable=False),
    Column("report", SEQ, nullable=False),
    Column("day", Date, nullable=False),
    Index("derived_bands_band", "band", "day"),
)
COPIES = Table(
    "derived_copies",
    DERIVED,
    Column("a", SEQ, nullable=False, index=True),
    Column("b", SEQ, nullable=False, index=True),
)
UNITS = Table(
    "derived_units",
    DERIVED,
    Column("claim", SEQ, nullable=False, index=True),
    Column("place", AnyText, nullable=False),
    Column("family", String, nullable=False),
    Column("root", AnyText, nullable=False),
    Column("likely", Date, nullable=False),
    Column("speaking", Boolean, nullable=False, comment="it bears on who holds a place"),
    Index("derived_units_block", "family", "root", "likely"),
    Index("derived_units_root", "root", "speaking"),
    Index("derived_units_place", "place", "likely"),
)
BLOCKS = Table(
    "derived_blocks",
    DERIVED,
    Column("family", String, primary_key=True),
    Column("root", AnyText, primary_key=True),
    Column("low", Date, primary_key=True),
    Column("high", Date, primary_key=True),
)
EVENTS = Table(
    "derived_events",
    DERIVED,
    Column("id", String, nullable=False),
    Column("family", String, nullable=False),
    Column("root", AnyText, nullable=False),
    Column("low", Date, nullable=False, comment="of its block"),
    Column("first_day", Date, nullable=False, index=True),
    Column("last_day", Date, nullable=False),
    Column("type", String, nullable=False),
    Column("place", AnyText, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Index("derived_events_block", "family", "root", "low"),
)
DISPUTES = Table(
    "derived_disputes",
    DERIVED,
    Column("family", String, nullable=False),
    Column("root", AnyText, nullable=False),
    Column("place", AnyText, nullable=False, index=True),
    Column("low", Date, nullable=False, comment="of its block or spell"),
    Column("since", DateTime, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index("derived_disputes_block", "family", "root", "low"),
)

Block = tuple[str, str, date, date]


class Derived:
    """The tables of conclusions of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        with spoken(ledger.where):
            with ledger.reading.connect() as connection:
                made = set(inspect(connection).get_table_names())
            if not made.issuperset(DERIVED.tables):
                with ledger.engine.begin() as connection:
                    alone(connection, Lock.CONCLUDING)
                    DERIVED.create_all(connection)

    def drop(self) -> None:
        """Forget every conclusion; the rows they were made of stay."""
        with spoken(self.ledger.where), self.ledger.engine.begin() as connection:
            alone(connection, Lock.CONCLUDING)
            drop(connection)

    def state(self) -> dict[str, str]:
        """How far the conclusions have come, and by which knowledge they were made."""
        with spoken(self.ledger.where), self.ledger.reading.connect() as connection:
            return state_in(connection)

    def writing(self) -> Any:
        """A transaction that writes."""
        return self.ledger.engine.begin()

    def reading(self) -> Any:
        """A transaction that reads."""
        return self.ledger.reading.connect()


def drop(connection: Connection) -> None:
    """Forget every conclusion, as part of a transaction."""
    DERIVED.drop_all(connection)
    DERIVED.create_all(connection)


def state_in(connection: Connection) -> dict[str, str]:
    """How far the conclusions have come, as a transaction sees it."""
    return {row.key: row.value for row in connection.execute(select(STATE))}


def set_state(connection: Connection, **values: str) -> None:
    """Note how far the conclusions have come."""
    for key, value in values.items():
        connection.execute(STATE.delete().where(STATE.c.key == key))
        connection.execute(STATE.insert().values(key=key, value=value))


def new_reports(connection: Connection, after: int, limit: int, until: int) -> list[Any]:
    """Reports that no conclusion has seen yet, oldest first, up to a settled one."""
    asked = select(REPORTS).where(REPORTS.c.seq > after, REPORTS.c.seq <= until)
    return list(connection.execute(asked.order_by(REPORTS.c.seq).limit(limit)))


def waiting(connection: Connection, after: int, until: int) -> int:
    """How many reports no conclusion has seen yet, up to a settled one."""
    asked = select(func.count()).select_from(REPORTS).where(REPORTS.c.seq > after, REPORTS.c.seq <= until)
    return connection.scalar(asked) or 0


def shelf_mates(connection: Connection, bands: Sequence[int], first: date, last: date) -> list[int]:
    """Reports that share a band with a text, near it in time."""
    asked = select(BANDS.c.report).where(BANDS.c.band.in_(bands), BANDS.c.day.between(first, last)).distinct()
    return list(connection.scalars(asked))


def texts_of(connection: Connection, reports: Iterable[int]) -> list[Any]:
    """The texts of reports."""
    asked = select(REPORTS).where(REPORTS.c.seq.in_(list(reports)))
    return list(connection.execute(asked))


def copies_of(connection: Connection, report: int) -> set[int]:
    """Every report of the telling that a report belongs to."""
    group, ahead = {report}, [report]
    while ahead:
        asked = select(COPIES.c.a, COPIES.c.b).where(or_(COPIES.c.a.in_(ahead), COPIES.c.b.in_(ahead)))
        found = {seq for row in connection.execute(asked) for seq in row}
        ahead = sorted(found - group)
        group |= found
    return group


def pairs_known(connection: Connection, condition: Any) -> list[tuple[str, str]]:
    """The pairs of reports that are one telling, where both were known."""
    a, b = REPORTS.alias("a"), REPORTS.alias("b")
    asked = (
        select(a.c.id, b.c.id)
        .select_from(COPIES)
        .join(a, COPIES.c.a == a.c.seq)
        .join(b, COPIES.c.b == b.c.seq)
    )
    if condition is not None:
        asked = asked.where(condition(a), condition(b))
    return [(row[0], row[1]) for row in connection.execute(asked)]


def set_first(connection: Connection, reports: Iterable[int], outlet: str) -> None:
    """Note who told first what these reports repeat."""
    for seq in reports:
        connection.execute(TEXTS.update().where(TEXTS.c.report == seq).values(first_outlet=outlet))


def claims_told(connection: Connection, condition: Any) -> Iterator[tuple[Told, str | None]]:
    """Claims with who first told what their report repeats."""
    asked = (
        select(*TOLD, TEXTS.c.first_outlet)
        .select_from(CLAIMS)
        .join(REPORTS)
        .outerjoin(TEXTS, TEXTS.c.report == REPORTS.c.seq)
        .where(condition)
        .order_by(CLAIMS.c.seq)
    )
    for row in connection.execute(asked):
        yield told(cast(Any, row)), row.first_outlet


def of_reports(connection: Connection, reports: Iterable[int]) -> Iterator[tuple[Told, str | None]]:
    """The claims of some reports."""
    return claims_told(connection, CLAIMS.c.report.in_(list(reports)))


def of_claims(connection: Connection, ids: Iterable[str]) -> Iterator[tuple[Told, str | None]]:
    """Some claims."""
    return claims_told(connection, CLAIMS.c.id.in_(list(ids)))


def of_block(connection: Connection, block: Block) -> Iterator[tuple[Told, str | None]]:
    """The claims of a block."""
    family, root, low, high = block
    inside = select(UNITS.c.claim).where(
        UNITS.c.family == family, UNITS.c.root == root, UNITS.c.likely.between(low, high)
    )
    return claims_told(connection, CLAIMS.c.seq.in_(inside))


def of_root(connection: Connection, roots: Iterable[str]) -> Iterator[tuple[Told, str | None]]:
    """The claims that bear on who holds the places under some roots."""
    inside = select(UNITS.c.claim).where(UNITS.c.root.in_(list(roots)), UNITS.c.speaking)
    return claims_told(connection, CLAIMS.c.seq.in_(inside))


def of_place(connection: Connection, place: str, low: date, high: date) -> Iterator[tuple[Told, str | None]]:
    """The claims of some days that bear on who holds one place."""
    inside = select(UNITS.c.claim).where(
        UNITS.c.place == place, UNITS.c.likely.between(low, high), UNITS.c.speaking
    )
    return claims_told(connection, CLAIMS.c.seq.in_(inside))


def speaking_days(connection: Connection, place: str) -> list[date]:
    """The days on which somebody says who holds a place."""
    asked = select(UNITS.c.likely).where(UNITS.c.place == place, UNITS.c.speaking).distinct()
    return sorted(connection.scalars(asked))


def spells_of(connection: Connection, place: str, root: str) -> set[Block]:
    """The spells of a place whose disputes are kept."""
    found = blocks_of(connection, f"place:{place}", root)
    return {(place, root, low, high) for _, root, low, high in found}


def clear_spell(connection: Connection, spell: Block) -> None:
    """Forget the disputes of one spell of a place."""
    place, root, low, high = spell
    clear_block(connection, (f"place:{place}", root, low, high))


def roots(connection: Connection) -> list[str]:
    """Every root under which somebody says who holds something."""
    return list(
        connection.scalars(select(UNITS.c.root).where(UNITS.c.speaking).distinct().order_by(UNITS.c.root))
    )


def days_of(connection: Connection, family: str, root: str) -> list[date]:
    """The days on which units of a family under a root fall."""
    asked = select(UNITS.c.likely).where(UNITS.c.family == family, UNITS.c.root == root).distinct()
    return sorted(connection.scalars(asked))


def all_units(connection: Connection) -> Iterator[Any]:
    """Every unit, once for each block and place it falls in."""
    columns = (UNITS.c.family, UNITS.c.root, UNITS.c.likely, UNITS.c.place, UNITS.c.speaking)
    yield from connection.execute(select(*columns).distinct())


def blocks_of(connection: Connection, family: str, root: str) -> set[Block]:
    """The blocks of a family under a root whose events are kept."""
    asked = select(BLOCKS).where(BLOCKS.c.family == family, BLOCKS.c.root == root)
    return {(row.family, row.root, row.low, row.high) for row in connection.execute(asked)}


def take_units(connection: Connection, claims: Iterable[int]) -> list[Any]:
    """Take away the units of claims, and say where they were."""
    inside = UNITS.c.claim.in_(list(claims))
    found = list(connection.execute(select(UNITS).where(inside)))
    connection.execute(UNITS.delete().where(inside))
    return found


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows."""
    if rows:
        connection.execute(table.insert(), list(rows))


def clear_block(connection: Connection, block: Block) -> None:
    """Forget the answers of a block."""
    family, root, low, high = block
    for table in (EVENTS, DISPUTES):
        connection.execute(
            table.delete().where(table.c.family == family, table.c.root == root, table.c.low == low)
        )
    connection.execute(
        BLOCKS.delete().where(
            BLOCKS.c.family == family, BLOCKS.c.root == root, BLOCKS.c.low == low, BLOCKS.c.high == high
        )
    )


def stored(body: Mapping[str, Any]) -> str:
    """An answer as it is kept."""
    return dumped(body)


def events(
    connection: Connection,
    *,
    places: Iterable[str] | None,
    types: Iterable[str],
    first: date | None,
    last: date | None,
) -> Iterator[dict[str, Any]]:
    """Events that fit, oldest first."""
    asked = select(EVENTS.c.body).order_by(EVENTS.c.first_day, EVENTS.c.last_day, EVENTS.c.id)
    if places is not None:
        asked = asked.where(EVENTS.c.place.in_(list(places)))
    if wanted := list(types):
        asked = asked.where(EVENTS.c.type.in_(wanted))
    if first:
        asked = asked.where(EVENTS.c.last_day >= first)
    if last:
        asked = asked.where(EVENTS.c.first_day <= last)
    for body in connection.execution_options(yield_per=MOST_AT_ONCE).scalars(asked):
        yield json.loads(body)


def disputes(
    connection: Connection, *, places: Iterable[str] | None, open_only: bool
) -> Iterator[dict[str, Any]]:
    """Disputes that fit, in the order in which they began."""
    asked = select(DISPUTES.c.body).order_by(DISPUTES.c.since, DISPUTES.c.place, DISPUTES.c.body)
    if places is not None:
        asked = asked.where(DISPUTES.c.place.in_(list(places)))
    if open_only:
        asked = asked.where(DISPUTES.c.settled.is_(False))
    for body in connection.execution_options(yield_per=MOST_AT_ONCE).scalars(asked):
        yield json.loads(body)


def named(connection: Connection, words: str) -> list[str]:
    """The ids that claims give a place of these folded words."""
    asked = select(CLAIM_PLACES.c.place).where(CLAIM_PLACES.c.words == words, CLAIM_PLACES.c.place != "")
    return sorted(connection.scalars(asked.distinct()))


def all_decisions(connection: Connection) -> list[Any]:
    """Every decision, withdrawn or not."""
    return list(connection.execute(select(DECISIONS).order_by(DECISIONS.c.seq)))
