"""Answers kept in the derived tables: where claims fall, which blocks there are, what is concluded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select, tuple_

from riwaya.ledger.derived import (
    AT_ONCE,
    BLOCKS,
    CONTROL,
    DIRTY,
    DISPUTED,
    DISPUTES,
    EVENTS,
    SPOKEN,
    UNITS,
    pieces,
    put,
)
from riwaya.ledger.tables import CLAIMS

STREAM = {"yield_per": AT_ONCE}
FARTHEST = timedelta(hours=15)  # that a clock on a wall can be from UTC


class Block(NamedTuple):
    """A run of days of one family under one root."""

    family: str
    root: str
    low: date
    high: date


class Group(NamedTuple):
    """What is still to be concluded: a kind of answer, of what, and of which days."""

    root: str
    kind: str
    name: str
    bucket: int


def mark(connection: Connection, groups: Collection[Group]) -> None:
    """Note what is to be concluded again."""
    for some in pieces(sorted(groups)):
        roots = {group.root for group in some}
        here = {Group(*row) for row in connection.execute(select(DIRTY).where(DIRTY.c.root.in_(roots)))}
        put(connection, DIRTY, [group._asdict() for group in some if group not in here])


def unmark(connection: Connection, groups: Collection[Group]) -> None:
    """Note what has been concluded."""
    columns = (DIRTY.c.root, DIRTY.c.kind, DIRTY.c.name, DIRTY.c.bucket)
    if groups:
        done = DIRTY.delete().where(and_(*(column == bindparam(f"b_{column.name}") for column in columns)))
        rows = [{f"b_{name}": value for name, value in group._asdict().items()} for group in groups]
        connection.execute(done, rows)


def marked(connection: Connection, limit: int, kind: str | None = None) -> list[Group]:
    """Some of what is to be concluded, root by root: blocks before what rests on several."""
    last = (DIRTY.c.kind == "same").label("last")
    asked = select(DIRTY).order_by(last, DIRTY.c.root, DIRTY.c.kind, DIRTY.c.name, DIRTY.c.bucket)
    if kind is not None:
        asked = asked.where(DIRTY.c.kind == kind)
    return [Group(row.root, row.kind, row.name, row.bucket) for row in connection.execute(asked.limit(limit))]


def marks(connection: Connection) -> int:
    """How much there is to be concluded."""
    return connection.scalar(select(func.count()).select_from(DIRTY)) or 0


def take_units(connection: Connection, claims: Iterable[int]) -> list[Any]:
    """Take away the units of claims, and say where they were."""
    found: list[Any] = []
    for some in pieces(claims):
        inside = UNITS.c.claim.in_(some)
        found += connection.execute(select(UNITS).where(inside))
        connection.execute(UNITS.delete().where(inside))
    return found


def units_of(connection: Connection, claims: Iterable[str]) -> list[Any]:
    """Where some claims fall, by the claims' ids."""
    found: list[Any] = []
    for some in pieces(claims):
        inside = select(CLAIMS.c.seq).where(CLAIMS.c.id.in_(some))
        found += connection.execute(select(UNITS).where(UNITS.c.claim.in_(inside)))
    return found


# The questions that are asked most, made once: to put them together costs more than to answer them.
UNIT = (
    UNITS.c.claim,
    UNITS.c.place,
    UNITS.c.event,
    UNITS.c.likely,
    UNITS.c.known_wall,
    UNITS.c.known_utc,
)
IN_BLOCK = and_(
    UNITS.c.family == bindparam("family"),
    UNITS.c.root == bindparam("root"),
    UNITS.c.likely.between(bindparam("low"), bindparam("high")),
)
AT_PLACES = and_(
    UNITS.c.place.in_(bindparam("places", expanding=True)),
    UNITS.c.likely.between(bindparam("low"), bindparam("high")),
    UNITS.c.speaking,
)
OF_BLOCK = select(*UNIT).where(IN_BLOCK)
OF_PLACES = select(*UNIT).where(AT_PLACES)
DAYS_OF_BLOCK = select(UNITS.c.likely).where(IN_BLOCK).distinct()
DAYS_OF_PLACES = select(UNITS.c.likely).where(AT_PLACES).distinct()
NEAR = select(BLOCKS).where(
    BLOCKS.c.family == bindparam("family"),
    BLOCKS.c.root == bindparam("root"),
    BLOCKS.c.low <= bindparam("last"),
    BLOCKS.c.high >= bindparam("first"),
)


