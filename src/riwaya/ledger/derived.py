"""Tables of what is concluded: they can be dropped and made again from the rows of the ledger.

Nothing here is evidence.  ``derived_units`` says which block each claim falls in, so that a new report
touches its own blocks only; ``derived_copies`` which reports are one telling; ``derived_dirty`` what is
still to be concluded, so that a killed process goes on where it was; the rest is answers.
"""

from __future__ import annotations

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
    inspect,
    select,
)
from sqlalchemy.types import TypeDecorator

from riwaya.ledger.errors import spoken
from riwaya.ledger.locks import Lock, alone
from riwaya.ledger.store import Ledger, dumped
from riwaya.ledger.tables import SEQ, AnyText

DERIVED = MetaData()
AT_ONCE = 500  # ids that one statement asks for

# What answers have in common; with it a short one packs to a quarter of its length.
COMMON = (
    b'{"id": "ev-", "type": "control_gained", "place": {"id": "sy-", "name": "", "start": , "end": , '
    b'"lat": , "lon": , "level": "place", "label_ar": "", "label_en": ""}, "when": ["202", "202"], '
    b'"actor": [{"id": "sy-government", "name": "", "label_ar": "", "label_en": ""}], "target": [], '
    b'"quantity": null, "support": 0.9, "origins": [{"id": "outlet:", "kind": "media", "name": "", '
    b'"reports": [""], "claims": [""], "stance": "supports"}], "claims": [""], "weighing": {"probability": '
    b'0.9, "prior": -0.4, "parts": [{"origin": "outlet:", "kind": "media", "name": "", "stance": '
    b'"supports", "value": 2.7, "reasons": ["media 2.7", "own success ", "one of several origins "], '
    b'"reports": [""], "claims": [""]}]}, "links": [{"a": "", "b": "", "score": 0.9, "parts": {"place": '
    b'1.0, "time": 0.85, "actor": 1.0, "type": 1.0}}], "status": "happened", "extent": "", "dated": true}'
)


class Packed(TypeDecorator[str]):
    """JSON text, compressed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        """On the way in."""
        if value is None:
            return None
        packer = zlib.compressobj(level=3, zdict=COMMON)
        return packer.compress(value.encode()) + packer.flush()

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """On the way out."""
        if value is None:
            return None
        opener = zlib.decompressobj(zdict=COMMON)
        return (opener.decompress(bytes(value)) + opener.flush()).decode()


STATE = Table(
    "derived_state", DERIVED, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)
TEXTS = Table(
    "derived_texts",
    DERIVED,
    Column("report", SEQ, primary_key=True, autoincrement=False, comment="of a repeated telling"),
    Column("first_outlet", AnyText, nullable=False, comment="who told it first"),
    Column("first_known", DateTime, comment="and when, by the clock on its own wall"),
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


def stored(body: Mapping[str, Any]) -> str:
    """An answer as it is kept."""
    return dumped(body)


def set_state(connection: Connection, **values: str) -> None:
    """Note how far the conclusions have come."""
    for key, value in values.items():
        connection.execute(STATE.delete().where(STATE.c.key == key))
        connection.execute(STATE.insert().values(key=key, value=value))


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows."""
    if rows:
        connection.execute(table.insert(), list(rows))


def pieces(ids: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """Ids in as many as one statement takes."""
    ahead = list(ids)
    for at in range(0, len(ahead), size):
        yield ahead[at : at + size]
