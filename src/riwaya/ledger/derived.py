"""Tables of what is concluded: they can be dropped and made again from the rows of the ledger.

Nothing here is evidence.  ``derived_units`` says which block each claim falls in, so that a new report
touches its own blocks only; ``derived_copies`` which reports are one telling; ``derived_dirty`` what is
still to be concluded, so that a killed process goes on where it was; the rest is answers.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
<<<<<<< HEAD
    Text,
    func,
    inspect,
    or_,
=======
    inspect,
>>>>>>> 1d1ce85 (wip)
    select,
    text,
)
from sqlalchemy.types import TypeDecorator

from riwaya.ledger.errors import spoken
<<<<<<< HEAD
from riwaya.ledger.locks import Lock, alone
from riwaya.ledger.query import Told
from riwaya.ledger.store import TOLD, Ledger, dumped, told
from riwaya.ledger.tables import CLAIM_PLACES, CLAIMS, DECISIONS, REPORTS, SEQ, AnyText
=======
from riwaya.ledger.store import Ledger, dumped
from riwaya.ledger.tables import SEQ, AnyText
>>>>>>> 1d1ce85 (wip)

DERIVED = MetaData()
AT_ONCE = 500  # ids that one statement asks for

# What answers have in common; with it a short one packs to a quarter of its length.
COMMON = (
    '{"id": "ev-", "type": "control_gained", "place": {"id": "sy-", "name": "", "start": , "end": , "lat": , '
    '"lon": , "level": "place", "label_ar": "", "label_en": ""}, "when": ["202", "202"], "actor": [{"id": '
    '"sy-government", "name": "", "label_ar": "", "label_en": ""}], "target": [], "quantity": null, '
    '"support": 0.9, "origins": [{"id": "outlet:", "kind": "media", "name": "", "reports": [""], "claims": '
    '[""], "stance": "supports"}], "disputed": false, "claims": [""], "weighing": {"probability": 0.9, '
    '"prior": -0.4, "parts": [{"origin": "outlet:", "kind": "media", "name": "", "stance": "supports", '
    '"value": 2.7, "reasons": ["media 2.7", "own success \\u00d70.75", "one of several origins \\u00d70.90"], '
    '"reports": [""], "claims": [""]}]}, "links": [{"a": "", "b": "", "score": 0.9, "parts": {"place": 1.0, '
    '"time": 0.85, "actor": 1.0, "type": 1.0}}], "status": "happened", "extent": "", "dated": true}'
).encode()


class Packed(TypeDecorator[Any]):
    """A JSON object, compressed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes:
        """On the way in."""
        packer = zlib.compressobj(level=3, zdict=COMMON)
        return packer.compress(dumped(value).encode()) + packer.flush()

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """On the way out."""
        opener = zlib.decompressobj(zdict=COMMON)
        return json.loads(opener.decompress(bytes(value)) + opener.flush())


STATE = Table(
    "derived_state", DERIVED, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)