def by_then(asked: Any, known: Any) -> Any:
    """A question about units, of those that were known alone where that is asked for."""
    return asked.where(known(UNITS)) if known else asked


def of_block(connection: Connection, block: Block, known: Any = None) -> list[Any]:
    """The units of a block: claim, place, event, day, and when each was known."""
    return list(connection.execute(by_then(OF_BLOCK, known), block._asdict()))


def of_blocks(connection: Connection, blocks: Sequence[Block]) -> list[Any]:
    """The units of the days that some blocks of one family under one root span."""
    if not blocks:
        return []
    low, high = min(block.low for block in blocks), max(block.high for block in blocks)
    return of_block(connection, Block(blocks[0].family, blocks[0].root, low, high))


def of_places(
    connection: Connection, places: Sequence[str], first: date, last: date, known: Any = None
) -> list[Any]:
    """The units of some days that bear on who holds some places."""
    found: list[Any] = []
    for some in pieces(places):
        asked = {"places": some, "low": first, "high": last}
        found += connection.execute(by_then(OF_PLACES, known), asked)
    return found


def days_of(
    connection: Connection, family: str, root: str, first: date, last: date, known: Any = None
) -> list[date]:
    """The days, of some, on which units of a family under a root fall."""
    block = Block(family, root, first, last)
    return sorted(connection.scalars(by_then(DAYS_OF_BLOCK, known), block._asdict()))


def speaking_days(
    connection: Connection,
    places: Sequence[str],
    first: date = date.min,
    last: date = date.max,
    known: Any = None,
) -> list[date]:
    """The days, of some, on which somebody says who holds one of these places."""
    found: set[date] = set()
    for some in pieces(places):
        asked = {"places": some, "low": first, "high": last}
        found.update(connection.scalars(by_then(DAYS_OF_PLACES, known), asked))
    return sorted(found)


def blocks_near(connection: Connection, family: str, root: str, first: date, last: date) -> list[Any]:
    """The blocks of a family under a root that share days with some."""
    asked = {"family": family, "root": root, "first": first, "last": last}
    return list(connection.execute(NEAR, asked))


def blocks_after(connection: Connection, moment: datetime, by: Any) -> Iterator[Any]:
    """The blocks of which something was told after a moment."""
    asked = select(BLOCKS).where(BLOCKS.c.last_wall > moment.replace(tzinfo=None) - FARTHEST)
    for row in connection.execute(asked.order_by(BLOCKS.c.family, BLOCKS.c.root, BLOCKS.c.low)):
        if not by(row.last_wall, row.last_utc):
            yield row


CLEAR = {
    table: table.delete().where(
        table.c.family == bindparam("b_family"),
        table.c.root == bindparam("b_root"),
        table.c.low == bindparam("b_low"),
    )
    for table in (EVENTS, DISPUTES, DISPUTED, BLOCKS)
}


def clear_block(connection: Connection, block: Block) -> None:
    """Forget the answers of a block."""
    which = {"b_family": block.family, "b_root": block.root, "b_low": block.low}
    for delete in CLEAR.values():
        connection.execute(delete, which)


FALL = (
    UNITS.update()
    .where(UNITS.c.claim == bindparam("b_claim"), UNITS.c.place == bindparam("b_place"))
    .values(event=bindparam("b_event"))
)


def set_events(connection: Connection, events: Sequence[tuple[int, str, str | None]]) -> None:
    """Note the events that units fall in, by claim and place."""
    if events:
        rows = [{"b_claim": claim, "b_place": place, "b_event": event} for claim, place, event in events]
        connection.execute(FALL, rows)


def events_of_claims(connection: Connection, seqs: Iterable[int]) -> list[Any]:
    """Where claims are, and the events they fall in: claim, event, and its block."""
    found: list[Any] = []
    for some in pieces(seqs):
        asked = (
            select(UNITS.c.claim, UNITS.c.place, UNITS.c.event, EVENTS.c.family, EVENTS.c.root, EVENTS.c.low)
            .select_from(UNITS)
            .join(EVENTS, EVENTS.c.id == UNITS.c.event)
            .where(UNITS.c.claim.in_(some))
        )
        found += connection.execute(asked)
    return found