TEXTS = Table(
    "derived_texts",
    DERIVED,
    Column("report", SEQ, primary_key=True, autoincrement=False, comment="of a repeated telling"),
    Column("first_outlet", AnyText, nullable=False, comment="who told it first"),
)
BANDS = Table(
    "derived_bands",
    DERIVED,
    Column("band", BigInteger, nullable=False),
    Column("report", SEQ, nullable=False),
    Column("day", Date, nullable=False),
    Index("derived_bands_band", "band", "day", "report"),
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
    Column("listing", Boolean, nullable=False, comment="it says who holds this one"),
    Column("known_wall", DateTime, nullable=False, comment="of its report"),
    Column("known_utc", DateTime, nullable=False),
    Column("event", String, comment="the event it falls in"),
    Index("derived_units_block", "family", "root", "likely"),
    Index("derived_units_place", "place", "likely"),
    Index("derived_units_known", "known_wall"),
)
DIRTY = Table(
    "derived_dirty",
    DERIVED,
    Column("root", AnyText, primary_key=True),
    Column("kind", String, primary_key=True, comment="block, place, spell or same"),
    Column("name", AnyText, primary_key=True, comment="a family, a place, or the claims ruled to be one"),
    Column("bucket", Integer, primary_key=True, comment="which days"),
)
# The range of what was known when, of a block or of a window of a place.
BLOCKS = Table(
    "derived_blocks",
    DERIVED,
    Column("family", String, primary_key=True),
    Column("root", AnyText, primary_key=True),
    Column("low", Date, primary_key=True),
    Column("high", Date, primary_key=True),
    Column("first_wall", DateTime, nullable=False, comment="when the first of it was published"),
    Column("last_wall", DateTime, nullable=False),
    Column("first_utc", DateTime, nullable=False),
    Column("last_utc", DateTime, nullable=False),
    Index("derived_blocks_last", "last_wall"),
)
EVENTS = Table(
    "derived_events",
    DERIVED,
    Column("id", String, nullable=False, index=True),
    Column("family", String, nullable=False, comment="of its block"),
    Column("root", AnyText, nullable=False),
    Column("low", Date, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("type", String, nullable=False),
    Column("place", AnyText, nullable=False),
    Column("support", Float, nullable=False),
    Column("origins", Integer, nullable=False),
    Column("known_wall", DateTime, nullable=False, comment="when it was first told"),
    Column("known_utc", DateTime, nullable=False),
    Column("body", Packed, nullable=False),
    Index("derived_events_block", "family", "root", "low"),
    Index("derived_events_day", "first_day", "last_day", "id"),
    Index("derived_events_place", "place", "first_day"),
)
DISPUTES = Table(
    "derived_disputes",
    DERIVED,
    Column("id", String, nullable=False, index=True),
    Column("family", String, nullable=False),
    Column("root", AnyText, nullable=False),
    Column("place", AnyText, nullable=False, index=True),
    Column("low", Date, nullable=False, comment="of its block or spell"),
    Column("day", Date, nullable=False, comment="what it is about"),
    Column("since", DateTime, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("body", Packed, nullable=False),
    Index("derived_disputes_block", "family", "root", "low"),
    Index("derived_disputes_since", "since", "id"),
    Index("derived_disputes_day", "day"),
)
DISPUTED = Table(
    "derived_disputed",
    DERIVED,
    Column("claim", String, nullable=False, index=True, comment="an open dispute is about it"),
    Column("family", String, nullable=False),
    Column("root", AnyText, nullable=False),
    Column("low", Date, nullable=False),
    Index("derived_disputed_block", "family", "root", "low"),
)
CONTROL = Table(
    "derived_control",
    DERIVED,
    Column("place", AnyText, primary_key=True),
    Column("window", Integer, primary_key=True),
    Column("root", AnyText, nullable=False, index=True),
    Column("low", Date, nullable=False, comment="the first day of the window that something was told of"),
    Column("known_wall", DateTime, nullable=False, comment="when all it rests on was published"),
    Column("known_utc", DateTime, nullable=False),
    Column("body", Packed, nullable=False),
    Index("derived_control_low", "place", "low"),
)
SPOKEN = Table(
    "derived_spoken",
    DERIVED,
    Column("place", AnyText, primary_key=True),
    Column("root", AnyText, nullable=False, index=True),
    Column("first_day", Date, nullable=False, comment="from which somebody says who holds it"),
)


class Derived:
    """The tables of conclusions of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
<<<<<<< HEAD
        with spoken(ledger.where):
            with ledger.reading.connect() as connection:
                made = set(inspect(connection).get_table_names())
            if not made.issuperset(DERIVED.tables):
                with ledger.engine.begin() as connection:
                    alone(connection, Lock.CONCLUDING)
                    DERIVED.create_all(connection)
=======

    def make(self) -> None:
        """Make the tables that are not there."""
        with spoken(self.ledger.where), self.ledger.engine.begin() as connection:
            DERIVED.create_all(connection)
>>>>>>> 1d1ce85 (wip)

    def drop(self) -> None:
        """Forget every conclusion; the rows they were made of stay."""
        with spoken(self.ledger.where), self.ledger.engine.begin() as connection:
            alone(connection, Lock.CONCLUDING)
            drop(connection)

    def state(self) -> dict[str, str]:
        """How far the conclusions have come, and by which knowledge they were made; empty before any."""
        with spoken(self.ledger.where), self.ledger.reading.connect() as connection:
<<<<<<< HEAD
            return state_in(connection)
=======
            if not inspect(connection).has_table(STATE.name):
                return {}
            return state(connection)
>>>>>>> 1d1ce85 (wip)

    def writing(self) -> Any:
        """A transaction that writes."""
        return self.ledger.engine.begin()

    def reading(self) -> Any:
        """A transaction that reads."""
        return self.ledger.reading.connect()


<<<<<<< HEAD
def drop(connection: Connection) -> None:
    """Forget every conclusion, as part of a transaction."""
    DERIVED.drop_all(connection)
    DERIVED.create_all(connection)


def state_in(connection: Connection) -> dict[str, str]:
    """How far the conclusions have come, as a transaction sees it."""
=======
def alone(connection: Connection) -> None:
    """Let no other process conclude until this transaction ends; SQLite has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE derived_state IN EXCLUSIVE MODE"))


def state(connection: Connection) -> dict[str, str]:
    """How far the conclusions have come."""
>>>>>>> 1d1ce85 (wip)
    return {row.key: row.value for row in connection.execute(select(STATE))}


def set_state(connection: Connection, **values: str) -> None:
    """Note how far the conclusions have come."""
    for key, value in values.items():
        connection.execute(STATE.delete().where(STATE.c.key == key))
        connection.execute(STATE.insert().values(key=key, value=value))


<<<<<<< HEAD
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


=======
>>>>>>> 1d1ce85 (wip)
def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows."""
    if rows:
        connection.execute(table.insert(), list(rows))


def pieces(ids: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """Ids in as many as one statement takes."""
    ahead = list(ids)
    for at in range(0, len(ahead), size):
        yield ahead[at : at + size]