def events(
    connection: Connection,
    *,
    places: Iterable[str] | None = None,
    types: Iterable[str] = (),
    first: date | None = None,
    last: date | None = None,
    ids: Iterable[str] | None = None,
    block: Block | None = None,
    known: Any = None,
) -> Iterator[Any]:
    """Events that fit, oldest first, as rows with their bodies and blocks."""
    asked = select(EVENTS).order_by(EVENTS.c.first_day, EVENTS.c.last_day, EVENTS.c.id)
    if places is not None:
        asked = asked.where(EVENTS.c.place.in_(list(places)))
    if ids is not None:
        asked = asked.where(EVENTS.c.id.in_(list(ids)))
    if block is not None:
        asked = asked.where(
            EVENTS.c.family == block.family, EVENTS.c.root == block.root, EVENTS.c.low == block.low
        )
    if known is not None:
        asked = asked.where(known(EVENTS))
    if wanted := list(types):
        asked = asked.where(EVENTS.c.type.in_(wanted))
    if first:
        asked = asked.where(EVENTS.c.last_day >= first)
    if last:
        asked = asked.where(EVENTS.c.first_day <= last)
    yield from connection.execute(asked, execution_options=STREAM)


def disputes(
    connection: Connection,
    *,
    places: Iterable[str] | None = None,
    open_only: bool = False,
    first: date | None = None,
    last: date | None = None,
    block: Block | None = None,
) -> Iterator[Any]:
    """Disputes that fit, in the order in which they began, as rows with their bodies and blocks."""
    asked = select(DISPUTES).order_by(DISPUTES.c.since, DISPUTES.c.id)
    if places is not None:
        asked = asked.where(DISPUTES.c.place.in_(list(places)))
    if block is not None:
        asked = asked.where(
            DISPUTES.c.family == block.family, DISPUTES.c.root == block.root, DISPUTES.c.low == block.low
        )
    if open_only:
        asked = asked.where(DISPUTES.c.settled.is_(False))
    if first:
        asked = asked.where(DISPUTES.c.day >= first)
    if last:
        asked = asked.where(DISPUTES.c.day <= last)
    yield from connection.execute(asked, execution_options=STREAM)


def disputed_rows(connection: Connection, claims: Iterable[str]) -> Iterator[Any]:
    """Which of these claims an open dispute is about, and in which block that dispute is kept."""
    for some in pieces(claims):
        yield from connection.execute(select(DISPUTED).where(DISPUTED.c.claim.in_(some)))


def blocks_of_family(connection: Connection, family: str) -> list[Any]:
    """All blocks of a family."""
    return list(connection.execute(select(BLOCKS).where(BLOCKS.c.family == family)))


def listed(connection: Connection, at: date, known: Any) -> set[str]:
    """The places of which somebody had said by a day who holds them, by what was known."""
    asked = select(UNITS.c.place).where(UNITS.c.listing, UNITS.c.likely <= at, known(UNITS)).distinct()
    return set(connection.scalars(asked))


def windows_of(connection: Connection, place: str, *conditions: Any) -> list[Any]:
    """What is kept of the windows of a place, in their order."""
    asked = select(CONTROL).where(CONTROL.c.place == place, *conditions).order_by(CONTROL.c.window)
    return list(connection.execute(asked))


def last_window(connection: Connection, place: str, at: date, known: Any) -> Any:
    """The last window of a place until a day that was all known, with everything before it."""
    asked = select(CONTROL).where(CONTROL.c.place == place, CONTROL.c.low <= at, known(CONTROL))
    return connection.execute(asked.order_by(CONTROL.c.window.desc()).limit(1)).first()


def window_after(connection: Connection, place: str, window: int, at: date) -> bool:
    """Whether a place has a later window until a day."""
    asked = select(CONTROL.c.window).where(
        CONTROL.c.place == place, CONTROL.c.window > window, CONTROL.c.low <= at
    )
    return connection.scalar(asked.limit(1)) is not None


def windows_at(connection: Connection, at: date, places: Sequence[str] | None) -> Iterator[list[str]]:
    """For every place that had been spoken of by a day: its window of that day, and the one that follows."""
    here = select(func.max(CONTROL.c.low)).where(CONTROL.c.low <= at)
    after = select(func.min(CONTROL.c.low)).where(CONTROL.c.low > at)
    lows = [one.where(CONTROL.c.place == SPOKEN.c.place).scalar_subquery() for one in (here, after)]
    asked = select(SPOKEN.c.place, lows[0].label("here"), lows[1].label("after"))
    asked = asked.where(SPOKEN.c.first_day <= at).order_by(SPOKEN.c.place)
    if places is not None:
        asked = asked.where(SPOKEN.c.place.in_(list(places)))
    for some in pieces(connection.execute(asked)):
        keys = [(row.place, low) for row in some for low in (row.here, row.after) if low]
        rows = connection.execute(
            select(CONTROL.c.place, CONTROL.c.low, CONTROL.c.body).where(
                tuple_(CONTROL.c.place, CONTROL.c.low).in_(keys)
            )
        )
        bodies = {(row.place, row.low): row.body for row in rows}
        for row in some:
            yield [bodies[row.place, low] for low in (row.here, row.after) if low]


def histories(connection: Connection, places: Collection[str] | None) -> Iterator[list[str]]:
    """What is kept of all windows of each place that is spoken of."""
    asked = select(CONTROL.c.place, CONTROL.c.body).join(SPOKEN, SPOKEN.c.place == CONTROL.c.place)
    if places is not None:
        asked = asked.where(CONTROL.c.place.in_(list(places)))
    rows = connection.execute(
        asked.order_by(CONTROL.c.place, CONTROL.c.window), execution_options={"yield_per": 50}
    )
    for _, some in groupby(rows, key=lambda row: row.place):
        yield [row.body for row in some]


def event_ids(connection: Connection, claims: Iterable[str]) -> dict[str, list[str]]:
    """The events in which claims are, by the claims' ids."""
    found: dict[str, list[str]] = {}
    for some in pieces(claims):
        asked = (
            select(CLAIMS.c.id, UNITS.c.event)
            .join(UNITS, UNITS.c.claim == CLAIMS.c.seq)
            .where(CLAIMS.c.id.in_(some), UNITS.c.event.is_not(None))
            .order_by(CLAIMS.c.id, UNITS.c.event)
        )
        for claim, event in connection.execute(asked.distinct()):
            found.setdefault(claim, []).append(event)
    return found


def last_known(connection: Connection, known: Any = None) -> datetime | None:
    """When the last claim was published that was known."""
    asked = select(func.max(UNITS.c.known_wall))
    found: datetime | None = connection.scalar(asked.where(known(UNITS)) if known else asked)
    return found


def spoken_places(
    connection: Connection, root: str | None = None, before: date | None = None
) -> dict[str, str]:
    """The places of which somebody says who holds them, each with its root."""
    asked = select(SPOKEN.c.place, SPOKEN.c.root).order_by(SPOKEN.c.place)
    if root is not None:
        asked = asked.where(SPOKEN.c.root == root)
    if before is not None:
        asked = asked.where(SPOKEN.c.first_day <= before)
    return {row.place: row.root for row in connection.execute(asked)}


def spoken_after(connection: Connection, moment: datetime, by: Any) -> set[str]:
    """The places of which something was told after a moment that bears on who holds them."""
    asked = select(UNITS.c.place, UNITS.c.known_wall, UNITS.c.known_utc).where(
        UNITS.c.known_wall > moment.replace(tzinfo=None) - FARTHEST, UNITS.c.speaking
    )
    return {
        row.place
        for row in connection.execute(asked, execution_options=STREAM)
        if not by(row.known_wall, row.known_utc)
    }


def range_of(rows: Iterable[Any]) -> dict[str, datetime]:
    """When the first and the last of some units were known, by both clocks."""
    said = list(rows)
    walls, utcs = [row.known_wall for row in said], [row.known_utc for row in said]
    return {
        "first_wall": min(walls),
        "last_wall": max(walls),
        "first_utc": min(utcs),
        "last_utc": max(utcs),
    }


def replace(connection: Connection, table: Any, key: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """One row in the place of the one with its key."""
    connection.execute(table.delete().where(and_(*(table.c[name] == value for name, value in key.items()))))
    put(connection, table, [{**key, **row}])
